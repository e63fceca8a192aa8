-- Voices that an official took from the count: why, and what came of the objection. `state`:
-- struck, objected, stays, restored.
create table strike (
  ask bigint not null,
  pseudonym text not null,
  saying text not null,
  reason text not null,
  at bigint not null,
  struck_by bigint not null,
  objection text not null,
  state text not null,
  primary key (ask, pseudonym, saying)
);
create index strike_state on strike (state, at);
