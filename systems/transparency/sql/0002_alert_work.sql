-- Who looked at an alert first, and who passed it on to the office of the official, with why.
alter table alert add column seen_at bigint not null default 0;
alter table alert add column seen_by text not null default '';
alter table alert add column escalated_at bigint not null default 0;
alter table alert add column escalated_by text not null default '';
alter table alert add column escalated_note text not null default '';
