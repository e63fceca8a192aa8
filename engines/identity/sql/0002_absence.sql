-- While the holder of a post is away, the holder of another stands in for it.
create table absence (
  key bigint primary key,
  post text not null,
  substitute text not null,
  begins bigint not null,
  ends bigint not null,
  reason text not null
);
create index absence_post on absence (post, ends);
create index absence_substitute on absence (substitute, ends);
