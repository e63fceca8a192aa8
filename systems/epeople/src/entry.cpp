// The one entry: what may be filed here, each with its law and its time, and how to begin.
#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;

struct kind_view {
  std::string id, name, line, law, count, begins;
  std::int64_t period = 0;
  bool confidential = false;
  std::vector<std::string> questions;
};
BOOST_DESCRIBE_STRUCT(kind_view, (),
                      (id, name, line, law, count, begins, period, confidential, questions))
struct entry_view {
  std::vector<kind_view> kinds;
  std::vector<std::string> languages;
};
BOOST_DESCRIBE_STRUCT(entry_view, (), (kinds, languages))

std::string line_of(const context& c, const filing_kind& k) {
  return std::string(c.say("epeople.kind_line." + text::replace_all(k.id, "-", "_")));
}

kind_view view_of(const context& c, const filing_kind& k) {
  kind_view v{k.id,
              k.name(c.language),
              line_of(c, k),
              k.law(c.language),
              k.usual.count,
              k.begins,
              k.usual.n,
              k.confidential,
              {}};
  for (const auto& q : k.form.questions) v.questions.push_back(q.id);
  return v;
}

std::string period_words(const context& c, const period& p) {
  return c.fill("epeople.period_" + p.count, {{"n", std::to_string(p.n)}});
}

http::response show_entry(context& c, const bureau& o) {
  speak(c);
  entry_view view;
  for (const auto& k : o.kinds.all()) view.kinds.push_back(view_of(c, k));
  view.languages = all_languages(c.home);
  return c.show(view, [&] {
    std::vector<card_view> list;
    for (const auto& k : o.kinds.all())
      list.push_back({"/epeople/kinds/" + k.id, k.name(c.language), line_of(c, k), k.icon});
    const node body =
        all(h1(c.say("epeople.name")), lead(c.say("epeople.lead")), language_choice(c),
            h2(c.say("epeople.what")), cards(list), h2(c.say("epeople.more")),
            ul(cls("links"), li(a(href("/epeople/mine"), c.say("epeople.mine"))),
               li(a(href("/epeople/answers"), c.say("epeople.answers"))),
               li(a(href("/epeople/statistics"), c.say("epeople.statistics")))),
            p(cls("note"), c.say("epeople.translations_ours")));
    return page_of(c, c.say("epeople.name"), {}, body,
                   {.wide = true, .description = std::string(c.say("epeople.lead"))});
  });
}

http::response show_kind(context& c, const bureau& o) {
  speak(c);
  const auto* k = o.kinds.find(c.request.capture("kind"));
  if (!k) return c.refuse(refuse(kind::not_found, "epeople.no_kind"));
  return c.show(view_of(c, *k), [&] {
    std::string times = period_words(c, k->usual);
    std::vector<row> rows{
        {std::string(c.say("epeople.answered_within")), node(times), ""},
        {std::string(c.say("epeople.law")), node(k->law(c.language)), ""},
        {std::string(c.say("epeople.begins_at")), node(office_words(c, k->begins)), ""}};
    for (const auto& e : k->when) {
      const auto* q = k->form.find(e.question);
      if (!q) continue;
      for (const auto& option : q->options)
        if (option.value == e.is)
          rows.insert(rows.begin() + 1,
                      {option.label(c.language), node(period_words(c, e.gives)), ""});
    }
    const shell s = shell_of(c);
    const std::string start = "/epeople/kinds/" + k->id + "/start";
    const node button = c.session ? form(method("post"), action(start), s.csrf_field(),
                                         submit_button(c.say("epeople.begin")))
                                  : link_button(start, c.say("epeople.begin"));
    const node body = all(
        h1(k->name(c.language)), lead(line_of(c, *k)), language_choice(c), summary_list(s, rows),
        k->confidential ? inset(p(c.say("epeople.protected_line"))) : node(),
        k->reward.empty() ? node() : inset(p(c.say("epeople.reward_line"))),
        p(c.say("epeople.draft_line")), button, p(cls("note"), c.say("epeople.translations_ours")));
    return page_of(c, k->name(c.language), {home_link(c)}, body);
  });
}

}  // namespace

void entry_pages(office o) {
  o->home.page("GET", "/epeople", needs::nobody, [o](context& c) { return show_entry(c, *o); });
  o->home.page("GET", "/epeople/kinds/{kind}", needs::nobody,
               [o](context& c) { return show_kind(c, *o); });
}

}  // namespace madang::epeople
