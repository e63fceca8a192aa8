-- What a person was offered for her wallet; codes are known by their hashes only.
create table offer (
  code_hash text primary key,
  document bigint not null,
  person bigint not null,
  pin_hash text not null,
  tries bigint not null,
  expires bigint not null,
  used bigint not null
);
create index offer_expires on offer (expires);
create table grant_token (
  token_hash text primary key,
  document bigint not null,
  person bigint not null,
  copies_left bigint not null,
  expires bigint not null
);
create index grant_token_expires on grant_token (expires);
create table spent_nonce (
  nonce_hash text primary key,
  expires bigint not null
);
create index spent_nonce_expires on spent_nonce (expires);
-- Copies that were handed out together.
create table batch (
  key bigint primary key,
  document bigint not null,
  person bigint not null,
  wallet text not null,
  copies bigint not null,
  made bigint not null,
  expires bigint not null,
  notification text not null unique,
  told text not null,
  told_at bigint not null
);
create index batch_person on batch (person, made);
create index batch_document on batch (document);
-- Where the status of a copy stands; the agency that serves it does not know whose it is.
create table copy (
  list bigint not null,
  place bigint not null,
  batch bigint not null,
  document bigint not null,
  primary key (list, place)
);
create index copy_document on copy (document);
