#include "limits.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace madang::access {
namespace {

constexpr double nearly = 1e-6;  // what adding up tenths loses

bool below(std::string_view route, std::string_view page) {
  return route.starts_with(page) && (route.size() == page.size() || route[page.size()] == '/');
}

std::optional<bucket_size> size_of(const json::value& v) {
  const bucket_size out{static_cast<double>(json::num(v, "burst", 0)),
                        static_cast<double>(json::num(v, "each_minute", 0))};
  if (out.burst < 1 || out.each_minute < 1) return {};
  return out;
}

}  // namespace

result<std::vector<limit>> read_limits(const json::value& v) {
  std::vector<limit> out;
  if (!v.is_array()) return refuse(kind::invalid, "limits.rule", "/");
  for (const auto& one : v.get_array()) {
    limit l;
    l.id = json::str(one, "id");
    const auto wrong = [&](const char* what) {
      return refuse(kind::invalid, "limits.rule", l.id + "." + what);
    };
    if (l.id.empty()) return wrong("id");
    const auto& pages = json::at(one, "pages");
    if (!pages.is_array()) return wrong("pages");
    for (const auto& page : pages.get_array()) {
      const std::string said(page.is_string() ? std::string_view(page.get_string()) : "");
      if (!said.starts_with("GET /") && !said.starts_with("POST /")) return wrong("pages");
      l.pages.push_back(said);
    }
    const auto person = size_of(json::at(one, "person"));
    const auto address = size_of(json::at(one, "address"));
    if (!person) return wrong("person");
    if (!address) return wrong("address");
    l.person = *person;
    l.address = *address;
    out.push_back(std::move(l));
  }
  return out;
}

void limits::fill(bucket& b, const bucket_size& size, instant at) {
  if (b.tokens < 0) b.tokens = size.burst;
  const double minutes = std::max(0.0, static_cast<double>(at.micros - b.at.micros) / 60e6);
  b.tokens = std::min(size.burst, b.tokens + minutes * size.each_minute);
  b.at = at;
  if (b.tokens >= size.burst - nearly) b.told = false;
}

limits::bucket& limits::bucket_of(std::size_t rule, bool by_person, std::string_view whose,
                                  instant at) {
  std::string key = (by_person ? "p" : "a") + std::to_string(rule) + " ";
  key += whose;
  if (auto found = buckets_.find(key); found != buckets_.end()) return found->second;
  if (buckets_.size() >= most_)
    for (auto one = buckets_.begin(); one != buckets_.end();) {
      const auto& r = rules_[static_cast<std::size_t>(std::atoi(one->first.c_str() + 1))];
      const auto& size = one->first.front() == 'p' ? r.person : r.address;
      fill(one->second, size, at);
      one = one->second.tokens >= size.burst ? buckets_.erase(one) : std::next(one);
    }
  if (buckets_.size() >= most_) return shared_[rule * 2 + (by_person ? 1 : 0)];
  return buckets_[key];
}

std::optional<limits::refused> limits::take(std::string_view route, bool by_person,
                                            std::string_view whose, instant at) {
  const auto rule = std::ranges::find_if(rules_, [&](const limit& l) {
    return std::ranges::any_of(l.pages, [&](const auto& page) { return below(route, page); });
  });
  if (rule == rules_.end()) return {};
  const auto& size = by_person ? rule->person : rule->address;
  std::lock_guard hold(mutex_);
  bucket& b = bucket_of(static_cast<std::size_t>(rule - rules_.begin()), by_person, whose, at);
  fill(b, size, at);
  if (b.tokens >= 1 - nearly) {
    b.tokens = std::max(0.0, b.tokens - 1);
    return {};
  }
  const double wait = std::ceil((1 - nearly - b.tokens) * 60 / size.each_minute);
  refused out{rule->id, by_person, std::max(1, static_cast<int>(wait)), !b.told};
  b.told = true;
  return out;
}

std::size_t limits::remembered() const {
  std::lock_guard hold(mutex_);
  return buckets_.size();
}

}  // namespace madang::access
