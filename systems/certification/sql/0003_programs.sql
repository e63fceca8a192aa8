-- A key admits a program of an agency by ACME, EST or CMP. `kind` is what it may get: "server" for
-- names of DNS, "device" for numbers; `names` are those, or what they begin with.
alter table acme_key rename to program_key;
alter table program_key add column kind text not null default 'server';
create index certificate_key on certificate (authority, number);
