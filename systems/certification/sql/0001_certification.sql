-- Applications, the certificates issued for them, and all that happened to each. `kind` is a
-- profile of the pki room. Names of servers stand in `dns`, space-separated.
create table application (
  key bigint primary key,
  authority text not null,
  kind text not null,
  person bigint not null,
  post text not null,
  name text not null,
  organisation text not null,
  number text not null,
  title text not null,
  dns text not null,
  public_key blob not null,
  proof text not null,
  state text not null,
  filed bigint not null,
  decided bigint,
  decided_by text not null,
  note text not null,
  serial text not null,
  replaces text not null
);
create index application_state on application (state, filed);
create index application_person on application (person);

-- `state`: valid, held, revoked; whether its time is over is told by `until`.
create table certificate (
  serial text primary key,
  authority text not null,
  kind text not null,
  person bigint not null,
  post text not null,
  name text not null,
  number text not null,
  dns text not null,
  der blob not null,
  state text not null,
  valid_since bigint not null,
  valid_until bigint not null,
  changed bigint not null,
  reason text not null,
  application bigint not null,
  source text not null
);
create index certificate_person on certificate (person);
create index certificate_revoked on certificate (authority, state);
create index certificate_number on certificate (number);

create table event (
  key bigint primary key,
  serial text not null,
  what text not null,
  actor text not null,
  at bigint not null,
  note text not null
);
create index event_serial on event (serial);
