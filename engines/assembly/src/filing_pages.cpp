// Filing: what is asked, then similar ones, then it is sent. Signed in, so that a form that was
// interrupted by the sign-in is not lost.
#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

struct typed {
  std::string title, body, category;
};

typed typed_in(const context& c) {
  return {std::string(text::trim(c.field("title"))), std::string(text::trim(c.field("body"))),
          std::string(c.field("category"))};
}

struct filing_view {
  std::vector<ask_line> similar;
};
BOOST_DESCRIBE_STRUCT(filing_view, (), (similar))

link home_link(const context& c, const forum& f) {
  return {f.where().path, std::string(c.say(f.key("title")))};
}

std::vector<node> fields_of(const context& c, const forum& f, const typed& t, const refusal* why) {
  const auto make = [&](const char* name, const std::string& value, std::int64_t most) {
    field out{.name = name, .label = std::string(c.say("assembly.field_" + std::string(name)))};
    out.hint = c.say(f.key("hint_" + std::string(name)));
    out.value = value;
    out.most = static_cast<int>(most);
    if (why && why->field == name) out.error = c.explain(*why);
    return out;
  };
  std::vector<choice> categories;
  for (const auto& k : f.rule().categories) categories.push_back({k.id, k.name(c.language)});
  return {text_field(c.shell(), make("title", t.title, f.rule().longest_title)),
          area_field(c.shell(), make("body", t.body, f.rule().longest_body), 10),
          select_field(c.shell(), make("category", t.category, 0), categories)};
}

http::response ask_page(const context& c, const forum& f, const typed& t, const refusal* why) {
  question q;
  q.title = c.say(f.key("start"));
  q.lead = c.say(f.key("start_lead"));
  q.action = f.where().path + "/start";
  q.back = f.where().path;
  q.fields = fields_of(c, f, t, why);
  q.can_save = false;
  q.continue_label = c.say("assembly.look_for_similar");
  if (why) q.errors = {{why->field, c.explain(*why)}};
  return c.page(q.title, {home_link(c, f)}, question_form(c.shell(), q),
                {.noindex = true, .has_errors = why != nullptr});
}

node send_form(const context& c, const forum& f, const typed& t, std::string_view label) {
  return post_button(c.shell(), f.where().path + "/file", label, look::primary,
                     {{"title", t.title}, {"body", t.body}, {"category", t.category}});
}

// Whether somebody asks for the same already is shown before another is filed.
http::response look(context& c, forum& f) {
  const typed t = typed_in(c);
  if (auto good = f.book().judge(f.rule().id, {t.title, t.body, c.language, t.category}); !good) {
    if (c.request.wants_json()) return c.refuse(good.why());
    return ask_page(c, f, t, &good.why());
  }
  filing_view v;
  const auto found = f.similar(t.title, c.language);
  const auto counts = f.book().counted(found, main_saying(f));
  for (const auto& a : found) v.similar.push_back(line_of(c, f, a, counts.at(a.key)));
  return c.show(v, [&] {
    const node before =
        v.similar.empty()
            ? node(p(c.say("assembly.no_similar")))
            : html::all(h2(c.say("assembly.similar")), p(c.say("assembly.similar_lead")),
                        ask_list(c, f, v.similar));
    const auto* k = f.rule().find_category(t.category);
    return c.page(
        c.say("assembly.check"), {home_link(c, f)},
        html::all(h1(c.say("assembly.check")), before, h2(c.say("assembly.yours")),
                  summary_list(c.shell(), {{std::string(c.say("assembly.field_title")), t.title},
                                           {std::string(c.say("assembly.field_category")),
                                            k->name(c.language)},
                                           {std::string(c.say("assembly.field_body")),
                                            div(cls("keep-lines"), t.body)}}),
                  inset(p(f.rule().stages.front().says(c.language))),
                  p(c.say("assembly.named_lead")),
                  button_row({send_form(c, f, t, c.say(f.key("file"))),
                              post_button(c.shell(), f.where().path + "/edit",
                                          c.say("assembly.change"), html::look::secondary,
                                          {{"title", t.title},
                                           {"body", t.body},
                                           {"category", t.category}})})),
        {.noindex = true});
  });
}

http::response file(context& c, forum& f) {
  const typed t = typed_in(c);
  auto filed = f.book().file(f.why(c), f.rule().id, {t.title, t.body, c.language, t.category},
                             now());
  if (!filed) {
    if (c.request.wants_json()) return c.refuse(filed.why());
    return ask_page(c, f, t, &filed.why());
  }
  return c.go(f.path_of(*filed));
}

}  // namespace

void filing_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string& path = f->where().path;
  h.page("GET", path + "/start", needs::sign_in,
         [f](context& c) { return ask_page(c, *f, {}, nullptr); });
  h.page("POST", path + "/start", needs::sign_in, [f](context& c) { return look(c, *f); });
  h.page("POST", path + "/edit", needs::sign_in,
         [f](context& c) { return ask_page(c, *f, typed_in(c), nullptr); });
  h.page("POST", path + "/file", needs::sign_in, [f](context& c) { return file(c, *f); });
}

}  // namespace madang::assembly
