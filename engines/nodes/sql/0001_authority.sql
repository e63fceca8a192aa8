-- The governing authority of a network: who belongs to it, by which decision.
create table member (
  id text primary key,
  name text not null,
  at bigint not null
);
create table server (
  id text primary key,
  name text not null,
  address text not null,
  certificate blob not null,
  maintenance bigint not null,
  at bigint not null
);
-- Members and subsystems that a server may serve; the owner stands here too. `ready`: it does, and
-- so it stands in the configuration.
create table client (
  client text not null,
  server text not null,
  at bigint not null,
  ready bigint not null,
  primary key (client, server)
);
create table certificate (
  serial text primary key,
  server text not null,
  member text not null,
  signs bigint not null,
  der blob not null,
  until bigint not null,
  revoked_at bigint
);
create index certificate_server on certificate (server);
-- waiting -> approved | refused
create table request (
  id bigint primary key,
  at bigint not null,
  server text not null,
  member text not null,
  name text not null,
  address text not null,
  clients text not null,
  auth_key blob not null,
  sign_key blob not null,
  token_sha256 text not null,
  state text not null,
  answered_at bigint,
  answered_by text not null,
  auth_certificate blob,
  sign_certificate blob
);
create index request_state on request (state, id);
