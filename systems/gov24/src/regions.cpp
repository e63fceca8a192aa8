// Districts of the country: a map and the same as a table, from the country down to a town.
#include "regions.hpp"

namespace madang::gov24 {
namespace {

using namespace html;
using districts = std::vector<const packs::district*>;

constexpr std::size_t most_found = 50;

// Made when first asked for, as cells of thousands of towns are not needed to start.
class lazily {
 public:
  const gazetteer& of(const house& h) {
    std::call_once(once_, [&] { made_ = std::make_unique<gazetteer>(h); });
    return *made_;
  }

 private:
  std::once_flag once_;
  std::unique_ptr<gazetteer> made_;
};

std::string other_language(const context& c) {
  for (const auto& one : c.home.pack().languages())
    if (one != c.language) return one;
  return {};
}

// A name and, smaller, the same in the other language of the country.
node name_cell(const context& c, const packs::district& d) {
  const std::string other = other_language(c);
  return all(a(href("/regions/" + d.code), d.name(c.language)),
             other.empty() ? node()
                           : span(cls("note"), lang_(other), " ", d.name(other)));
}

node table_of(const context& c, const gazetteer& g, const std::string& code,
              std::string_view caption) {
  table_view v;
  v.caption = caption;
  v.caption_hidden = true;
  v.first_is_header = true;
  v.columns = {{std::string(c.say("region.name")), false}};
  const std::string kind = g.atlas().below(code).empty()
                               ? "town"
                               : kind_of(g.atlas().below(code).front()->code);
  if (kind == "province") v.columns.push_back({std::string(c.say("region.municipalities")), true});
  if (kind == "town") v.columns.push_back({std::string(c.say("region.code")), true});
  else v.columns.push_back({std::string(c.say("region.towns")), true});
  for (const auto* d : g.atlas().below(code)) {
    std::vector<node> cells{name_cell(c, *d)};
    if (kind == "province")
      cells.push_back(text::grouped(static_cast<std::int64_t>(g.atlas().below(d->code).size())));
    cells.push_back(kind == "town" ? d->code : text::grouped(g.towns_in(d->code)));
    v.rows.push_back(std::move(cells));
  }
  return data_table(c.shell(), v);
}

std::vector<html::link> crumbs_to(const context& c, const gazetteer& g, std::string_view code) {
  std::vector<html::link> out;
  for (auto up = g.atlas().parent(code); !up.empty(); up = g.atlas().parent(up))
    if (const auto* d = g.pack().find_district(up))
      out.insert(out.begin(), {"/regions/" + d->code, d->name(c.language)});
  out.insert(out.begin(), {"/regions", std::string(c.say("region.title"))});
  return out;
}

node finder(const context& c, std::string_view typed) {
  search_view box;
  box.action = "/regions";
  box.value = typed;
  box.label = c.say("region.find");
  box.suggest.clear();
  return search_box(c.shell(), box);
}

std::string counted(const context& c, const gazetteer& g, const std::string& code) {
  const auto& below = g.atlas().below(code);
  const std::string towns = std::to_string(g.towns_in(code));
  if (code.empty()) {
    std::size_t municipalities = 0;
    for (const auto* d : below) municipalities += g.atlas().below(d->code).size();
    return c.fill("region.lead", {{"provinces", std::to_string(below.size())},
                                  {"municipalities", std::to_string(municipalities)},
                                  {"towns", text::grouped(g.towns_in(code))}});
  }
  if (kind_of(code) == "province")
    return c.fill("region.province_lead",
                  {{"municipalities", std::to_string(below.size())}, {"towns", towns}});
  return c.fill("region.municipality_lead", {{"towns", towns}});
}

node map_and_table(const context& c, const gazetteer& g, const std::string& code) {
  const std::string below = code.empty() ? "provinces"
                            : kind_of(code) == "province" ? "municipalities"
                                                          : "towns";
  const std::string caption(c.say("region." + below));
  return div(cls("map-and-list"), map_of(c, g, code),
             section(id_("districts"), attr("tabindex", "-1"), h2(caption),
                     table_of(c, g, code, caption)));
}

http::response found(const context& c, const gazetteer& g, std::string_view typed) {
  districts all_found = g.find(typed);
  const std::size_t total = all_found.size();
  all_found.resize(std::min(total, most_found));
  if (c.request.wants_json()) return geojson_of(c, g, all_found);
  node body = all(h1(c.say("region.title")), finder(c, typed));
  if (all_found.empty()) {
    body = all(body, empty_state("search", c.fill("region.none", {{"q", std::string(typed)}}),
                                 p(c.say("region.none_hint")),
                                 link_button("/regions", c.say("region.whole"), look::secondary)));
  } else {
    std::vector<node> lines;
    for (const auto* d : all_found) {
      const std::string around = g.pack().full_name(g.atlas().parent(d->code))(c.language);
      lines.push_back(li(cls("service-line"), h2(cls("h3"), name_cell(c, *d)),
                         p(cls("note"), around, around.empty() ? "" : " · ",
                           c.say("region.kind_" + kind_of(d->code)))));
    }
    body = all(body, p(role("status"),
                       c.fill(total > most_found ? "region.first" : "region.found",
                              {{"n", text::grouped(static_cast<std::int64_t>(total))},
                               {"most", std::to_string(most_found)}})),
               ul(cls("service-list"), lines));
  }
  return c.page(c.fill("region.results", {{"q", std::string(typed)}}),
                {{"/regions", std::string(c.say("region.title"))}}, body);
}

http::response country(const context& c, const gazetteer& g) {
  const auto typed = text::trim(text::head(c.request.param("q"), 80));
  if (!typed.empty()) return found(c, g, typed);
  if (c.request.wants_json()) return geojson_of(c, g, g.atlas().below(""));
  return c.page(c.say("region.title"), {},
                all(h1(c.say("region.title")), lead(counted(c, g, "")), finder(c, ""),
                    map_and_table(c, g, "")),
                {.wide = true, .description = counted(c, g, "")});
}

// What a citizen can have done for which this town's office decides.
std::vector<service_line> done_in_a_town(const context& c) {
  std::vector<service_line> out;
  for (const auto& e : c.home.catalogue().entries())
    if (const auto* d = c.home.catalogue().find_definition(e.id))
      if (json::str(d->procedure, "office").ends_with(".town")) out.push_back(line_of(c, e));
  return out;
}

std::vector<row> facts_of(const context& c, const gazetteer& g, const packs::district& d) {
  std::vector<row> rows;
  auto add = [&](const char* key, node value) {
    rows.push_back({std::string(c.say("region." + std::string(key))), std::move(value), ""});
  };
  if (const std::string other = other_language(c); !other.empty())
    add("other_name", span(lang_(other), d.name(other)));
  add("kind", node(c.say("region.kind_" + kind_of(d.code))));
  add("code", node(d.code));
  const std::string above(g.atlas().parent(d.code));
  if (g.pack().find_district(above))
    add("lies_in", a(href("/regions/" + above), g.pack().full_name(above)(c.language)));
  if (!g.office().empty())
    add("centre", node(text::fill(g.office()(c.language), std::map<std::string, std::string>{
                                                              {"name", d.name(c.language)}})));
  if (const words seal = c.home.seal_of_district(d.code); !seal.empty())
    add("decides", node(seal(c.language)));
  return rows;
}

http::response town(const context& c, const gazetteer& g, const packs::district& d) {
  if (c.request.wants_json()) return geojson_of(c, g, {&d});
  node facts = section(id_("districts"), attr("tabindex", "-1"), h2(c.say("region.about")),
                       summary_list(c.shell(), facts_of(c, g, d)));
  node body = all(h1(d.name(c.language)), lead(g.pack().full_name(d.code)(c.language)),
                  div(cls("map-and-list"),
                      map_of(c, g, std::string(g.atlas().parent(d.code)), d.code), facts));
  if (const auto services = done_in_a_town(c); !services.empty())
    body = all(body, h2(c.say("region.services")), p(c.say("region.services_line")),
               service_list(c, services, 3));
  return c.page(d.name(c.language), crumbs_to(c, g, d.code), body,
                {.wide = true, .description = g.pack().full_name(d.code)(c.language)});
}

http::response one(const context& c, const gazetteer& g) {
  const auto* d = g.pack().find_district(c.request.capture("region"));
  if (!d) return c.refuse(refuse(kind::not_found, "region.unknown"));
  if (g.atlas().below(d->code).empty()) return town(c, g, *d);
  if (c.request.wants_json()) return geojson_of(c, g, g.atlas().below(d->code));
  return c.page(d->name(c.language), crumbs_to(c, g, d->code),
                all(h1(d->name(c.language)), lead(counted(c, g, d->code)),
                    map_and_table(c, g, d->code)),
                {.wide = true, .description = counted(c, g, d->code)});
}

}  // namespace

void region_pages(house& h) {
  auto known = std::make_shared<lazily>();
  h.page("GET", "/regions", needs::nobody,
         [known](context& c) { return country(c, known->of(c.home)); });
  h.page("GET", "/regions/{region}", needs::nobody,
         [known](context& c) { return one(c, known->of(c.home)); });
}

}  // namespace madang::gov24
