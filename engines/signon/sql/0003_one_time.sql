-- Authenticator apps (RFC 6238). The secret is put away under a key of the house.
create table one_time (
  person bigint primary key,
  secret text not null,
  confirmed bigint not null,
  last_step bigint not null,
  failures bigint not null,
  last_failure bigint not null
);
create table recovery_code (
  hash text primary key,
  person bigint not null
);
create index recovery_code_person on recovery_code (person);
-- Somebody who has shown the first of two factors.
create table half_way (
  hash text primary key,
  person bigint not null,
  expires bigint not null
);
-- A form that waits until its sender has signed in more strongly.
create table held_form (
  hash text primary key,
  person bigint not null,
  path text not null,
  fields text not null,
  expires bigint not null
);
