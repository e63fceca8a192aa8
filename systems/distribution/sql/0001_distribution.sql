-- What this house sends. A draft is its writer's; what was sent is its agency's.
create table letter (
  key bigint primary key,
  number text not null unique,
  state text not null,
  sender text not null,
  post text not null,
  writer bigint not null,
  writer_name text not null,
  receiver text not null,
  title text not null,
  purpose text not null,
  law text not null,
  reference text not null,
  subject bigint not null,
  until integer not null,
  changed bigint not null,
  reason text not null,
  manifest text not null,
  signature blob not null
);
create index letter_sender on letter (sender, changed);
create index letter_state on letter (state, until);
-- What came here.
create table arrival (
  key bigint primary key,
  number text not null unique,
  state text not null,
  sender text not null,
  receiver text not null,
  title text not null,
  purpose text not null,
  law text not null,
  reference text not null,
  subject bigint not null,
  until integer not null,
  changed bigint not null,
  reason text not null,
  manifest text not null,
  signature blob not null
);
create index arrival_receiver on arrival (receiver, changed);
create index arrival_state on arrival (state, until);
create index arrival_waiting on arrival (receiver, state);
-- Files of both: `side` is "sent" or "come"; `record` names the envelope in the vault.
create table enclosed (
  number text not null,
  side text not null,
  n bigint not null,
  name text not null,
  size bigint not null,
  sha256 text not null,
  envelope text not null,
  record bigint not null,
  primary key (number, side, n)
);
create index enclosed_record on enclosed (record);
-- Who opened what came, and what for: files are handed out on that alone.
create table opening (
  key bigint primary key,
  number text not null,
  person bigint not null,
  purpose text not null,
  at bigint not null
);
create index opening_number on opening (number, person, at);
-- Signed statements: `side` is "come" where they are made, "sent" where they are received.
create table receipt (
  number text not null,
  side text not null,
  what text not null,
  statement text not null,
  signature blob not null,
  at bigint not null,
  primary key (number, side, what)
);
-- The keys of an agency that is served here, a new one each year, and what its seal says of each.
create table letter_box (
  agency text not null,
  certificate blob not null,
  sealed_key text not null,
  signature blob not null,
  made bigint not null,
  primary key (agency, made)
);
