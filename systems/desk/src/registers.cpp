// The registers as of any date, and as they were known on any date. Nothing opens without a
// purpose; the person concerned sees who asked and why.
#include <algorithm>

#include "desk_pages.hpp"

#include "madang/services/evidence.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct version_line {
  std::string valid_from, valid_to, recorded_from, recorded_to, reason;
  json::value items;
};
BOOST_DESCRIBE_STRUCT(version_line, (),
                      (valid_from, valid_to, recorded_from, recorded_to, reason, items))
struct look_view {
  std::string reg, by, value, valid, known;
  std::vector<json::value> records;
  std::vector<version_line> history;
};
BOOST_DESCRIBE_STRUCT(look_view, (), (reg, by, value, valid, known, records, history))

struct asked {
  std::string reg, by, value, purpose;
  registers::moment when = registers::present();
  std::string valid_text, known_text;
  std::optional<refusal> wrong;
};

// What a post may open: resident officers the registers of people, register readers all.
bool may_open(const context& c, const registers::schema& s) {
  if (c.actor.has_role("register_reader")) return true;
  return c.actor.has_role("resident_officer") &&
         (s.system == "residents" || s.system == "families");
}

asked read_question(const context& c) {
  asked q;
  q.reg = c.field("register");
  q.by = c.field("by");
  q.value = c.field("value");
  q.purpose = c.field("purpose");
  q.valid_text = c.field("valid");
  q.known_text = c.field("known");
  if (!q.valid_text.empty()) {
    auto d = date::parse(q.valid_text);
    if (d) q.when.valid = *d;
    else q.wrong = refuse(kind::invalid, "forms.date", "valid");
  }
  if (!q.known_text.empty()) {
    auto d = date::parse(q.known_text);
    // As known at the end of that day.
    if (d) q.when.known = from_civil({d->plus(1), 0, 0, 0}, c.home.pack().zone());
    else q.wrong = refuse(kind::invalid, "forms.date", "known");
  }
  if (q.value.empty()) q.wrong = refuse(kind::invalid, "forms.missing", "value");
  if (text::length(q.purpose) < 5)
    q.wrong = refuse(kind::invalid, "work.purpose_missing", "purpose");
  return q;
}

struct answer {
  std::vector<registers::record> found, history;
};

result<answer> ask(const context& c, const asked& q) {
  auto* reg = c.home.hub().registry_of(q.reg);
  if (!reg || !may_open(c, *reg->find_schema(q.reg)))
    return refuse(kind::forbidden, "work.register_closed", "register");
  const auto& s = *reg->find_schema(q.reg);
  const audit::access why = c.access(words(q.purpose, q.purpose), s.law);
  answer out;
  if (q.by.empty() || q.by == "key") {
    auto one = reg->get(why, q.reg, q.value, q.when);
    if (!one && one.why().code != "register.no_record") return one.why();
    if (one) out.found.push_back(std::move(*one));
  } else {
    auto some = reg->find(why, q.reg, q.by, q.value, q.when);
    if (!some) return some.why();
    out.found = std::move(*some);
  }
  if (out.found.size() == 1) {
    auto history = reg->history(why, q.reg, out.found.front().key);
    if (history) out.history = std::move(*history);
  }
  return out;
}

node record_box(const context& c, const registers::schema& s, const registers::record& r) {
  const json::object shown = services::shown_record(c.home.pack(), s, r, c.language);
  std::vector<row> rows{{s.key_name(c.language), node(r.key), ""}};
  for (const auto& i : s.items) {
    auto named = shown.find(i.id + "_name");
    auto plain = shown.find(i.id);
    const json::value v = named != shown.end() ? named->value()
                          : plain != shown.end() ? plain->value() : json::value(nullptr);
    if (v.is_null()) continue;
    rows.push_back({i.name(c.language),
                    v.is_string() ? node(std::string_view(v.get_string()))
                    : v.is_int64() ? node(text::grouped(v.get_int64()))
                                   : node(json::print(v)), ""});
  }
  rows.push_back(
      {std::string(c.say("work.valid")),
       node(r.valid_from.str() + " – " +
            (r.valid_to == end_of_days ? std::string(c.say("work.until_now")) : r.valid_to.str())),
       ""});
  return box(s.name(c.language), definition_grid(rows));
}

// "세대주와의 관계: 기타"; of a reference to another record only that it changed.
std::vector<std::string> changes_of(const context& c, const registers::schema& s,
                                    const registers::record& before, const registers::record& r) {
  const json::object shown = services::shown_record(c.home.pack(), s, r, c.language);
  std::vector<std::string> out;
  for (const auto& i : s.items) {
    if (before.text(i.id) == r.text(i.id)) continue;
    auto named = shown.find(i.id + "_name");
    std::string value(named != shown.end() && named->value().is_string()
                          ? std::string_view(named->value().get_string())
                          : r.text(i.id));
    if (i.type == registers::type::id) value.clear();
    out.push_back(i.name(c.language) + (value.empty() ? "" : ": " + value));
  }
  return out;
}

node history_table(const context& c, const registers::schema& s,
                   const std::vector<registers::record>& list) {
  table_view t;
  t.caption = c.say("work.history");
  t.columns = {{std::string(c.say("work.valid"))}, {std::string(c.say("work.recorded"))},
               {std::string(c.say("work.changed"))}, {std::string(c.say("work.reason"))}};
  const registers::record* before = nullptr;
  for (const auto& r : list) {
    std::vector<std::string> changes;
    if (before) changes = changes_of(c, s, *before, r);
    const bool stands = r.recorded_to == forever;
    t.rows.push_back(
        {node(r.valid_from.str() + " – " + (r.valid_to == end_of_days ? "" : r.valid_to.str())),
         all(c.written(r.recorded_from), " ",
             badge(stands ? tone::good : tone::neutral,
                   c.say(stands ? "work.stands" : "work.superseded"))),
         node(text::join(changes, ", ")), node(r.reason)});
    before = &r;
  }
  return data_table(c.shell(), t);
}

node question_form_of(const context& c, const asked& q, const std::string& error) {
  std::vector<choice> regs;
  std::vector<choice> by{{"key", std::string(c.say("work.by_key")), ""}};
  for (const auto* s : c.home.hub().schemas()) {
    if (!may_open(c, *s)) continue;
    regs.push_back({s->id, s->name(c.language), ""});
    for (const auto& i : s->items)
      if (i.indexed &&
          std::none_of(by.begin(), by.end(), [&](const auto& b) { return b.value == i.id; }))
        by.push_back({i.id, i.name(c.language), ""});
  }
  auto make = [&](const char* name, const std::string& value) {
    field f{.name = name, .label = std::string(c.say("work.field_" + std::string(name)))};
    f.value = value;
    if (q.wrong && q.wrong->field == name) f.error = error;
    const std::string hint = "work.hint_" + std::string(name);
    if (c.home.texts().has(hint)) f.hint = c.say(hint);
    return f;
  };
  return form(method("post"), action("/desk/registers"), c.shell().csrf_field(), cls("dense"),
              select_field(c.shell(), make("register", q.reg), regs),
              select_field(c.shell(), make("by", q.by), by),
              text_field(c.shell(), make("value", q.value)),
              text_field(c.shell(), make("purpose", q.purpose)),
              text_field(c.shell(), make("valid", q.valid_text)),
              text_field(c.shell(), make("known", q.known_text)),
              submit_button(c.say("work.look")));
}

http::response page(context& c, const asked& q, const answer* found, const refusal* wrong) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  look_view view{q.reg, q.by, q.value, q.when.valid.str(), q.known_text, {}, {}};
  auto* reg = c.home.hub().registry_of(q.reg);
  if (found) {
    const auto& s = *reg->find_schema(q.reg);
    for (const auto& r : found->found)
      view.records.push_back(services::shown_record(c.home.pack(), s, r, c.language));
    for (const auto& r : found->history)
      view.history.push_back({r.valid_from.str(), r.valid_to.str(), r.recorded_from.str(),
                              r.recorded_to == forever ? "" : r.recorded_to.str(), r.reason,
                              r.items});
  }
  return c.show(view, [&] {
    desk_view d = frame(c, "/desk/registers", c.say("work.registers"));
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    d.list_label = c.say("work.registers");
    d.tools = question_form_of(c, q, error);
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, error});
    node detail = all(error_summary(c.shell(), errors), h1(c.say("work.registers")));
    if (found && found->found.empty())
      detail = all(detail, empty_state("search", c.say("work.no_record")));
    if (found) {
      const auto& s = *reg->find_schema(q.reg);
      for (const auto& r : found->found) detail = all(detail, record_box(c, s, r));
      if (!found->history.empty()) detail = all(detail, history_table(c, s, found->history));
    } else {
      detail = all(detail, inset(p(c.say("work.registers_lead"))));
    }
    d.detail = detail;
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response show(context& c) { return page(c, asked{}, nullptr, nullptr); }

http::response look(context& c) {
  asked q = read_question(c);
  if (q.wrong) return page(c, q, nullptr, &*q.wrong);
  auto found = ask(c, q);
  if (!found) {
    q.wrong = found.why();
    return page(c, q, nullptr, &*q.wrong);
  }
  return page(c, q, &*found, nullptr);
}

}  // namespace

void register_pages(house& h) {
  h.page("GET", "/desk/registers", needs::official, show);
  h.page("POST", "/desk/registers", needs::official, look);
}

}  // namespace madang::desk
