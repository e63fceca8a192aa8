-- Which items of its agreement a person sends, as a JSON list; empty: all of them.
alter table permission add column items text not null default '';
