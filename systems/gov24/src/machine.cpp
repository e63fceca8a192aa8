#include <sys/resource.h>

#include <fstream>
#include <map>

#include "madang/platform/guarding.hpp"
#include "pages.hpp"

namespace madang::gov24 {
namespace {

struct part_health {
  std::string name, state;
};
BOOST_DESCRIBE_STRUCT(part_health, (), (name, state))
struct health_view {
  std::string state;
  std::vector<part_health> parts;
};
BOOST_DESCRIBE_STRUCT(health_view, (), (state, parts))

http::response health(context& c) {
  health_view view{"up", {}};
  for (auto* db : c.home.databases()) {
    std::string state = "up";
    try {
      db->reading(
          [](store::read& r) { r.one<std::int64_t>("select count(*) from schema_migration"); });
    } catch (const store::error&) {
      state = "down";
      view.state = "down";
    }
    view.parts.push_back({db->name(), state});
  }
  for (const auto& part : c.home.parts()) {
    view.parts.push_back({part.name, part.state});
    if (part.state == "down") view.state = "down";
  }
  return http::json_response(json::write(view), view.state == "up" ? 200 : 503);
}

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * 4096;
}

http::response metrics(context& c) {
  std::vector<platform::metrics::gauge> gauges{
      {"madang_resident_memory_bytes", "Resident memory of the process.",
       static_cast<double>(resident_bytes())},
      {"madang_live_sessions", "Sessions used within the idle time.",
       static_cast<double>(c.home.people().live_sessions())}};
  double writes = 0, groups = 0, bytes = 0, waiting = 0;
  for (auto* db : c.home.databases()) {
    const auto f = db->now();
    writes += static_cast<double>(f.writes);
    groups += static_cast<double>(f.groups);
    bytes += static_cast<double>(f.bytes);
    waiting += static_cast<double>(f.waiting);
  }
  gauges.push_back(
      {"madang_store_transactions", "Transactions committed since start.", writes, true});
  gauges.push_back({"madang_store_commits", "Commits that carried them.", groups, true});
  gauges.push_back({"madang_store_bytes", "Size of the database files.", bytes});
  gauges.push_back({"madang_events_waiting", "Events that a reader has still to hear.",
                    static_cast<double>(c.home.hub().waiting())});
  gauges.push_back({"madang_email_waiting", "E-mails that have still to be handed in.",
                    static_cast<double>(c.home.channels().waiting(notices::way::email))});
  gauges.push_back({"madang_text_messages_waiting",
                    "Text messages that have still to be handed in.",
                    static_cast<double>(c.home.channels().waiting(notices::way::text))});
  gauges.push_back({"madang_store_waiting", "Transactions waiting for their turn.", waiting});
  for (const auto& part : c.home.parts())
    gauges.insert(gauges.end(), part.gauges.begin(), part.gauges.end());
  http::response r;
  r.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  r.body = c.home.metrics().text(gauges);
  return r;
}

// Who may call it; "official" is a role (OpenAPI 3.1, Security Requirement Object).
json::array security_of(platform::needs who) {
  if (who == platform::needs::nobody) return {};
  json::array roles;
  if (who == platform::needs::official) roles.emplace_back("official");
  return {json::object{{"session", roles}}};
}

// Lists that are narrowed and read page by page say by what; `next` of an answer is the address of
// the page that follows.
const std::map<std::string, std::vector<std::string>>& query_of() {
  static const std::map<std::string, std::vector<std::string>> all{
      {"GET /desk",
       {"part", "state", "procedure", "office", "whose", "due", "q", "order", "after"}},
      {"GET /my", {"state", "q", "after"}}};
  return all;
}

// OpenAPI 3.1 of every page: each answers JSON to who asks for it.
http::response openapi(context& c) {
  json::object paths;
  for (const auto& route : c.home.router().routes()) {
    json::object operation{
        {"operationId", route.name},
        {"responses",
         json::object{
             {"200", json::object{{"description", "OK"}}},
             {"default",
              json::object{
                  {"description", "RFC 9457 problem"},
                  {"content",
                   json::object{
                       {"application/problem+json",
                        json::object{
                            {"schema",
                             json::object{{"$ref", "#/components/schemas/problem"}}}}}}}}}}}};
    operation["security"] = security_of(c.home.needs_of(route.name));
    json::array parameters;
    for (const auto& segment : text::split(route.pattern, '/'))
      if (segment.starts_with('{'))
        parameters.push_back(json::object{{"name", segment.substr(1, segment.size() - 2)},
                                          {"in", "path"},
                                          {"required", true},
                                          {"schema", json::object{{"type", "string"}}}});
    if (auto query = query_of().find(route.method + " " + route.pattern); query != query_of().end())
      for (const auto& name : query->second)
        parameters.push_back(json::object{{"name", name},
                                          {"in", "query"},
                                          {"required", false},
                                          {"schema", json::object{{"type", "string"}}}});
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    std::string verb;
    for (char ch : route.method)
      verb += static_cast<char>(std::tolower(static_cast<unsigned char>(ch)));
    if (!paths.contains(route.pattern)) paths[route.pattern] = json::object{};
    paths[route.pattern].as_object()[verb] = std::move(operation);
  }
  json::object problem{{"type", "object"},
                       {"properties",
                        json::object{{"type", json::object{{"type", "string"}}},
                                     {"title", json::object{{"type", "string"}}},
                                     {"status", json::object{{"type", "integer"}}},
                                     {"detail", json::object{{"type", "string"}}},
                                     {"field", json::object{{"type", "string"}}}}}};
  return http::json_response(json::print(json::object{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Madang"}, {"version", "1"}}},
      {"servers", json::array{json::object{{"url", c.home.chosen().public_url}}}},
      {"paths", paths},
      {"components",
       json::object{{"schemas", json::object{{"problem", problem}}},
                    {"securitySchemes",
                     json::object{{"session", json::object{{"type", "apiKey"},
                                                           {"in", "cookie"},
                                                           {"name", "session"}}}}}}}}));
}

// Whoever watches the house is its operator: how it is and what is asked for is told where
// `monitoring` of the guard says. Behind a proxy everybody seems to be on this machine.
bool is_watcher(const context& c, std::string_view told) {
  if (told == "open") return true;
  const std::string_view peer = c.request.peer;
  return told == "local" && c.request.header("x-forwarded-for").empty() &&
         (peer == "::1" || peer.starts_with("127.") || peer.starts_with("::ffff:127."));
}

}  // namespace

void machine_pages(house& h) {
  const auto watched = [told = platform::guarding_of(h.chosen()).monitoring](auto page) {
    return [told, page](context& c) {
      return is_watcher(c, told) ? page(c)
                                 : c.refuse(refuse(kind::not_found, "request.no_page"));
    };
  };
  h.page("GET", "/health", needs::nobody, watched(health));
  h.page("GET", "/metrics", needs::nobody, watched(metrics));
  h.page("GET", "/openapi.json", needs::nobody, openapi);
}

}  // namespace madang::gov24
