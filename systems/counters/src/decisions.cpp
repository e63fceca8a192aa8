// Steps that the law decides: business rule tasks ask a provision of the pack's permit rules, as of
// the day of the event. What came out and how is kept with the process, so that it can be read and
// repeated.
#include "counter.hpp"
#include "diagram.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;

std::string text_of(const rules::value* v) {
  if (!v) return {};
  if (v->is(rules::kind::string)) return v->text();
  return v->is(rules::kind::date) ? v->literal().substr(6, 10) : std::string();
}

// "floor_area" of the model is "floor area" of the law.
rules::entries facts_of(const rules::entries& inputs) {
  rules::entries out;
  for (const auto& [name, v] : inputs) out.emplace_back(text::replace_all(name, "_", " "), v);
  return out;
}

}  // namespace

// As of the day that the task was given as `as_of`, else the day on which the application came.
process::work_answer counter::decide(const process::work_request& r) const {
  const auto* p = law_ ? law_->find(r.type) : nullptr;
  if (!p)
    return refuse(kind::unavailable, "process.nobody_decides", "", {{"type", std::string(r.type)}});
  auto day = date::parse(text_of(r.sees.find("as_of")));
  if (!day) day = date::parse(text_of(r.sees.find("event_day")));
  if (!day) day = today(home_.pack().zone());
  const auto judged = law_->judge(*p, facts_of(r.inputs), *day);
  if (!judged) return judged.why();
  rules::decision_origin origin;
  for (const auto& [name, _] : judged->inputs) origin.of_facts[name] = "application";
  origin.known = now();
  return process::work_done{
      {{"decided", rules::value::context({{"entitled", rules::value(judged->entitled)},
                                          {"because", rules::value(judged->because)},
                                          {"record", rules::value(json::print(rules::record_of(
                                                         *p, *judged, *day, origin)))}})}}};
}

// What rules decided in a process, from its variables, in the order of their names.
std::vector<made_decision> counter::decisions_in(const process::instance& i) const {
  std::vector<made_decision> out;
  if (!law_) return out;
  const rules::entries& all = i.root() ? i.root()->variables : i.variables;
  for (const auto& [name, v] : all) {
    if (!v.is(rules::kind::context)) continue;
    const rules::value* record = v.member("record");
    if (!record || !record->is(rules::kind::string)) continue;
    auto read = json::parse(record->text());
    if (!read) continue;
    made_decision d;
    d.record = std::move(*read);
    d.what = law_->find(json::str(d.record, "provision"));
    if (!d.what) continue;
    d.met = json::flag(d.record, "entitled");
    if (auto again = rules::judged_in(*law_, d.record)) d.reason = again->reason;
    out.push_back(std::move(d));
  }
  return out;
}

// Each rule that was tried, with what was asked, what it was, and its article.
node decisions_part(const context& c, const std::vector<made_decision>& all) {
  std::vector<node> out;
  for (const auto& d : all) {
    table_view t;
    t.caption = c.say("counters.rules_tried");
    t.stacked = true;
    for (const char* column : {"rule", "condition", "article"})
      t.columns.push_back({std::string(c.say("counters.rule_" + std::string(column))), false});
    const auto& how = json::at(json::at(d.record, "explanation"), "decisions");
    if (how.is_array())
      for (const auto& decision : how.get_array()) {
        const auto& tried = json::at(decision, "rules");
        if (!tried.is_array()) continue;
        for (const auto& rule : tried.get_array()) {
          std::vector<node> conditions;
          for (const auto& k : json::at(rule, "conditions").as_array())
            if (json::str(k, "test") != "-")
              conditions.push_back(
                  li(badge(json::flag(k, "holds") ? tone::good : tone::neutral,
                           c.say(json::flag(k, "holds") ? "counters.holds" : "counters.holds_not")),
                     " ", json::str(k, "input"), " ", code(json::str(k, "test")), " · ",
                     json::print(json::at(k, "value"))));
          std::string article;
          if (const auto& notes = json::at(rule, "annotations"); notes.is_array())
            for (const auto& note : notes.get_array())
              article += (article.empty() ? "" : ", ") + std::string(note.as_string());
          const bool hit = json::flag(rule, "hit");
          t.rows.push_back({all_of_rule(c, json::num(rule, "rule"), hit),
                            conditions.empty() ? node("-") : ul(cls("plain"), conditions),
                            article});
        }
      }
    out.push_back(box(
        d.what->name(c.language),
        html::all(p(d.reason(c.language)),
                  p(cls("note"), c.fill("counters.decided_as_of",
                                        {{"day", std::string(json::str(d.record, "as_of"))},
                                         {"version", std::string(json::str(d.record, "version"))},
                                         {"law", d.what->law(c.language)}})),
                  disclosure(c.say("counters.rules_tried"), data_table(c.shell(), t))),
        badge(d.met ? tone::good : tone::warn,
              c.say(d.met ? "counters.rule_met" : "counters.rule_unmet"))));
  }
  if (out.empty()) return {};
  return html::all(h2(c.say("counters.decided_by_rule")), out);
}

node all_of_rule(const context& c, std::int64_t number, bool hit) {
  return html::all(std::to_string(number), " ",
                   hit ? badge(tone::info, c.say("counters.rule_hit")) : node());
}

}  // namespace madang::counters
