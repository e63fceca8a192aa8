create table community (
  key bigint primary key,
  number bigint not null unique,
  name text not null,
  town text not null,
  code text not null,
  manager bigint not null
);
create table resident (
  community bigint not null,
  person bigint not null,
  proof text not null,
  since bigint not null,
  primary key (community, person)
);
create index resident_person on resident (person);
create table proposal (
  key bigint primary key,
  community bigint not null,
  author bigint not null,
  title text not null,
  body text not null,
  video text not null,
  at bigint not null,
  withdrawn bigint not null
);
create index proposal_community on proposal (community, at);
-- registering -> open -> closed -> finished
create table poll (
  key bigint primary key,
  number bigint not null unique,
  community bigint not null,
  title text not null,
  uuid text not null unique,
  state text not null,
  most bigint not null,
  blank bigint not null,
  days bigint not null,
  begun bigint,
  closes bigint,
  election text not null,
  trustees text not null,
  credentials text not null,
  tally text not null,
  result text not null,
  height bigint not null,
  last_event text not null,
  members bigint not null
);
create index poll_community on poll (community, number);
create index poll_state on poll (state, number);
create table poll_choice (
  poll bigint not null,
  n bigint not null,
  proposal bigint not null,
  title text not null,
  primary key (poll, n)
);
-- The house has a trustee's public key and what she opened, and never her private key.
create table trustee (
  poll bigint not null,
  n bigint not null,
  token text not null unique,
  person bigint not null,
  public_key text not null,
  share text not null,
  primary key (poll, n)
);
-- Who stands in the list, with the public part of her credential.
create table voter (
  poll bigint not null,
  person bigint not null,
  credential text not null,
  primary key (poll, person),
  unique (poll, credential)
);
create table ballot (
  poll bigint not null,
  n bigint not null,
  tracker text not null,
  credential text not null,
  primary key (poll, n),
  unique (poll, tracker)
);
-- The archive of each election, member by member; it only grows.
create table board (
  poll bigint not null,
  n bigint not null,
  is_event bigint not null,
  text text not null,
  primary key (poll, n)
);
