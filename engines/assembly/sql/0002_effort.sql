-- What a post did on a day when it entered sheets of paper, for its limits.
create table effort (
  post text not null,
  day integer not null,
  looked bigint not null,
  refused bigint not null,
  primary key (post, day)
);
