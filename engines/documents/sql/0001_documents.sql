-- Layouts as they were on the day something was issued with them.
create table document_layout (
  version text primary key,
  name text not null,
  text text not null,
  kept bigint not null
);
create table document (
  key bigint primary key,
  number text not null unique,
  person bigint not null,
  service text not null,
  layout text not null,
  layout_version text not null,
  title text not null,
  seal text not null,
  holder text not null,
  language text not null,
  data text not null,
  code text not null,
  cms blob not null,
  at bigint not null,
  revoked bigint
);
create index document_person on document (person, at);
