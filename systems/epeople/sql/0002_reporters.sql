-- In a database of its own: who stands behind a protected report. Nothing here names the report but
-- by the pseudonym under which it was filed; nothing elsewhere names the person.
create table reporter (
  pseudonym bigint primary key,
  person bigint not null,
  name text not null,
  kind text not null,
  once text not null unique,
  turn bigint not null,
  at bigint not null
);
create index reporter_person on reporter (person);

-- Each time somebody opened it.
create table opening (
  key bigint primary key,
  pseudonym bigint not null,
  who text not null,
  reason text not null,
  at bigint not null
);
create index opening_pseudonym on opening (pseudonym);
