-- What e-People knows of a case besides its file (tables matter*): one row a filing, one filing a
-- voice. `lead` is the filing with which it is answered; its own key when it stands for itself.
-- `turn` orders the desk so that writers take turns; none when it is closed.
create table filing (
  matter bigint primary key,
  kind text not null,
  title text not null,
  language text not null,
  place text not null,
  office text not null,
  confidential bigint not null,
  openly bigint not null,
  routed bigint not null,
  escalated bigint not null,
  lead bigint not null,
  turn bigint,
  filed bigint not null,
  answered bigint,
  in_time bigint
);
create index filing_lead on filing (lead);
create index filing_turn on filing (turn, matter) where turn is not null;
create index filing_office on filing (office, turn, matter) where turn is not null;
create index filing_filed on filing (filed);

-- Bands of MinHash, by which the same matter told by many is found.
create table likeness (
  band bigint not null,
  hash bigint not null,
  matter bigint not null
);
create index likeness_hash on likeness (hash, band);

-- Whom a filing complains about: never handles it, in whatever post.
create table target (
  matter bigint not null,
  post text not null,
  person bigint not null,
  said text not null,
  at bigint not null
);
create index target_matter on target (matter);
create index target_person on target (person);
create index target_post on target (post);

-- What somebody translated, of the filing or of its answer; the original stays beside it.
create table translation (
  key bigint primary key,
  matter bigint not null,
  part text not null,
  language text not null,
  text text not null,
  author text not null,
  at bigint not null
);
create index translation_matter on translation (matter);

-- Answers that everybody may read, made anonymous and confirmed by an official.
create table published (
  matter bigint primary key,
  kind text not null,
  office text not null,
  title text not null,
  question text not null,
  answer text not null,
  author text not null,
  at bigint not null
);
create index published_at on published (at);

-- Incentives computed for reports of waste, with the record of the decision.
create table reward (
  matter bigint primary key,
  entitled bigint not null,
  amount text not null,
  record text not null,
  author text not null,
  at bigint not null
);
