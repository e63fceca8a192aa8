#include "madang/notices/notices.hpp"

namespace madang::notices {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(notice, (),
                      (key, person, office, title, body, link, reference, at, read_at))

namespace {
const std::string& select() {
  static const std::string text = "select " + store::columns<notice>() + " from notice ";
  return text;
}
}  // namespace

box::box(store::database& db) : db_(db) { db_.migrate("notices", migrations()); }

void box::put(notice n, std::string_view source) { put_all({std::move(n)}, source); }

void box::put_all(std::vector<notice> all, std::string_view source) {
  for (auto& n : all) {
    if (!n.key) n.key = new_id();
    if (n.at.micros == 0) n.at = now();
  }
  db_.writing([&](store::write& tx) {
    for (const auto& n : all) {
      const bool fresh =
          tx.run("insert into notice (key, person, office, title, body, link, reference, at, "
                 "source) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                 "on conflict (source, person, office) do nothing",
                 n.key, n.person, n.office, n.title, n.body, n.link, n.reference, n.at,
                 source) == 1;
      // One message a way says that there is something to read, however much came since.
      if (fresh && n.person)
        tx.run("insert into dispatch (key, person, way, address, language, code, at, next_try, "
               "tries, problem) select case way when 'email' then cast(?1 as bigint) else "
               "cast(?2 as bigint) end, person, way, address, language, '', ?3, ?3, 0, '' from "
               "channel c where person = ?4 and address <> '' and not exists (select 1 from "
               "dispatch d where d.person = ?4 and d.way = c.way and d.code = '' and "
               "d.next_try < ?5)",
               new_id(), new_id(), n.at, n.person, forever);
    }
  });
}

std::vector<notice> box::of_person(id person, int limit, instant before) {
  return db_.reading([&](store::read& r) {
    return r.all<notice>(
        select() + "where person = ?1 and person <> 0 and at < ?2 order by at desc limit ?3",
        person, before, limit);
  });
}

std::vector<notice> box::of_office(std::string_view office, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<notice>(
        select() + "where office = ?1 and office <> '' order by at desc limit ?2", office, limit);
  });
}

std::int64_t box::unread(id person) {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>(
                "select count(*) from notice where person = ?1 and read_at is null", person)
        .value_or(0);
  });
}

bool box::mark_read(id key, id person) {
  return db_.writing([&](store::write& tx) {
    return tx.run(
               "update notice set read_at = ?1 where key = ?2 and person = ?3 and read_at is null",
               now(), key, person) == 1;
  });
}

void box::mark_all_read(id person) {
  db_.writing([&](store::write& tx) {
    tx.run("update notice set read_at = ?1 where person = ?2 and read_at is null", now(), person);
  });
}

}  // namespace madang::notices
