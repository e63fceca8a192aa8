-- What is known of a password besides its hash: when it was chosen, or, handed out at a counter,
-- until when it may be used once.
create table password_state (
  person bigint primary key,
  chosen bigint not null,
  expires bigint not null,
  used bigint not null
);
-- Nobody comes in by these, in whatever way, until they are opened again.
create table closed_account (
  person bigint primary key,
  at bigint not null,
  by_person bigint not null,
  reason text not null
);
-- What somebody asks for an account that opens a post: another official decides.
create table account_request (
  key bigint primary key,
  person bigint not null,
  act text not null,
  grounds text not null,
  proof text not null,
  drafter bigint not null,
  drafter_name text not null,
  drafted bigint not null,
  expires bigint not null,
  decider bigint not null,
  decider_name text not null,
  decided bigint not null,
  state text not null
);
create index account_request_open on account_request (state, drafted);
