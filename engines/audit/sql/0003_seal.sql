-- Numbers without gaps, and the salt under which an entry is committed to in a log (seal.hpp).
create table audit_seal (
  number bigint primary key,
  entry bigint not null unique,
  salt blob not null
);
