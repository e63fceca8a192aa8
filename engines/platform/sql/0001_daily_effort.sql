-- What somebody did on a day who looks up what is not hers (effort.hpp).
create table daily_effort (
  who text not null,
  day integer not null,
  looked bigint not null,
  refused bigint not null,
  primary key (who, day)
);
