-- Of which level the voices of an ask are (rule.hpp), as its rule said when it was filed.
alter table ask add column level bigint not null default 0;
-- Level 1 (tokens.hpp): one key for each ask and bucket. `kept` is the private half under the
-- passphrase; `told` is what the log was told of `issued`.
create table token_key (
  ask bigint not null,
  bucket text not null,
  spki text not null,
  kept text not null,
  issued bigint not null,
  spent bigint not null,
  told bigint not null,
  primary key (ask, bucket)
);
-- Who had her token, by her pseudonym, for which blinded message (its SHA-256). Nothing of it
-- stands in the table of voices.
create table token_issue (
  ask bigint not null,
  holder text not null,
  bucket text not null,
  asked text not null,
  primary key (ask, holder)
);
