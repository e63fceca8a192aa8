-- What is kept. `sealed_key` opens its chunks and is empty when the record was erased.
create table record (
  key bigint primary key,
  holder bigint not null,
  folder text not null,
  name text not null,
  type text not null,
  state bigint not null,
  size bigint not null,
  chunks bigint not null,
  sealed_key blob not null,
  sha256 text not null,
  begun bigint not null,
  kept bigint not null,
  erased bigint not null,
  copies bigint not null,
  verified bigint not null
);
create index record_holder on record (holder, folder, key);
create index record_verified on record (state, verified);
create table chunk (
  record bigint not null,
  n bigint not null,
  hash text not null,
  size bigint not null,
  primary key (record, n)
);
create index chunk_hash on chunk (hash);
-- What was said about records, for the log: numbers without gaps. A salt that is gone is empty.
create table statement (
  number bigint primary key,
  record bigint not null,
  what text not null,
  salt blob not null,
  commitment blob not null,
  said text not null,
  signature blob not null,
  at bigint not null
);
create index statement_record on statement (record);
-- Whom the holder lets look.
create table looker (
  record bigint not null,
  person bigint not null,
  name text not null,
  given bigint not null,
  ends bigint not null,
  primary key (record, person)
);
create index looker_person on looker (person, record);
-- How the last examination of everything went.
create table scrub (
  key bigint primary key,
  begun bigint not null,
  ended bigint not null,
  chunks bigint not null,
  mended bigint not null,
  lost bigint not null,
  strays bigint not null
);
