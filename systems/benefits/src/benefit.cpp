// One benefit: its law, since when, what is left out, and every figure with its source.
#include "finder.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct figure_line {
  std::string name, unit, from, value, source;
};
BOOST_DESCRIBE_STRUCT(figure_line, (), (name, unit, from, value, source))
struct benefit_view {
  std::string id, name, line, law, agency, for_whom, simplified, in_force, hash;
  std::vector<std::string> versions;
  std::vector<figure_line> figures;
};
BOOST_DESCRIBE_STRUCT(benefit_view, (), (id, name, line, law, agency, for_whom, simplified,
                                         in_force, hash, versions, figures))

std::string said(const rules::value& v) {
  if (v.is(rules::kind::list)) {
    std::vector<std::string> all;
    for (const auto& one : v.items()) all.push_back(said(one));
    return text::join(all, " / ");
  }
  const auto whole = v.is(rules::kind::number) ? v.number().to_int64() : std::nullopt;
  return whole ? text::grouped(*whole) : v.str();
}

std::vector<figure_line> figures_of(const context& c, const office& o,
                                    const rules::provision::version& held) {
  std::vector<figure_line> out;
  for (const auto& e : held.logic->elements()) {
    const auto* p = e.kind == rules::drg_element::what::input ? o.law.find_parameter(e.name)
                                                              : nullptr;
    if (!p) continue;
    for (auto v = p->versions.rbegin(); v != p->versions.rend(); ++v)
      out.push_back({p->name(c.language), p->unit(c.language), v->from.str(), said(v->is),
                     v->source});
  }
  return out;
}

// What holds today; of a law that is still to come, the first.
const rules::provision::version& held_today(const context& c, const rules::provision& p) {
  const auto* now = p.at(today(c.home.pack().zone()));
  return now ? *now : p.versions.front();
}

// Since when each version holds, the latest first.
node versions_of(const context& c, const rules::provision& p) {
  std::vector<node> lines;
  for (auto v = p.versions.rbegin(); v != p.versions.rend(); ++v)
    lines.push_back(li(c.fill("benefits.since", {{"date", c.written(v->from)}})));
  if (lines.size() == 1) return c.fill("benefits.since", {{"date", c.written(p.versions[0].from)}});
  return ul(lines);
}

node figures_table(const context& c, const std::vector<figure_line>& figures) {
  table_view v;
  v.caption = c.say("benefits.figures");
  v.caption_hidden = true;
  v.stacked = true;
  for (const char* column : {"figure", "from", "value", "source"})
    v.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
  for (const auto& f : figures)
    v.rows.push_back({all(f.name, div(cls("note"), f.unit)), f.from, f.value, f.source});
  return data_table(c.shell(), v);
}

}  // namespace

http::response show_benefit(context& c, const office& o) {
  const auto* p = o.law.find(c.request.capture("benefit"));
  if (!p)
    return c.refuse(refuse(kind::not_found, o.whom.words == of_persons.words ? "benefit.unknown"
                                                                             : "support.unknown"));
  const auto& held = held_today(c, *p);
  const auto* agency = c.home.pack().find_agency(p->agency);
  benefit_view view{p->id, p->name(c.language), p->line(c.language), p->law(c.language),
                    agency ? agency->name(c.language) : p->agency, p->for_whom,
                    p->simplified(c.language), held.from.str(), held.hash, {},
                    figures_of(c, o, held)};
  for (const auto& v : p->versions) view.versions.push_back(v.from.str());
  return c.show(view, [&] {
    const std::vector<row> rows = {
        {std::string(c.say("benefits.law")), node(view.law), ""},
        {std::string(c.say("benefits.agency")),
         agency ? a(href("/agencies/" + p->agency), view.agency) : node(view.agency), ""},
        {std::string(c.say("benefits.for_whom")), node(c.say("benefits.for_" + p->for_whom)), ""},
        {std::string(c.say("benefits.versions")), versions_of(c, *p), ""},
        {std::string(c.say("benefits.simplified")), node(view.simplified), ""}};
    const node body =
        all(h1(view.name), lead(view.line), summary_list(c.shell(), rows),
            html::p(link_button(o.whom.path, o.say(c, "find"))),
            view.figures.empty() ? node()
                                 : all(h2(c.say("benefits.figures")),
                                       figures_table(c, view.figures)),
            html::p(cls("note"), c.fill("benefits.model", {{"hash", view.hash}})));
    return c.page(view.name, {{o.whom.path, std::string(o.say(c, "title"))}}, body);
  });
}

}  // namespace madang::benefits
