-- What the clock does next with a case, and whose turn it is where many ask at once.
alter table matter add column alarm bigint;
alter table matter add column stage bigint not null default 0;
alter table matter add column superior text not null default '';
alter table matter add column extended bigint;
alter table matter add column objected bigint;
alter table matter add column turn bigint not null default 0;
alter table matter add column unheard bigint not null default 0;
update matter set alarm = due where state = 1;
create index matter_alarm on matter (alarm, key) where state = 1 and alarm is not null;

-- An inbox is read in its order from an index, at whichever level of districts its office stands:
-- the nation, a province, a municipality, a town; for open cases, for those nobody has taken, and
-- for those that are closed.
create index matter_due_0 on matter (procedure, due, key) where state in (1, 2);
create index matter_due_2 on matter (procedure, substr(office, 1, 2), due, key) where state in (1, 2);
create index matter_due_5 on matter (procedure, substr(office, 1, 5), due, key) where state in (1, 2);
create index matter_due_7 on matter (procedure, office, due, key) where state in (1, 2);
create index matter_new_0 on matter (procedure, key) where state in (1, 2);
create index matter_new_2 on matter (procedure, substr(office, 1, 2), key) where state in (1, 2);
create index matter_new_5 on matter (procedure, substr(office, 1, 5), key) where state in (1, 2);
create index matter_new_7 on matter (procedure, office, key) where state in (1, 2);
create index matter_free_0 on matter (procedure, due, key) where state in (1, 2) and post = '';
create index matter_free_2 on matter (procedure, substr(office, 1, 2), due, key) where state in (1, 2) and post = '';
create index matter_free_5 on matter (procedure, substr(office, 1, 5), due, key) where state in (1, 2) and post = '';
create index matter_free_7 on matter (procedure, office, due, key) where state in (1, 2) and post = '';
create index matter_turn_0 on matter (procedure, turn, key) where state in (1, 2) and turn > 0;
create index matter_turn_2 on matter (procedure, substr(office, 1, 2), turn, key) where state in (1, 2) and turn > 0;
create index matter_turn_5 on matter (procedure, substr(office, 1, 5), turn, key) where state in (1, 2) and turn > 0;
create index matter_turn_7 on matter (procedure, office, turn, key) where state in (1, 2) and turn > 0;
create index matter_turn_own on matter (applicant, procedure, office, turn) where state in (1, 2) and turn > 0;
create index matter_post on matter (post, due, key) where state in (1, 2) and post <> '';
create index matter_done_0 on matter (procedure, key) where state > 2;
create index matter_done_2 on matter (procedure, substr(office, 1, 2), key) where state > 2;
create index matter_done_5 on matter (procedure, substr(office, 1, 5), key) where state > 2;
create index matter_done_7 on matter (procedure, office, key) where state > 2;
drop index matter_office;

-- Words by which a case is found: of the applicant's name, its number, its title.
create table matter_word (
  word text not null,
  matter bigint not null,
  primary key (word, matter)
);
insert into matter_word (word, matter) select lower(applicant_name), key from matter where applicant_name <> '';

-- What was sent twice is done once.
create table matter_once (
  once text primary key,
  at bigint not null
);

-- When the clock stood still, and when its period was lengthened.
create table matter_pause (
  key bigint primary key,
  matter bigint not null,
  since bigint not null,
  until bigint not null,
  days bigint not null
);
create index matter_pause_matter on matter_pause (matter);
create table matter_extension (
  key bigint primary key,
  matter bigint not null,
  at bigint not null,
  who text not null,
  days bigint not null,
  was_due bigint not null,
  due bigint not null,
  reason text not null
);
create index matter_extension_matter on matter_extension (matter);

create table matter_decision (
  key bigint primary key,
  matter bigint not null,
  at bigint not null,
  who text not null,
  person bigint not null,
  post text not null,
  state bigint not null,
  reason text not null
);
create index matter_decision_matter on matter_decision (matter);

-- Notes among officials: the applicant does not see them.
create table matter_note (
  key bigint primary key,
  matter bigint not null,
  at bigint not null,
  author text not null,
  text text not null
);
create index matter_note_matter on matter_note (matter);

-- Octets are kept once, by their hash, however many cases hold them.
create table matter_blob (
  hash text primary key,
  octets blob not null,
  size bigint not null,
  copies bigint not null
);
create table matter_attachment (
  key bigint primary key,
  matter bigint not null,
  message bigint not null,
  from_official bigint not null,
  author text not null,
  name text not null,
  type text not null,
  size bigint not null,
  hash text not null,
  at bigint not null
);
create index matter_attachment_matter on matter_attachment (matter);

-- What another office is asked before the lead decides.
create table matter_opinion (
  key bigint primary key,
  matter bigint not null,
  office text not null,
  state bigint not null,
  asked_by text not null,
  asked_post text not null,
  question text not null,
  asked bigint not null,
  due bigint not null,
  alarm bigint,
  answer text not null,
  answered_by text not null,
  answered bigint
);
create index matter_opinion_matter on matter_opinion (matter);
create index matter_opinion_office on matter_opinion (office, due) where state = 0;
create index matter_opinion_alarm on matter_opinion (alarm, key) where state = 0 and alarm is not null;

create table matter_rating (
  matter bigint primary key,
  stars bigint not null,
  text text not null,
  at bigint not null
);

-- Up to which day the clock has done its work.
create table matter_clock (
  id bigint primary key,
  day bigint not null
);
