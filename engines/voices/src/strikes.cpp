// Taking voices from the count, and putting them back: by a person, with a reason, in public.
#include "inside.hpp"

namespace madang::voices {
namespace {

std::string columns() { return store::columns<strike>(); }

std::optional<strike> strike_in(store::read& q, id ask, std::string_view pseudonym, saying s) {
  return q.one<strike>("select " + columns() +
                           " from strike where ask = ?1 and pseudonym = ?2 and saying = ?3",
                       ask, pseudonym, name_of(s));
}

void set_state(store::write& tx, const strike& s, std::string_view to) {
  tx.run("update strike set state = ?4 where ask = ?1 and pseudonym = ?2 and saying = ?3", s.ask,
         s.pseudonym, s.saying, to);
}

// The voice and its leaf: away, or back.
void move(store::write& tx, const strike& of, saying s, char sign, std::int64_t state,
          const std::function<void(const leaf&)>& write) {
  const auto bucket = tx.one<std::string>(
      "select bucket from voice where ask = ?1 and pseudonym = ?2 and saying = ?3", of.ask,
      of.pseudonym, of.saying);
  tx.run("update voice set state = ?4 where ask = ?1 and pseudonym = ?2 and saying = ?3", of.ask,
         of.pseudonym, of.saying, state);
  write({of.ask, s, sign, of.pseudonym, bucket.value_or("none"), {}, slot_of(of.at), {}});
}

}  // namespace

std::vector<std::string> book::pseudonyms_of(id ask, saying s, instant slot) const {
  return db_.reading([&](store::read& q) {
    return q.all<std::string>("select pseudonym from voice where ask = ?1 and saying = ?2 and "
                              "at = ?3 and state = 1 order by pseudonym limit 1000",
                              ask, name_of(s), slot);
  });
}

outcome book::strike_out(const audit::access& why, id key, saying s,
                         std::span<const std::string> pseudonyms, std::string_view reason,
                         instant at) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(reason);
  if (auto good = judge_reason(said); !good) return good;
  check(s != saying::choice, "what is chosen is struck out by nobody");
  if (pseudonyms.empty()) return refuse(kind::invalid, "voices.no_voice", "voices");
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    // Who gave a voice of level 1 could not be heard: nobody can tell that it is hers.
    if (a.level != 0) return refuse(kind::conflict, "voices.by_token");
    for (const auto& pseudonym : pseudonyms) {
      const auto state = tx.one<std::int64_t>(
          "select state from voice where ask = ?1 and pseudonym = ?2 and saying = ?3", a.key,
          pseudonym, name_of(s));
      if (state != 1) return refuse(kind::conflict, "voices.no_voice", "voices");
      // Heard once: who was put back by another official is not struck out again.
      if (strike_in(tx, a.key, pseudonym, s))
        return refuse(kind::conflict, "voices.heard", "voices");
      const strike one{a.key, pseudonym, std::string(name_of(s)), std::string(said), at,
                       why.who.person, {}, "struck"};
      tx.insert("strike", one);
      move(tx, one, s, 'x', 2, [&](const leaf& l) { write_leaf(tx, l); });
    }
    audit::append(tx, why, audit::action::decided, a.author, "ask", a.key.str(),
                  fmt::format("struck out {} voices", pseudonyms.size()));
    return nothing{};
  });
}

std::vector<strike> book::strikes(id ask) const {
  return db_.reading([&](store::read& q) {
    return q.all<strike>("select " + columns() +
                             " from strike where ask = ?1 order by at desc, pseudonym limit 1000",
                         ask);
  });
}

std::optional<strike> book::strike_of(id person, const ask& a, saying s) const {
  return db_.reading(
      [&](store::read& q) { return strike_in(q, a.key, pseudonym(person, a.key), s); });
}

std::vector<ask> book::struck_of(id person) const {
  return db_.reading([&](store::read& q) {
    std::vector<ask> out;
    for (const id key : q.all<id>("select distinct ask from strike where state in "
                                  "('struck', 'objected') order by ask desc limit 1000"))
      if (q.one<std::int64_t>("select 1 from strike where ask = ?1 and pseudonym = ?2 and state in "
                              "('struck', 'objected') limit 1",
                              key, pseudonym(person, key)))
        if (auto a = find_in(q, key)) out.push_back(std::move(*a));
    return out;
  });
}

outcome book::object(const audit::access& why, const ask& a, saying s, std::string_view body) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(body);
  if (said.empty() || text::length(said) > longest_reason)
    return refuse(kind::invalid, "voices.appeal", "body",
                  {{"most", std::to_string(longest_reason)}});
  return db_.writing([&](store::write& tx) -> outcome {
    const auto it = strike_in(tx, a.key, pseudonym(why.who.person, a.key), s);
    if (!it || it->state != "struck") return refuse(kind::conflict, "voices.not_hidden");
    tx.run("update strike set state = 'objected', objection = ?4 "
           "where ask = ?1 and pseudonym = ?2 and saying = ?3",
           it->ask, it->pseudonym, it->saying, said);
    // Not under her name: the pseudonym stays hers alone.
    audit::append(tx, said_, audit::action::changed, {}, "strike", it->pseudonym, "objection");
    return nothing{};
  });
}

outcome book::decide_objection(const audit::access& why, id key, saying s,
                               std::string_view pseudonym, bool restore, instant at) {
  if (auto stated = why.stated(); !stated) return stated;
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    auto it = strike_in(tx, a.key, pseudonym, s);
    if (!it || it->state != "objected") return refuse(kind::conflict, "voices.not_hidden");
    if (it->struck_by == why.who.person) return refuse(kind::forbidden, "voices.same_official");
    set_state(tx, *it, restore ? "restored" : "stays");
    it->at = at;
    if (restore) move(tx, *it, s, 'o', 1, [&](const leaf& l) { write_leaf(tx, l); });
    audit::append(tx, why, audit::action::decided, {}, "strike", it->pseudonym,
                  restore ? "restored" : "stays");
    return nothing{};
  });
}

std::vector<strike> book::objections() const {
  return db_.reading([&](store::read& q) {
    return q.all<strike>("select " + columns() +
                         " from strike where state = 'objected' order by at, pseudonym limit 500");
  });
}

}  // namespace madang::voices
