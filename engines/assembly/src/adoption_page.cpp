// What ministries owe and what they made of it: by ministry, with each reason, and as a table.
#include "madang/assembly/adoption.hpp"

#include <algorithm>

#include "forum.hpp"

namespace madang::assembly {

using namespace html;

std::vector<adoption_line> adoption_of(const packs::pack& pack, const json::value& said) {
  std::vector<adoption_line> out;
  const auto line_for = [&](std::string_view agency) -> adoption_line& {
    auto found = std::ranges::find(out, agency, &adoption_line::agency);
    if (found != out.end()) return *found;
    out.push_back({std::string(agency), pack.full_name(agency), {}, 0, 0, 0});
    return out.back();
  };
  const auto& verdicts = json::at(said, "verdicts");
  const auto& asks = json::at(said, "asks");
  if (!verdicts.is_array() || !asks.is_array()) return out;
  for (const auto& one : asks.get_array()) {
    auto& line = line_for(json::str(one, "agency"));
    const auto verdict = json::str(one, "verdict");
    ++line.received;
    for (const auto& v : verdicts.get_array())
      if (json::str(v, "id") == verdict && json::flag(v, "adopts")) ++line.adopted;
    if (verdict.empty()) ++line.reviewing;
    else ++line.by_verdict[std::string(verdict)];
  }
  std::ranges::stable_sort(out, std::greater<>(), &adoption_line::received);
  return out;
}

std::string adoption_csv(const std::vector<adoption_line>& lines, const json::value& said) {
  std::string out = "agency,received,under_review";
  for (const auto& v : json::at(said, "verdicts").as_array())
    out += "," + std::string(json::str(v, "id"));
  out += ",adopted_in_whole_or_part\r\n";
  for (const auto& l : lines) {
    out += l.agency + "," + std::to_string(l.received) + "," + std::to_string(l.reviewing);
    for (const auto& v : json::at(said, "verdicts").as_array()) {
      const auto n = l.by_verdict.find(json::str(v, "id"));
      out += "," + std::to_string(n == l.by_verdict.end() ? 0 : n->second);
    }
    out += "," + std::to_string(l.adopted) + "\r\n";
  }
  return out;
}

node adoption_table(const context& c, const std::vector<adoption_line>& lines,
                    const json::value& said) {
  table_view t;
  t.caption = c.say("assembly.adoption");
  t.caption_hidden = true;
  t.first_is_header = true;
  t.stacked = true;
  t.columns = {{std::string(c.say("assembly.agency"))},
               {std::string(c.say("assembly.received")), true},
               {std::string(c.say("assembly.reviewing")), true}};
  for (const auto& v : json::at(said, "verdicts").as_array())
    t.columns.push_back({json::words_of(json::at(v, "name"))(c.language), true});
  t.columns.push_back({std::string(c.say("assembly.adoption_rate")), true});
  for (const auto& l : lines) {
    std::vector<node> row{l.name(c.language), text::grouped(l.received),
                          text::grouped(l.reviewing)};
    for (const auto& v : json::at(said, "verdicts").as_array()) {
      const auto n = l.by_verdict.find(json::str(v, "id"));
      row.emplace_back(text::grouped(n == l.by_verdict.end() ? 0 : n->second));
    }
    const auto decided = l.received - l.reviewing;
    row.emplace_back(decided ? fmt::format("{:.1f}%", 100.0 * static_cast<double>(l.adopted) /
                                                          static_cast<double>(decided))
                             : std::string("–"));
    t.rows.push_back(std::move(row));
  }
  t.empty = c.say("assembly.no_adoption");
  return data_table(c.shell(), t);
}

node adoption_reasons(const context& c, const json::value& said) {
  std::vector<node> all;
  for (const auto& one : json::at(said, "asks").as_array()) {
    const auto verdict = json::str(one, "verdict");
    if (verdict.empty() || all.size() >= 100) continue;
    words name;
    bool adopts = false;
    for (const auto& v : json::at(said, "verdicts").as_array())
      if (json::str(v, "id") == verdict) {
        name = json::words_of(json::at(v, "name"));
        adopts = json::flag(v, "adopts");
      }
    all.push_back(li(cls("service-line"),
                     h3(a(href(json::str(one, "href")), json::str(one, "title"))),
                     p(badge(adopts ? tone::good : tone::neutral, name(c.language)), " ",
                       span(cls("note"),
                            c.home.pack().full_name(json::str(one, "agency"))(c.language))),
                     p(cls("keep-lines"), text::head(json::str(one, "body"), 300))));
  }
  if (all.empty()) return {};
  return html::all(h2(c.say("assembly.adoption_reasons")), ul(cls("service-list"), all));
}

json::value adoption_said(forum& f) {
  json::array verdicts, asks;
  for (const auto& s : f.rule().stages)
    for (const auto& v : s.verdicts)
      verdicts.push_back(json::object{
          {"id", v.id}, {"name", json::from_words(v.name)}, {"adopts", v.adopts}});
  for (const auto& one : f.book().reviews(f.rule().id))
    asks.push_back(json::object{{"number", one.what.number},
                                {"href", f.path_of(one.what)},
                                {"title", one.what.title},
                                {"agency", one.what.agency},
                                {"verdict", one.said ? one.said->verdict : ""},
                                {"body", one.said ? one.said->body : ""},
                                {"at", one.said ? one.said->at.str() : ""}});
  return json::object{{"verdicts", std::move(verdicts)}, {"asks", std::move(asks)}};
}

void adoption_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string& path = f->where().path;
  h.page("GET", path + "/adoption", needs::nobody, [f](context& c) {
    const auto said = adoption_said(*f);
    if (c.request.wants_json()) return c.with_privacy(http::json_response(json::print(said)));
    return c.page(c.say("assembly.adoption"),
                  {{f->where().path, std::string(c.say(f->key("title")))}},
                  html::all(h1(c.say("assembly.adoption")), lead(c.say("assembly.adoption_lead")),
                            adoption_table(c, adoption_of(c.home.pack(), said), said),
                            p(a(href(f->where().path + "/adoption.csv"),
                                c.say("assembly.adoption_csv"))),
                            adoption_reasons(c, said)),
                  {.wide = true});
  });
  h.page("GET", path + "/adoption.csv", needs::nobody, [f](context& c) {
    const auto said = adoption_said(*f);
    auto r = http::text_response(200, adoption_csv(adoption_of(c.home.pack(), said), said),
                                 "text/csv; charset=utf-8");
    r.with("Content-Disposition", "attachment; filename=\"adoption.csv\"");
    return r;
  });
}

}  // namespace madang::assembly
