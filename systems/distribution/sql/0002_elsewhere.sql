-- What nodes that serve other agencies say of their offices: when they were last asked, and when
-- they last answered.
create table far_office (
  keeper text primary key,
  asked bigint not null,
  heard bigint not null,
  problem text not null
);
-- Roots of their seals, each with the authority under it, as the node's own signature vouched for
-- them: old ones stay, for what they signed.
create table far_seal (
  keeper text not null,
  fingerprint text not null,
  root blob not null,
  authority blob not null,
  revoked text not null,
  since bigint not null,
  primary key (keeper, fingerprint)
);
-- Agencies there that receive documents.
create table far_receiver (
  agency text primary key,
  keeper text not null,
  name_ko text not null,
  name_en text not null
);
-- The last key of each that its seal signed, for when its node is away.
create table far_box (
  agency text primary key,
  certificate blob not null,
  signature blob not null,
  at bigint not null
);
-- Parts of envelopes that are still coming, by the hash of the letter's manifest.
create table piece (
  letter text not null,
  sender text not null,
  n bigint not null,
  start bigint not null,
  size bigint not null,
  octets blob not null,
  at bigint not null,
  primary key (letter, n, start)
);
create index piece_at on piece (at);
create index piece_sender on piece (sender);
-- What is to go to another node: a letter, or a receipt by what it says.
create table parcel (
  number text not null,
  what text not null,
  agency text not null,
  made bigint not null,
  tries bigint not null,
  tried bigint not null,
  due bigint not null,
  why text not null,
  primary key (number, what)
);
create index parcel_due on parcel (agency, due);
