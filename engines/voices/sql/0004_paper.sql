-- Sheets of paper that were entered: where each is kept, and how many people stood on it. Not who.
create table sheet (
  key bigint primary key,
  ask bigint not null,
  reference text not null,
  at bigint not null,
  entered bigint not null
);
create index sheet_ask on sheet (ask, at);
