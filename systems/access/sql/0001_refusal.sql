-- Why somebody was refused: which page, by which code, in which post; never what the page was about.
create table refusal (
  key bigint primary key,
  person bigint not null,
  at bigint not null,
  route text not null,
  code text not null,
  post text not null,
  roles text not null,
  acr text not null
);
create index refusal_at on refusal (at);
