#include "hall.hpp"
#include "madang/communities/communities.hpp"

namespace madang::communities {

using namespace html;

std::string path_of(const community& c) { return "/communities/" + std::to_string(c.number); }
std::string path_of(const poll& p) { return "/elections/" + std::to_string(p.number); }

node state_badge(const context& c, const std::string& state) {
  const tone t = state == "open" ? tone::good : state == "finished" ? tone::neutral : tone::info;
  return badge(t, c.say("communities.state_" + state));
}

namespace {
std::optional<std::int64_t> number_of(std::string_view s) {
  if (s.empty() || s.size() > 9 || s.find_first_not_of("0123456789") != std::string_view::npos)
    return {};
  return std::stoll(std::string(s));
}
refusal unknown() { return refuse(kind::not_found, "communities.unknown"); }
}  // namespace

result<community> community_here(const context& c, hall& l) {
  const auto n = number_of(c.request.capture("community"));
  auto found = n ? l.find(*n) : std::optional<community>();
  if (!found) return unknown();
  return *found;
}

result<poll> poll_here(const context& c, hall& l) {
  const auto n = number_of(c.request.capture("poll"));
  auto found = n ? l.find_poll(*n) : std::optional<poll>();
  if (!found) return unknown();
  return *found;
}

std::vector<link> way_to(const context& c, hall& l, const poll& p) {
  std::vector<link> out{{"/communities", std::string(c.say("communities.title"))}};
  if (const auto at = l.find(p.community)) out.push_back({path_of(*at), at->name(c.language)});
  return out;
}

node island(const context& c, const char* kind, const std::vector<std::string>& texts,
            const std::vector<std::pair<std::string, std::string>>& facts, const node& inside) {
  json::object words, values;
  for (const auto& key : texts) words[key] = c.say("communities.island_" + key);
  for (const auto& [key, value] : facts) values[key] = value;
  return element("madang-election", cls("stack"), attr("data-act", kind),
                 attr("data-words", json::print(words)), attr("data-facts", json::print(values)),
                 inside, p(cls("needs-script"), c.say("communities.needs_script")));
}

void join(platform::house& house) {
  if (!house.pack().has("communities.yaml")) return;
  auto l = std::make_shared<hall>(house);
  community_pages(house, l);
  poll_pages(house, l);
  trustee_pages(house, l);
  archive_pages(house, l);
}

}  // namespace madang::communities
