#include "order_form.hpp"

#include <algorithm>

namespace madang::access {
namespace {

using namespace html;
using identity::sort;

constexpr int most_choices = 500;
constexpr sort kinds[] = {sort::appoint, sort::transfer, sort::leave, sort::absence,
                          sort::delegation};

struct form_view {
  std::string sort;
  std::vector<std::string> posts;  // that may be chosen
};
BOOST_DESCRIBE_STRUCT(form_view, (), (sort, posts))

// Posts for which she may order.
std::vector<identity::post> posts_here(const context& c, personnel& p) {
  const bool all_agencies =
      std::ranges::find(p.rights.everywhere, c.actor.agency) != p.rights.everywhere.end();
  if (all_agencies) return p.roster.posts_called("", most_choices);
  return p.roster.posts_of_agency(c.actor.agency, most_choices);
}

std::string choice_words(const context& c, const identity::post& one) {
  return post_words(c, one) + " · " +
         (one.holder ? person_words(c, one.holder) : std::string(c.say("orders.vacant"))) + " (" +
         one.code + ")";
}

enum class which { any, held, vacant_first };

std::vector<choice> choices(const context& c, const std::vector<identity::post>& posts, which of) {
  std::vector<choice> out{{"", std::string(c.say("orders.choose")), ""}};
  for (const auto& one : posts)
    if (of != which::held || one.holder) out.push_back({one.code, choice_words(c, one), ""});
  return out;
}

// One role of one post, as "post|role".
std::vector<choice> lendable(const context& c, const personnel& p,
                             const std::vector<identity::post>& posts) {
  std::vector<choice> out{{"", std::string(c.say("orders.choose")), ""}};
  for (const auto& one : posts)
    for (const auto& id : text::split(one.roles, ',')) {
      const auto* role = p.rights.find_role(id);
      if (!one.holder || id.empty() || (role && !role->lent)) continue;
      out.push_back({one.code + "|" + id,
                     choice_words(c, one) + " — " + (role ? role->name(c.language) : id), ""});
    }
  return out;
}

struct asker {
  const context& c;
  const refusal* wrong;

  field of(const char* name, const char* label, std::string otherwise = {}) const {
    field f{.name = name, .label = std::string(c.say(label))};
    f.value = wrong ? std::string(c.field(name)) : std::move(otherwise);
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  }
  node select(const char* name, const char* label, const std::vector<choice>& all) const {
    field f = of(name, label, std::string(c.request.param(name)));
    return select_field(c.shell(), f, all);
  }
};

std::vector<choice> hours(const context& c) {
  std::vector<choice> out{{"now", std::string(c.say("orders.at_once")), ""}};
  for (int h = 0; h < 24; ++h) {
    const std::string two = (h < 10 ? "0" : "") + std::to_string(h);
    out.push_back({two, two + ":00", ""});
  }
  return out;
}

node questions(const context& c, personnel& p, sort s, const refusal* wrong) {
  const auto posts = posts_here(c, p);
  const asker ask{c, wrong};
  std::vector<node> out;
  if (s == sort::appoint) {
    field who = ask.of("login", "orders.login");
    if (wrong && wrong->field == "person") who.error = c.explain(*wrong);
    who.hint = c.say("orders.login_hint");
    who.width = 20;
    who.most = 60;
    out.push_back(text_field(c.shell(), who));
  }
  if (s == sort::transfer)
    out.push_back(ask.select("from_post", "orders.from_post", choices(c, posts, which::held)));
  if (s == sort::delegation)
    out.push_back(ask.select("roles", "orders.role", lendable(c, p, posts)));
  else
    out.push_back(ask.select(
        "post", s == sort::leave || s == sort::absence ? "orders.post_held" : "orders.post_new",
        choices(c, posts, s == sort::leave ? which::held : which::any)));
  if (s == sort::absence || s == sort::delegation)
    out.push_back(ask.select("substitute", "orders.substitute", choices(c, posts, which::held)));
  field day = ask.of("begins", "orders.begins", today(c.home.pack().zone()).str());
  day.hint = c.say("orders.day_hint");
  day.width = 12;
  out.push_back(text_field(c.shell(), day));
  out.push_back(select_field(c.shell(), ask.of("hour", "orders.hour", "now"), hours(c)));
  if (s == sort::absence || s == sort::delegation) {
    field last = ask.of("ends", "orders.ends");
    last.hint = c.say("orders.day_hint");
    last.width = 12;
    out.push_back(text_field(c.shell(), last));
  }
  field grounds = ask.of("grounds", "orders.grounds");
  grounds.hint = c.say("orders.grounds_hint");
  grounds.most = 500;
  out.push_back(area_field(c.shell(), grounds, 3));
  node all_fields;
  for (auto& one : out) all_fields = all(all_fields, std::move(one));
  return form(method("post"), action("/desk/orders/new"), cls("questions"), c.shell().csrf_field(),
              hidden_field("sort", name_of(s)), all_fields, submit_button(c.say("orders.submit")));
}

// Errors stand at the field that was asked; what was asked otherwise stands above.
http::response ask(context& c, personnel& p, sort s, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  form_view v{std::string(name_of(s)), {}};
  for (const auto& one : posts_here(c, p)) v.posts.push_back(one.code);
  return c.show(v, [&] {
    const std::string title(c.say("orders.sort_" + std::string(name_of(s))));
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back({wrong->field == "person" ? "login" : wrong->field, c.explain(*wrong)});
    auto r = c.page(
        title,
        {{"/desk/orders", std::string(c.say("orders.title"))},
         {"/desk/orders/new", std::string(c.say("orders.new"))}},
        all(error_summary(c.shell(), errors), h1(title),
            lead(c.say("orders.lead_" + std::string(name_of(s)))), questions(c, p, s, wrong)),
        {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response choose(context& c, personnel& p) {
  if (auto s = identity::sort_named(c.request.param("sort"))) return ask(c, p, *s);
  form_view v;
  return c.show(v, [&] {
    std::vector<card_view> ways;
    for (const sort s : kinds) {
      const std::string name(name_of(s));
      ways.push_back({"/desk/orders/new?sort=" + name, std::string(c.say("orders.sort_" + name)),
                      std::string(c.say("orders.lead_" + name)), ""});
    }
    return c.page(c.say("orders.new"), {{"/desk/orders", std::string(c.say("orders.title"))}},
                  all(h1(c.say("orders.new")), cards(ways)), {.noindex = true});
  });
}

// The hour from which it holds, in the zone of the country.
result<instant> begins_of(const context& c) {
  const auto hour = c.field("hour");
  if (hour == "now") return now();
  auto day = date::parse(c.field("begins"));
  if (!day) return refuse(kind::invalid, "forms.date", "begins");
  const bool digits = hour.size() == 2 && hour.find_first_not_of("0123456789") == hour.npos;
  const int h = digits ? (hour[0] - '0') * 10 + (hour[1] - '0') : 24;
  if (h > 23) return refuse(kind::invalid, "forms.option", "hour");
  return from_civil({*day, h, 0, 0}, c.home.pack().zone());
}

result<identity::order> order_in(const context& c, sort s) {
  identity::order o;
  o.sort = s;
  o.post = c.field("post");
  o.from_post = c.field("from_post");
  o.substitute = c.field("substitute");
  o.roles = c.field("roles");
  o.grounds = c.field("grounds");
  if (auto cut = o.roles.find('|'); s == sort::delegation && cut != std::string::npos) {
    o.post = o.roles.substr(0, cut);
    o.roles = o.roles.substr(cut + 1);
  }
  auto begins = begins_of(c);
  if (!begins) return begins.why();
  o.begins = *begins;
  if (s == sort::absence || s == sort::delegation) {
    auto day = date::parse(c.field("ends"));
    if (!day) return refuse(kind::invalid, "forms.date", "ends");
    o.ends = *day;
  }
  if (s == sort::appoint) {
    auto a = c.home.people().find_login(c.field("login"));
    if (!a) return refuse(kind::invalid, "order.person", "person");
    o.person = a->person;
  } else if (auto held = c.home.people().find_post(s == sort::transfer ? o.from_post : o.post)) {
    o.person = held->holder;
  }
  return o;
}

http::response draft(context& c, personnel& p) {
  auto s = identity::sort_named(c.field("sort"));
  if (!s) return c.refuse(refuse(kind::invalid, "forms.option", "sort"));
  auto o = order_in(c, *s);
  auto made = o ? p.orders.draft(p.why(c), *o) : result<identity::order>(o.why());
  if (made) return c.go("/desk/orders/" + made->key.str());
  if (made.why().kind == kind::invalid) {
    refusal wrong = made.why();
    // The post of a delegation is asked together with its role.
    if (*s == sort::delegation && wrong.field == "post") wrong.field = "roles";
    return ask(c, p, *s, &wrong);
  }
  return c.refuse(made.why());
}

}  // namespace

void order_form_pages(shared_personnel p) {
  auto& h = p->home;
  h.page("GET", "/desk/orders/new", needs::official, [p](context& c) { return choose(c, *p); });
  h.page("POST", "/desk/orders/new", needs::official, [p](context& c) { return draft(c, *p); });
}

}  // namespace madang::access
