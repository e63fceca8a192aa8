-- Recordings and their captions. `owner`: what a recording belongs to; `part`: recording, captions;
-- `language` of captions, empty: that of the country.
create table recording (
  key bigint primary key,
  owner bigint not null,
  part text not null,
  language text not null,
  type text not null,
  size bigint not null,
  octets blob not null
);
create index recording_owner on recording (owner, part);
