-- Messages that passed, each with its signature (DM-ML section 2.1); `stamp` once it is stamped.
create table xroad_message (
  id bigint primary key,
  at bigint not null,
  response bigint not null,
  sent bigint not null,
  query_id text not null,
  request_id text not null,
  client text not null,
  provider text not null,
  service text not null,
  person text not null,
  issue text not null,
  message text not null,
  body blob,
  signature text not null,
  chain_result text not null,
  chain text not null,
  stamp bigint,
  stamp_chain text,
  archived bigint not null default 0
);
create unique index xroad_message_once on xroad_message (client, request_id, response, sent);
create index xroad_message_query on xroad_message (query_id, id);
create index xroad_message_person on xroad_message (person, id);
create index xroad_message_issue on xroad_message (issue, id);
create index xroad_message_client on xroad_message (client, id);
create index xroad_message_provider on xroad_message (provider, id);
create index xroad_message_unstamped on xroad_message (id) where stamp is null;
create index xroad_message_unarchived on xroad_message (id) where archived = 0;
-- A time stamp over the signatures of a batch; without a chain it is over one signature's value.
create table xroad_stamp (
  id bigint primary key,
  at bigint not null,
  chain_result text not null,
  token blob not null
);
-- The last archive's digest, which the next begins with (DM-ML section 2.2).
create table xroad_archive (
  id bigint primary key,
  at bigint not null,
  file text not null,
  digest text not null
);
