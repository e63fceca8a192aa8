-- Which licence came of which case.
create table licence_made (
  matter text primary key,
  number text not null
);
