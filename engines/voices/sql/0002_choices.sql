-- Known by its address alone when it is not listed.
alter table ask add column listed bigint not null default 1;
-- What may be chosen, as JSON (choice.hpp).
create table paper (
  ask bigint primary key,
  said text not null
);
-- When a stage ends whose end each ask says for itself.
create table stage_end (
  ask bigint not null,
  stage text not null,
  ends bigint not null,
  primary key (ask, stage)
);
-- Of a choice: what was chosen, and what opens its commitment.
alter table voice add column chosen text not null default '';
alter table voice add column salt text not null default '';
create table chosen_tally (
  ask bigint not null,
  chosen text not null,
  counted bigint not null,
  primary key (ask, chosen)
);
