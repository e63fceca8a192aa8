create table project (
  key bigint primary key,
  number text not null,
  title text not null,
  problem text not null,
  category text not null,
  agency text not null,
  year bigint not null,
  stage text not null,
  lead bigint not null,
  made bigint not null,
  result text not null,
  handed text not null,
  folded text not null
);
create unique index project_number on project (number);
create index project_year on project (year, key);
-- What stands on the evidence board. `removed`: 0 it stands there; else when it was taken off.
create table item (
  key bigint primary key,
  project bigint not null,
  kind text not null,
  stage text not null,
  title text not null,
  body text not null,
  steps text not null,
  alt text not null,
  type text not null,
  people bigint not null,
  consent text not null,
  consent_public bigint not null,
  published bigint not null,
  author bigint not null,
  made bigint not null,
  removed bigint not null
);
create index item_project on item (project, made);
create table photo (
  item bigint primary key,
  octets blob not null
);
create table decision (
  key bigint primary key,
  project bigint not null,
  stage text not null,
  what text not null,
  because text not null,
  evidence text not null,
  published bigint not null,
  author bigint not null,
  made bigint not null
);
create index decision_project on decision (project, made);
create table movement (
  key bigint primary key,
  project bigint not null,
  stage text not null,
  because text not null,
  moved_by bigint not null,
  at bigint not null
);
create index movement_project on movement (project, at);
