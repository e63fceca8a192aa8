-- What clients asked of somebody who sits elsewhere (RFC 8628, OpenID Connect CIBA), until it is
-- over. `hash` is of the secret that the client holds; `user_code` of what people type.
create table decoupled (
  key bigint primary key,
  hash text not null unique,
  device bigint not null,
  client text not null,
  scope text not null,
  user_code text not null,
  person bigint not null,
  binding text not null,
  level bigint not null,
  state bigint not null,
  connection bigint not null,
  pause bigint not null,
  polled bigint not null,
  asked bigint not null,
  expires bigint not null
);
create index decoupled_user_code on decoupled (user_code);
create index decoupled_person on decoupled (person, state);
create index decoupled_expires on decoupled (expires);
-- Clients that are told when there is something to fetch (CIBA, ping): due once she has decided.
create table ping_notice (
  key bigint primary key,
  client text not null,
  auth_req_id text not null,
  token text not null,
  next_try bigint not null,
  tries bigint not null,
  expires bigint not null
);
create index ping_notice_due on ping_notice (next_try);
-- Frames by which a browser tells clients that its session is over (Front-Channel Logout), for the
-- page after sign-out.
create table leaving (
  hash text primary key,
  frames text not null,
  location text not null,
  expires bigint not null
);
