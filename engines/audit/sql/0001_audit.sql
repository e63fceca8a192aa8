-- Appended to, never changed: one row for each look and each act.
create table audit_entry (
  key bigint primary key,
  at bigint not null,
  subject bigint not null,
  what bigint not null,
  record_of text not null,
  record text not null,
  items text not null,
  actor_person bigint not null,
  actor text not null,
  purpose text not null,
  law text not null,
  reference text not null,
  hidden_until bigint
);
create index audit_entry_subject on audit_entry (subject, at);
create index audit_entry_reference on audit_entry (reference) where reference <> '';
