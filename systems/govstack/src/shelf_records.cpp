// Records of a database: looked for, made and changed through the register that keeps them.
#include <algorithm>

#include "shelf.hpp"

namespace madang::govstack {
namespace {

constexpr int most_found = 1000;  // as a register hands out at once

std::string text_of(const json::value& v) {
  if (v.is_string()) return std::string(v.get_string());
  if (v.is_int64()) return std::to_string(v.get_int64());
  if (v.is_bool()) return v.get_bool() ? "1" : "0";
  return json::print(v);
}

// Not asked about, or asked about and so.
bool agrees(const content& what, const content& query) {
  return std::ranges::all_of(query, [&](const auto& q) {
    const auto* there = what.if_contains(q.key());
    return there && text_of(*there) == text_of(q.value());
  });
}

outcome known_fields(const base& b, const content& c) {
  for (const auto& one : c)
    if (!b.find(one.key())) return refuse(kind::invalid, "govstack.field", std::string(one.key()));
  return nothing{};
}

// Where to begin to look: by the number, else by a property that is indexed.
struct handle {
  const column* by = nullptr;
  std::string value;
};

result<handle> handle_of(const base& b, const content& query) {
  if (auto good = known_fields(b, query); !good) return good.why();
  const auto& s = *b.registry->find_schema(b.reg);
  handle out;
  for (const auto& q : query) {
    const column* c = b.find(q.key());
    const auto* i = c->item == "key" ? nullptr : s.find(c->item);
    if (c->item != "key" && (!i || !i->indexed || out.by)) continue;
    out = {c, text_of(q.value())};
    if (c->item == "key") break;
  }
  if (!out.by) return refuse(kind::invalid, "govstack.query", "query");
  return out;
}

}  // namespace

shelf::found shelf::shown(const base& b, const registers::record& r) const {
  found out{r.key, std::string(r.text("record")), {}, {}};
  const auto& s = *b.registry->find_schema(b.reg);
  if (!s.subject.empty())
    out.person = s.subject == "key" ? id::parse(r.key).value_or(id{}) : r.reference(s.subject);
  if (out.uuid.empty()) out.uuid = r.key;
  for (const auto& c : b.columns) {
    if (c.item == "key") {
      out.what[c.name] = r.key;
      continue;
    }
    const auto* v = r.items.if_contains(c.item);
    if (!v || v->is_null()) continue;
    if (!c.nested) {
      out.what[c.name] = *v;
    } else if (auto parsed = json::parse(r.text(c.item))) {
      out.what[c.name] = *parsed;
    }
  }
  return out;
}

// Whoever has not agreed, or agrees no longer, is not shown; that it was tried is entered.
outcome shelf::may_see(const audit::access& why, const base& b, const std::vector<found>& all) {
  if (b.agreement.empty()) return nothing{};
  for (const auto& one : all) {
    if (agreed && agreed(b.agreement, one.key)) continue;
    b.registry->database().writing([&](store::write& tx) {
      audit::append(tx, why, audit::action::refused, one.person, b.reg, one.key,
                    "govstack.consent");
    });
    return refuse(kind::forbidden, "govstack.consent");
  }
  return nothing{};
}

result<std::vector<shelf::found>> shelf::match(const audit::access& why, const base& b,
                                               const content& query) {
  const auto begin = handle_of(b, query);
  if (!begin) return begin.why();
  std::vector<registers::record> records;
  if (begin->by->item == "key") {
    auto one = b.registry->get(why, b.reg, begin->value);
    if (one) records.push_back(std::move(*one));
    else if (one.why().code != "register.no_record") return one.why();
  } else {
    auto some = b.registry->find(why, b.reg, begin->by->item, begin->value, registers::present(),
                                 {}, most_found);
    if (!some) return some.why();
    records = std::move(*some);
  }
  std::vector<found> out;
  for (const auto& r : records)
    if (auto one = shown(b, r); agrees(one.what, query)) out.push_back(std::move(one));
  if (auto may = may_see(why, b, out); !may) return may.why();
  return out;
}

result<std::vector<shelf::found>> shelf::match(store::write& tx, const audit::access& why,
                                               const base& b, const content& query) {
  const auto begin = handle_of(b, query);
  if (!begin) return begin.why();
  std::vector<registers::record> records;
  if (begin->by->item == "key") {
    auto one = b.registry->get(tx, why, b.reg, begin->value);
    if (one) records.push_back(std::move(*one));
    else if (one.why().code != "register.no_record") return one.why();
  } else {
    auto some = b.registry->find(tx, why, b.reg, begin->by->item, begin->value);
    if (!some) return some.why();
    records = std::move(*some);
  }
  std::vector<found> out;
  for (const auto& r : records)
    if (auto one = shown(b, r); agrees(one.what, query)) out.push_back(std::move(one));
  return out;
}

result<std::optional<shelf::found>> shelf::called(const audit::access& why, const base& b,
                                                  std::string_view name) {
  const auto& s = *b.registry->find_schema(b.reg);
  std::optional<registers::record> r;
  if (s.find("record")) {
    auto some = b.registry->find(why, b.reg, "record", name);
    if (!some) return some.why();
    if (!some->empty()) r = std::move(some->front());
  }
  if (!r) {
    auto one = b.registry->get(why, b.reg, name);
    if (one) r = std::move(*one);
    else if (one.why().code != "register.no_record") return one.why();
  }
  if (!r) return std::optional<found>();
  auto out = shown(b, *r);
  if (auto may = may_see(why, b, {out}); !may) return may.why();
  return std::optional<found>(std::move(out));
}

result<std::vector<shelf::found>> shelf::list(const audit::access& why, const base& b) {
  if (!b.writes) return refuse(kind::forbidden, "govstack.list");
  auto all = b.registry->starting(why, b.reg, "record", "", registers::present(), {}, most_found);
  if (!all) return all.why();
  std::vector<found> out;
  for (const auto& r : *all) out.push_back(shown(b, r));
  if (!b.agreement.empty())
    std::erase_if(out, [&](const found& f) { return !agreed || !agreed(b.agreement, f.key); });
  return out;
}

// ---- changing ----

namespace {

outcome may_write(const base& b) {
  if (b.writes && !b.archived) return nothing{};
  return refuse(kind::forbidden, "govstack.read_only");
}

}  // namespace

result<json::object> shelf::items_of(const base& b, const content& what) const {
  json::object out;
  for (const auto& one : what) {
    const column* c = b.find(one.key());
    if (!c) return refuse(kind::invalid, "govstack.field", std::string(one.key()));
    const bool whole = one.value().is_object() || one.value().is_array();
    if (whole && !c->nested)
      return refuse(kind::invalid, "json.type", std::string(one.key()));
    if (c->item == "key") continue;
    out[c->item] = c->nested ? json::value(json::print(one.value())) : one.value();
  }
  return out;
}

// A record with the number of a resident is about her: she reads who looks at it.
id shelf::person_numbered(const audit::access& why, const std::string& number) {
  auto* residents = house_.hub().registry_of("persons");
  if (!residents || number.empty()) return {};
  const std::vector<std::string> items{"resident_number"};
  auto some =
      residents->find(why, "persons", "resident_number", number, registers::present(), items, 1);
  if (!some || some->empty()) return {};
  return id::parse(some->front().key).value_or(id{});
}

std::string shelf::next_number(store::write& tx, const base& b) {
  tx.run(
      "insert into numbering (code, n) values (?1, 1) on conflict (code) do update set n = "
      "numbering.n + 1",
      b.code);
  return b.code +
         std::to_string(
             tx.one<std::int64_t>("select n from numbering where code = ?1", b.code).value_or(1));
}

result<content> shelf::create(store::write& tx, const audit::access& why, const base& b,
                              const content& what, id person, const std::string& record) {
  if (auto may = may_write(b); !may) return may.why();
  auto items = items_of(b, what);
  if (!items) return items.why();
  const auto* said = what.if_contains(b.key().name);
  const std::string number = said && !said->is_null() ? text_of(*said) : next_number(tx, b);
  if (number.empty() || text::length(number) > 60)
    return refuse(kind::invalid, "govstack.field", b.key().name);
  auto there = b.registry->get(tx, why, b.reg, number);
  if (there) {
    auto old = shown(b, *there).what;
    return agrees(old, what) ? result<content>(std::move(old))
                             : refuse(kind::conflict, "govstack.exists", b.key().name);
  }
  (*items)["record"] = record.empty() ? uuid() : record;
  if (person) (*items)["person"] = person.str();
  auto done = b.registry->create(tx, why, b.reg, number, *items, today(house_.pack().zone()));
  if (!done) return done.why();
  auto made = b.registry->get(tx, why, b.reg, number);
  if (!made) return made.why();
  return shown(b, *made).what;
}

result<content> shelf::create(const audit::access& why, const base& b, const content& what) {
  const auto* number = what.if_contains(b.key().name);
  const id person = number ? person_numbered(why, text_of(*number)) : id{};
  return b.registry->database().writing(
      [&](store::write& tx) { return create(tx, why, b, what, person); });
}

// With another number it is another record of the register: the old one ends, and keeps its name.
outcome shelf::change(store::write& tx, const audit::access& why, const base& b, const found& old,
                      const content& what) {
  auto items = items_of(b, what);
  if (!items) return items.why();
  const date day = today(house_.pack().zone());
  const auto* said = what.if_contains(b.key().name);
  if (!said || text_of(*said) == old.key)
    return items->empty() ? outcome(nothing{})
                          : b.registry->change(tx, why, b.reg, old.key, *items, day);
  if (b.registry->get(tx, why, b.reg, text_of(*said)))
    return refuse(kind::conflict, "govstack.exists", b.key().name);
  content whole = old.what;
  for (const auto& one : what) whole[one.key()] = one.value();
  auto all = items_of(b, whole);
  if (!all) return all.why();
  (*all)["record"] = old.uuid;
  if (old.person) (*all)["person"] = old.person.str();
  if (auto ended = b.registry->end(tx, why, b.reg, old.key, day); !ended) return ended;
  return b.registry->create(tx, why, b.reg, text_of(*said), *all, day);
}

result<std::int64_t> shelf::update(const audit::access& why, const base& b, const content& query,
                                   const content& what, bool one) {
  if (auto may = may_write(b); !may) return may.why();
  return b.registry->database().writing([&](store::write& tx) -> result<std::int64_t> {
    auto all = match(tx, why, b, query);
    if (!all) return all.why();
    if (all->empty()) return refuse(kind::not_found, "govstack.no_record");
    if (one && all->size() > 1) return refuse(kind::conflict, "govstack.several", "query");
    for (const auto& old : *all)
      if (auto done = change(tx, why, b, old, what); !done) return done.why();
    return static_cast<std::int64_t>(all->size());
  });
}

result<content> shelf::update_or_create(const audit::access& why, const base& b,
                                        const content& query, const content& what) {
  if (auto may = may_write(b); !may) return may.why();
  const auto* number = what.if_contains(b.key().name);
  const id person = number ? person_numbered(why, text_of(*number)) : id{};
  return b.registry->database().writing([&](store::write& tx) -> result<content> {
    auto all = match(tx, why, b, query);
    if (!all) return all.why();
    if (all->empty()) return create(tx, why, b, what, person);
    if (all->size() > 1) return refuse(kind::conflict, "govstack.several", "query");
    if (auto done = change(tx, why, b, all->front(), what); !done) return done.why();
    const std::string now_called = number ? text_of(*number) : all->front().key;
    auto made = b.registry->get(tx, why, b.reg, now_called);
    if (!made) return made.why();
    return shown(b, *made).what;
  });
}

outcome shelf::erase(const audit::access& why, const base& b, std::string_view name) {
  if (auto may = may_write(b); !may) return may;
  return b.registry->database().writing([&](store::write& tx) -> outcome {
    auto some = b.registry->find(tx, why, b.reg, "record", name);
    if (!some) return some.why();
    std::string key = some->empty() ? std::string() : some->front().key;
    if (key.empty() && b.registry->get(tx, why, b.reg, name)) key = name;
    if (key.empty()) return nothing{};  // it is not there, as was wanted
    return b.registry->end(tx, why, b.reg, key, today(house_.pack().zone()));
  });
}

result<std::vector<audit::entry>> shelf::readers(const audit::access& why, const base& b,
                                                 const std::string& number) {
  auto r = b.registry->get(why, b.reg, number);
  if (!r && r.why().code == "register.no_record") return std::vector<audit::entry>{};
  if (!r) return r.why();
  const id person = shown(b, *r).person;
  if (!person) return std::vector<audit::entry>{};
  auto all = b.registry->database().reading(
      [&](store::read& tx) { return audit::about(tx, person, audit::action::read, 200); });
  std::erase_if(all, [&](const audit::entry& e) {
    return e.record_of != b.reg || e.record != number || e.hidden_until.has_value();
  });
  return all;
}

}  // namespace madang::govstack
