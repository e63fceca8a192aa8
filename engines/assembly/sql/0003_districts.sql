-- How many people live in each district, when the register of residents was last counted; `all`:
-- in all of them.
create table district_people (
  district text primary key,
  people bigint not null,
  at bigint not null
);
-- Districts in which more joined an ask than live there: since when, and how many at most.
create table excess (
  ask bigint not null,
  saying text not null,
  district text not null,
  since bigint not null,
  counted bigint not null,
  people bigint not null,
  primary key (ask, saying, district)
);
