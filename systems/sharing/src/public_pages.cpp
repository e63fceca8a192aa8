// What is shared, by which law, and how much: for everybody, without persons.
#include <algorithm>
#include <map>

#include "office.hpp"

namespace madang::sharing {
namespace {

using namespace html;

struct shared_line {
  std::string task, name, law, agency;
  std::vector<std::string> registers;
};
BOOST_DESCRIBE_STRUCT(shared_line, (), (task, name, law, agency, registers))
struct document_line {
  std::string code, name, agency, agency_name, reg;
};
BOOST_DESCRIBE_STRUCT(document_line, (), (code, name, agency, agency_name, reg))
struct shared_view {
  std::vector<shared_line> tasks;
  std::vector<document_line> documents;
  std::vector<usage> used;
};
BOOST_DESCRIBE_STRUCT(shared_view, (), (tasks, documents, used))

node tasks_part(const context& c, const office& o) {
  table_view t;
  t.caption = c.say("sharing.tasks");
  t.stacked = true;
  t.first_is_header = true;
  for (const char* label : {"sharing.task", "sharing.who", "sharing.from", "sharing.law"})
    t.columns.push_back({std::string(c.say(label))});
  for (const auto& one : o.book().tasks())
    t.rows.push_back({node(one.name(c.language)), node(agency_name(c, one.agency)),
                      node(register_names(c, one)), node(one.law(c.language))});
  return data_table(c.shell(), t);
}

// A month and an agency a line: how often its officials looked, and what did not answer.
node used_part(const context& c, const shared_view& v) {
  struct sum {
    std::int64_t n = 0, failed = 0, micros = 0;
  };
  std::map<std::pair<std::string, std::string>, sum, std::greater<>> by;
  for (const auto& u : v.used) {
    auto& s = by[{u.month, u.agency}];
    s.n += u.n;
    s.micros += u.micros;
    if (u.outcome == "failed") s.failed += u.n;
  }
  table_view t;
  t.caption = c.say("sharing.used");
  t.empty = c.say("sharing.used_none");
  for (const char* label : {"sharing.month", "sharing.who"})
    t.columns.push_back({std::string(c.say(label))});
  for (const char* label : {"sharing.count", "sharing.failed", "sharing.millis"})
    t.columns.push_back({std::string(c.say(label)), true});
  for (const auto& [of, s] : by)
    t.rows.push_back({node(of.first), node(agency_name(c, of.second)), node(text::grouped(s.n)),
                      node(text::grouped(s.failed)),
                      node(fmt::format("{:.1f}", static_cast<double>(s.micros) / 1000 /
                                                     static_cast<double>(s.n)))});
  return data_table(c.shell(), t);
}

// By who keeps them; closed at first, as there are many.
node documents_part(const context& c, const shared_view& v) {
  std::map<std::string, std::vector<node>> by;
  for (const auto& d : v.documents)
    by[d.agency_name].push_back(
        d.reg.empty() ? li(d.name)
                      : li(d.name, " ", badge(tone::good, c.say("sharing.looked_up"))));
  std::vector<node> all_of;
  for (const auto& [agency, names] : by) {
    all_of.push_back(h3(agency));
    all_of.push_back(ul(names));
  }
  return section(h2(c.fill("sharing.documents", {{"n", std::to_string(v.documents.size())}})),
                 p(c.say("sharing.documents_lead")),
                 disclosure(c.say("sharing.documents_open"), join(all_of)));
}

http::response show(context& c, office& o) {
  shared_view v;
  for (const auto& t : o.book().tasks()) {
    shared_line l{t.id, t.name(c.language), t.law(c.language), t.agency, {}};
    for (const auto& s : t.sources) l.registers.push_back(s.reg);
    v.tasks.push_back(std::move(l));
  }
  for (const auto& d : o.book().documents())
    v.documents.push_back({d.code, d.name(c.language), d.agency, agency_name(c, d.agency), d.reg});
  v.used = o.used();
  return c.show(v, [&] {
    return c.page(c.say("sharing.title"), {},
                  all(h1(c.say("sharing.title")), lead(c.say("sharing.lead")),
                      p(a(href("/my/sharing"), c.say("sharing.mine"))),
                      c.home.pack().has("agreements/members.yaml")
                          ? p(a(href("/sharing/agreements"), c.say("agreements.public")))
                          : node(),
                      used_part(c, v),
                      tasks_part(c, o), documents_part(c, v)),
                  {.wide = true, .description = std::string(c.say("sharing.lead"))});
  });
}

}  // namespace

void public_pages(house& h, shared_office o) {
  h.page("GET", "/sharing", needs::nobody, [o](context& c) { return show(c, *o); });
}

}  // namespace madang::sharing
