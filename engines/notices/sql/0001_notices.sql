create table notice (
  key bigint primary key,
  person bigint not null,
  office text not null,
  title text not null,
  body text not null,
  link text not null,
  reference text not null,
  at bigint not null,
  read_at bigint,
  source text not null
);
create unique index notice_once on notice (source, person, office);
create index notice_person on notice (person, at);
create index notice_office on notice (office, at);
