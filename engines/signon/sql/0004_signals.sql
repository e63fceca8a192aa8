-- Security events that clients have not taken yet (RFC 8417): claims, signed when they are sent.
create table signal (
  jti text primary key,
  client text not null,
  claims text not null,
  at bigint not null,
  next_try bigint not null,
  tries bigint not null
);
create index signal_client on signal (client, at);
create index signal_due on signal (next_try);
