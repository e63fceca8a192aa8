#include "madang/services/evidence.hpp"

#include <algorithm>

namespace madang::services {
namespace {

constexpr int most_records = 200;

std::vector<std::string> strings(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

struct looker {
  exchange::hub& hub;
  const packs::pack& pack;
  const audit::access& why;
  std::string_view language;

  // Records found by one line of the spec; a refusal other than "no record" ends the gathering.
  result<std::vector<json::object>> look(const json::value& line, const json::object& scope) {
    for (const char* verb : {"get", "find", "history"}) {
      const std::string reg(json::str(line, verb));
      if (reg.empty()) continue;
      registers::registry* owner = hub.registry_of(reg);
      if (!owner) return refuse(kind::not_found, "register.unknown", "", {{"register", reg}});
      json::value key = resolve(json::at(line, verb == std::string_view("find") ? "value" : "key"),
                                scope);
      if (!key.is_string() || key.get_string().empty()) return std::vector<json::object>{};
      auto found = records(*owner, verb, reg, line, std::string(key.get_string()));
      if (!found) {
        if (found.why().code == "register.no_record") return std::vector<json::object>{};
        return found.why();
      }
      const registers::schema& s = *owner->find_schema(reg);
      std::vector<json::object> out;
      for (const auto& r : *found) out.push_back(shown_record(pack, s, r, language));
      return out;
    }
    return refuse(kind::invalid, "evidence.spec");
  }

  result<std::vector<registers::record>> records(registers::registry& owner, std::string_view verb,
                                                 const std::string& reg, const json::value& line,
                                                 const std::string& key) {
    const std::vector<std::string> items = strings(json::at(line, "items"));
    if (verb == "find")
      return owner.find(why, reg, json::str(line, "by"), key, registers::present(), items,
                        most_records);
    if (verb == "history") return owner.history(why, reg, key);
    auto one = owner.get(why, reg, key, registers::present(), items);
    if (!one) return one.why();
    return std::vector{std::move(*one)};
  }
};

// What a label may name: text as it is, numbers in groups of three.
std::map<std::string, std::string> facts_of(const json::object& record) {
  std::map<std::string, std::string> facts;
  for (const auto& member : record) {
    const json::value& v = member.value();
    facts[std::string(member.key())] = v.is_string()  ? std::string(v.get_string())
                                       : v.is_int64() ? text::grouped(v.get_int64())
                                                      : std::string();
  }
  return facts;
}

void sort_by(json::array& list, const std::vector<std::string>& order) {
  std::stable_sort(list.begin(), list.end(), [&](const json::value& a, const json::value& b) {
    for (const auto& member : order) {
      auto left = json::str(a, member), right = json::str(b, member);
      if (left != right) return left < right;
    }
    return false;
  });
}

}  // namespace

json::value resolve(const json::value& expression, const json::object& scope) {
  if (!expression.is_string()) return expression;
  std::string_view path = expression.get_string();
  if (!path.starts_with('$')) return expression;
  const json::object* here = &scope;
  json::value out;
  for (const auto& part : text::split(path.substr(1), '.')) {
    if (!here) return nullptr;
    auto found = here->find(part);
    if (found == here->end()) return nullptr;
    out = found->value();
    here = found->value().is_object() ? &found->value().get_object() : nullptr;
  }
  return out;
}

json::value shape(const json::value& spec, const json::object& scope) {
  if (spec.is_array()) {
    json::array out;
    for (const auto& one : spec.get_array()) {
      json::value made = shape(one, scope);
      if (made.is_array())
        out.insert(out.end(), made.get_array().begin(), made.get_array().end());
      else if (!made.is_null())
        out.push_back(std::move(made));
    }
    return out;
  }
  if (!spec.is_object()) return resolve(spec, scope);
  const json::object& o = spec.get_object();
  if (o.contains("each")) {
    json::array out;
    const json::value over = o.at("each").is_array() ? shape(o.at("each"), scope)
                                                     : resolve(o.at("each"), scope);
    if (!over.is_array()) return out;
    for (const auto& item : over.get_array()) {
      json::object inner = scope;
      inner["item"] = item;
      out.push_back(shape(json::at(spec, "of"), inner));
    }
    return out;
  }
  if (o.contains("if")) {
    const json::value test = resolve(o.at("if"), scope);
    const bool yes = !test.is_null() && test != json::value(false) && test != json::value("");
    return shape(json::at(spec, yes ? "then" : "else"), scope);
  }
  // Said in several languages: the one of the document, which is known as $language.
  const json::value known = resolve("$language", scope);
  const std::string language(known.is_string() ? std::string_view(known.get_string()) : "en");
  if (o.contains(language)) return shape(o.at(language), scope);
  json::object out;
  for (const auto& member : o) {
    json::value made = shape(member.value(), scope);
    if (!made.is_null()) out[member.key()] = std::move(made);
  }
  return out;
}

json::object shown_record(const packs::pack& pack, const registers::schema& s,
                          const registers::record& r, std::string_view language) {
  json::object out = r.items;
  out["key"] = r.key;
  out["valid_from"] = r.valid_from.str();
  for (const auto& i : s.items) {
    auto found = r.items.find(i.id);
    if (found == r.items.end() || !found->value().is_string()) continue;
    const std::string value(found->value().get_string());
    if (i.type == registers::type::district) out[i.id + "_name"] = pack.full_name(value)(language);
    if (i.type == registers::type::code) {
      const auto& list = pack.codes(i.code_list);
      auto word = list.find(value);
      out[i.id + "_name"] = word == list.end() ? value : word->second(language);
    }
  }
  return out;
}

result<json::object> gather(exchange::hub& hub, const packs::pack& pack, const audit::access& why,
                            const json::value& spec, json::object scope,
                            std::string_view language) {
  looker look{hub, pack, why, language};
  if (!spec.is_array()) return scope;
  for (const auto& line : spec.get_array()) {
    const std::string as(json::str(line, "as"));
    std::vector<json::object> found;
    if (json::value over = resolve(json::at(line, "each"), scope); over.is_array()) {
      for (const auto& item : over.get_array()) {
        json::object inner = scope;
        inner["item"] = item;
        auto some = look.look(line, inner);
        if (!some) return some.why();
        found.insert(found.end(), some->begin(), some->end());
      }
    } else {
      auto some = look.look(line, scope);
      if (!some) return some.why();
      found = std::move(*some);
    }
    if (found.empty() && json::flag(line, "required"))
      return refuse(kind::not_found, "evidence.missing", as);
    const bool one = !json::str(line, "get").empty() && json::at(line, "each").is_null();
    if (one) {
      if (!found.empty()) scope[as] = std::move(found.front());
      continue;
    }
    if (!scope.contains(as)) scope[as] = json::array{};
    json::array& list = scope[as].as_array();
    for (auto& o : found) list.push_back(std::move(o));
    sort_by(list, strings(json::at(line, "order")));
  }
  return scope;
}

result<std::vector<forms::option>> options_of(exchange::hub& hub, const packs::pack& pack,
                                              const audit::access& why, const forms::question& q,
                                              const json::object& scope) {
  if (q.options_from.is_null()) return q.options;
  std::vector<forms::option> out = q.options;
  if (const std::string codes(json::str(q.options_from, "codes")); !codes.empty()) {
    for (const auto& [code, word] : pack.codes(codes)) out.push_back({code, word, {}});
    return out;
  }
  if (json::str(q.options_from, "list") == "offices") {
    for (const auto& a : pack.agencies()) out.push_back({a.code, a.name, {}});
    for (const auto& m : pack.municipalities()) out.push_back({m.code, pack.full_name(m.code), {}});
    return out;
  }
  const json::value& option = json::at(q.options_from, "option");
  const std::string reg(json::str(q.options_from, "find"));
  registers::registry* owner = hub.registry_of(reg);
  if (!owner) return refuse(kind::not_found, "register.unknown", "", {{"register", reg}});
  json::value key = resolve(json::at(q.options_from, "value"), scope);
  if (!key.is_string()) return out;
  auto found = owner->find(why, reg, json::str(q.options_from, "by"),
                           std::string_view(key.get_string()));
  if (!found) return found.why();
  for (const auto& record : *found) {
    forms::option made;
    for (const auto& language : pack.languages()) {
      auto facts = facts_of(shown_record(pack, *owner->find_schema(reg), record, language));
      made.value = facts[std::string(json::str(option, "value", "key"))];
      made.label.set(language,
                     text::fill(json::words_of(json::at(option, "label"))(language), facts));
    }
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace madang::services
