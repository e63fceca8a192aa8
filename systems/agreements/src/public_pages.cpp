// Which agreements there are and how much they are used: by month and agency, as bars, as a table,
// as CSV. For everybody, and no person in it.
#include <algorithm>
#include <map>

#include "madang/platform/csv.hpp"
#include "office.hpp"

namespace madang::agreements {
namespace {

using namespace html;
using platform::csv_cell;

struct public_line {
  std::string number, applicant, applicant_name, klass, provider, provider_name, reg, items,
      purpose, law, begins, ends;
};
BOOST_DESCRIBE_STRUCT(public_line, (),
                      (number, applicant, applicant_name, klass, provider, provider_name, reg,
                       items, purpose, law, begins, ends))
struct month_line {
  std::string month, applicant, applicant_name;
  std::int64_t answers = 0, refused = 0, cost = 0;
};
BOOST_DESCRIBE_STRUCT(month_line, (), (month, applicant, applicant_name, answers, refused, cost))
struct public_view {
  std::vector<public_line> agreements;
  std::vector<month_line> months;
};
BOOST_DESCRIBE_STRUCT(public_view, (), (agreements, months))

public_view view_of(const context& c, office& o) {
  public_view v;
  for (const auto& a : o.all()) {
    if (o.state_of(a) != "in_force") continue;
    const auto* m = o.find_member(a.applicant);
    v.agreements.push_back(
        {a.number, a.applicant, o.name_of(a.applicant, c.language),
         m ? o.class_of(*m)->name(c.language) : std::string(c.say("agreements.government")),
         a.provider, o.name_of(a.provider, c.language), a.reg, item_names(c, o, a), a.purpose,
         a.law, a.begins.str(), a.ends.str()});
  }
  std::map<std::pair<std::string, std::string>, month_line, std::greater<>> by;
  for (const auto& u : o.used()) {
    auto& l = by[{u.month, u.applicant}];
    l.month = u.month;
    l.applicant = u.applicant;
    l.applicant_name = o.name_of(u.applicant, c.language);
    if (u.outcome == "refused") {
      l.refused += u.n;
    } else {
      l.answers += u.n;
      l.cost += u.n * u.tariff;
    }
  }
  for (auto& [key, l] : by) v.months.push_back(std::move(l));
  return v;
}

// The newest month as bars, the longest of them full.
node bars_of(const context& c, const public_view& v) {
  if (v.months.empty()) return {};
  std::int64_t most = 1;
  for (const auto& l : v.months)
    if (l.month == v.months.front().month) most = std::max(most, l.answers);
  std::vector<node> bars;
  for (const auto& l : v.months) {
    if (l.month != v.months.front().month) continue;
    bars.push_back(
        li(span(l.applicant_name),
           element("meter", cls("bar good"), aria("label", l.applicant_name), attr("min", "0"),
                   attr("max", std::to_string(most)), attr("value", std::to_string(l.answers))),
           span(cls("note"), text::grouped(l.answers))));
  }
  return section(h2(c.fill("agreements.bars", {{"month", v.months.front().month}})),
                 ul(cls("bars"), bars));
}

node months_of(const context& c, const public_view& v) {
  table_view t;
  t.caption = c.say("agreements.statistics");
  t.empty = c.say("agreements.used_none");
  t.stacked = true;
  t.columns = {{std::string(c.say("sharing.month"))},
               {std::string(c.say("agreements.applicant"))},
               {std::string(c.say("agreements.answers")), true},
               {std::string(c.say("agreements.outcome_refused")), true},
               {std::string(c.say("agreements.cost")), true}};
  for (const auto& l : v.months)
    t.rows.push_back({node(l.month), node(l.applicant_name), node(text::grouped(l.answers)),
                      node(text::grouped(l.refused)), node(text::grouped(l.cost))});
  return data_table(c.shell(), t);
}

node agreements_of(const context& c, const public_view& v) {
  table_view t;
  t.caption = c.say("agreements.in_force");
  t.empty = c.say("agreements.none");
  t.stacked = true;
  for (const char* label : {"agreements.number", "agreements.applicant", "agreements.provider",
                            "agreements.items", "agreements.purpose", "agreements.ends"})
    t.columns.push_back({std::string(c.say(label))});
  for (const auto& l : v.agreements)
    t.rows.push_back({node(l.number), node(l.applicant_name + " (" + l.klass + ")"),
                      node(l.provider_name), node(register_name(c, l.reg) + ": " + l.items),
                      node(l.purpose + " · " + l.law), node(l.ends)});
  return data_table(c.shell(), t);
}

http::response show(context& c, office& o) {
  const auto v = view_of(c, o);
  return c.show(v, [&] {
    return c.page(c.say("agreements.public"), {{"/sharing", std::string(c.say("sharing.title"))}},
                  all(h1(c.say("agreements.public")), lead(c.say("agreements.public_lead")),
                      bars_of(c, v), months_of(c, v),
                      button_row({link_button("/sharing/agreements.csv", c.say("agreements.csv"),
                                              look::secondary)}),
                      agreements_of(c, v)),
                  {.wide = true, .description = std::string(c.say("agreements.public_lead"))});
  });
}

http::response csv(context& c, office& o) {
  std::string out = "month,applicant,name,answers,refused,cost\r\n";
  for (const auto& l : view_of(c, o).months)
    out += csv_cell(l.month) + "," + csv_cell(l.applicant) + "," +
           csv_cell(l.applicant_name) + "," + std::to_string(l.answers) + "," +
           std::to_string(l.refused) + "," + std::to_string(l.cost) + "\r\n";
  return http::text_response(200, out, "text/csv; charset=utf-8")
      .with("Content-Disposition", "attachment; filename=\"agreements.csv\"");
}

}  // namespace

void public_pages(house& h, shared_office o) {
  h.page("GET", "/sharing/agreements", needs::nobody, [o](context& c) { return show(c, *o); });
  h.page("GET", "/sharing/agreements.csv", needs::nobody, [o](context& c) { return csv(c, *o); });
}

}  // namespace madang::agreements
