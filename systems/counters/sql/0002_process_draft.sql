-- Models of procedures on their way: written by one official, published by another from a day on.
-- `trial`: what the author simulated last; `deployed`: when it came into force.
create table process_draft (
  key bigint primary key,
  process text not null,
  starts bigint not null,
  bpmn text not null,
  base bigint not null,
  trial text not null,
  state text not null,
  author bigint not null,
  author_name text not null,
  approver bigint not null,
  approver_name text not null,
  remark text not null,
  saved bigint not null,
  published bigint,
  deployed bigint
);
create index process_draft_saved on process_draft (state, saved);
create index process_draft_due on process_draft (state, deployed, starts);
