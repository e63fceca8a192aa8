create table email_channel (
  person bigint primary key,
  address text not null,
  wanted text not null,
  code text not null,
  asked_at bigint not null,
  tries bigint not null,
  language text not null
);
create table dispatch (
  key bigint primary key,
  person bigint not null,
  address text not null,
  language text not null,
  code text not null,
  at bigint not null,
  next_try bigint not null,
  tries bigint not null,
  sent_at bigint,
  problem text not null
);
create index dispatch_due on dispatch (next_try);
create index dispatch_person on dispatch (person, next_try);
