#include "madang/nodes/bridge.hpp"

#include "answered.hpp"

#include <algorithm>
#include <functional>

#include "madang/exchange/elsewhere.hpp"

namespace madang::nodes {
namespace {

constexpr store::migration tables[] = {
    {"0001_nodes",
     "create table heard_event (id bigint not null, sender text not null, at bigint not null,\n"
     "  primary key (sender, id));\n"}};

std::string path_of(const xroad::client_id& keeper, std::string_view kind, std::string_view name) {
  return "/r1/" + xroad::service_id{keeper, std::string(kind), {}}.str() + "/" + std::string(name);
}

json::value from_access(const audit::access& why, const json::value& input) {
  const audit::actor& a = why.who;
  return json::object{{"input", input},
                      {"purpose", json::from_words(why.purpose)},
                      {"law", json::from_words(why.law)},
                      {"reference", why.reference},
                      {"actor", json::object{{"name", a.name},
                                             {"post", a.post},
                                             {"post_title", json::from_words(a.post_title)},
                                             {"office", a.office}}}};
}

// Who asks, as the other end will name him: never with powers of this house, nor as one of its
// persons. The agency is the one whose signature came, by the name that the configuration has.
audit::access to_access(const json::value& v, const xroad::client_id& client,
                        const std::string& agency) {
  const json::value& a = json::at(v, "actor");
  audit::access out;
  out.purpose = json::words_of(json::at(v, "purpose"));
  out.law = json::words_of(json::at(v, "law"));
  out.reference = json::str(v, "reference");
  out.who.name = json::str(a, "name");
  out.who.post = json::str(a, "post");
  out.who.post_title = json::words_of(json::at(a, "post_title"));
  out.who.agency = client.str();
  out.who.agency_name = {agency, agency};
  out.who.office = json::str(a, "office");
  return out;
}

json::value from_refusal(const refusal& why) {
  json::object facts;
  for (const auto& [k, v] : why.facts) facts[k] = v;
  return json::object{{"refusal", json::object{{"kind", static_cast<int>(why.kind)},
                                               {"code", why.code},
                                               {"field", why.field},
                                               {"facts", facts}}}};
}

refusal to_refusal(const json::value& v) {
  refusal out;
  const auto number = json::num(v, "kind");
  if (number >= 0 && number <= static_cast<int>(kind::unavailable))
    out.kind = static_cast<kind>(number);
  out.code = json::str(v, "code");
  out.field = json::str(v, "field");
  if (const auto& facts = json::at(v, "facts"); facts.is_object())
    for (const auto& [k, f] : facts.as_object())
      if (f.is_string()) out.facts.emplace(k, f.as_string());
  return out;
}

xroad::provided refused(const refusal& why) { return answered(from_refusal(why), 422); }

refusal unreachable(const std::string& name, std::string_view why) {
  return refuse(kind::unavailable, "exchange.unreachable", "",
                {{"name", name}, {"why", std::string(why)}});
}

// Purpose, law and case; a node that leaves one out is not asked, and one that is asked refuses.
outcome stated(const audit::access& why) {
  if (auto good = why.stated(); !good) return good.why();
  if (why.reference.empty()) return refuse(kind::invalid, "exchange.case_missing");
  return nothing{};
}

result<json::value> sent(xroad::node& node, const xroad::client_id& self,
                         const xroad::client_id& keeper, std::string_view kind_of_name,
                         const std::string& name, const audit::access& given,
                         const json::value& input, std::string_view idempotency_key) {
  audit::access why = given;
  if (why.reference.empty() && why.who.signed_in() && !why.who.official()) why.reference = "own";
  if (auto good = stated(why); !good) return good.why();
  xroad::fields headers{{"X-Road-Client", self.str()},
                        {"X-Road-Issue", why.reference},
                        {"Content-Type", "application/json;charset=utf-8"}};
  if (!why.who.post.empty()) headers.emplace_back("X-Road-UserId", why.who.post);
  if (!idempotency_key.empty())
    headers.emplace_back("Idempotency-Key", std::string(idempotency_key));
  else if (kind_of_name != "commands")
    headers.emplace_back("Idempotency-Key", random_token());  // looking may be asked again
  const auto a = node.call("POST", path_of(keeper, kind_of_name, name), "", headers,
                           json::print(from_access(why, input)));
  if (!a.error.empty()) return unreachable(name, a.error);
  const auto v = json::parse(a.body.value_or(""));
  if (!v) return unreachable(name, "InvalidResponse");
  if (a.status == 200) return json::at(*v, "value");
  const json::value& said = json::at(*v, "refusal");
  if (!said.is_object()) return unreachable(name, "InvalidResponse");
  return to_refusal(said);
}

bool has(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

xroad::right right_to(const xroad::client_id& keeper, const xroad::client_id& asker,
                      std::string_view kind_of_name, std::string_view name) {
  return {{keeper, std::string(kind_of_name), {}}, asker, {}, {"POST", "/" + std::string(name)}};
}

namespace {

// One of the two services of a keeper; `ask` does what was asked by that name.
using asked =
    std::function<result<json::value>(const std::string& name, const audit::access& why,
                                      const json::value& input, const xroad::rest_request& r)>;
void offer_service(xroad::node& node, const xroad::client_id& keeper, const char* code,
                   const std::vector<std::string>& offered_names, asked ask) {
  xroad::offered service{{keeper, code, {}}, {}, {}, {}};
  for (const auto& n : offered_names) service.endpoints.push_back({"POST", "/" + n});
  service.handle = [&node, offered_names, ask = std::move(ask)](
                       const xroad::rest_request& r, const std::optional<std::string>& body) {
    const auto v = json::parse(body.value_or(""));
    if (!v) return refused(v.why());
    const audit::access why = to_access(*v, r.client, node.name_of(r.client));
    if (auto good = stated(why); !good) return refused(good.why());
    // What the log is searched by must be what was said.
    if (r.issue != why.reference) return refused(refuse(kind::invalid, "exchange.case_missing"));
    const std::string name = r.service_path.empty() ? "" : r.service_path.substr(1);
    if (!has(offered_names, name)) return refused(refuse(kind::not_found, "exchange.not_offered"));
    const auto done = ask(name, why, json::at(*v, "input"), r);
    return done ? answered(json::object{{"value", *done}}) : refused(done.why());
  };
  node.offer(std::move(service));
}

}  // namespace

namespace {

// For an agency that is served at a third node: asked on, it would go round, and under our name.
outcome for_here(const std::string& name, const json::value& in) {
  if (exchange::is_addressed(name) && exchange::keeper_of(json::str(in, "agency")))
    return refuse(kind::not_found, "exchange.not_offered");
  return nothing{};
}

}  // namespace

void offer_to_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& keeper,
                     const names& what) {
  offer_service(node, keeper, "queries", what.queries,
                [&hub](const std::string& name, const audit::access& why, const json::value& in,
                       const xroad::rest_request&) -> result<json::value> {
                  if (auto here = for_here(name, in); !here) return here.why();
                  return hub.ask(name, why, in);
                });
  offer_service(node, keeper, "commands", what.commands,
                [&hub](const std::string& name, const audit::access& why, const json::value& in,
                       const xroad::rest_request& r) -> result<json::value> {
                  if (auto here = for_here(name, in); !here) return here.why();
                  // One key of two clients is two keys.
                  return hub.tell(name, why, in,
                                  r.client.str() + " " + std::string(r.header("Idempotency-Key")));
                });
}

exchange::hub::query query_at(xroad::node& node, const xroad::client_id& self,
                              const xroad::client_id& keeper, const std::string& name) {
  return [&node, self, keeper, name](const audit::access& why, const json::value& in) {
    return sent(node, self, keeper, "queries", name, why, in, {});
  };
}

exchange::hub::command command_at(xroad::node& node, const xroad::client_id& self,
                                  const xroad::client_id& keeper, const std::string& name) {
  return [&node, self, keeper, name](const audit::access& why, const json::value& in,
                                     std::string_view key) {
    return sent(node, self, keeper, "commands", name, why, in, key);
  };
}

void ask_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& self,
                const xroad::client_id& keeper, const names& what) {
  for (const auto& q : what.queries) hub.offer_query(q, query_at(node, self, keeper, q));
  for (const auto& c : what.commands) hub.offer_command(c, command_at(node, self, keeper, c));
}

registers::keeper register_at(xroad::node& node, const xroad::client_id& self,
                              const xroad::client_id& keeper, const std::string& reg) {
  return [&node, self, keeper, reg](const audit::access& why, const registers::question& q)
             -> result<std::vector<registers::record>> {
    const auto v = sent(node, self, keeper, "registers", reg, why, registers::to_json(q), {});
    if (!v) return v.why();
    return registers::read_records(*v);
  };
}

void offer_registers(exchange::hub& hub, xroad::node& node, const xroad::client_id& keeper,
                     const std::vector<std::string>& names, item_limits limits) {
  const auto look = [&hub, limits = std::move(limits)](
                        const std::string& name, const audit::access& why, const json::value& in,
                        const xroad::rest_request& r) -> result<json::value> {
    auto q = registers::read_question(in);
    if (!q) return q.why();
    registers::registry* registry = hub.registry_of(name);
    // Kept elsewhere by now: asked on, it would go round.
    if (!registry || q->reg != name || registers::is_elsewhere(name))
      return refuse(kind::not_found, "exchange.not_offered");
    if (const auto found = limits.find({r.client, name}); found != limits.end()) {
      if (q->verb == "history") return refuse(kind::forbidden, "exchange.items");
      for (const auto& item : q->items)
        if (!has(found->second, item)) return refuse(kind::forbidden, "exchange.items", item);
      if (q->items.empty()) q->items = found->second;
    }
    const auto all = registers::answer(*registry, why, *q);
    if (!all) return all.why();
    return registers::to_json(*all);
  };
  offer_service(node, keeper, "registers", names, look);
}

void tell_one(xroad::node& node, const xroad::client_id& self, const xroad::client_id& listener,
              const exchange::event& e) {
  const json::value v = json::object{
      {"id", e.key.str()}, {"subject", e.subject}, {"payload", e.payload}, {"at", e.at.str()}};
  const auto a = node.call("POST", path_of(listener, "events", e.name), "",
                           {{"X-Road-Client", self.str()},
                            {"Idempotency-Key", e.key.str()},
                            {"Content-Type", "application/json;charset=utf-8"}},
                           json::print(v));
  // The hub tries again later; others do not wait for this reader.
  if (!a.error.empty() || a.status != 200)
    throw std::runtime_error("event " + e.name + " was not taken: " + a.error);
}

void tell_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& self,
                 const xroad::client_id& listener, const std::vector<std::string>& events) {
  for (const auto& name : events)
    hub.listen("node " + listener.str(), name, [&node, self, listener](const exchange::event& e) {
      tell_one(node, self, listener, e);
    });
}

void hear_others(xroad::node& node, const xroad::client_id& self, store::database& db) {
  db.migrate("nodes", tables);
  xroad::offered service{{self, "events", {}}, {}, {}, {{"POST", "/*"}}};
  service.handle = [&db](const xroad::rest_request& r, const std::optional<std::string>& body) {
    const auto v = json::parse(body.value_or(""));
    const auto key = v ? id::parse(json::str(*v, "id")) : std::nullopt;
    const std::string_view path = r.service_path;
    if (!v || !key || path.size() < 2)
      return refused(refuse(kind::not_found, "exchange.not_offered"));
    db.writing([&](store::write& tx) {
      const bool first = tx.run(
                             "insert into heard_event (id, sender, at) values (?1, ?2, ?3) "
                             "on conflict do nothing",
                             *key, r.client.str(), now()) == 1;
      if (first) tx.emit(path.substr(1), json::str(*v, "subject"), json::at(*v, "payload"));
    });
    return answered(json::object{{"value", true}});
  };
  node.offer(std::move(service));
}

}  // namespace madang::nodes
