-- Reading that looked unusual: once for each rule, official and hour; handled by a person with a note.
create table alert (
  key bigint primary key,
  rule text not null,
  official bigint not null,
  name text not null,
  agency text not null,
  hour bigint not null,
  persons bigint not null,
  usual double not null,
  found_at bigint not null,
  handled_at bigint not null,
  handled_by text not null,
  note text not null,
  unique (rule, official, hour)
);
create index alert_open on alert (handled_at, key);
