-- Which recording is of what: of the option with this text, or, where it is empty, of what is asked.
create table film (
  owner bigint primary key,
  ask bigint not null,
  option_text text not null
);
create unique index film_of on film (ask, option_text);
