-- How a session was begun, and where: for its holder's list of sessions and for those who ask how
-- sure we are.
create table session_method (
  token_hash text primary key,
  sid text not null,
  amr text not null,
  acr text not null,
  device text not null
);
create index session_method_sid on session_method (sid);
