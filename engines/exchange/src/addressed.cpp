// Verbs that say to which agency they go, and the agencies that other nodes serve.
#include "addressed.hpp"

#include <atomic>
#include <set>

namespace madang::exchange {
namespace {

struct {
  std::atomic<bool> any{false};  // nearly always false: then no lock is taken
  std::mutex mutex;
  std::set<std::string, std::less<>> names;
  std::map<std::string, agency_elsewhere, std::less<>> agencies;
} served;

}  // namespace

void serve_elsewhere(std::map<std::string, agency_elsewhere, std::less<>> agencies) {
  std::lock_guard lock(served.mutex);
  served.any = !agencies.empty();
  served.agencies = std::move(agencies);
}

void address(std::string_view name) {
  std::lock_guard lock(served.mutex);
  served.names.emplace(name);
}

bool is_addressed(std::string_view name) {
  std::lock_guard lock(served.mutex);
  return served.names.contains(name);
}

std::optional<std::string> keeper_of(std::string_view agency) {
  if (!served.any) return {};
  std::lock_guard lock(served.mutex);
  const auto found = served.agencies.find(agency);
  return found == served.agencies.end() ? std::nullopt : std::optional(found->second.keeper);
}

std::map<std::string, std::string, std::less<>> agencies_elsewhere() {
  std::lock_guard lock(served.mutex);
  std::map<std::string, std::string, std::less<>> out;
  for (const auto& [code, there] : served.agencies) out.emplace(code, there.keeper);
  return out;
}

std::optional<agency_elsewhere> way_to(const std::string& name, const json::value& input) {
  if (!served.any || !input.is_object()) return {};
  std::lock_guard lock(served.mutex);
  if (!served.names.contains(name)) return {};
  const auto found = served.agencies.find(json::str(input, "agency"));
  return found == served.agencies.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace madang::exchange
