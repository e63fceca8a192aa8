-- What a vote is beside its ask: who may, when, where, and what came of it.
create table vote (
  ask bigint primary key,
  agency text not null,
  audience text not null,
  presence text not null,
  lat bigint not null,
  lon bigint not null,
  radius bigint not null,
  opens bigint not null,
  closes bigint not null,
  ended_why text not null,
  eligible bigint not null,
  came text not null,
  came_by text not null,
  came_link text not null,
  came_at bigint not null
);
create index vote_agency on vote (agency);
create index vote_came on vote (came_at);
create table picture (
  key bigint primary key,
  ask bigint not null,
  type text not null,
  octets blob not null
);
create index picture_ask on picture (ask);
-- Who has been at the venue, by the pseudonym of the ask.
create table present (
  ask bigint not null,
  pseudonym text not null,
  primary key (ask, pseudonym)
);
