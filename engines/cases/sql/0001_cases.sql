create table matter (
  key bigint primary key,
  number text not null unique,
  procedure text not null,
  applicant bigint not null,
  applicant_name text not null,
  office text not null,
  post text not null,
  state bigint not null,
  answers text not null,
  opened bigint not null,
  received bigint not null,
  due bigint not null,
  suspended bigint,
  decided bigint,
  decided_by text not null,
  reason text not null
);
create index matter_applicant on matter (applicant, opened);
create index matter_office on matter (office, state, due);

-- A request that is sent twice opens one case.
create table matter_request (
  once text primary key,
  matter bigint not null
);

-- Numbers count up day by day.
create table matter_count (
  day text primary key,
  last bigint not null
);
create table matter_consent (
  matter bigint not null,
  person bigint not null,
  name text not null,
  state text not null,
  at bigint not null,
  question text not null,
  about text not null,
  primary key (matter, person)
);
create index matter_consent_person on matter_consent (person);
create table matter_message (
  key bigint primary key,
  matter bigint not null,
  from_official bigint not null,
  author text not null,
  text text not null,
  at bigint not null
);
create index matter_message_matter on matter_message (matter);
create table matter_event (
  key bigint primary key,
  matter bigint not null,
  at bigint not null,
  what text not null,
  who text not null,
  note text not null
);
create index matter_event_matter on matter_event (matter);
