-- ACME (RFC 8555). A key admits one account of an agency's program to the names that it may ask for
-- (`names`, space-separated; each with what lies below it).
create table acme_key (
  key bigint primary key,
  kid text not null,
  secret blob not null,
  authority text not null,
  agency text not null,
  names text not null,
  made bigint not null,
  made_by text not null,
  account bigint not null
);
create unique index acme_key_kid on acme_key (kid);

create table acme_account (
  key bigint primary key,
  thumbprint text not null,
  jwk text not null,
  contact text not null,
  state text not null,
  admitted bigint not null,
  made bigint not null
);
create unique index acme_account_thumbprint on acme_account (thumbprint);

create table acme_order (
  key bigint primary key,
  account bigint not null,
  names text not null,
  state text not null,
  serial text not null,
  error text not null,
  expires bigint not null
);
create index acme_order_account on acme_order (account);
create index acme_order_serial on acme_order (serial);

create table acme_authorization (
  key bigint primary key,
  owner bigint not null,
  account bigint not null,
  name text not null,
  token text not null,
  state text not null,
  error text not null,
  validated bigint,
  expires bigint not null
);
create index acme_authorization_owner on acme_authorization (owner);
