-- What Eungdapso knows of a case besides its file (tables matter*): one row a report. Places are
-- millionths of a degree (a tenth of a metre). `secret` is the SHA-256 of the code that was given to
-- whoever reported without an account. `version` counts what has happened to it.
create table report (
  matter bigint primary key,
  number text not null,
  category text not null,
  department text not null,
  office text not null,
  town text not null,
  lat bigint not null,
  lon bigint not null,
  exact bigint not null,
  place text not null,
  words text not null,
  answers text not null,
  language text not null,
  channel text not null,
  program bigint not null,
  name text not null,
  contact text not null,
  secret text not null,
  state text not null,
  urgency bigint not null,
  filed bigint not null,
  promised bigint not null,
  taken bigint,
  closed bigint,
  kept bigint,
  voices bigint not null,
  passed bigint not null,
  reopened bigint not null,
  words_open bigint not null,
  result text not null,
  updated bigint not null
);
create unique index report_number on report (number);
create index report_filed on report (filed);
create index report_updated on report (updated);
create index report_place on report (lat, lon) where closed is null;
create index report_work on report (office, department, promised) where closed is null;

-- One more who says the same.
create table voice (
  key bigint primary key,
  matter bigint not null,
  person bigint not null,
  contact text not null,
  words text not null,
  once text not null,
  at bigint not null
);
create unique index voice_once on voice (once);
create unique index voice_person on voice (matter, person) where person <> 0;

-- Pictures without metadata. `part`: report, before, after. What the sender agreed to keep of the
-- metadata stands in the columns.
create table picture (
  key bigint primary key,
  matter bigint not null,
  part text not null,
  type text not null,
  width bigint not null,
  height bigint not null,
  octets blob not null,
  size bigint not null,
  open bigint not null,
  lat bigint,
  lon bigint,
  made text not null,
  author text not null,
  at bigint not null
);
create index picture_matter on picture (matter);

-- What was said of it to everybody, in the order of time.
create table report_update (
  key bigint primary key,
  matter bigint not null,
  state text not null,
  words text not null,
  open bigint not null,
  author text not null,
  at bigint not null
);
create index report_update_matter on report_update (matter);
create index report_update_at on report_update (at);

-- Programs that file over Open311. Of the key only its SHA-256 is kept.
create table program (
  key bigint primary key,
  name text not null,
  contact text not null,
  secret text not null,
  made bigint not null,
  author text not null,
  ended bigint
);
create unique index program_secret on program (secret);
