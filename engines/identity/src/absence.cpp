// Who stands in for whom. A substitute acts in the absent holder's post, with its office and roles,
// and what she does there says for whom.
#include <algorithm>

#include "absence_row.hpp"

namespace madang::identity {
namespace {

constexpr std::size_t longest_reason = 200;

const std::string& select() {
  static const std::string text = "select " + store::columns<absence>() + " from absence ";
  return text;
}

}  // namespace

std::optional<post> directory::above(std::string_view role, std::string_view district,
                                     std::string_view from) {
  auto base = from.empty() ? responsible(role, district) : find_post(from);
  if (!base) base = responsible(role, district);
  if (!base) return {};
  for (std::size_t digits : {5u, 2u, 0u}) {
    if (digits >= base->office.size()) continue;
    auto found = responsible(role, std::string_view(base->office).substr(0, digits));
    if (found && found->code != base->code) return found;
  }
  return {};
}

outcome directory::put_absence(const audit::access& why, const absence& a, date today) {
  auto own = find_post(a.post), other = find_post(a.substitute);
  if (!own || own->holder != why.who.person)
    return refuse(kind::forbidden, "absence.not_yours", "post");
  if (!other || other->code == own->code || !other->holder || other->holder == own->holder)
    return refuse(kind::invalid, "absence.substitute", "substitute");
  if (a.ends < a.begins || a.ends < today) return refuse(kind::invalid, "absence.days", "ends");
  if (!text::is_utf8(a.reason) || text::length(a.reason) > longest_reason)
    return refuse(kind::invalid, "absence.reason", "reason",
                  {{"limit", std::to_string(longest_reason)}});
  return db_.writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select 1 from absence where post = ?1 and begins <= ?2 and "
                             "ends >= ?3 and roles = '' limit 1",
                             a.post, a.ends, a.begins))
      return refuse(kind::conflict, "absence.overlaps", "begins");
    absence kept = a;
    kept.key = new_id();
    tx.insert("absence", kept);
    audit::append(tx, why, audit::action::changed, why.who.person, "absence", a.post,
                  a.substitute);
    return nothing{};
  });
}

outcome directory::end_absence(const audit::access& why, id key, date today) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto a = tx.one<absence>(select() + "where key = ?1", key);
    if (!a) return refuse(kind::not_found, "absence.unknown");
    auto holder = tx.one<id>("select holder from post where code = ?1", a->post);
    if (!holder || *holder != why.who.person)
      return refuse(kind::forbidden, "absence.not_yours", "post");
    // What was is kept: in the days gone by somebody stood in.
    if (a->begins >= today) tx.run("delete from absence where key = ?1", key);
    else tx.run("update absence set ends = ?1 where key = ?2", today.plus(-1), key);
    audit::append(tx, why, audit::action::changed, why.who.person, "absence", a->post, "ended");
    return nothing{};
  });
}

std::vector<absence> directory::absences_of(std::string_view post_code, date from) {
  return db_.reading([&](store::read& r) {
    return r.all<absence>(select() + "where post = ?1 and ends >= ?2 order by begins", post_code,
                          from);
  });
}

std::vector<absence> directory::standing_in(std::string_view substitute, date day) {
  return db_.reading([&](store::read& r) {
    return r.all<absence>(select() + "where substitute = ?1 and begins <= ?2 and ends >= ?2 "
                                     "order by post",
                          substitute, day);
  });
}

// Only what the post itself has can come of it: standing in is looked up from the posts that a
// person holds, never from those for which she stands in, so a chain or a ring of absences gives
// no more than each link alone.
std::optional<std::vector<std::string>> directory::roles_in(id person, const post& p) {
  const auto own = text::split(p.roles, ',');
  if (p.holder == person) return own;
  const auto held = posts_of(person);
  std::optional<std::vector<std::string>> out;
  for (const auto& a : absences_of(p.code, today())) {
    if (a.begins > today() || std::ranges::none_of(held, [&](const post& mine) {
          return mine.code == a.substitute;
        }))
      continue;
    if (!out) out.emplace();
    const auto given = text::split(a.roles, ',');
    for (const auto& role : own) {
      const bool lent = a.roles.empty() || std::ranges::find(given, role) != given.end();
      if (lent && std::ranges::find(options_.personal_roles, role) ==
                      options_.personal_roles.end() &&
          std::ranges::find(*out, role) == out->end())
        out->push_back(role);
    }
  }
  return out;
}

}  // namespace madang::identity
