-- Instances that run for an activity of another system's instance.
create table process_served (
  instance bigint primary key,
  system text not null,
  caller bigint not null,
  calling bigint not null,
  unique (system, caller, calling)
);
create index process_served_caller on process_served (caller, calling);
