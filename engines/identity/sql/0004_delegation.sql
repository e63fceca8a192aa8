-- A substitute may be given single roles only; and who is away may be said by a personnel order.
alter table absence add column roles text not null default '';
alter table absence add column by_order text not null default '';
