-- Proofs that somebody asked for, and what came.
create table asked (
  key bigint primary key,
  secret_hash text not null,
  official bigint not null,
  question text not null,
  nonce text not null,
  state text not null,
  seal text not null,
  asker text not null,
  made bigint not null,
  expires bigint not null,
  outcome text not null,
  because text not null,
  shown text not null,
  answered bigint not null
);
create index asked_made on asked (made);
create index asked_official on asked (official, made);
