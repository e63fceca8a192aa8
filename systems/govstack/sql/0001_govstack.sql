-- Databases as the registries block calls them: those of the pack when it was first opened, and
-- those made since. One that was deleted keeps its row, so that deleting it twice is no error.
create table catalogue (
  id bigint primary key,
  code text not null,
  version text not null,
  body text not null,
  made_here bigint not null,
  deleted bigint not null,
  modified_at bigint not null,
  modified_by text not null
);
create unique index catalogue_living on catalogue (code, version) where deleted = 0;
-- The last number that was given to a record without one.
create table numbering (
  code text primary key,
  n bigint not null
);
-- An application file of the registration block: the case that it is, and its form as it stands.
create table application (
  matter bigint primary key,
  file text not null unique,
  task text not null unique,
  service text not null,
  applicant text not null,
  name text not null,
  form text not null,
  documents text not null,
  registered bigint not null,
  status text not null,
  decided_at bigint,
  decided_by text not null
);
create index application_service on application (service, registered);
create table document (
  key text primary key,
  type text not null,
  octets blob not null,
  uploaded_at bigint not null,
  uploaded_by text not null
);
-- Policies, data agreements, individuals and consent records, as they are now. An individual's label
-- is the number under which others know her; `person` is her record, when she is one of ours.
create table thing (
  id text primary key,
  kind text not null,
  label text not null,
  body text not null,
  revision text not null,
  deleted bigint not null,
  person bigint not null,
  made bigint not null
);
create index thing_kind on thing (kind, made, id);
create index thing_label on thing (label) where label <> '';
-- How they came to be so: each revision holds the hash of the one before.
create table revision (
  id text primary key,
  kind text not null,
  object text not null,
  n bigint not null,
  snapshot text not null,
  hash text not null,
  predecessor text not null,
  at bigint not null,
  by_whom text not null
);
create unique index revision_object on revision (object, n);
-- Which individual said what to which agreement: one record of each pair.
create table agreed (
  agreement text not null,
  individual text not null,
  record text not null unique,
  opt_in bigint not null,
  primary key (agreement, individual)
);
