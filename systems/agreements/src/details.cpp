// Rich authorization requests (RFC 9396) of type mydata: what a member asks of a person through
// sign-on, as permissions of the same kind as she gives at her own page. The provider of sign-on
// asks here what an element means, whether this member may ask it, and what of it holds.
#include <algorithm>
#include <map>
#include <set>

#include "office.hpp"

namespace madang::agreements {
namespace {

constexpr int longest_days = 366;

// "persons.name" of `datatypes` by their registers; nothing when one is not written so.
std::optional<std::map<std::string, std::vector<std::string>>> by_register(
    const json::value& element) {
  std::map<std::string, std::vector<std::string>> out;
  const auto& types = json::at(element, "datatypes");
  if (!types.is_array()) return {};
  for (const auto& one : types.get_array()) {
    if (!one.is_string()) return {};
    const std::string_view name = one.get_string();
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return {};
    out[std::string(name.substr(0, dot))].emplace_back(name.substr(dot + 1));
  }
  if (out.empty()) return {};
  return out;
}

bool names_all(const agreement& a, const std::vector<std::string>& items) {
  const auto& all = a.items.get_array();
  return std::ranges::all_of(items, [&](const std::string& one) {
    return std::ranges::find(all, json::value(one)) != all.end();
  });
}

const json::array& list_in(const json::value& in) {
  static const json::array none;
  const auto& list = json::at(in, "details");
  return list.is_array() ? list.get_array() : none;
}

result<const member*> member_in(office& o, const json::value& in) {
  const auto* m = o.with_client(json::str(in, "client"));
  if (!m) return refuse(kind::forbidden, "agreement.member", "type");
  return m;
}

// A refusal about one element says which.
refusal at_element(refusal why, std::size_t i) {
  why.field = "/" + std::to_string(i) + "/" + why.field;
  return why;
}

result<json::value> check_all(office& o, const json::value& in) {
  auto m = member_in(o, in);
  if (!m) return at_element(m.why(), 0);
  const auto& details = list_in(in);
  for (std::size_t i = 0; i < details.size(); ++i)
    if (auto parts = o.parts_of(**m, details[i]); !parts) return at_element(parts.why(), i);
  return json::value(json::object{});
}

// What one register's items are called, and who keeps it.
json::object group_of(house& h, const agreement& a, const std::vector<std::string>& items,
                      const std::string& language, office& o) {
  auto* registry = h.hub().registry_of(a.reg);
  const auto* s = registry ? registry->find_schema(a.reg) : nullptr;
  json::array choices;
  for (const auto& one : items) {
    choices.push_back(json::object{{"value", a.reg + "." + one},
                                   {"label", o.item_name(a.reg, one, language)}});
  }
  return {{"agency", o.name_of(a.provider, language)},
          {"register", s ? s->name(language) : a.reg},
          {"law", a.law},
          {"choices", std::move(choices)}};
}

// What is asked, in words: {stops_at, choices_in, day_in, elements: [{purpose, until, groups}]};
// the second and third name the members that a person may take from.
result<json::value> in_words(house& h, office& o, const json::value& in) {
  auto m = member_in(o, in);
  if (!m) return m.why();
  const std::string language(json::str(in, "language"));
  json::array elements;
  for (const auto& one : list_in(in)) {
    auto parts = o.parts_of(**m, one);
    if (!parts) return parts.why();
    json::array groups;
    for (const auto& part : *parts)
      groups.push_back(group_of(h, part.of, part.items, language, o));
    elements.push_back(json::object{{"purpose", json::str(one, "purpose")},
                                    {"until", json::str(one, "until")},
                                    {"groups", std::move(groups)}});
  }
  return json::value(json::object{{"stops_at", "/my/mydata"},
                                  {"choices_in", "datatypes"},
                                  {"day_in", "until"},
                                  {"elements", std::move(elements)}});
}

}  // namespace

result<std::vector<asked_part>> office::parts_of(const member& m, const json::value& element) {
  const auto until = date::parse(json::str(element, "until"));
  if (!until || *until < day() || *until > day().plus(longest_days))
    return refuse(kind::invalid, "agreement.until", "until");
  const auto wanted = by_register(element);
  if (!wanted) return refuse(kind::invalid, "agreement.items", "datatypes");
  auto mine = in_force_for(m);
  std::erase_if(
      mine, [&](const agreement& a) { return a.purpose != json::str(element, "purpose"); });
  if (mine.empty()) return refuse(kind::invalid, "agreement.purpose_unknown", "purpose");
  std::vector<asked_part> out;
  for (const auto& [reg, items] : *wanted) {
    const auto covers = [&](const agreement& a) { return a.reg == reg && names_all(a, items); };
    if (!std::ranges::any_of(mine, covers))
      return refuse(kind::invalid, "agreement.items", "datatypes");
    const auto lasting = std::ranges::find_if(
        mine, [&](const agreement& a) { return covers(a) && a.ends >= *until; });
    if (lasting == mine.end()) return refuse(kind::invalid, "agreement.until", "until");
    out.push_back({*lasting, items});
  }
  return out;
}

outcome office::grant(const audit::access& why, const member& m, id person,
                      const std::string& bundle, const json::array& details) {
  std::vector<permission> made;
  for (const auto& one : details) {
    auto parts = parts_of(m, one);
    if (!parts) return parts.why();
    for (const auto& part : *parts) {
      json::array items;
      for (const auto& item : part.items) items.emplace_back(item);
      made.push_back({new_id(), bundle, part.of.key, person, m.id,
                      house_.said("agreements.by_request")(house_.pack().language()), "given",
                      now(), now(), date::parse(json::str(one, "until")).value(),
                      json::print(items)});
    }
  }
  db_.writing([&](store::write& tx) {
    if (tx.one<std::int64_t>("select 1 from permission where bundle = ?1", bundle)) return;
    for (const auto& p : made) {
      tx.insert("permission", p);
      audit::append(tx, why, audit::action::changed, person, "permission", p.key.str(), "given");
    }
  });
  return nothing{};
}

json::array office::holding(const member& m, const std::string& bundle,
                            const json::array& details) {
  json::array out;
  const auto given = given_in(m, bundle);
  for (const auto& one : details) {
    const auto until = date::parse(json::str(one, "until"));
    const auto wanted = by_register(one);
    if (!until || *until < day() || !wanted) continue;
    json::array left;
    for (const auto& type : json::at(one, "datatypes").get_array()) {
      const std::string_view name = type.get_string();
      if (std::ranges::any_of(given, [&](const auto& sent) {
            const auto& a = sent.first;
            return a.purpose == json::str(one, "purpose") && name.starts_with(a.reg + ".") &&
                   names_all(a, {std::string(name.substr(a.reg.size() + 1))});
          }))
        left.push_back(type);
    }
    if (left.empty()) continue;
    json::object now_holds = one.get_object();
    now_holds["datatypes"] = std::move(left);
    out.push_back(std::move(now_holds));
  }
  return out;
}

void details_doors(house& h, shared_office o) {
  auto& hub = h.hub();
  hub.offer_query("agreements.details_check",
                  [o](const audit::access&, const json::value& in) { return check_all(*o, in); });
  hub.offer_query("agreements.details_words", [&h, o](const audit::access&, const json::value& in) {
    return in_words(h, *o, in);
  });
  hub.offer_query("agreements.details_now",
                  [o](const audit::access&, const json::value& in) -> result<json::value> {
                    auto m = member_in(*o, in);
                    if (!m) return m.why();
                    return json::value(
                        o->holding(**m, std::string(json::str(in, "name")), list_in(in)));
                  });
  hub.offer_command("agreements.details_grant",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view) -> result<json::value> {
                      auto m = member_in(*o, in);
                      const auto person = id::parse(json::str(in, "person"));
                      if (!m) return m.why();
                      if (!person) return refuse(kind::invalid, "json.missing", "/person");
                      auto done = o->grant(why, **m, *person, std::string(json::str(in, "name")),
                                           list_in(in));
                      return done ? result<json::value>(json::object{}) : done.why();
                    });
  hub.offer_command("agreements.details_stop",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view) -> result<json::value> {
                      const auto person = id::parse(json::str(in, "person"));
                      if (!person) return refuse(kind::invalid, "json.missing", "/person");
                      o->stop(why, *person, std::string(json::str(in, "name")));
                      return json::value(json::object{});
                    });
}

}  // namespace madang::agreements
