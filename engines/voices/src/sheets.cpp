// Voices that came on paper.
#include <set>

#include "inside.hpp"

namespace madang::voices {

outcome book::judge_sheet(const sheet& s) const {
  const auto length = text::length(text::trim(s.reference));
  if (length == 0 || length > longest_reference)
    return refuse(kind::invalid, "voices.sheet", "reference",
                  {{"most", std::to_string(longest_reference)}});
  return nothing{};
}

outcome book::enter_sheet(const audit::access& why, sheet s, saying what,
                          std::span<const given> all) {
  if (auto stated = why.stated(); !stated) return stated;
  if (auto good = judge_sheet(s); !good) return good;
  check(what != saying::choice && what != saying::comment, "what stands on paper is joined");
  std::set<id> people;
  for (const auto& g : all) people.insert(g.person);
  s.entered = static_cast<std::int64_t>(people.size());
  return db_.writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select 1 from sheet where key = ?1", s.key)) return nothing{};
    const auto a = find_in(tx, s.ask);
    if (!a) return refuse(kind::not_found, "voices.unknown");
    for (const auto& g : all) {
      const auto done = put(tx, g.person, *a, what, g.bucket, g.at);
      if (!done && done.why().code != "voices.struck") return done;
    }
    tx.insert("sheet", s);
    audit::append(tx, why, audit::action::changed, a->author, "ask", a->key.str(),
                  "sheet of " + std::to_string(s.entered));
    return nothing{};
  });
}

std::vector<sheet> book::sheets(id ask) const {
  return db_.reading([&](store::read& q) {
    return q.all<sheet>("select " + store::columns<sheet>() +
                            " from sheet where ask = ?1 order by at desc, key desc limit 1000",
                        ask);
  });
}

}  // namespace madang::voices
