-- A life event that has begun for somebody: what usually follows is offered as one list.
create table bundle (
  key bigint primary key,
  person bigint not null,
  event text not null,
  reference text not null,
  services text not null,
  begun bigint not null,
  unique (person, reference)
);
create table bundle_skipped (
  bundle bigint not null,
  service text not null,
  at bigint not null,
  primary key (bundle, service)
);
