// Personnel orders: the list, one order with what it changes, deciding on it; and what a person
// reads about orders that concern her.
#include <algorithm>

#include "order_form.hpp"

namespace madang::access {
namespace {

using namespace html;
using identity::order;
using identity::order_state;

struct order_line {
  std::string key, number, sort, state, said, person, post, from_post, substitute, roles, begins,
      ends, grounds, drafter, approver, remark;
};
BOOST_DESCRIBE_STRUCT(order_line, (),
                      (key, number, sort, state, said, person, post, from_post, substitute, roles,
                       begins, ends, grounds, drafter, approver, remark))
struct orders_view {
  std::string state;
  std::vector<order_line> orders;
};
BOOST_DESCRIBE_STRUCT(orders_view, (), (state, orders))

constexpr int most_shown = 200;

order_line line_of(const context& c, personnel& p, const order& o) {
  order_line l;
  l.key = o.key.str();
  l.number = o.number;
  l.sort = name_of(o.sort);
  l.state = name_of(o.state);
  l.said = order_words(c, p, o);
  l.person = person_words(c, o.person);
  l.post = o.post;
  l.from_post = o.from_post;
  l.substitute = o.substitute;
  l.roles = o.roles;
  l.begins = o.begins.str();
  l.ends = o.ends.days ? o.ends.str() : "";
  l.grounds = o.grounds;
  l.drafter = o.drafter_name;
  l.approver = o.approver_name;
  l.remark = o.remark;
  return l;
}

node state_badge(const context& c, order_state s) {
  const tone t = s == order_state::done       ? tone::good
                 : s == order_state::waiting  ? tone::warn
                 : s == order_state::approved ? tone::info
                 : s == order_state::failed   ? tone::bad
                                              : tone::neutral;
  return badge(t, c.say("orders.state_" + std::string(name_of(s))));
}

std::optional<order_state> state_asked(const context& c) {
  for (auto s :
       {order_state::waiting, order_state::approved, order_state::done, order_state::failed})
    if (c.request.param("state") == name_of(s)) return s;
  return {};
}

http::response list(context& c, personnel& p) {
  const auto state = state_asked(c);
  const bool all_agencies =
      std::ranges::find(p.rights.everywhere, c.actor.agency) != p.rights.everywhere.end();
  const auto found = p.orders.list(all_agencies ? "" : c.actor.agency, state, most_shown);
  orders_view v;
  v.state = state ? name_of(*state) : "";
  for (const auto& o : found) v.orders.push_back(line_of(c, p, o));
  return c.show(v, [&] {
    std::vector<tab> ways{{"/desk/orders", std::string(c.say("orders.all")), !state}};
    for (auto s :
         {order_state::waiting, order_state::approved, order_state::done, order_state::failed})
      ways.push_back({"/desk/orders?state=" + std::string(name_of(s)),
                      std::string(c.say("orders.state_" + std::string(name_of(s)))), state == s});
    table_view t;
    t.caption = c.say("orders.title");
    t.caption_hidden = true;
    t.stacked = true;
    for (const char* column : {"number", "what", "begins", "state"})
      t.columns.push_back({std::string(c.say("orders.column_" + std::string(column)))});
    for (const auto& o : found)
      t.rows.push_back({a(href("/desk/orders/" + o.key.str()), o.number),
                        node(order_words(c, p, o)), node(c.written(o.begins)),
                        state_badge(c, o.state)});
    node body = all(h1(c.say("orders.title")), lead(c.say("orders.lead")));
    if (p.orders.may_draft(c.actor, c.actor.agency))
      body = all(body, html::p(link_button("/desk/orders/new", c.say("orders.new"))));
    body = all(
        body, tabs(c.say("orders.column_state"), ways),
        found.empty() ? empty_state("document", c.say("orders.none")) : data_table(c.shell(), t));
    return c.page(c.say("orders.title"), {{"/desk", std::string(c.say("work.inbox"))}}, body,
                  {.wide = true, .noindex = true});
  });
}

bool concerns(const context& c, personnel& p, const order& o) {
  for (const auto* code : {&o.post, &o.from_post}) {
    auto post = code->empty() ? std::nullopt : c.home.people().find_post(*code);
    if (post &&
        (p.orders.may_draft(c.actor, post->agency) || p.orders.may_approve(c.actor, post->agency)))
      return true;
  }
  return false;
}

std::vector<std::string> rights_in_words(const context& c, const personnel& p,
                                         const std::vector<std::string>& roles) {
  std::vector<std::string> out;
  for (const auto& r : p.rights.all)
    if (p.rights.give(roles, r.id)) out.push_back(r.name(c.language));
  return out;
}

// What the order changes: who can do what more, and what no longer.
node effects(const context& c, const personnel& p, const order& o) {
  std::vector<row> rows;
  auto add = [&](const char* key, const std::string& code, std::vector<std::string> roles) {
    auto post = c.home.people().find_post(code);
    if (!post) return;
    if (roles.empty()) roles = text::split(post->roles, ',');
    if (o.sort == identity::sort::absence || o.sort == identity::sort::delegation)
      std::erase_if(roles, [&](const std::string& id) {
        const auto* r = p.rights.find_role(id);
        return r && !r->lent;
      });
    rows.push_back({c.fill(key, {{"post", post_words(c, *post)}}),
                    node(text::join(rights_in_words(c, p, roles), ", ")), ""});
  };
  using identity::sort;
  if (o.sort == sort::transfer) add("orders.loses", o.from_post, {});
  if (o.sort == sort::leave) add("orders.loses", o.post, {});
  if (o.sort == sort::transfer || o.sort == sort::appoint) add("orders.gains", o.post, {});
  if (o.sort == sort::absence || o.sort == sort::delegation)
    add("orders.lends", o.post,
        o.roles.empty() ? std::vector<std::string>{} : text::split(o.roles, ','));
  node out = all(h2(c.say("orders.effects")), summary_list(c.shell(), rows));
  auto post = c.home.people().find_post(o.post);
  const bool open = o.state == order_state::waiting || o.state == order_state::approved;
  if (open && post && post->holder && post->holder != o.person &&
      (o.sort == sort::appoint || o.sort == sort::transfer))
    out = all(out, warning(c.shell(), c.fill("orders.occupied_now",
                                             {{"person", person_words(c, post->holder)}})));
  return all(out, html::p(cls("note"), c.say("orders.effects_line")));
}

node acts(const context& c, personnel& p, const order& o, const refusal* wrong) {
  const std::string path = "/desk/orders/" + o.key.str();
  auto post = c.home.people().find_post(o.post);
  const std::string agency = post ? post->agency : "";
  const bool open = o.state == order_state::waiting || o.state == order_state::approved;
  std::vector<node> out;
  if (o.state == order_state::waiting && p.orders.may_approve(c.actor, agency) &&
      o.drafter != c.actor.person) {
    field remark{.name = "remark", .label = std::string(c.say("orders.remark"))};
    remark.hint = c.say("orders.remark_hint");
    remark.most = 500;
    if (wrong && wrong->field == "remark") {
      remark.error = c.explain(*wrong);
      remark.value = std::string(c.field("remark"));
    }
    out.push_back(post_button(c.shell(), path + "/approve", c.say("orders.approve")));
    out.push_back(disclosure(
        c.say("orders.refuse_it"),
        form(method("post"), action(path + "/refuse"), cls("questions"), c.shell().csrf_field(),
             text_field(c.shell(), remark), submit_button(c.say("orders.refuse"), look::danger))));
  }
  if (open && o.drafter == c.actor.person)
    out.push_back(
        post_button(c.shell(), path + "/withdraw", c.say("orders.withdraw"), look::danger));
  node all_acts;
  for (auto& one : out) all_acts = all(all_acts, std::move(one));
  return all_acts;
}

http::response show(context& c, personnel& p, const refusal* wrong = nullptr) {
  auto key = id::parse(c.request.capture("order"));
  auto o = key ? p.orders.find(*key) : std::nullopt;
  if (!o || !concerns(c, p, *o)) return c.refuse(refuse(kind::not_found, "order.unknown"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const order_line l = line_of(c, p, *o);
  return c.show(l, [&] {
    std::vector<row> rows{
        {std::string(c.say("orders.column_what")), node(l.said), ""},
        {std::string(c.say("orders.column_begins")), node(c.written(o->begins)), ""},
        {std::string(c.say("orders.grounds")), node(l.grounds), ""},
        {std::string(c.say("orders.drafted_by")), node(l.drafter + " · " + c.written(o->drafted)),
         ""}};
    if (!l.approver.empty())
      rows.push_back({std::string(c.say("orders.decided_by")),
                      node(l.approver + " · " + c.written(o->approved)), ""});
    if (o->done.micros)
      rows.push_back({std::string(c.say("orders.done_at")), node(c.written(o->done)), ""});
    if (!l.remark.empty())
      rows.push_back(
          {std::string(c.say("orders.remark")),
           node(o->state == order_state::failed ? c.explain(refuse(kind::conflict, l.remark))
                                                : l.remark),
           ""});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const std::string title = c.fill("orders.one", {{"number", l.number}});
    auto r =
        c.page(title, {{"/desk/orders", std::string(c.say("orders.title"))}},
               all(error_summary(c.shell(), errors), h1(title), html::p(state_badge(c, o->state)),
                   summary_list(c.shell(), rows), effects(c, p, *o), acts(c, p, *o, wrong)),
               {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response decide(context& c, personnel& p, std::string_view how) {
  auto key = id::parse(c.request.capture("order"));
  auto o = key ? p.orders.find(*key) : std::nullopt;
  if (!o || !concerns(c, p, *o)) return c.refuse(refuse(kind::not_found, "order.unknown"));
  const auto done = how == "approve"  ? p.orders.approve(p.why(c), *key)
                    : how == "refuse" ? p.orders.refuse(p.why(c), *key, c.field("remark"))
                                      : p.orders.withdraw(p.why(c), *key);
  if (!done && done.why().field == "remark") return show(c, p, &done.why());
  if (!done) return c.refuse(done.why());
  return c.go("/desk/orders/" + key->str());
}

// What she herself was told: orders that concern her, whatever their end.
http::response mine(context& c, personnel& p) {
  orders_view v;
  const auto found = p.orders.of_person(c.actor.person);
  for (const auto& o : found)
    if (o.state == order_state::approved || o.state == order_state::done)
      v.orders.push_back(line_of(c, p, o));
  return c.show(v, [&] {
    std::vector<moment> lines;
    for (const auto& o : found)
      if (o.state == order_state::approved || o.state == order_state::done)
        lines.push_back({c.written(o.begins), c.fill("orders.one", {{"number", o.number}}),
                         all(html::p(order_words(c, p, o)), state_badge(c, o.state)),
                         o.state == order_state::done});
    return c.page(
        c.say("orders.mine"), {{"/my", std::string(c.say("my.title"))}},
        all(h1(c.say("orders.mine")), lead(c.say("orders.mine_lead")),
            lines.empty() ? empty_state("document", c.say("orders.none_mine")) : timeline(lines)),
        {.noindex = true});
  });
}

}  // namespace

void order_pages(shared_personnel p) {
  auto& h = p->home;
  h.page("GET", "/desk/orders", needs::official, [p](context& c) { return list(c, *p); });
  order_form_pages(p);
  h.page("GET", "/desk/orders/{order}", needs::official, [p](context& c) { return show(c, *p); });
  for (const char* how : {"approve", "refuse", "withdraw"})
    h.page("POST", "/desk/orders/{order}/" + std::string(how), needs::official,
           [p, how](context& c) { return decide(c, *p, how); });
  h.page("GET", "/my/orders", needs::sign_in, [p](context& c) { return mine(c, *p); });
}

}  // namespace madang::access
