-- What an agency made of it; what a system filed it for.
alter table reply add column verdict text not null default '';
alter table ask add column source text not null default '';
create index ask_source on ask (rule, source);
