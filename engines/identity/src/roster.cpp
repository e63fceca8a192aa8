#include "madang/identity/roster.hpp"

#include <algorithm>

#include "people_row.hpp"

namespace madang::identity {

namespace {

// A part of it, with the signs that LIKE knows taken as they are.
std::string pattern(std::string_view query) {
  std::string out = "%";
  for (const char c : text::lower_case(query)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

struct living_row {
  instant begins;
  std::string by_order;
};
BOOST_DESCRIBE_STRUCT(living_row, (), (begins, by_order))

std::vector<post> posts_where(store::database& db, std::string_view where, std::string_view value,
                              int limit) {
  return db.reading([&](store::read& r) {
    return r.all<post>("select " + store::columns<post>() + " from post where " +
                           std::string(where) + " order by code limit ?2",
                       value, limit);
  });
}

}  // namespace

std::vector<account> roster::persons_called(std::string_view query, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<account>("select " + store::columns<account>() +
                              " from account where lower(name) like ?1 escape '\\' or "
                              "lower(latin) like ?1 escape '\\' or login = ?2 "
                              "order by name, person limit ?3",
                          pattern(query), query, limit);
  });
}

std::vector<post> roster::posts_called(std::string_view query, int limit) {
  return posts_where(db_,
                     "lower(code) like ?1 escape '\\' or lower(title) like ?1 escape '\\' or "
                     "lower(agency_name) like ?1 escape '\\'",
                     pattern(query), limit);
}

std::vector<post> roster::posts_with_role(std::string_view role, int limit) {
  auto found = posts_where(db_, "',' || roles || ',' like ?1 escape '\\'",
                           pattern("," + std::string(role) + ","), limit);
  return found;
}

std::vector<post> roster::posts_of_agency(std::string_view agency, int limit) {
  return posts_where(db_, "agency = ?1", agency, limit);
}

standing roster::held(const post& p) {
  standing out;
  out.post = p;
  out.person = p.holder;
  out.roles = text::split(p.roles, ',');
  auto living = db_.reading([&](store::read& r) {
    return r.one<living_row>(
        "select begins, by_order from tenure where post = ?1 and person = ?2 "
        "and ends = 0",
        p.code, p.holder);
  });
  if (living) out.since = living->begins, out.by_order = living->by_order;
  return out;
}

std::vector<standing> roster::in_post(const post& p) {
  std::vector<standing> out;
  if (p.holder) out.push_back(held(p));
  for (const auto& a : people_.absences_of(p.code, today())) {
    auto own = a.begins > today() ? std::nullopt : people_.find_post(a.substitute);
    if (!own || !own->holder || own->holder == p.holder) continue;
    auto roles = people_.roles_in(own->holder, p);
    if (!roles) continue;
    standing s;
    s.post = p;
    s.person = own->holder;
    s.roles = std::move(*roles);
    s.holds = false;
    s.own_post = own->code;
    s.until = a.ends;
    s.by_order = a.by_order;
    out.push_back(std::move(s));
  }
  for (auto& s : out)
    if (auto a = people_.find_account(s.person))
      s.name = a->name, s.latin = a->latin, s.login = a->login;
  return out;
}

std::vector<standing> roster::of_person(id person) {
  std::vector<standing> out;
  auto add = [&](const post& p) {
    for (auto& s : in_post(p))
      if (s.person == person) out.push_back(std::move(s));
  };
  for (const auto& own : people_.posts_of(person)) {
    add(own);
    for (const auto& a : people_.standing_in(own.code, today()))
      if (auto other = people_.find_post(a.post); other && other->holder != person) {
        const bool known =
            std::ranges::any_of(out, [&](const standing& s) { return s.post.code == other->code; });
        if (!known) add(*other);
      }
  }
  return out;
}

}  // namespace madang::identity
