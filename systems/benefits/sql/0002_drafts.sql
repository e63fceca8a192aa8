-- Changes of the law as data: written by one official, published by another. What is published is
-- never changed again; the house adds it to the law of the pack when it opens.
create table draft (
  key bigint primary key,
  provision text not null,
  starts bigint not null,
  model text not null,
  base text not null,
  trials text not null,
  state text not null,
  author bigint not null,
  author_name text not null,
  approver bigint not null,
  approver_name text not null,
  remark text not null,
  saved bigint not null,
  published bigint
);
create index draft_provision on draft (provision, saved);
