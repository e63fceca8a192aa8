-- New values of the figures of the law, each from a day on: proposed by one official, put in force by
-- another. What is in force is never changed again; the house adds it to the law of the pack.
create table figure (
  key bigint primary key,
  parameter text not null,
  starts bigint not null,
  becomes text not null,
  source text not null,
  state text not null,
  author bigint not null,
  author_name text not null,
  approver bigint not null,
  approver_name text not null,
  remark text not null,
  saved bigint not null,
  published bigint
);
create index figure_parameter on figure (parameter, saved);
