create table channel (
  person bigint not null,
  way text not null,
  address text not null,
  wanted text not null,
  code text not null,
  asked_at bigint not null,
  tries bigint not null,
  language text not null,
  primary key (person, way)
);
insert into channel (person, way, address, wanted, code, asked_at, tries, language)
  select person, 'email', address, wanted, code, asked_at, tries, language from email_channel;
drop table email_channel;
alter table dispatch add column way text not null default 'email';
