// What is unusual about how one ask was joined, with the count as it is and as it would be without.
#include <cmath>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

struct burst_line {
  instant begins;
  std::int64_t count = 0;
  double expected = 0;
};
BOOST_DESCRIBE_STRUCT(burst_line, (), (begins, count, expected))
struct sheet_line {
  instant at;
  std::int64_t entered = 0;
};
BOOST_DESCRIBE_STRUCT(sheet_line, (), (at, entered))
struct too_many_line {
  std::string district, name;
  instant since;
  std::int64_t counted = 0, people = 0;
};
BOOST_DESCRIBE_STRUCT(too_many_line, (), (district, name, since, counted, people))
struct unusual_view {
  std::string number, title, saying;
  std::int64_t counted = 0, adjusted = 0;
  std::vector<burst_line> bursts;
  std::vector<sheet_line> sheets;
  std::vector<strike_line> struck;
  std::vector<too_many_line> excess;         // districts in which more joined than live there
};
BOOST_DESCRIBE_STRUCT(unusual_view, (),
                      (number, title, saying, counted, adjusted, bursts, sheets, struck, excess))

unusual_view view_of(const context& c, forum& f, const ask& a) {
  const saying s = main_saying(f);
  unusual_view v{a.number, a.title, std::string(name_of(s)), f.book().counted(a.key, s), 0, {},
                 {},       struck_lines(f, a), {}};
  for (auto& one : v.struck) one.objection.clear();   // for who hears it
  for (const auto& one : f.book().sheets(a.key)) v.sheets.push_back({one.at, one.entered});
  double above = 0;
  for (const auto& e : f.districts().of(a.key)) {
    if (e.saying != name_of(s)) continue;
    v.excess.push_back({e.district, bucket_name(c, e.district), e.since, e.counted, e.people});
    above += static_cast<double>(e.counted - e.people);
  }
  for (const auto& b : f.book().bursts(a.key, s)) {
    v.bursts.push_back({b.begins, b.count, b.expected});
    above += static_cast<double>(b.count) - b.expected;
  }
  v.adjusted = std::max<std::int64_t>(0, v.counted - std::llround(above));
  return v;
}

node table_of(const context& c, const unusual_view& v) {
  table_view t;
  t.caption = c.say("assembly.unusual");
  t.caption_hidden = true;
  t.columns = {{std::string(c.say("assembly.unusual_when"))},
               {std::string(c.say("assembly.count")), true},
               {std::string(c.say("assembly.unusual_expected")), true}};
  for (const auto& b : v.bursts)
    t.rows.push_back({node(c.written(b.begins)), node(text::grouped(b.count)),
                      node(fmt::format("{:.1f}", b.expected))});
  return data_table(c.shell(), t);
}

node excess_of(const context& c, const unusual_view& v) {
  if (v.excess.empty()) return {};
  table_view t;
  t.caption = c.say("assembly.excess");
  t.columns = {{std::string(c.say("assembly.bucket"))},
               {std::string(c.say("assembly.count")), true},
               {std::string(c.say("assembly.excess_people")), true},
               {std::string(c.say("assembly.excess_since"))}};
  for (const auto& e : v.excess)
    t.rows.push_back({node(e.name), node(text::grouped(e.counted)), node(text::grouped(e.people)),
                      node(c.written(e.since))});
  return html::all(banner(c.shell(), tone::warn, c.say("assembly.excess"),
                          p(c.say("assembly.excess_how"))),
                   data_table(c.shell(), t));
}

// Many who signed on paper are entered at once, which is no storm.
node sheets_of(const context& c, const unusual_view& v) {
  if (v.sheets.empty()) return {};
  table_view t;
  t.caption = c.say("assembly.sheets");
  t.columns = {{std::string(c.say("assembly.sheet_when"))},
               {std::string(c.say("assembly.sheet_people")), true}};
  for (const auto& s : v.sheets)
    t.rows.push_back({node(c.written(s.at)), node(text::grouped(s.entered))});
  return data_table(c.shell(), t);
}

http::response show(context& c, forum& f) {
  const auto a = f.find(c);
  if (!a || !a->hidden.empty()) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  const unusual_view v = view_of(c, f, *a);
  return c.show(v, [&] {
    const node found =
        v.bursts.empty() && v.excess.empty()
            ? empty_state("check", c.say("assembly.unusual_none"))
            : html::all(excess_of(c, v), v.bursts.empty() ? node() : table_of(c, v),
                        definition_grid({{std::string(c.say("assembly.raw_count")),
                                          text::grouped(v.counted)},
                                         {std::string(c.say("assembly.adjusted_count")),
                                          text::grouped(v.adjusted)}}));
    return c.page(c.say("assembly.unusual"),
                  {{f.where().path, std::string(c.say(f.key("title")))},
                   {f.path_of(*a), a->title}},
                  html::all(h1(c.say("assembly.unusual")), lead(c.say("assembly.unusual_lead")),
                            found, p(cls("note"), c.say("assembly.unusual_how")),
                            sheets_of(c, v), struck_table(c, v.struck)),
                  {});
  });
}

}  // namespace

void unusual_pages(const shared_forum& f) {
  f->home().page("GET", f->where().path + "/{number}/unusual", needs::nobody,
                 [f](context& c) { return show(c, *f); });
}

}  // namespace madang::assembly
