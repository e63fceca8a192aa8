-- A log, as large as its tiles say; `checkpoint` is signed in the transaction that made it so large.
create table tlog_state (
  log text primary key,
  origin text not null,
  size bigint not null,
  root blob not null,
  checkpoint text not null,
  grown_at bigint not null,
  published text not null,
  published_size bigint not null,
  published_at bigint not null
);
-- Hashes of 256 leaves or tiles; the last of each level grows, its beginnings are the partial tiles.
create table tlog_tile (
  log text not null,
  level bigint not null,
  n bigint not null,
  hashes blob not null,
  primary key (log, level, n)
);
create table tlog_bundle (
  log text not null,
  n bigint not null,
  entries blob not null,
  primary key (log, n)
);
-- Which entries of a source stand where: numbers first .. first + count - 1 from `position` on.
create table tlog_batch (
  log text not null,
  source text not null,
  first bigint not null,
  count bigint not null,
  position bigint not null,
  at bigint not null,
  primary key (log, source, first)
);
create index tlog_batch_position on tlog_batch (log, position);
-- What a witness has cosigned last.
create table tlog_witnessed (
  witness text not null,
  origin text not null,
  size bigint not null,
  root blob not null,
  checkpoint text not null,
  at bigint not null,
  primary key (witness, origin)
);
