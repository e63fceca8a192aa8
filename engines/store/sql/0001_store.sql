-- What every database has: the outbox of events and the inbox of those already heard.
create table outbox (
  id bigint primary key,
  event text not null,
  subject text not null,
  payload text not null,
  at bigint not null
);

-- How far each reader has come; and for events from elsewhere, which ids were handled.
create table outbox_cursor (
  reader text primary key,
  last_id bigint not null
);
create table inbox (
  reader text not null,
  event_id bigint not null,
  at bigint not null,
  primary key (reader, event_id)
);
