-- The single claims that a client asked for (parameter `claims`); empty: what its scopes are.
alter table connection add column claims text not null default '';
