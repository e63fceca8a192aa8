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

std::string agency_name(const context& c, const std::string& code) {
  if (const auto* a = c.home.pack().find_agency(code)) return a->name(c.language);
  if (const auto* d = c.home.pack().find_district(code)) return d->name(c.language);
  return code;
}

node tasks_part(const context& c, const shared_view& v) {
  table_view t;
  t.caption = c.say("sharing.tasks");
  t.stacked = true;
  t.first_is_header = true;
  for (const char* label : {"sharing.task", "sharing.who", "sharing.from", "sharing.law"})
    t.columns.push_back({std::string(c.say(label))});
  for (const auto& l : v.tasks) {
    std::vector<std::string> names;
    for (const auto& reg : l.registers)
      names.push_back(c.home.hub().registry_of(reg)->find_schema(reg)->name(c.language));
    t.rows.push_back({node(l.name), node(agency_name(c, l.agency)), node(text::join(names, ", ")),
                      node(l.law)});
  }
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

node documents_part(const context& c, const shared_view& v) {
  table_view t;
  t.caption = c.fill("sharing.documents", {{"n", std::to_string(v.documents.size())}});
  t.stacked = true;
  for (const char* label : {"sharing.document", "sharing.keeper", "sharing.here"})
    t.columns.push_back({std::string(c.say(label))});
  for (const auto& d : v.documents)
    t.rows.push_back({node(d.name), node(d.agency_name),
                      node(c.say(d.reg.empty() ? "sharing.described" : "sharing.looked_up"))});
  return data_table(c.shell(), t);
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
                      p(a(href("/my/sharing"), c.say("sharing.mine"))), used_part(c, v),
                      tasks_part(c, v), documents_part(c, v)),
                  {.wide = true, .description = std::string(c.say("sharing.lead"))});
  });
}

}  // namespace

void public_pages(house& h, shared_office o) {
  h.page("GET", "/sharing", needs::nobody, [o](context& c) { return show(c, *o); });
}

}  // namespace madang::sharing
