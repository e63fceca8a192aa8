create table agreement (
  key bigint primary key,
  number text not null unique,
  applicant text not null,
  provider text not null,
  register text not null,
  items text not null,
  purpose text not null,
  law text not null,
  state text not null,
  asked_by text not null,
  asked_person bigint not null,
  asked_at bigint not null,
  decided_by text not null,
  decided_at bigint,
  note text not null,
  begins integer not null,
  ends integer not null,
  tariff bigint not null,
  renews text not null
);
create index agreement_applicant on agreement (applicant, asked_at);
create index agreement_provider on agreement (provider, asked_at);
create table numbered (
  year integer primary key,
  n bigint not null
);
-- A person sends what an agreement is about to its member: several at once are one bundle.
create table permission (
  key bigint primary key,
  bundle text not null,
  agreement bigint not null,
  person bigint not null,
  member text not null,
  reference text not null,
  state text not null,
  asked_at bigint not null,
  answered_at bigint,
  until integer not null
);
create index permission_person on permission (person, asked_at);
create index permission_member on permission (member, bundle);
-- Counts without persons, by month: what reports, statistics and costs are made of.
create table used (
  month text not null,
  agreement bigint not null,
  outcome text not null,
  n bigint not null,
  primary key (month, agreement, outcome)
);
-- What a member did on a day, for its limits.
create table effort (
  member text not null,
  day integer not null,
  looked bigint not null,
  refused bigint not null,
  primary key (member, day)
);
