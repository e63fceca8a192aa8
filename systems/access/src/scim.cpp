// What personnel systems see: users, groups and orders as resources.
#include "scim.hpp"

#include <algorithm>
#include <set>

#include "scim_sight.hpp"

namespace madang::access {
namespace {

constexpr int most_posts = 20000, most_orders = 1000;
constexpr std::string_view user_urn = "urn:ietf:params:scim:schemas:core:2.0:User";
constexpr std::string_view enterprise_urn =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
constexpr std::string_view group_urn = "urn:ietf:params:scim:schemas:core:2.0:Group";
constexpr std::string_view post_urn = "urn:madang:params:scim:schemas:extension:2.0:Post";
constexpr std::string_view order_urn = "urn:madang:params:scim:schemas:2.0:Order";

const packs::pack& pack_of(const shared_personnel& p) { return p->home.pack(); }

scim::shape read_type(const json::value& all, std::string_view name) {
  const char* file = "scim/schemas.yaml";
  auto schema_of = [&](std::string_view urn) -> scim::schema {
    for (const auto& one : json::at(all, "schemas").as_array())
      if (json::str(one, "id") == urn) {
        auto read = scim::read_schema(one);
        if (!read) throw packs::broken_pack({file, 0, read.why().field});
        return std::move(*read);
      }
    throw packs::broken_pack({file, 0, std::string(urn)});
  };
  for (const auto& one : json::at(all, "types").as_array()) {
    if (json::str(one, "name") != name) continue;
    scim::shape out{std::string(name),
                    std::string(json::str(one, "endpoint")),
                    schema_of(json::str(one, "schema")),
                    {}};
    for (const auto& extension : json::at(one, "extensions").as_array())
      out.extensions.push_back(schema_of(extension.as_string()));
    return out;
  }
  throw packs::broken_pack({file, 0, std::string(name)});
}

json::array texts(const std::vector<std::string>& all) {
  json::array out;
  for (const auto& one : all)
    if (!one.empty()) out.emplace_back(one);
  return out;
}

}  // namespace

scim_desk::scim_desk(shared_personnel p)
    : personnel(std::move(p)),
      home(personnel->home),
      service(pack_of(personnel).yaml("scim/service.yaml")) {
  const json::value all = pack_of(personnel).yaml("scim/schemas.yaml");
  users = read_type(all, "User");
  groups = read_type(all, "Group");
  orders = read_type(all, "Order");
  said_schemas = json::at(all, "schemas");
  said_types = json::at(all, "types");
}

std::string scim_desk::at(std::string_view path) const {
  return personnel->bureau->provider.chosen().issuer + "/scim/v2" + std::string(path);
}

const scim::shape* scim_desk::shape_of(std::string_view endpoint) const {
  for (const auto* one : {&users, &groups, &orders})
    if (one->endpoint.substr(1) == endpoint) return one;
  return nullptr;
}

result<scim_caller> scim_desk::caller(const context& c) {
  auto& provider = personnel->bureau->provider;
  auto k = provider.bearer(call_of(c));
  if (!k) return k.why();
  const auto* by = provider.find_client(k->client);
  if (!by || k->person || !k->may("scim"))
    return refuse(kind::unauthenticated, "oauth.invalid_token");
  auto post = home.people().find_post(by->post);
  if (!post || !post->holder) return refuse(kind::forbidden, "scim.no_post");
  scim_caller out;
  out.by = by;
  audit::actor who = audit::system_actor(by->name(home.pack().language()));
  who.post = post->code;
  who.post_title = post->title;
  who.agency = post->agency;
  who.agency_name = post->agency_name;
  who.office = post->office;
  who.roles = text::split(post->roles, ',');
  out.looks = {who, by->purpose, by->law, by->id};
  who.person = post->holder;
  out.orders = {std::move(who), by->purpose, by->law, by->id};
  out.everywhere = std::ranges::find(personnel->rights.everywhere, post->agency) !=
                   personnel->rights.everywhere.end();
  return out;
}

scim_desk::sight scim_desk::look(const scim_caller& who) {
  sight s;
  const auto& agency = who.looks.who.agency;
  s.posts = who.everywhere ? personnel->roster.posts_called("", most_posts)
                           : personnel->roster.posts_of_agency(agency, most_posts);
  for (std::size_t i = 0; i < s.posts.size(); ++i)
    if (s.posts[i].holder) s.held[s.posts[i].holder].push_back(i);
  for (const auto state : {identity::order_state::waiting, identity::order_state::approved})
    for (auto& o : personnel->orders.list(who.everywhere ? "" : agency, state, most_orders))
      s.open.push_back(std::move(o));
  personnel->kept.reading([&](store::read& r) {
    for (auto& one :
         r.all<known>("select " + store::columns<known>() + " from scim_known where client = ?1",
                      who.by->id))
      s.said[{one.type, one.key}] = one;
  });
  return s;
}

json::array scim_desk::pending(const sight& s, id person, std::string_view post) const {
  json::array out;
  for (const auto& o : s.open) {
    if (person ? o.person != person : o.post != post && o.from_post != post) continue;
    out.push_back(json::object{{"value", o.key.str()},
                               {"$ref", at("/Orders/" + o.key.str())},
                               {"number", o.number},
                               {"sort", identity::name_of(o.sort)},
                               {"state", identity::name_of(o.state)},
                               {"begins", o.begins.str()}});
  }
  return out;
}

// What all have in common (RFC 7643 section 3.1).
void scim_desk::finish(const sight& s, json::object& r, std::string_view type,
                       std::string_view path, const std::string& key) {
  json::array schemas;
  for (const auto& one : {type == "User" ? user_urn : type == "Group" ? group_urn : order_urn})
    schemas.emplace_back(one);
  for (const auto& one : r)
    if (one.key().starts_with("urn:")) schemas.emplace_back(one.key());
  json::object meta{{"resourceType", type}, {"location", at(std::string(path) + key)}};
  const auto said = s.said.find({std::string(type), key});
  if (said != s.said.end()) {
    if (!said->second.external_id.empty()) r["externalId"] = said->second.external_id;
    meta["created"] = said->second.created.str();
    meta["lastModified"] = said->second.changed.str();
  }
  r["schemas"] = std::move(schemas);
  r["id"] = key;
  r["meta"] = std::move(meta);
  scim::stamp_version(r);
}

json::object scim_desk::user_of(const scim_caller& who, const sight& s, id person) {
  auto& b = *personnel->bureau;
  const auto a = home.people().find_account(person);
  if (!a) return {};
  const std::string key = b.provider.subject_of(*who.by, person);
  const auto said = s.said.find({"User", key});
  json::object r{{"userName", a->login},
                 {"name", json::object{{"formatted", a->name}}},
                 {"displayName", a->latin.empty() ? a->name : a->latin},
                 {"active", !b.accounts.closed_since(person) &&
                                (said == s.said.end() || said->second.active != 0)}};
  const auto held = s.held.find(person);
  if (held != s.held.end()) {
    const auto& language = home.pack().language();
    json::array groups, roles;
    std::set<std::string> seen;
    for (const auto i : held->second) {
      const auto& p = s.posts[i];
      groups.push_back(json::object{{"value", p.code},
                                    {"$ref", at("/Groups/" + p.code)},
                                    {"display", p.title(language)},
                                    {"type", "direct"}});
      for (const auto& id : text::split(p.roles, ','))
        if (!id.empty() && seen.insert(id).second) {
          const auto* role = personnel->rights.find_role(id);
          roles.push_back(
              json::object{{"value", id}, {"display", role ? role->name(language) : id}});
        }
    }
    const auto& first = s.posts[held->second.front()];
    r["title"] = first.title(language);
    r[enterprise_urn] =
        json::object{{"organization", first.agency}, {"department", first.agency_name(language)}};
    r["groups"] = std::move(groups);
    if (!roles.empty()) r["roles"] = std::move(roles);
  }
  if (auto orders = pending(s, person, {}); !orders.empty())
    r[scim_pending_urn] = json::object{{"orders", std::move(orders)}};
  finish(s, r, "User", "/Users/", key);
  return r;
}

json::object scim_desk::post_of(const scim_caller& who, const sight& s, const identity::post& p) {
  const auto& language = home.pack().language();
  json::object r{{"displayName", p.title(language)},
                 {post_urn, json::object{{"kind", "post"},
                                         {"agency", p.agency},
                                         {"office", p.office},
                                         {"roles", texts(text::split(p.roles, ','))}}}};
  if (p.holder) {
    const std::string key = personnel->bureau->provider.subject_of(*who.by, p.holder);
    const auto a = home.people().find_account(p.holder);
    r["members"] = json::array{json::object{{"value", key},
                                            {"$ref", at("/Users/" + key)},
                                            {"type", "User"},
                                            {"display", a ? a->name : std::string()}}};
  }
  if (auto orders = pending(s, {}, p.code); !orders.empty())
    r[scim_pending_urn] = json::object{{"orders", std::move(orders)}};
  finish(s, r, "Group", "/Groups/", p.code);
  return r;
}

json::object scim_desk::agency_of(const sight& s, const std::string& code) {
  const auto& language = home.pack().language();
  json::array members;
  std::string name;
  for (const auto& p : s.posts) {
    if (p.agency != code) continue;
    if (name.empty()) name = p.agency_name(language);
    members.push_back(json::object{{"value", p.code},
                                   {"$ref", at("/Groups/" + p.code)},
                                   {"type", "Group"},
                                   {"display", p.title(language)}});
  }
  if (members.empty()) return {};
  json::object r{{"displayName", name},
                 {"members", std::move(members)},
                 {post_urn, json::object{{"kind", "agency"}, {"agency", code}}}};
  finish(s, r, "Group", "/Groups/", std::string(scim_agency) + code);
  return r;
}

json::object scim_desk::order_of(const scim_caller& who, const identity::order& o) {
  const std::string key =
      o.person ? personnel->bureau->provider.subject_of(*who.by, o.person) : std::string();
  json::object r{{"number", o.number},   {"sort", identity::name_of(o.sort)},
                 {"post", o.post},       {"begins", o.begins.str()},
                 {"grounds", o.grounds}, {"state", identity::name_of(o.state)}};
  if (!key.empty()) r["person"] = json::object{{"value", key}, {"$ref", at("/Users/" + key)}};
  if (!o.from_post.empty()) r["fromPost"] = o.from_post;
  if (!o.substitute.empty()) r["substitute"] = o.substitute;
  if (!o.roles.empty()) r["roles"] = texts(text::split(o.roles, ','));
  if (o.ends.days) r["ends"] = o.ends.str();
  if (!o.remark.empty()) r["remark"] = o.remark;
  finish({}, r, "Order", "/Orders/", o.key.str());
  auto& meta = r["meta"].get_object();
  meta["created"] = o.drafted.str();
  meta["lastModified"] = std::max({o.drafted, o.approved, o.done}).str();
  scim::stamp_version(r);
  return r;
}

std::vector<json::object> scim_desk::all(const scim_caller& who, const scim::shape& of) {
  std::vector<json::object> out;
  if (&of == &orders) {
    for (const auto& o :
         personnel->orders.list(who.everywhere ? "" : who.looks.who.agency, {}, most_orders))
      out.push_back(order_of(who, o));
    return out;
  }
  const sight s = look(who);
  if (&of == &users) {
    std::set<id> persons;
    for (const auto& [person, posts] : s.held) persons.insert(person);
    for (const auto& [at, one] : s.said)
      if (at.first == "User")
        if (auto person = personnel->bureau->provider.person_of(*who.by, at.second))
          persons.insert(*person);
    for (const id person : persons)
      if (auto r = user_of(who, s, person); !r.empty()) out.push_back(std::move(r));
    return out;
  }
  std::set<std::string> agencies;
  for (const auto& p : s.posts) {
    out.push_back(post_of(who, s, p));
    agencies.insert(p.agency);
  }
  for (const auto& code : agencies) out.push_back(agency_of(s, code));
  return out;
}

id scim_desk::person_of(const scim_caller& who, std::string_view key) {
  return personnel->bureau->provider.person_of(*who.by, key).value_or(id{});
}

result<json::object> scim_desk::one(const scim_caller& who, const scim::shape& of,
                                    std::string_view key) {
  const auto no = refuse(kind::not_found, "scim.unknown");
  if (&of == &orders) {
    auto parsed = id::parse(key);
    auto o = parsed ? personnel->orders.find(*parsed) : std::nullopt;
    if (!o) return no;
    for (const auto* code : {&o->post, &o->from_post})
      if (auto p = code->empty() ? std::nullopt : home.people().find_post(*code);
          p && who.reaches(p->agency))
        return order_of(who, *o);
    return no;
  }
  const sight s = look(who);
  if (&of == &users) {
    const id person = person_of(who, key);
    if (!person || (!s.held.contains(person) && !s.said.contains({"User", std::string(key)})))
      return no;
    auto r = user_of(who, s, person);
    return r.empty() ? result<json::object>(no) : result<json::object>(std::move(r));
  }
  if (key.starts_with(scim_agency)) {
    const std::string code(key.substr(scim_agency.size()));
    auto r = who.reaches(code) ? agency_of(s, code) : json::object();
    return r.empty() ? result<json::object>(no) : result<json::object>(std::move(r));
  }
  auto p = home.people().find_post(key);
  if (!p || !who.reaches(p->agency)) return no;
  return post_of(who, s, *p);
}

void scim_desk::note_looks(const scim_caller& who, const std::vector<const json::object*>& shown) {
  std::vector<std::pair<id, std::string>> persons;
  for (const auto* r : shown) {
    const auto* type = r->at("meta").get_object().if_contains("resourceType");
    const std::string_view kind(type->get_string());
    auto add = [&](const json::value& key) {
      if (const id person = person_of(who, std::string_view(key.get_string())))
        persons.emplace_back(person, kind);
    };
    if (kind == "User") add(r->at("id"));
    if (const auto* members = r->if_contains("members"); members && kind == "Group")
      for (const auto& one : members->get_array())
        if (json::str(one, "type") == "User") add(json::at(one, "value"));
    if (const auto* person = r->if_contains("person")) add(json::at(*person, "value"));
  }
  if (persons.empty()) return;
  home.database("identity").later([persons, why = who.looks](store::write& tx) {
    for (const auto& [person, kind] : persons)
      audit::append(tx, why, audit::action::read, person, "account", why.reference,
                    kind == "User" ? "name, posts, roles" : "name, posts");
  });
}

}  // namespace madang::access
