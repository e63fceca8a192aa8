-- An invitation to look: whoever opens the link, signed in, may. The token is known by its hash.
create table invitation (
  token_hash text primary key,
  record bigint not null,
  holder bigint not null,
  given bigint not null,
  expires bigint not null,
  used bigint not null
);
create index invitation_record on invitation (record);
