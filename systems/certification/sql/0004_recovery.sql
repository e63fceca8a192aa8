-- Recovery of encryption keys by two persons. What an officer can open is sealed to her key, whose
-- private half is under a passphrase that only she knows.
create table recovery_officer (
  key bigint primary key,
  person bigint not null,
  name text not null,
  post text not null,
  public_key blob not null,
  sealed text not null,
  since bigint not null,
  until bigint not null
);
create index recovery_officer_person on recovery_officer (person, until);
-- The key of a certificate under a key of its own, which lies in shares of which two are needed.
create table escrow (
  serial text primary key,
  sealed blob not null,
  made bigint not null
);
create table escrow_share (
  serial text not null,
  officer bigint not null,
  place bigint not null,
  sealed blob not null,
  primary key (serial, officer)
);
-- A wish to have it back, and how far it has come. `reception_*`: to whom the key goes, sealed.
create table recovery (
  key bigint primary key,
  serial text not null,
  holder bigint not null,
  grounds text not null,
  reception_public blob not null,
  reception_sealed text not null,
  state text not null,
  asked bigint not null,
  first bigint not null,
  first_name text not null,
  second_name text not null,
  changed bigint not null,
  note text not null,
  result blob not null
);
create index recovery_state on recovery (state, asked);
create index recovery_serial on recovery (serial);
-- The first officer's share, for each of the others.
create table recovery_pass (
  recovery bigint not null,
  officer bigint not null,
  place bigint not null,
  sealed blob not null,
  primary key (recovery, officer)
);
