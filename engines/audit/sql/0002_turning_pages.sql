-- Keys are in the order of time and unique, so that turning pages shows each entry exactly once.
drop index audit_entry_subject;
create index audit_entry_subject on audit_entry (subject, key);
