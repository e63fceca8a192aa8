-- An open communication forum: planned, announced (it has a number then), held, on record.
create table plan (
  key bigint primary key,
  number text not null,
  title text not null,
  body text not null,
  category text not null,
  begins bigint not null,
  place text not null,
  stream text not null,
  made_by bigint not null,
  made bigint not null
);
create index plan_begins on plan (begins);
create table topic (
  plan bigint not null,
  href text not null,
  title text not null,
  primary key (plan, href)
);
-- Which proposals members of the planning group want to talk about.
create table wish (
  href text not null,
  person bigint not null,
  primary key (href, person)
);
create table promise (
  key bigint primary key,
  plan bigint not null,
  what text not null,
  category text not null,
  until bigint not null,
  state text not null,
  note text not null,
  handed text not null,
  made bigint not null
);
create index promise_plan on promise (plan, made);
-- What a group did, in its own words.
create table activity (
  key bigint primary key,
  number text not null,
  title text not null,
  body text not null,
  category text not null,
  team text not null,
  place text not null,
  held bigint not null,
  author bigint not null,
  made bigint not null
);
create index activity_author on activity (author, made);
create index activity_held on activity (held);
-- Recordings with their captions, and pictures with what is on them.
create table upload (
  key bigint primary key,
  owner bigint not null,
  part text not null,
  type text not null,
  alt text not null,
  width bigint not null,
  height bigint not null,
  octets blob not null
);
create index upload_owner on upload (owner, part);
-- The board over all sites.
create table post (
  site text not null,
  id text not null,
  title text not null,
  summary text not null,
  language text not null,
  href text not null,
  topic text not null,
  at bigint not null,
  ends bigint not null,
  primary key (site, id)
);
create index post_at on post (at);
create index post_ends on post (ends);
create table site (
  id text primary key,
  failing_since bigint not null,
  last_good bigint not null,
  problem text not null,
  etag text not null,
  last_modified text not null
);
