// What everybody may read: the entry, answers without names.
#include <algorithm>

#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;

constexpr int most_answers = 50;

struct answer_line {
  std::string key, agency, agency_name, outcome, title, question, answer, grounds;
  instant at;
};
BOOST_DESCRIBE_STRUCT(answer_line, (),
                      (key, agency, agency_name, outcome, title, question, answer, grounds, at))
struct answers_view {
  std::string query;
  std::vector<answer_line> answers;
};
BOOST_DESCRIBE_STRUCT(answers_view, (), (query, answers))
struct entry_view {
  std::int64_t listed = 0, published = 0;
  std::vector<std::string> most_wanted;
};
BOOST_DESCRIBE_STRUCT(entry_view, (), (listed, published, most_wanted))

answer_line line_of(const context& c, const bureau& o, const published& p) {
  std::vector<std::string> laws;
  for (const auto& id : text::split(p.grounds, ','))
    if (const auto* g = o.law.find_ground(id)) laws.push_back(g->law(c.language));
  return {p.matter.str(), p.agency, office_words(c, p.agency), p.outcome, p.title,
          p.question,     p.answer, text::join(laws, ", "),    p.at};
}

std::vector<published> found_answers(bureau& o, std::string_view words, std::string_view outcome) {
  const std::string columns = "select " + store::columns<published>() + " from published ";
  if (text::trim(words).empty())
    return o.files.database().reading([&](store::read& r) {
      return r.all<published>(
          columns + "where outcome = ?1 or ?1 = '' order by at desc, matter desc limit ?2", outcome,
          most_answers);
    });
  search::question q;
  q.text = words;
  q.limit = most_answers;
  if (!outcome.empty()) q.facets.emplace_back("outcome", outcome);
  std::vector<published> out;
  for (const auto& hit : o.answers.query(q).hits)
    if (const auto key = id::parse(hit.key))
      if (auto one = o.files.database().reading([&](store::read& r) {
            return r.one<published>(columns + "where matter = ?1", *key);
          }))
        out.push_back(std::move(*one));
  return out;
}

http::response show_entry(context& c, bureau& o) {
  const auto wanted = o.most_wanted(5);
  entry_view view;
  view.listed = static_cast<std::int64_t>(o.list({}).size());
  view.published = o.files.database().reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from published").value_or(0);
  });
  for (const auto& l : wanted) view.most_wanted.push_back(l.what.key);
  return c.show(view, [&] {
    const bool ko = c.language == "ko";
    std::vector<node> lines;
    for (const auto& l : wanted)
      lines.push_back(
          li(a(href("/disclosure/lists/" + l.what.key), ko ? l.what.title : l.what.title_en), " ",
             span(cls("note"), office_words(c, l.what.agency), " · ",
                  c.fill("disclosure.wanted", {{"n", std::to_string(l.wanted)}}))));
    std::vector<row> steps;
    const auto step = [&](const char* key, int n) {
      const std::string right = "disclosure.right_" + std::string(key);
      steps.push_back({std::string(c.say(right)),
                       all(c.fill(right + "_line", {{"n", std::to_string(n)}}),
                           div(cls("note"), c.say(right + "_law"))),
                       ""});
    };
    step("decide", o.law.decide_days);
    step("party", o.law.hear_days);
    step("object", o.law.object_days);
    const node body =
        all(h1(c.say("disclosure.name")), lead(c.say("disclosure.lead")),
            link_button("/services/" + std::string(procedure_id), c.say("disclosure.begin")),
            h2(c.say("disclosure.before")), p(c.say("disclosure.before_line")),
            cards({{"/disclosure/lists", std::string(c.say("disclosure.lists")),
                    c.fill("disclosure.lists_line", {{"n", std::to_string(view.listed)}}), "eye"},
                   {"/disclosure/answers", std::string(c.say("disclosure.answers")),
                    c.fill("disclosure.answers_line", {{"n", std::to_string(view.published)}}),
                    "search"},
                   {"/disclosure/mine", std::string(c.say("disclosure.mine")),
                    std::string(c.say("disclosure.mine_line")), "ticket"},
                   {"/disclosure/statistics", std::string(c.say("disclosure.statistics")),
                    std::string(c.say("disclosure.statistics_line")), "scales"}}),
            lines.empty() ? node() : node(section(h2(c.say("disclosure.most_wanted")), ul(lines))),
            section(h2(c.say("disclosure.rights")), summary_list(c.shell(), steps)));
    return c.page(c.say("disclosure.name"), {}, body,
                  {.wide = true, .description = std::string(c.say("disclosure.lead"))});
  });
}

http::response show_answers(context& c, bureau& o) {
  const std::string query(text::head(c.request.param("q"), 100));
  std::string outcome(c.request.param("outcome"));
  if (outcome != "full" && outcome != "partial" && outcome != "closed" && outcome != "absent")
    outcome.clear();
  answers_view view{query, {}};
  for (const auto& one : found_answers(o, query, outcome))
    view.answers.push_back(line_of(c, o, one));
  return c.show(view, [&] {
    search_view box;
    box.action = "/disclosure/answers";
    box.value = query;
    box.label = c.say("disclosure.search_answers");
    box.suggest = "";
    const std::string asked = query.empty() ? "" : "&q=" + http::percent_encode(query);
    std::vector<tab> kinds{{"/disclosure/answers?outcome=" + asked,
                            std::string(c.say("disclosure.all")), outcome.empty()}};
    for (const char* one : {"full", "partial", "closed", "absent"})
      kinds.push_back({"/disclosure/answers?outcome=" + std::string(one) + asked,
                       outcome_words(c, one), outcome == one});
    std::vector<node> lines;
    for (const auto& one : view.answers)
      lines.push_back(li(cls("service-line"),
                         h2(cls("h3"), a(href("/disclosure/answers/" + one.key), one.title)),
                         p(text::head(one.question, 140)),
                         p(cls("note"), outcome_badge(c, one.outcome), " ", one.agency_name, " · ",
                           c.written(in_zone(one.at).date))));
    const node body =
        all(h1(c.say("disclosure.answers")), lead(c.say("disclosure.answers_lead")),
            search_box(c.shell(), box), filters(c.say("disclosure.outcome"), kinds),
            lines.empty()
                ? empty_state("search", c.say("disclosure.no_answers"),
                              p(c.say("disclosure.no_answers_line")),
                              link_button("/disclosure", c.say("disclosure.name"), look::secondary))
                : ul(cls("service-list"), lines));
    return c.page(c.say("disclosure.answers"), {home_link(c)}, body);
  });
}

http::response show_answer(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("matter"));
  const auto one = o.files.database().reading([&](store::read& r) {
    return r.one<published>(
        "select " + store::columns<published>() + " from published where matter = ?1",
        key.value_or(id{}));
  });
  if (!one) return c.refuse(refuse(kind::not_found, "disclosure.no_answer"));
  const auto view = line_of(c, o, *one);
  return c.show(view, [&] {
    const node body =
        all(h1(view.title),
            p(outcome_badge(c, view.outcome), " ",
              span(cls("note"), view.agency_name, " · ", c.written(in_zone(view.at).date))),
            section(h2(c.say("disclosure.asked")), p(cls("keep-lines"), view.question)),
            section(h2(c.say("disclosure.answered")), p(cls("keep-lines"), view.answer),
                    view.grounds.empty()
                        ? node()
                        : node(p(cls("note"), c.say("disclosure.grounds"), ": ", view.grounds))),
            p(cls("note"), c.say("disclosure.without_names")));
    return c.page(view.title,
                  {home_link(c), {"/disclosure/answers", std::string(c.say("disclosure.answers"))}},
                  body);
  });
}

}  // namespace

std::string office_words(const context& c, std::string_view code) {
  const words name = c.home.pack().full_name(code);
  return name(c.language).empty() ? std::string(code) : name(c.language);
}

std::string outcome_words(const context& c, std::string_view outcome) {
  return outcome.empty() ? std::string()
                         : std::string(c.say("disclosure.outcome_" + std::string(outcome)));
}

node outcome_badge(const context& c, std::string_view outcome) {
  return badge(outcome == "full"      ? tone::good
               : outcome == "partial" ? tone::warn
               : outcome == "closed"  ? tone::bad
                                      : tone::neutral,
               outcome_words(c, outcome));
}

html::link home_link(const context& c) {
  return {"/disclosure", std::string(c.say("disclosure.name"))};
}

std::string won(const context& c, std::int64_t sum) {
  return c.fill("disclosure.won", {{"n", text::grouped(sum)}});
}

std::vector<choice> ground_choices(const context& c, const bureau& o) {
  std::vector<choice> out;
  for (const auto& g : o.law.grounds)
    out.push_back({g.id, g.name(c.language) + " (" + g.law(c.language) + ")", ""});
  return out;
}

http::response csv_file(const context& c, std::string body, const char* name) {
  auto r = http::text_response(200, std::move(body), "text/csv; charset=utf-8");
  r.with("Content-Disposition", fmt::format("attachment; filename=\"{}.csv\"", name));
  return c.with_privacy(std::move(r));
}

void open_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/disclosure", needs::nobody, [o](context& c) { return show_entry(c, *o); });
  h.page("GET", "/disclosure/answers", needs::nobody,
         [o](context& c) { return show_answers(c, *o); });
  h.page("GET", "/disclosure/answers/{matter}", needs::nobody,
         [o](context& c) { return show_answer(c, *o); });
}

}  // namespace madang::disclosure
