-- Sign-ins that were begun at another provider, and how others' accounts are known here.
create table outside_attempt (
  state_hash text primary key,
  provider text not null,
  nonce text not null,
  verifier text not null,
  next text not null,
  person bigint not null,
  expires bigint not null
);
create table outside_account (
  issuer text not null,
  subject text not null,
  person bigint not null,
  since bigint not null,
  primary key (issuer, subject)
);
create index outside_account_person on outside_account (person);
