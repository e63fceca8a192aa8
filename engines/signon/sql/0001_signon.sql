-- Keys that sign tokens; private halves are sealed by the house's passphrase.
create table signing_key (
  kid text primary key,
  sealed text not null,
  created bigint not null
);
-- Authorization requests that wait for a person; the ticket is known to her browser only.
create table asked (
  ticket_hash text primary key,
  client text not null,
  request text not null,
  expires bigint not null
);
create index asked_expires on asked (expires);
-- One sign-on of a person at a client: all its tokens live and end with it.
create table connection (
  key bigint primary key,
  client text not null,
  person bigint not null,
  scope text not null,
  sid text not null,
  authenticated bigint not null,
  acr text not null,
  amr text not null,
  jkt text not null,
  nonce text not null,
  begun bigint not null,
  ended bigint not null
);
create index connection_person on connection (person, client);
create index connection_sid on connection (sid);
create table authorization_code (
  hash text primary key,
  connection bigint not null,
  redirect_uri text not null,
  challenge text not null,
  expires bigint not null,
  used bigint not null
);
create index authorization_code_expires on authorization_code (expires);
create table refresh_token (
  hash text primary key,
  connection bigint not null,
  expires bigint not null,
  used bigint not null
);
create index refresh_token_expires on refresh_token (expires);
create index refresh_token_connection on refresh_token (connection);
create table consent (
  person bigint not null,
  client text not null,
  scope text not null,
  given bigint not null,
  primary key (person, client)
);
-- How a sector knows a person: drawn at random, so nothing can be computed from it.
create table subject_name (
  sector text not null,
  person bigint not null,
  subject text not null unique,
  primary key (sector, person)
);
-- Proofs that may be shown once (jti of DPoP proofs and of client assertions).
create table shown_proof (
  hash text primary key,
  until bigint not null
);
create index shown_proof_until on shown_proof (until);
create table logout_notice (
  key bigint primary key,
  client text not null,
  subject text not null,
  sid text not null,
  next_try bigint not null,
  tries bigint not null,
  problem text not null
);
create index logout_notice_due on logout_notice (next_try);
