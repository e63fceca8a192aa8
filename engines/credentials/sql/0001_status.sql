-- Lists of statuses that are served, and the places in them that are not valid.
create table status_list (
  list bigint primary key,
  version bigint not null
);
create table status_entry (
  list bigint not null,
  place bigint not null,
  status bigint not null,
  at bigint not null,
  primary key (list, place)
);
