// A trustee: her key is made in her browser, and in her browser her part of the result is opened.
#include "hall.hpp"

namespace madang::communities {
namespace {

using namespace html;

struct trustee_view {
  std::int64_t number, n;
  std::string title, state, uuid, public_key;
  bool mine, has_key, has_share;
};
BOOST_DESCRIBE_STRUCT(trustee_view, (),
                      (number, n, title, state, uuid, public_key, mine, has_key, has_share))

result<std::pair<trustee, poll>> here(const context& c, hall& l) {
  const auto t = l.with_token(std::string(c.request.capture("token")));
  const auto p = t ? l.poll_of(*t) : std::optional<poll>();
  if (!p) return refuse(kind::not_found, "communities.unknown");
  if (!t->public_key.empty() && t->person != c.actor.person)
    return refuse(kind::not_found, "communities.unknown");
  return std::pair(*t, *p);
}

node key_form(const context& c, const trustee& t, const poll& p) {
  return island(c, "trustee-key",
                {"make_key", "your_key", "save_key", "send_key", "working", "failed"},
                {{"uuid", p.uuid}, {"n", std::to_string(t.n)}},
                form(method("post"), action("/trustees/" + t.token + "/key"),
                     c.shell().csrf_field(), hidden_field("key", "")));
}

node share_form(const context& c, const trustee& t, const poll& p) {
  const auto key = json::parse_as<elections::trustee_key>(t.public_key);
  field f{.name = "private_key", .label = std::string(c.say("communities.field_private_key"))};
  f.hint = c.say("communities.hint_private_key");
  return island(c, "share", {"open_share", "working", "failed", "bad_key"},
                {{"uuid", p.uuid},
                 {"election", path_of(p) + "/election"},
                 {"tally", path_of(p) + "/tally"},
                 {"public", key ? key->public_key : ""}},
                html::all(area_field(c.shell(), f, 2),
                          form(method("post"), action("/trustees/" + t.token + "/share"),
                               c.shell().csrf_field(), hidden_field("share", ""))));
}

http::response show(context& c, hall& l) {
  const auto found = here(c, l);
  if (!found) return c.refuse(found.why());
  const auto& [t, p] = *found;
  const auto key = json::parse_as<elections::trustee_key>(t.public_key);
  const trustee_view v{p.number,
                       t.n,
                       p.title,
                       p.state,
                       p.uuid,
                       key ? key->public_key : "",
                       t.person == c.actor.person,
                       key.ok(),
                       !t.share.empty()};
  return c.show(v, [&] {
    node act;
    if (p.state == "registering" && !v.has_key) act = key_form(c, t, p);
    else if (p.state == "closed" && !v.has_share) act = share_form(c, t, p);
    const std::string said = v.has_share           ? "opened"
                             : !v.has_key          ? "missing"
                             : p.state == "closed" ? "now"
                                                   : "wait";
    auto way = way_to(c, l, p);
    way.push_back({path_of(p), p.title});
    return c.page(
        c.fill("communities.trustee_n", {{"n", std::to_string(t.n)}}), way,
        html::all(h1(c.say("communities.trustee_title")), lead(c.say("communities.trustee_lead")),
                  inset(html::p(c.say("communities.trustee_says_" + said))), act),
        {.noindex = true});
  });
}

http::response put_key(context& c, hall& l) {
  const auto found = here(c, l);
  if (!found) return c.refuse(found.why());
  if (auto done = l.put_key(c, found->first, std::string(c.field("key"))); !done)
    return c.refuse(done.why());
  return c.go("/trustees/" + found->first.token);
}

http::response put_share(context& c, hall& l) {
  const auto found = here(c, l);
  if (!found) return c.refuse(found.why());
  if (auto done = l.put_share(c, found->first, std::string(c.field("share"))); !done)
    return c.refuse(done.why());
  return c.go(path_of(found->second));
}

}  // namespace

void trustee_pages(house& h, shared_hall l) {
  const std::string at = "/trustees/{token}";
  h.page("GET", at, needs::sign_in, [l](context& c) { return show(c, *l); });
  h.page("POST", at + "/key", needs::sign_in, [l](context& c) { return put_key(c, *l); });
  h.page("POST", at + "/share", needs::sign_in, [l](context& c) { return put_share(c, *l); });
}

}  // namespace madang::communities
