// What personnel systems change. Who holds a post changes by personnel orders alone: a draft here,
// the approval by an official, each by its own rules.
#include <algorithm>
#include <set>

#include "scim_sight.hpp"

namespace madang::access {
namespace {

constexpr std::size_t longest_name = 200;

refusal wrong(std::string_view what, std::string field = {}) {
  std::string code = "scim." + std::string(what);
  return refuse(kind::invalid, std::move(code), std::move(field));
}

std::string text_of(const json::object& o, std::string_view name) {
  const auto* v = scim::member(o, name);
  return v && v->is_string() ? std::string(v->get_string()) : std::string();
}

std::set<std::string> member_keys(const json::object& group) {
  std::set<std::string> out;
  if (const auto* all = scim::member(group, "members"); all && all->is_array())
    for (const auto& one : all->get_array()) out.emplace(json::str(one, "value"));
  return out;
}

// As people and programs write names: blanks and letters' size do not tell persons apart.
std::string plain(std::string_view name) { return text::replace_all(text::fold(name), " ", ""); }

// A name that was given in any of the ways of RFC 7643 section 4.1.1 is hers.
bool is_called(const identity::account& a, const json::object& said) {
  std::vector<std::string> given{text_of(said, "displayName")};
  if (const auto* name = scim::member(said, "name"); name && name->is_object()) {
    const auto& n = name->get_object();
    const auto family = text_of(n, "familyName"), own = text_of(n, "givenName");
    given.insert(given.end(), {text_of(n, "formatted"), family + own, own + family});
  }
  return std::ranges::any_of(given, [&](const auto& one) {
    const auto is = plain(one);
    return !is.empty() && (is == plain(a.name) || is == plain(a.latin));
  });
}

bool is_current(const json::object& resource, const std::string& if_match) {
  if (if_match.empty() || if_match == "*") return true;
  const auto tag = json::str(json::value(resource.at("meta")), "version");
  for (const auto& one : text::split(if_match, ','))
    if (text::trim(one) == tag) return true;
  return false;
}

refusal outdated() { return refuse(kind::conflict, "scim.version"); }

}  // namespace

void scim_desk::remember(const scim_caller& who, std::string_view type, const std::string& key,
                         std::string_view external_id, bool active, id subject) {
  personnel->kept.writing([&](store::write& tx) {
    tx.run(
        "insert into scim_known (client, type, key, external_id, active, created, changed) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?6) on conflict (client, type, key) do update set "
        "external_id = excluded.external_id, active = excluded.active, "
        "changed = excluded.changed",
        who.by->id, type, key, external_id, std::int64_t{active}, now());
    audit::append(tx, who.looks, audit::action::changed, subject, "personnel_system", key,
                  active ? "externalId" : "externalId, active");
  });
}

identity::order scim_desk::order_for(const scim_caller& who, identity::sort s, id person,
                                     const std::string& post) const {
  identity::order o;
  o.sort = s;
  o.person = person;
  o.post = post;
  o.begins = now();
  o.grounds = home.said("scim.grounds",
                        {{"name", who.by->name(home.pack().language())}})(home.pack().language());
  return o;
}

result<bool> scim_desk::draft(const scim_caller& who, std::vector<identity::order> wanted) {
  const sight s = look(who);
  std::vector<id> made;
  for (auto& o : wanted) {
    // What waits already is not asked for again: clients repeat what they are not sure of.
    const bool waits = std::ranges::any_of(s.open, [&](const identity::order& is) {
      return is.sort == o.sort && is.person == o.person && is.post == o.post;
    });
    if (waits) continue;
    auto drafted = personnel->orders.draft(who.orders, o);
    if (!drafted) {
      for (const id key : made) (void)personnel->orders.withdraw(who.orders, key);
      return drafted.why();
    }
    made.push_back(drafted->key);
  }
  return !wanted.empty();
}

std::vector<identity::order> scim_desk::leaving(const scim_caller& who, id person) {
  std::vector<identity::order> out;
  for (const auto& p : home.people().posts_of(person))
    if (who.reaches(p.agency)) out.push_back(order_for(who, identity::sort::leave, person, p.code));
  return out;
}

// She stays after all: what this program asked for and nobody has carried out is withdrawn.
void scim_desk::take_back_leaving(const scim_caller& who, id person) {
  for (const auto& o : look(who).open)
    if (o.sort == identity::sort::leave && o.person == person &&
        o.drafter == who.orders.who.person && o.drafter_name == who.orders.who.name)
      (void)personnel->orders.withdraw(who.orders, o.key);
}

// Makes an account that is there known to the program; it gives no right, and whoever does not know
// both sign-in name and name learns nothing.
scim_reply scim_desk::create_user(const scim_caller& who, const json::value& said) {
  auto made = scim::replaced({}, said, users);
  if (!made) return made.why();
  const auto& o = said.get_object();
  const auto a = home.people().find_login(text_of(*made, "userName"));
  if (!a || !is_called(*a, o)) return wrong("no_person", "userName");
  const std::string key = personnel->bureau->provider.subject_of(*who.by, a->person);
  if (one(who, users, key)) return refuse(kind::conflict, "scim.uniqueness", "userName");
  const auto external = text_of(*made, "externalId");
  if (external.size() > longest_name) return wrong("value", "externalId");
  const auto* active = scim::member(*made, "active");
  remember(who, "User", key, external, !active || active->get_bool(), a->person);
  auto shown = one(who, users, key);
  return {201, std::move(*shown), at("/Users/" + key)};
}

scim_reply scim_desk::create_order(const scim_caller& who, const json::value& said) {
  auto made = scim::replaced({}, said, orders);
  if (!made) return made.why();
  const auto sort = identity::sort_named(text_of(*made, "sort"));
  if (!sort) return wrong("value", "sort");
  identity::order o = order_for(who, *sort, {}, text_of(*made, "post"));
  if (const auto* person = scim::member(*made, "person")) {
    o.person = person_of(who, text_of(person->get_object(), "value"));
    if (!o.person) return wrong("value", "person.value");
  }
  o.from_post = text_of(*made, "fromPost");
  o.substitute = text_of(*made, "substitute");
  if (const auto* roles = scim::member(*made, "roles")) {
    std::vector<std::string> all;
    for (const auto& one : roles->as_array()) all.emplace_back(one.as_string());
    o.roles = text::join(all, ",");
  }
  if (auto begins = instant::parse(text_of(*made, "begins"))) o.begins = *begins;
  if (auto ends = text_of(*made, "ends"); !ends.empty()) {
    auto day = date::parse(ends);
    if (!day) return wrong("value", "ends");
    o.ends = *day;
  }
  o.grounds = text_of(*made, "grounds");
  auto drafted = personnel->orders.draft(who.orders, o);
  if (!drafted) return drafted.why();
  return {201, order_of(who, *drafted), at("/Orders/" + drafted->key.str())};
}

scim_reply scim_desk::create(const scim_caller& who, const scim::shape& of,
                             const json::value& said) {
  if (&of == &users) return create_user(who, said);
  if (&of == &orders) return create_order(who, said);
  // Posts and what they may do are the organisation's law, not a personnel system's.
  return refuse(kind::forbidden, "scim.fixed_groups");
}

result<bool> scim_desk::change_user(const scim_caller& who, const json::object& before,
                                    const json::object& after) {
  const std::string key(text_of(before, "id"));
  const id person = person_of(who, key);
  const auto external = text_of(after, "externalId");
  if (external.size() > longest_name) return wrong("value", "externalId");
  const auto* said = scim::member(after, "active");
  const bool was = before.at("active").get_bool(), is = said ? said->get_bool() : was;
  if (is && !was && personnel->bureau->accounts.closed_since(person))
    return wrong("closed", "active");
  result<bool> waits = false;
  if (was && !is) waits = draft(who, leaving(who, person));
  if (!waits) return waits.why();
  if (is && !was) take_back_leaving(who, person);
  if (is != was || external != text_of(before, "externalId"))
    remember(who, "User", key, external, is, person);
  return waits;
}

result<bool> scim_desk::change_group(const scim_caller& who, const json::object& before,
                                     const json::object& after) {
  const std::string key(text_of(before, "id"));
  const auto external = text_of(after, "externalId");
  if (external.size() > longest_name) return wrong("value", "externalId");
  const auto were = member_keys(before), are = member_keys(after);
  result<bool> waits = false;
  if (were != are) {
    if (key.starts_with(scim_agency)) return wrong("mutability", "members");
    if (are.size() > 1) return wrong("one_holder", "members");
    std::vector<identity::order> wanted;
    for (const auto& one : were)
      if (!are.contains(one))
        wanted.push_back(order_for(who, identity::sort::leave, person_of(who, one), key));
    for (const auto& member : are) {
      if (were.contains(member)) continue;
      auto user = one(who, users, member);
      if (!user || !user->at("active").get_bool()) return wrong("value", "members");
      wanted.push_back(order_for(who, identity::sort::appoint, person_of(who, member), key));
    }
    waits = draft(who, std::move(wanted));
    if (!waits) return waits.why();
  }
  if (external != text_of(before, "externalId")) remember(who, "Group", key, external, true, {});
  return waits;
}

scim_reply scim_desk::change(const scim_caller& who, const scim::shape& of, std::string_view key,
                             const json::value& said, bool whole, const scim_terms& terms) {
  auto before = one(who, of, key);
  if (!before) return before.why();
  if (!is_current(*before, terms.if_match)) return outdated();
  if (&of == &orders) return wrong("mutability");
  auto after = whole ? scim::replaced(*before, said, of) : scim::patched(*before, said, of);
  if (!after) return after.why();
  auto waits =
      &of == &users ? change_user(who, *before, *after) : change_group(who, *before, *after);
  if (!waits) return waits.why();
  auto shown = one(who, of, key);
  // An order waits for its approval: accepted, and not done (RFC 9110 section 15.3.3).
  return {*waits ? 202 : 200, std::move(*shown)};
}

scim_reply scim_desk::remove(const scim_caller& who, const scim::shape& of, std::string_view key,
                             const scim_terms& terms) {
  auto before = one(who, of, key);
  if (!before) return before.why();
  if (!is_current(*before, terms.if_match)) return outdated();
  if (&of == &groups) return refuse(kind::forbidden, "scim.fixed_groups");
  if (&of == &orders) {
    auto done = personnel->orders.withdraw(who.orders, *id::parse(key));
    if (!done) return done.why();
    return {204, {}};
  }
  const id person = person_of(who, key);
  auto waits = draft(who, leaving(who, person));
  if (!waits) return waits.why();
  personnel->kept.writing([&](store::write& tx) {
    tx.run("delete from scim_known where client = ?1 and type = 'User' and key = ?2", who.by->id,
           key);
    audit::append(tx, who.looks, audit::action::changed, person, "personnel_system",
                  std::string(key), "removed");
  });
  if (!*waits) return {204, {}};
  // She is seen until she has left her posts.
  auto shown = one(who, of, key);
  return {202, std::move(*shown)};
}

}  // namespace madang::access
