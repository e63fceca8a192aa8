#include "sealed.hpp"

#include <algorithm>

namespace madang::epeople {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(reporter, (), (pseudonym, person, name, kind, once, turn, at))
BOOST_DESCRIBE_STRUCT(opening, (), (key, pseudonym, who, reason, at))

namespace {

constexpr std::size_t shortest_reason = 5, longest_reason = 500;

const std::string& select() {
  static const std::string text = "select " + store::columns<reporter>() + " from reporter ";
  return text;
}

}  // namespace

sealed::sealed(platform::house& home) : home_(home), db_(home.database("reporters")), drafts_(db_) {
  db_.migrate("epeople", migrations().subspan(1, 1));
}

audit::actor sealed::mask(id pseudonym) const {
  audit::actor who;
  who.person = pseudonym;
  who.name = home_.texts()("epeople.protected_reporter", home_.pack().language());
  return who;
}

id sealed::reserve(const audit::access& why, std::string_view kind, const std::string& once) {
  return db_.writing([&](store::write& tx) {
    if (auto before = tx.one<reporter>(select() + "where once = ?1", once))
      return before->pseudonym;
    reporter r{new_id(), why.who.person, why.who.name, std::string(kind), once, 0, now()};
    tx.insert("reporter", r);
    audit::access masked = why;
    masked.who = mask(r.pseudonym);
    audit::append(tx, masked, audit::action::changed, r.pseudonym, "reporter", r.pseudonym.str());
    return r.pseudonym;
  });
}

std::int64_t sealed::last_turn(id person) {
  return db_.reading([&](store::read& r) {
    return r
        .one<std::int64_t>("select coalesce(max(turn), 0) from reporter where person = ?1", person)
        .value_or(0);
  });
}

void sealed::keep_turn(id pseudonym, std::int64_t turn) {
  db_.writing([&](store::write& tx) {
    tx.run("update reporter set turn = ?1 where pseudonym = ?2", turn, pseudonym);
  });
}

bool sealed::is(id pseudonym, id person) { return person && person_behind(pseudonym) == person; }

std::vector<id> sealed::pseudonyms_of(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<id>("select pseudonym from reporter where person = ?1 order by at desc", person);
  });
}

std::optional<id> sealed::person_behind(id pseudonym) {
  return db_.reading([&](store::read& r) {
    return r.one<id>("select person from reporter where pseudonym = ?1", pseudonym);
  });
}

result<reporter> sealed::open(const audit::access& why, id pseudonym, std::string_view reason) {
  if (!why.who.official() || !why.who.has_role(guardian))
    return refuse(kind::forbidden, "epeople.guardian_only");
  const auto length = text::is_utf8(reason) ? text::length(text::trim(reason)) : 0;
  if (length < shortest_reason || length > longest_reason)
    return refuse(kind::invalid, "epeople.reason_missing", "reason");
  return db_.writing([&](store::write& tx) -> result<reporter> {
    auto found = tx.one<reporter>(select() + "where pseudonym = ?1", pseudonym);
    if (!found) return refuse(kind::not_found, "epeople.no_reporter");
    const std::string who = why.who.agency_name(home_.pack().language()) + " " +
                            why.who.post_title(home_.pack().language()) + " " + why.who.name;
    tx.insert("opening", opening{new_id(), pseudonym, who, std::string(reason), now()});
    audit::access told = why;  // she reads what it was opened for, in the official's own words
    told.purpose = words();
    for (const auto& language : home_.pack().languages())
      told.purpose.set(language, why.purpose(language) + ": " + std::string(reason));
    audit::append(tx, told, audit::action::read, found->person, "reporter", pseudonym.str(),
                  "name");
    tx.emit("epeople.reporter_opened", pseudonym.str(), {{"pseudonym", pseudonym.str()}});
    return std::move(*found);
  });
}

std::vector<opening> sealed::openings(id pseudonym) {
  return db_.reading([&](store::read& r) {
    return r.all<opening>(
        "select " + store::columns<opening>() + " from opening where pseudonym = ?1 order by key",
        pseudonym);
  });
}

}  // namespace madang::epeople
