-- Models as they were deployed; a version never changes.
create table process_model (
  key bigint primary key,
  process text not null,
  version bigint not null,
  name text not null,
  hash text not null,
  bpmn text not null,
  deployed bigint not null,
  deployed_by text not null,
  unique (process, version)
);

-- Events that start the newest version of a process.
create table process_start (
  model bigint not null,
  process text not null,
  element text not null,
  kind text not null,
  name text not null,
  due bigint,
  again bigint not null,
  cycle text not null,
  primary key (process, element)
);
create index process_start_name on process_start (kind, name);
create index process_start_due on process_start (due);

create table process_instance (
  key bigint primary key,
  model bigint not null,
  process text not null,
  business text not null,
  caller bigint not null,
  calling bigint not null,
  standing bigint not null,
  incidents bigint not null,
  steps bigint not null,
  started bigint not null,
  ended bigint,
  snapshot text not null
);
create index process_instance_model on process_instance (model, standing, key);
create index process_instance_business on process_instance (business);
create index process_instance_caller on process_instance (caller, calling);
create index process_instance_incident on process_instance (incidents, key);

-- What moved an instance, what the world answered, and where it went: enough to do it again.
create table process_step (
  instance bigint not null,
  number bigint not null,
  at bigint not null,
  who text not null,
  stimulus text not null,
  answers text not null,
  path text not null,
  hash text not null,
  primary key (instance, number)
);

create table process_wait (
  instance bigint not null,
  number bigint not null,
  kind bigint not null,
  name text not null,
  correlation text not null,
  due bigint,
  primary key (instance, number)
);
create index process_wait_due on process_wait (due);
create index process_wait_name on process_wait (kind, name, correlation, instance);

create table process_task (
  key bigint primary key,
  instance bigint not null,
  number bigint not null,
  process text not null,
  element text not null,
  name text not null,
  business text not null,
  office text not null,
  form text not null,
  assignee text not null,
  roles text not null,
  posts text not null,
  opened bigint not null,
  due bigint not null,
  claimed_by text not null
);
create unique index process_task_wait on process_task (instance, number);

-- "role:town.resident", "post:...", "" (anybody in office): whose inbox a task is in, by its due time.
create table process_candidate (
  candidate text not null,
  due bigint not null,
  task bigint not null,
  primary key (candidate, due, task)
);
create index process_candidate_task on process_candidate (task);

-- Where tokens stood and how long: for the picture of where time goes.
create table process_visit (
  instance bigint not null,
  activity bigint not null,
  process text not null,
  element text not null,
  office text not null,
  entered bigint not null,
  lasted bigint,
  how text not null,
  post text not null,
  primary key (instance, activity)
);
create index process_visit_process on process_visit (process, entered);

-- Messages nobody waited for yet, and those that have been taken, by their own id.
create table process_message (
  key bigint primary key,
  name text not null,
  correlation text not null,
  variables text not null,
  expires bigint not null
);
create index process_message_name on process_message (name, correlation);
create table process_message_seen (
  id text primary key,
  at bigint not null
);

-- A signal on its way to all that wait for it: up to `reached` it has come.
create table process_broadcast (
  key bigint primary key,
  name text not null,
  variables text not null,
  reached bigint not null,
  newest bigint not null
);

create table process_migration (
  key bigint primary key,
  process text not null,
  from_model bigint not null,
  to_model bigint not null,
  mapping text not null,
  at bigint not null,
  who text not null,
  undone bigint not null
);
create table process_migrated (
  migration bigint not null,
  instance bigint not null,
  step bigint not null,
  primary key (migration, instance)
);
