create table ask (
  key bigint primary key,
  rule text not null,
  number text not null,
  title text not null,
  body text not null,
  language text not null,
  category text not null,
  agency text not null,
  author bigint not null,
  stage text not null,
  filed bigint not null,
  since bigint not null,
  ends bigint not null,
  due bigint not null,
  hidden text not null,
  hidden_by bigint not null,
  appeal text not null
);
create unique index ask_number on ask (rule, number);
create index ask_stage on ask (rule, stage, since);
create index ask_ends on ask (ends);
create index ask_author on ask (author, filed);
create table numbering (
  rule text not null,
  year bigint not null,
  last bigint not null,
  primary key (rule, year)
);
-- What somebody says of an ask, once. `state`: 0 taken back, 1 counts, 2 struck out.
create table voice (
  ask bigint not null,
  pseudonym text not null,
  saying text not null,
  bucket text not null,
  at bigint not null,
  state bigint not null,
  primary key (ask, pseudonym, saying)
);
create table remark (
  key bigint primary key,
  ask bigint not null,
  pseudonym text not null,
  body text not null,
  at bigint not null,
  hidden text not null
);
create index remark_ask on remark (ask, at);
create table reply (
  key bigint primary key,
  ask bigint not null,
  agency text not null,
  body text not null,
  at bigint not null
);
create index reply_ask on reply (ask, at);
-- What is public of every voice, for the log: numbers without gaps.
create table leaf (
  number bigint primary key,
  ask bigint not null,
  said text not null
);
create index leaf_ask on leaf (ask, number);
-- Counts, made from the leaves off the way of who writes them.
create table tally (
  ask bigint not null,
  saying text not null,
  counted bigint not null,
  primary key (ask, saying)
);
create table hourly (
  ask bigint not null,
  saying text not null,
  hour bigint not null,
  bucket text not null,
  counted bigint not null,
  primary key (ask, saying, hour, bucket)
);
create table reached (
  reader text primary key,
  number bigint not null
);
