-- The certificate that the tokens of a connection are bound to (RFC 8705 section 3).
alter table connection add column x5t text not null default '';
