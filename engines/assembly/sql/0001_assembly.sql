-- The key of the pseudonyms, put away under the house's passphrase.
create table secret (
  name text primary key,
  kept text not null
);
