// Who can do what, and why: each answer is a chain from the post to the right with its condition
// and the order by which the post is held.
#include <algorithm>
#include <set>

#include "madang/html/fields.hpp"
#include "madang/platform/csv.hpp"
#include "personnel.hpp"

namespace madang::access {
namespace {

using namespace html;
using platform::csv_cell;

struct chain {
  std::string person, name, post, post_name, way, own_post, until, by_order, since, role, role_name,
      right, right_name, data, condition, law;
  int level = 1;
};
BOOST_DESCRIBE_STRUCT(chain, (),
                      (person, name, post, post_name, way, own_post, until, by_order, since, role,
                       role_name, right, right_name, data, condition, law, level))
struct who_view {
  std::string by, q;
  bool more = false;  // there were more than are shown
  std::vector<chain> chains;
};
BOOST_DESCRIBE_STRUCT(who_view, (), (by, q, more, chains))

constexpr int most_posts = 200;
constexpr std::size_t most_chains = 500;
constexpr std::size_t longest_query = 80;

bool sees_all(const context& c, const personnel& p) {
  return c.actor.official() && p.rights.give(c.actor.roles, "access.look");
}

chain chain_of(const context& c, const personnel& p, const identity::standing& s,
               const std::string& role_id, const identity::right& r) {
  chain out;
  out.person = s.person.str();
  out.name = c.language == "ko" || s.latin.empty() ? s.name : s.latin;
  out.post = s.post.code;
  out.post_name = post_words(c, s.post);
  out.way = s.holds ? "holds" : "stands_in";
  out.own_post = s.own_post;
  out.until = s.until.days ? s.until.str() : "";
  out.by_order = s.by_order;
  out.since = s.since.micros ? s.since.str() : "";
  out.role = role_id;
  const auto* role = p.rights.find_role(role_id);
  out.role_name = role ? role->name(c.language) : role_id;
  out.right = r.id;
  out.right_name = r.name(c.language);
  out.data = r.data;
  if (const auto* condition = p.rights.find_condition(r.condition))
    out.condition = condition->name(c.language);
  out.law = r.law(c.language);
  out.level = p.rights.level_of(r);
  return out;
}

void add(const context& c, const personnel& p, const identity::standing& s,
         const std::function<bool(const identity::right&)>& wanted, who_view& v) {
  for (const auto& role_id : s.roles) {
    const auto* role = p.rights.find_role(role_id);
    if (!role) continue;
    for (const auto& gives : role->gives) {
      const auto* r = p.rights.find(gives);
      if (!r || !wanted(*r)) continue;
      if (v.chains.size() >= most_chains) {
        v.more = true;
        return;
      }
      v.chains.push_back(chain_of(c, p, s, role_id, *r));
    }
  }
}

// Posts whose roles give one of the rights that are wanted.
std::vector<identity::post> posts_giving(personnel& p,
                                         const std::function<bool(const identity::right&)>& wanted,
                                         who_view& v) {
  std::vector<identity::post> out;
  std::set<std::string> seen;
  for (const auto& role : p.rights.roles) {
    const bool gives = std::ranges::any_of(role.gives, [&](const auto& id) {
      const auto* r = p.rights.find(id);
      return r && wanted(*r);
    });
    if (!gives) continue;
    const auto posts = p.roster.posts_with_role(role.id, most_posts);
    v.more = v.more || posts.size() == static_cast<std::size_t>(most_posts);
    for (const auto& one : posts)
      if (seen.insert(one.code).second) out.push_back(one);
  }
  return out;
}

void search(const context& c, personnel& p, who_view& v) {
  const auto any = [](const identity::right&) { return true; };
  if (v.by == "person") {
    if (v.q.empty()) return;
    for (const auto& a : p.roster.persons_called(v.q, 20))
      for (const auto& s : p.roster.of_person(a.person)) add(c, p, s, any, v);
  } else if (v.by == "post") {
    if (v.q.empty()) return;
    for (const auto& one : p.roster.posts_called(v.q, 50))
      for (const auto& s : p.roster.in_post(one)) add(c, p, s, any, v);
  } else {
    const auto wanted = [&](const identity::right& r) {
      return v.by == "data" ? r.data == v.q : r.id == v.q;
    };
    for (const auto& one : posts_giving(p, wanted, v))
      for (const auto& s : p.roster.in_post(one)) add(c, p, s, wanted, v);
  }
}

std::string way_words(const context& c, const chain& l) {
  if (l.way == "stands_in")
    return c.fill("who.stands_in", {{"post", l.own_post}, {"until", l.until}});
  return std::string(c.say("who.holds"));
}

node order_cell(const context& c, personnel& p, const chain& l) {
  if (!l.by_order.empty()) {
    auto o = p.orders.find_number(l.by_order);
    if (o) return a(href("/desk/orders/" + o->key.str()), l.by_order);
  }
  return node(c.say(l.way == "stands_in" ? "who.by_holder" : "who.from_start"));
}

node table_of(const context& c, personnel& p, const who_view& v) {
  table_view t;
  t.caption = c.say("who.title");
  t.caption_hidden = true;
  t.stacked = true;
  for (const char* column : {"person", "post", "role", "right", "condition", "order"})
    t.columns.push_back({std::string(c.say("who.column_" + std::string(column)))});
  for (const auto& l : v.chains) {
    node condition(l.condition);
    if (l.level > 1) condition = all(condition, " ", badge(tone::info, c.say("who.level_2")));
    t.rows.push_back(
        {node(l.name), all(l.post_name, html::p(cls("note"), way_words(c, l))), node(l.role_name),
         all(l.right_name, html::p(cls("note"), c.say("who.data_" + l.data), " · ", l.law)),
         condition, order_cell(c, p, l)});
  }
  return data_table(c.shell(), t);
}

node search_form(const context& c, const personnel& p, const who_view& v) {
  auto part = [&](const char* by, const node& control) {
    return form(method("get"), action("/desk/access"), cls("questions"), hidden_field("by", by),
                control, submit_button(c.say("who.search"), look::secondary));
  };
  auto text_of = [&](const char* by) {
    field f{.name = "q", .label = std::string(c.say("who.by_" + std::string(by)))};
    if (v.by == by) f.value = v.q;
    f.most = longest_query;
    return text_field(c.shell(), f);
  };
  if (v.by == "person" || v.by == "post") return part(v.by.c_str(), text_of(v.by.c_str()));
  field f{.name = "q", .label = std::string(c.say("who.by_" + v.by))};
  f.value = v.q;
  std::vector<choice> all_of;
  if (v.by == "data") {
    for (const auto one : identity::data_classes)
      all_of.push_back({std::string(one), std::string(c.say("who.data_" + std::string(one))), ""});
  } else {
    for (const auto& r : p.rights.all) all_of.push_back({r.id, r.name(c.language), ""});
  }
  return part(v.by.c_str(), select_field(c.shell(), f, all_of));
}

http::response csv_of(const context& c, const who_view& v) {
  std::string body =
      "\xEF\xBB\xBF"
      "person,post,way,role,right,data,condition,law,level,order\r\n";
  for (const auto& l : v.chains) {
    std::vector<std::string> cells;
    for (const auto& s : {l.name, l.post, way_words(c, l), l.role_name, l.right_name, l.data,
                          l.condition, l.law, std::to_string(l.level), l.by_order})
      cells.push_back(csv_cell(s));
    body += text::join(cells, ",") + "\r\n";
  }
  auto out = http::text_response(200, std::move(body), "text/csv; charset=utf-8");
  out.with("Content-Disposition", "attachment; filename=\"access.csv\"");
  return c.with_privacy(std::move(out));
}

void leave_entry(const context& c, const personnel& p, const who_view& v) {
  c.home.database("identity").later([why = p.why(c), by = v.by, q = v.q](store::write& tx) {
    audit::append(tx, why, audit::action::read, {}, "access", by, q);
  });
}

http::response who(context& c, personnel& p) {
  who_view v;
  const auto by = c.request.param("by");
  v.by = by == "post" || by == "right" || by == "data" ? std::string(by) : "person";
  v.q = text::head(text::trim(c.request.param("q")), longest_query);
  if (!text::is_utf8(v.q)) v.q.clear();
  const bool all_of_them = sees_all(c, p);
  if (all_of_them && !v.q.empty()) {
    search(c, p, v);
    leave_entry(c, p, v);
  } else if (!all_of_them) {
    // Everybody may know what she may do herself, and by which orders.
    v.by = "person";
    v.q = c.actor.name;
    for (const auto& s : p.roster.of_person(c.actor.person))
      add(
          c, p, s, [](const identity::right&) { return true; }, v);
  }
  if (c.request.param("format") == "csv") return csv_of(c, v);
  return c.show(v, [&] {
    node body = all(h1(c.say("who.title")), lead(c.say(all_of_them ? "who.lead" : "who.lead_own")));
    if (all_of_them) {
      std::vector<tab> ways;
      for (const char* way : {"person", "post", "right", "data"})
        ways.push_back({"/desk/access?by=" + std::string(way),
                        std::string(c.say("who.tab_" + std::string(way))), v.by == way});
      body = all(body, tabs(c.say("who.ways"), ways), search_form(c, p, v));
    }
    if (!v.chains.empty()) {
      body = all(body, table_of(c, p, v));
      if (v.more) body = all(body, html::p(cls("note"), c.say("who.more")));
      body = all(body, html::p(a(href("/desk/access?by=" + v.by +
                                      "&q=" + http::percent_encode(v.q) + "&format=csv"),
                                 c.say("who.csv"))));
    } else if (!v.q.empty()) {
      body = all(body, empty_state("search", c.say("who.none")));
    }
    return c.page(c.say("who.title"), {{"/desk", std::string(c.say("work.inbox"))}}, body,
                  {.wide = true, .noindex = true});
  });
}

}  // namespace

void who_pages(shared_personnel p) {
  p->home.page("GET", "/desk/access", needs::official, [p](context& c) { return who(c, *p); });
}

}  // namespace madang::access
