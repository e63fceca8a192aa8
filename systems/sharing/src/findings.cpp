// What was found, as a page and as JSON.
#include <algorithm>

#include "office.hpp"

namespace madang::sharing {

using namespace html;

namespace {

tone tone_of(const std::string& state) {
  if (state == "failed") return tone::bad;
  if (state == "found" || state == "yes") return tone::good;
  return state == "unknown" ? tone::warn : tone::neutral;
}

node shown_value(const json::value& v) {
  if (v.is_string()) return node(std::string_view(v.get_string()));
  if (v.is_int64()) return node(text::grouped(v.get_int64()));
  return node(json::print(v));
}

node record_grid(const context& c, const registers::schema& s, const json::value& record) {
  std::vector<row> rows;
  const auto& items = record.get_object();
  for (const auto& i : s.items) {
    const auto* named = items.if_contains(i.id + "_name");
    const auto* plain = items.if_contains(i.id);
    const auto* shown = named ? named : plain;
    if (!shown || shown->is_null()) continue;
    rows.push_back({i.name(c.language), shown_value(*shown), ""});
  }
  return definition_grid(rows);
}

}  // namespace

std::string agency_name(const context& c, const std::string& code) {
  if (const auto* a = c.home.pack().find_agency(code)) return a->name(c.language);
  if (const auto* d = c.home.pack().find_district(code)) return d->name(c.language);
  return code;
}

std::string register_names(const context& c, const task& t) {
  std::vector<std::string> out;
  for (const auto& s : t.sources) {
    const auto* schema = c.home.hub().registry_of(s.reg)->find_schema(s.reg);
    if (const auto& name = schema->name(c.language); std::ranges::find(out, name) == out.end())
      out.push_back(name);
  }
  return text::join(out, ", ");
}

node finding_box(const context& c, const finding& f) {
  const std::string seconds = fmt::format("{:.1f} ms", static_cast<double>(f.micros) / 1000);
  std::vector<node> body;
  if (f.from->is_question()) body.push_back(p(f.from->asks(c.language)));
  for (const auto& r : f.records) body.push_back(record_grid(c, *f.schema, r));
  if (f.why) body.push_back(p(c.explain(*f.why)));
  if (f.state == "failed") body.push_back(p(c.say("sharing.when_failed")));
  body.push_back(p(cls("note"), agency_name(c, f.schema->agency), " · ",
                   f.schema->law(c.language), " · ", c.written(f.at), " · ", seconds));
  return box(f.schema->name(c.language), join(body),
             badge(tone_of(f.state), c.say("sharing.state_" + f.state)));
}

finding_line line_of(const context& c, const finding& f) {
  return {f.from->reg, f.schema->name(c.language), f.schema->agency, f.state,
          f.from->is_question() ? f.from->asks(c.language) : std::string(), f.at.str(), f.micros,
          f.records, f.why ? f.why->code : std::string()};
}

}  // namespace madang::sharing
