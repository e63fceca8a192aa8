-- What a person asked for by text message and has not yet confirmed; gone when she has, or when its time is over.
create table text_wish (
  person bigint primary key,
  system text not null,
  number text not null,
  undo bigint not null,
  code text not null,
  at bigint not null,
  tries bigint not null
);
