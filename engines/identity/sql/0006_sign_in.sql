-- When somebody last showed who she is within a session, and the browsers she has signed in from.
alter table session_method add column authenticated bigint not null default 0;
create table known_device (
  person bigint not null,
  device text not null,
  seen bigint not null,
  primary key (person, device)
);
