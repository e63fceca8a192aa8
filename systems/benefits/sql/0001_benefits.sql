-- What the law gives somebody as of the last look at everybody: kept so that the next look can tell
-- what is new. Only of those who have not asked to be left alone.
create table standing (
  person bigint not null,
  benefit text not null,
  amount text not null,
  because text not null,
  since bigint not null,
  primary key (person, benefit)
);
-- Who wants to be told nothing (told = 0).
create table choice (
  person bigint primary key,
  told bigint not null,
  at bigint not null
);
-- The record of a decision that lies in the file of a case, signed.
create table evaluation (
  matter bigint primary key,
  person bigint not null,
  benefit text not null,
  entitled bigint not null,
  record text not null,
  signature blob not null,
  at bigint not null
);
-- What was granted.
create table award (
  key bigint primary key,
  person bigint not null,
  benefit text not null,
  amount text not null,
  starts bigint not null,
  ends bigint,
  matter bigint not null unique,
  told_until bigint not null
);
create index award_person on award (person, benefit);
-- Looks at everybody: when, and how many were found.
create table run (
  key bigint primary key,
  day bigint not null,
  began bigint not null,
  ended bigint,
  persons bigint not null,
  entitled bigint not null,
  found bigint not null,
  told bigint not null,
  losing bigint not null,
  problem text not null
);
