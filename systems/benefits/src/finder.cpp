// The questions on one page, and what follows from the answers: what fits first, with the reason in
// figures; then what does not, and why.
#include "finder.hpp"

#include <algorithm>

#include "madang/platform/question.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct result_line {
  std::string id, name, amount, reason, period;
  bool entitled = false, decided = false;
  json::value explanation;
};
BOOST_DESCRIBE_STRUCT(result_line, (),
                      (id, name, amount, reason, period, entitled, decided, explanation))
struct results_view {
  std::string as_of;
  std::vector<result_line> benefits;
};
BOOST_DESCRIBE_STRUCT(results_view, (), (as_of, benefits))

struct finder_view {
  std::vector<std::string> questions, benefits;
};
BOOST_DESCRIBE_STRUCT(finder_view, (), (questions, benefits))

struct decided {
  const rules::provision* what;
  std::optional<rules::judged> how;
  std::string undecided;                     // why not
};

// "monthly income = 1,700,000: <= limit"
node conditions_of(const context& c, const rules::tried_rule& r) {
  std::vector<node> lines;
  for (const auto& one : r.conditions) {
    if (one.test == "-" || one.test.empty()) continue;
    const auto whole = one.is.is(rules::kind::number) ? one.is.number().to_int64() : std::nullopt;
    lines.push_back(li(one.asked + " = " + (whole ? text::grouped(*whole) : one.is.literal()) +
                           ", " + one.test + ": ",
                       strong(c.say(one.holds ? "benefits.fits" : "benefits.fits_not"))));
  }
  return lines.empty() ? node("-") : ul(lines);
}

node entitled_box(const context& c, const decided& d) {
  return li(cls("service-line"),
            h2(cls("h3"), a(href("/benefits/" + d.what->id), d.what->name(c.language))),
            p(strong(amount_in_words(*d.what, d.how->amount, c.language))), p(d.how->reason(c.language)),
            p(cls("note"), d.what->law(c.language)), how_decided(c, *d.how));
}

node other_line(const context& c, const office& o, const rules::entries& facts, date day,
                const decided& d) {
  node would;
  if (d.how)
    for (const auto& line : advice(c, o, *d.what, facts, day))
      would = all(would, div(cls("note"), line));
  return li(a(href("/benefits/" + d.what->id), d.what->name(c.language)), ": ",
            d.how ? d.how->reason(c.language) : d.undecided, would);
}

result_line line_of(const context& c, const decided& d) {
  result_line l;
  l.id = d.what->id;
  l.name = d.what->name(c.language);
  l.period = d.what->period;
  l.decided = d.how.has_value();
  if (!d.how) {
    l.reason = d.undecided;
    return l;
  }
  l.entitled = d.how->entitled;
  l.amount = d.how->amount.str();
  l.reason = d.how->reason(c.language);
  l.explanation = rules::to_json(d.how->how);
  return l;
}

std::vector<decided> decide_all(const context& c, const office& o, const rules::entries& facts,
                                date day) {
  std::vector<decided> out;
  for (const auto& p : o.law.provisions()) {
    auto j = o.law.judge(p, facts, day);
    if (j) out.push_back({&p, std::move(*j), {}});
    else out.push_back({&p, {}, c.explain(j.why())});
  }
  return out;
}

std::string title_of(const context& c, std::size_t n) {
  return n ? c.fill("benefits.result_title", {{"n", std::to_string(n)}})
           : std::string(c.say("benefits.result_none"));
}

// The answers once more, so that one of them can be changed.
node answers_again(const context& c, const office& o, const json::object& given) {
  std::vector<node> fields;
  const json::value all(given);
  for (const auto& q : o.questions.questions) {
    std::vector<forms::option> options = q.options;
    fields.push_back(platform::control(c, q, options, json::at(all, q.id), {}, false));
  }
  return disclosure(c.say("benefits.again"),
                    form(cls("questions"), method("post"), action("/benefits"),
                 c.shell().csrf_field(), fields,
                         submit_button(c.say("benefits.find"))));
}

}  // namespace

node how_decided(const context& c, const rules::judged& j) {
  const auto* d = j.how.find("entitlement");
  if (!d || d->rules.empty()) return {};
  table_view v;
  v.caption = c.say("benefits.why");
  v.caption_hidden = true;
  v.stacked = true;
  v.columns = {{std::string(c.say("benefits.rule")), true},
               {std::string(c.say("benefits.conditions")), false},
               {std::string(c.say("benefits.article")), false}};
  for (const auto& r : d->rules) {
    node number = r.hit ? badge(tone::info, std::to_string(r.number))
                        : node(std::to_string(r.number));
    v.rows.push_back({number, conditions_of(c, r),
                      r.annotations.empty() ? node() : node(r.annotations.front())});
    if (r.hit) break;
  }
  return disclosure(c.say("benefits.why"), data_table(c.shell(), v));
}

http::response show_finder(context& c, const office& o, const answers& given) {
  finder_view view;
  for (const auto& q : o.questions.questions) view.questions.push_back(q.id);
  for (const auto& b : o.law.provisions()) view.benefits.push_back(b.id);
  return c.show(view, [&] {
    std::vector<error_item> errors;
    std::vector<node> fields;
    const json::value known(given.given);
    for (const auto& q : o.questions.questions) {
      std::string error;
      for (const auto& [id, why] : given.wrong)
        if (id == q.id) {
          error = c.explain(why);
          errors.push_back({platform::control_id(c, q), error});
        }
      fields.push_back(platform::control(c, q, q.options, json::at(known, q.id), error, false));
    }
    const bool filled = c.request.method == "GET" && !given.given.empty();
    const node body =
        all(error_summary(c.shell(), errors), h1(c.say("benefits.title")),
            lead(c.fill("benefits.lead", {{"n", std::to_string(o.law.provisions().size())}})),
            inset(filled ? all(p(c.say("benefits.prefilled")), p(c.say("benefits.nothing_kept")))
                         : p(c.say("benefits.nothing_kept"))),
            form(cls("questions"), method("post"), action("/benefits"),
                 c.shell().csrf_field(), fields,
                 submit_button(c.say("benefits.find"))));
    auto r = c.page(c.say("benefits.title"), {}, body);
    if (!errors.empty()) r.status = 422;
    return r;
  });
}

http::response show_results(context& c, const office& o, const json::object& given) {
  const date day = day_asked(c, given);
  const auto facts = facts_of(given);
  auto all_decided = decide_all(c, o, *facts, day);
  std::ranges::stable_sort(all_decided, [](const decided& x, const decided& y) {
    const auto rank = [](const decided& d) { return d.how && d.how->entitled; };
    return rank(x) > rank(y);
  });
  results_view view{day.str(), {}};
  for (const auto& d : all_decided) view.benefits.push_back(line_of(c, d));
  return c.show(view, [&] {
    std::vector<node> good, others;
    for (const auto& d : all_decided) {
      if (d.how && d.how->entitled) good.push_back(entitled_box(c, d));
      else others.push_back(other_line(c, o, *facts, day, d));
    }
    const std::string title = title_of(c, good.size());
    const node body =
        all(h1(title), lead(c.fill("benefits.as_of", {{"date", c.written(day)}})),
            good.empty() ? node() : ul(cls("service-list"), good),
            inset(p(c.say("benefits.guess"))),
            disclosure(c.fill("benefits.others", {{"n", std::to_string(others.size())}}),
                       ul(others)),
            answers_again(c, o, given));
    return c.page(title, {{"/benefits", std::string(c.say("benefits.title"))}}, body);
  });
}

}  // namespace madang::benefits
