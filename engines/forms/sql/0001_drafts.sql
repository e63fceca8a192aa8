create table draft (
  key bigint primary key,
  person bigint not null,
  service text not null,
  answers text not null,
  begun bigint not null,
  saved bigint not null
);
create unique index draft_one on draft (person, service);
