-- What a connection was granted beyond scopes (RFC 9396), as its person left it; and by which name
-- the system that owns it knows the grant. Empty: nothing.
alter table connection add column details text not null default '';
alter table connection add column details_name text not null default '';
