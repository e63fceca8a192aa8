-- Public keys of people's authenticators (WebAuthn).
create table passkey (
  credential text primary key,
  person bigint not null,
  label text not null,
  public_key text not null,
  sign_count bigint not null,
  synced bigint not null,
  created bigint not null,
  used bigint not null
);
create index passkey_person on passkey (person);
-- How authenticators know a person: nothing else can be told from it.
create table user_handle (
  person bigint primary key,
  handle text not null unique
);
create table challenge (
  hash text primary key,
  use text not null,
  person bigint not null,
  expires bigint not null
);
create index challenge_expires on challenge (expires);
