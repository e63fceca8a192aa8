-- What a personnel system says of people and posts for itself (SCIM externalId), and whom it made
-- known before they hold a post. Nothing here gives anybody a right.
create table scim_known (
  client text not null,
  type text not null,
  key text not null,
  external_id text not null,
  active bigint not null,
  created bigint not null,
  changed bigint not null,
  primary key (client, type, key)
);
