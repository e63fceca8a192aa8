#include "madang/http/router.hpp"

#include <map>
#include <span>

#include "madang/base/text.hpp"
#include "target.hpp"

namespace madang::http {

// One node for each distinct prefix of patterns. A search visits each node at most once, so its
// cost is bounded by the number of routes whatever path a stranger sends.
struct router::segment_tree {
  std::map<std::string, std::unique_ptr<segment_tree>, std::less<>> literals;
  std::unique_ptr<segment_tree> capture;
  std::map<std::string, std::size_t, std::less<>> methods;   // -> index in routes_
};

namespace {

constexpr std::size_t deepest = 32;

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 1; begin < path.size() && out.size() <= deepest;) {
    const auto end = std::min(path.find('/', begin), path.size());
    out.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

bool is_capture(std::string_view s) { return s.size() > 2 && s.front() == '{' && s.back() == '}'; }

template <class Tree>
const Tree* descend(const Tree& at, std::span<const std::string_view> path,
                    std::string_view method, std::vector<std::string>& allowed) {
  if (path.empty()) {
    if (at.methods.contains(method) || (method == "HEAD" && at.methods.contains("GET"))) return &at;
    for (const auto& [name, index] : at.methods) allowed.push_back(name);
    return nullptr;
  }
  if (auto literal = at.literals.find(path.front()); literal != at.literals.end())
    if (auto found = descend(*literal->second, path.subspan(1), method, allowed)) return found;
  if (at.capture) return descend(*at.capture, path.subspan(1), method, allowed);
  return nullptr;
}

}  // namespace

void router::add(std::string method, std::string pattern, handler handle, std::string name) {
  check(pattern.starts_with('/') && is_token(method) && handle, "route");
  if (!tree_) {
    tree_ = std::make_shared<segment_tree>();
  } else if (tree_.use_count() > 1) {   // a copy of this router shares it: part first
    auto all = std::move(routes_);
    routes_.clear();
    tree_ = std::make_shared<segment_tree>();
    for (auto& r : all)
      add(std::move(r.method), std::move(r.pattern), std::move(r.handle), std::move(r.name));
  }
  const auto parts = segments(pattern);
  check(parts.size() <= deepest, "route too deep");
  auto* at = tree_.get();
  for (const auto part : parts) {
    auto& next = is_capture(part) ? at->capture : at->literals[std::string(part)];
    if (!next) next = std::make_unique<segment_tree>();
    at = next.get();
  }
  const bool fresh = at->methods.emplace(method, routes_.size()).second;
  check(fresh, "two routes say the same");
  routes_.push_back({std::move(method), std::move(pattern), std::move(name), std::move(handle)});
}

router::match router::find(request& r) const {
  match out;
  const auto path = segments(r.path);
  if (!tree_ || path.size() > deepest) return out;
  const auto* node = descend(*tree_, std::span(path), r.method, out.allowed);
  if (!node) {
    if (std::find(out.allowed.begin(), out.allowed.end(), "GET") != out.allowed.end())
      out.allowed.push_back("HEAD");
    return out;
  }
  out.allowed.clear();
  auto method = node->methods.find(r.method);
  if (method == node->methods.end()) method = node->methods.find("GET");
  out.found = &routes_[method->second];
  const auto pattern = segments(out.found->pattern);
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (is_capture(pattern[i]))
      r.captured.insert_or_assign(std::string(pattern[i].substr(1, pattern[i].size() - 2)),
                                  std::string(path[i]));
  return out;
}

}  // namespace madang::http
