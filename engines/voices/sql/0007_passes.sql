-- Level 2 (passes.hpp): one key a quarter. `kept` is its private half, put away under the
-- passphrase. What of it is used for one ask stands in token_key, under the bucket `all`.
create table pass_key (
  quarter text primary key,
  shown text not null,
  kept text not null,
  issued bigint not null
);
-- Who had her pass, by a pseudonym of the quarter, for which request (its SHA-256). Nothing of it
-- stands in the table of voices.
create table pass_issue (
  quarter text not null,
  holder text not null,
  asked text not null,
  primary key (quarter, holder)
);
-- The time that the last act said, so that an older one does nothing when it is sent again.
alter table voice add column told bigint not null default 0;
