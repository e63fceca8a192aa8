-- Telephones by which people confirm who they are, at a carrier that knows its subscribers. The
-- global identifier (CI) is kept as its hash only: to see that two telephones are one person's.
create table phone (
  person bigint primary key,
  issuer text not null,
  subject text not null,
  number text not null,
  ci_hash text not null,
  since bigint not null,
  unique (issuer, subject)
);
create index phone_ci on phone (ci_hash);
-- Confirmations that are under way; an empty auth_req_id waits in vain, so that nobody learns here
-- who has a telephone.
create table phone_attempt (
  hash text primary key,
  carrier text not null,
  number text not null,
  purpose bigint not null,
  person bigint not null,
  next text not null,
  binding text not null,
  auth_req_id text not null,
  pause bigint not null,
  polled bigint not null,
  expires bigint not null
);
create index phone_attempt_expires on phone_attempt (expires);
