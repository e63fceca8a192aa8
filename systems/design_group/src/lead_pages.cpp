// Opening a project, being invited to one, and one's own.
#include "parts.hpp"

namespace madang::design_group {
namespace {

using namespace html;

struct own_view {
  std::vector<std::string> numbers;
};
BOOST_DESCRIBE_STRUCT(own_view, (), (numbers))

node own_list(const context& c, studio& s, const own_view& v) {
  std::vector<todo> lines;
  for (const auto& number : v.numbers)
    if (const auto p = s.find(number))
      lines.push_back({badge(tone::info, stage_words(c, s, p->stage)),
                       a(href(at(*p, "/board")), p->title),
                       p->number,
                       {}});
  return lines.empty() ? empty_state("document", c.say("design.none_mine")) : todo_list(lines);
}

own_view own_of(const context& c, studio& s) {
  own_view v;
  for (const auto& p : s.of_person(c.actor.person)) v.numbers.push_back(p.number);
  return v;
}

http::response mine(context& c, studio& s) {
  const auto v = own_of(c, s);
  return c.show(v, [&] {
    return c.page(c.say("design.mine"), {list_link(c)},
                  all(h1(c.say("design.mine")), own_list(c, s, v)), {.noindex = true});
  });
}

http::response desk(context& c, studio& s, const refusal* why) {
  if (!c.actor.has_role(lead_role)) return c.refuse(refuse(kind::forbidden, "design.not_lead"));
  const auto v = own_of(c, s);
  return c.show(v, [&] {
    const auto make = [&](const char* name, const char* label, int most) {
      field f{.name = name, .label = std::string(c.say(label))};
      f.value = c.field(name);
      f.most = most;
      if (why && why->field == name) f.error = c.explain(*why);
      return f;
    };
    std::vector<choice> categories;
    for (const auto& k : s.rule().categories)
      categories.push_back(
          {k.id, k.name(c.language) + " (" + c.home.pack().full_name(k.agency)(c.language) + ")"});
    return c.page(
        c.say("design.desk"), {{"/desk", std::string(c.say("work.inbox"))}},
        all(why ? error_summary(c.shell(), {{why->field, c.explain(*why)}}) : node(),
            h1(c.say("design.desk")), own_list(c, s, v), h2(c.say("design.open")),
            form(
                method("post"), action("/desk/design"), cls("questions"), c.shell().csrf_field(),
                text_field(c.shell(), make("title", "assembly.field_title", 80)),
                area_field(c.shell(), make("problem", "design.problem", 2'000), 5),
                select_field(c.shell(), make("category", "assembly.field_category", 0), categories),
                submit_button(c.say("design.open")))),
        {.noindex = true, .has_errors = why != nullptr});
  });
}

http::response open(context& c, studio& s) {
  if (!c.actor.has_role(lead_role)) return c.refuse(refuse(kind::forbidden, "design.not_lead"));
  const auto p = s.open(s.why(c), std::string(c.field("title")), std::string(c.field("problem")),
                        std::string(c.field("category")));
  if (p) return c.go(at(*p, "/board"));
  if (c.request.wants_json()) return c.refuse(p.why());
  return desk(c, s, &p.why());
}

// The project of an invitation that is still open.
result<project> invited_to(const context& c, studio& s) {
  const auto found = s.circles().look(c.request.capture("token"), now());
  if (!found) return found.why();
  for (auto& p : s.list({.limit = 10'000}))
    if (p.key == found->circle) return std::move(p);
  return refuse(kind::not_found, "circle.invitation");
}

http::response invited(context& c, studio& s) {
  const auto p = invited_to(c, s);
  if (!p) return c.refuse(p.why());
  const auto found = s.circles().look(c.request.capture("token"), now());
  return c.page(
      c.say("design.join"), {list_link(c)},
      all(h1(c.say("design.join")), lead(p->title), html::p(p->problem),
          html::p(strong(c.say("circle.kind_" + found->kind))),
          inset(html::p(c.say("design.join_lead"))),
          form(method("post"), action(c.request.path), cls("questions"), c.shell().csrf_field(),
               checkbox_field(
                   c.shell(),
                   {.name = "named", .label = std::string(c.say("design.named")), .optional = true},
                   {{"yes", std::string(c.say("design.named_yes"))}}),
               submit_button(c.say("design.join_yes")))),
      {.noindex = true});
}

http::response join_project(context& c, studio& s) {
  const auto p = invited_to(c, s);
  if (!p) return c.refuse(p.why());
  const auto joined = s.circles().accept(s.why(c, p->number), c.request.capture("token"),
                                         c.field("named") == "yes", now());
  return joined ? c.go(at(*p, "/board")) : c.refuse(joined.why());
}

}  // namespace

void lead_pages(const shared_studio& s) {
  auto& h = s->home();
  h.page("GET", "/design/mine", needs::sign_in, [s](context& c) { return mine(c, *s); });
  h.page("GET", "/design/join/{token}", needs::sign_in, [s](context& c) { return invited(c, *s); });
  h.page("POST", "/design/join/{token}", needs::sign_in,
         [s](context& c) { return join_project(c, *s); });
  h.page("GET", "/desk/design", needs::official, [s](context& c) { return desk(c, *s, nullptr); });
  h.page("POST", "/desk/design", needs::official, [s](context& c) { return open(c, *s); });
}

}  // namespace madang::design_group
