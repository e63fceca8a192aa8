// The questions on one page, and what follows from the answers: what fits first, with the reason in
// figures; then what does not, and why.
#include "finder.hpp"

#include <algorithm>
#include <map>

#include "madang/platform/question.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct result_line {
  std::string id, name, amount, because, reason, period;
  bool entitled = false, decided = false;
  json::value explanation;
};
BOOST_DESCRIBE_STRUCT(result_line, (),
                      (id, name, amount, because, reason, period, entitled, decided, explanation))
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

  bool entitled() const { return how && how->entitled; }
  // An answer is missing: the decision says which.
  bool lacks() const { return how && !how->entitled && how->because.starts_with("unknown_"); }
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

node entitled_box(const context& c, const office& o, const decided& d) {
  return li(cls("service-line"),
            h2(cls("h3"), a(href(o.page_of(*d.what)), d.what->name(c.language))),
            p(strong(amount_in_words(*d.what, d.how->amount, c.language))),
            p(d.how->reason(c.language)),
            p(cls("note"), d.what->law(c.language)), how_decided(c, *d.how));
}

node other_line(const context& c, const office& o, const rules::entries& facts, date day,
                const decided& d) {
  node would;
  if (d.how)
    for (const auto& line : advice(c, o, *d.what, facts, day))
      would = all(would, div(cls("note"), line));
  return li(a(href(o.page_of(*d.what)), d.what->name(c.language)), ": ",
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
  l.because = d.how->because;
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

std::string title_of(const context& c, const office& o, std::size_t n) {
  return n ? c.fill(o.whom.words + ".result_title", {{"n", std::to_string(n)}})
           : std::string(o.say(c, "result_none"));
}

// Every question with what is known and what was wrong, in the parts of the form.
node questions_form(const context& c, const office& o, const json::object& given,
                    const std::map<std::string, std::string>& wrong) {
  std::vector<node> parts, fields;
  const json::value known(given);
  const auto close = [&] {
    if (!fields.empty()) parts.push_back(section(fields));
    fields.clear();
  };
  for (const auto& q : o.questions.questions) {
    if (!q.part.empty()) {
      close();
      fields.push_back(h2(q.part(c.language)));
    }
    const auto error = wrong.find(q.id);
    fields.push_back(platform::control(c, q, q.options, json::at(known, q.id),
                                       error == wrong.end() ? "" : error->second, false));
  }
  close();
  return form(cls("questions"), method("post"), action(o.whom.path), c.shell().csrf_field(), parts,
              submit_button(o.say(c, "find")));
}

node list_of(const context& c, std::string_view said, const std::vector<node>& lines) {
  if (lines.empty()) return {};
  return disclosure(c.fill(said, {{"n", std::to_string(lines.size())}}), ul(lines));
}

// The way to the other finder, where the pack has both.
node other_finder(const context& c, const office& o) {
  const auto& other = o.whom.folder == of_persons.folder ? of_businesses : of_persons;
  if (!c.home.pack().has(other.folder + "/facts.yaml")) return {};
  return p(cls("note"), o.say(c, "other_finder"), " ",
           a(href(other.path), c.say(other.words + ".title")));
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
    std::map<std::string, std::string> wrong;
    for (const auto& [id, why] : given.wrong)
      if (const auto* q = o.questions.find(id)) {
        wrong[id] = c.explain(why);
        errors.push_back({platform::control_id(c, *q), wrong[id]});
      }
    const bool filled = c.request.method == "GET" && !given.given.empty();
    const node body =
        all(error_summary(c.shell(), errors), h1(o.say(c, "title")),
            lead(c.fill(o.whom.words + ".lead",
                        {{"n", std::to_string(o.law.provisions().size())}})),
            inset(all(filled ? p(c.fill(o.whom.words + ".prefilled", {{"name", given.about}}))
                             : node(),
                      p(c.say("benefits.nothing_kept")))),
            questions_form(c, o, given.given, wrong), other_finder(c, o));
    auto r = c.page(o.say(c, "title"), {}, body);
    if (!errors.empty()) r.status = 422;
    return r;
  });
}

http::response show_results(context& c, const office& o, const json::object& given) {
  const date day = day_asked(c, given);
  const auto facts = facts_of(given);
  auto all_decided = decide_all(c, o, *facts, day);
  std::ranges::stable_partition(all_decided, &decided::entitled);
  results_view view{day.str(), {}};
  for (const auto& d : all_decided) view.benefits.push_back(line_of(c, d));
  return c.show(view, [&] {
    std::vector<node> good, open, others;
    for (const auto& d : all_decided) {
      if (d.entitled()) good.push_back(entitled_box(c, o, d));
      else (d.lacks() ? open : others).push_back(other_line(c, o, *facts, day, d));
    }
    const std::string title = title_of(c, o, good.size());
    const node body =
        all(h1(title), lead(c.fill("benefits.as_of", {{"date", c.written(day)}})),
            good.empty() ? node() : ul(cls("service-list"), good),
            inset(p(o.say(c, "guess"))), list_of(c, "benefits.more", open),
            list_of(c, "benefits.others", others),
            disclosure(c.say("benefits.again"), questions_form(c, o, given, {})));
    return c.page(title, {{o.whom.path, std::string(o.say(c, "title"))}}, body);
  });
}

}  // namespace madang::benefits
