create table account (
  person bigint primary key,
  login text not null unique,
  name text not null,
  latin text not null,
  password text not null,
  persona bigint not null,
  part text not null
);
create table post (
  code text primary key,
  title text not null,
  agency text not null,
  agency_name text not null,
  office text not null,
  roles text not null,
  holder bigint not null
);
create index post_holder on post (holder);
create index post_office on post (office);
create table session (
  token_hash text primary key,
  person bigint not null,
  post text not null,
  csrf text not null,
  language text not null,
  created bigint not null,
  used bigint not null
);
create index session_person on session (person);
-- Wrong passwords lately; a row goes when the right one is given.
create table sign_in_failure (
  login text primary key,
  failures bigint not null,
  last bigint not null
);
