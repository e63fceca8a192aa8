-- Recordings and captions are kept where all places keep theirs (engines/assembly).
insert into recording (key, owner, part, language, type, size, octets)
  select key, owner, part, '', type, length(octets), octets from upload where part <> 'picture';
delete from upload where part <> 'picture';
