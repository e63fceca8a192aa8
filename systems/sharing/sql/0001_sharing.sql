-- Where a person agrees that an office looks her up for one task.
create table consent (
  key bigint primary key,
  person bigint not null,
  task text not null,
  office text not null,
  agency text not null,
  agency_name text not null,
  asked_by text not null,
  reference text not null,
  state text not null,
  asked_at bigint not null,
  answered_at bigint,
  until integer not null
);
create index consent_person on consent (person, asked_at);
create index consent_office on consent (office, task, person);
-- Counts without persons: what was asked of whom, by month.
create table used (
  month text not null,
  agency text not null,
  task text not null,
  register text not null,
  outcome text not null,
  n bigint not null,
  micros bigint not null,
  primary key (month, agency, task, register, outcome)
);
-- What a post did on a day, for its limits.
create table effort (
  post text not null,
  day integer not null,
  looked bigint not null,
  refused bigint not null,
  primary key (post, day)
);
