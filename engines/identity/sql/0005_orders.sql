create table personnel_order (
  key bigint primary key,
  number text not null unique,
  sort bigint not null,
  person bigint not null,
  post text not null,
  from_post text not null,
  substitute text not null,
  roles text not null,
  begins bigint not null,
  ends bigint not null,
  grounds text not null,
  state bigint not null,
  drafter bigint not null,
  approver bigint not null,
  drafter_name text not null,
  approver_name text not null,
  drafted bigint not null,
  approved bigint not null,
  done bigint not null,
  remark text not null
);
create index personnel_order_due on personnel_order (state, begins);
create index personnel_order_person on personnel_order (person);
create table tenure (
  key bigint primary key,
  post text not null,
  person bigint not null,
  begins bigint not null,
  ends bigint not null,
  by_order text not null,
  until_order text not null
);
create index tenure_post on tenure (post, ends);
create index tenure_person on tenure (person, ends);
