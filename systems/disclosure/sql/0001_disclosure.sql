-- What information disclosure knows of a case besides its file (tables matter*). The agency that
-- has it is the file's office. `outcome` is the decision as it is drafted and, once `decided`, as it
-- was made: full, partial, closed, absent.
create table request (
  matter bigint primary key,
  subject text not null,
  form text not null,
  delivery text not null,
  reduction text not null,
  item text not null,
  openly bigint not null,
  filed bigint not null,
  outcome text not null,
  committee text not null,
  release bigint,
  stopped bigint not null,
  decided bigint,
  in_time bigint
);
create index request_decided on request (decided);
create index request_item on request (item) where item <> '';

-- What is held back, passage by passage, and on which ground of the law.
create table withheld (
  key bigint primary key,
  matter bigint not null,
  ground text not null,
  what text not null,
  paper bigint not null,
  author text not null,
  at bigint not null
);
create index withheld_matter on withheld (matter);

-- Papers that the agency looked at. They are no attachments of the case: the requester never sees
-- them, but what was made of them.
create table paper (
  key bigint primary key,
  matter bigint not null,
  agency text not null,
  name text not null,
  type text not null,
  hash text not null,
  pages bigint not null,
  octets blob not null,
  author text not null,
  at bigint not null
);
create unique index paper_matter on paper (matter, agency, hash);

-- Areas of a page (hundredths of a point, from the top left) or passages of a text (octets) that go.
create table paper_mark (
  key bigint primary key,
  paper bigint not null,
  page bigint not null,
  x bigint not null,
  y bigint not null,
  width bigint not null,
  height bigint not null,
  ground text not null,
  words text not null,
  author text not null,
  at bigint not null
);
create index paper_mark_paper on paper_mark (paper);

-- What was made of a paper to be handed on.
create table copy (
  key bigint primary key,
  paper bigint not null,
  matter bigint not null,
  name text not null,
  type text not null,
  hash text not null,
  marks text not null,
  octets blob not null,
  author text not null,
  at bigint not null
);
create index copy_matter on copy (matter);
create unique index copy_paper on copy (paper);

-- Third parties that are heard.
create table hearing (
  key bigint primary key,
  matter bigint not null,
  person bigint not null,
  name text not null,
  about text not null,
  author text not null,
  told bigint not null,
  until bigint not null,
  answer text not null,
  said text not null,
  answered bigint,
  release bigint,
  objected bigint,
  objection text not null,
  ruling text not null
);
create unique index hearing_person on hearing (matter, person);
create index hearing_of on hearing (person);

create table fee (
  matter bigint primary key,
  form text not null,
  quantity bigint not null,
  full_sum bigint not null,
  reduction text not null,
  sum bigint not null,
  state text not null,
  author text not null,
  at bigint not null,
  paid_to text not null,
  paid_at bigint
);

-- What was disclosed, to whom, when, how.
create table handed (
  key bigint primary key,
  matter bigint not null,
  copy bigint not null,
  name text not null,
  how text not null,
  who text not null,
  at bigint not null
);
create index handed_matter on handed (matter);

-- Answers that everybody may read, without names.
create table published (
  matter bigint primary key,
  agency text not null,
  outcome text not null,
  grounds text not null,
  title text not null,
  question text not null,
  answer text not null,
  author text not null,
  at bigint not null
);
create index published_at on published (at);

-- What agencies hold (articles 7 and 8).
create table listed (
  key text primary key,
  agency text not null,
  title text not null,
  title_en text not null,
  department text not null,
  department_en text not null,
  made text not null,
  cycle text not null,
  access text not null,
  ground text not null,
  removed bigint not null,
  author text not null,
  at bigint not null
);
create index listed_agency on listed (agency);
