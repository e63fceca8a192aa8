#include "elsewhere.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

namespace madang::registers {
namespace {

struct {
  std::atomic<bool> any{false};  // nearly always false: then no lock is taken
  std::mutex mutex;
  std::map<std::string, keeper, std::less<>> all;
} known;

refusal malformed() { return refuse(kind::invalid, "json.type"); }

}  // namespace

void keep_elsewhere(std::map<std::string, keeper, std::less<>> all) {
  std::lock_guard lock(known.mutex);
  known.any = !all.empty();
  known.all = std::move(all);
}

keeper keeper_of(std::string_view reg) {
  if (!known.any) return {};
  std::lock_guard lock(known.mutex);
  const auto found = known.all.find(reg);
  return found == known.all.end() ? keeper() : found->second;
}

bool is_elsewhere(std::string_view reg) { return static_cast<bool>(keeper_of(reg)); }

result<std::vector<record>> answer(registry& r, const audit::access& why, const question& q) {
  if (q.verb == "find") return r.find(why, q.reg, q.item, q.value, q.when, q.items, q.limit);
  if (q.verb == "starting")
    return r.starting(why, q.reg, q.item, q.value, q.when, q.items, q.limit);
  if (q.verb == "history") return r.history(why, q.reg, q.value);
  if (q.verb != "get") return refuse(kind::not_found, "register.unknown");
  auto one = r.get(why, q.reg, q.value, q.when, q.items);
  if (!one) return one.why();
  return std::vector<record>{std::move(*one)};
}

json::value to_json(const question& q) {
  json::array items;
  for (const auto& i : q.items) items.emplace_back(i);
  json::object out{{"verb", q.verb},   {"register", q.reg}, {"item", q.item},
                   {"value", q.value}, {"items", items},    {"valid", q.when.valid.str()},
                   {"limit", q.limit}};
  if (q.when.known != forever) out["known"] = q.when.known.micros;
  return out;
}

result<question> read_question(const json::value& v) {
  question q;
  q.verb = json::str(v, "verb");
  q.reg = json::str(v, "register");
  q.item = json::str(v, "item");
  q.value = json::str(v, "value");
  q.limit = static_cast<int>(std::clamp<std::int64_t>(json::num(v, "limit", 100), 1, 1000));
  const auto valid = date::parse(json::str(v, "valid"));
  if (!valid) return malformed();
  q.when.valid = *valid;
  q.when.known = instant{json::num(v, "known", forever.micros)};
  if (const auto& items = json::at(v, "items"); items.is_array())
    for (const auto& i : items.get_array()) {
      if (!i.is_string()) return malformed();
      q.items.emplace_back(i.get_string());
    }
  return q;
}

json::value to_json(std::span<const record> all) {
  json::array out;
  for (const auto& r : all)
    out.push_back(json::object{{"key", r.key},
                               {"items", r.items},
                               {"valid_from", r.valid_from.days},
                               {"valid_to", r.valid_to.days},
                               {"recorded_from", r.recorded_from.micros},
                               {"recorded_to", r.recorded_to.micros},
                               {"reason", r.reason}});
  return out;
}

result<std::vector<record>> read_records(const json::value& v) {
  if (!v.is_array()) return malformed();
  std::vector<record> out;
  for (const auto& one : v.get_array()) {
    const auto& items = json::at(one, "items");
    if (!items.is_object()) return malformed();
    record r;
    r.key = json::str(one, "key");
    r.items = items.get_object();
    r.valid_from.days = static_cast<std::int32_t>(json::num(one, "valid_from"));
    r.valid_to.days = static_cast<std::int32_t>(json::num(one, "valid_to"));
    r.recorded_from.micros = json::num(one, "recorded_from");
    r.recorded_to.micros = json::num(one, "recorded_to");
    r.reason = json::str(one, "reason");
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace madang::registers
