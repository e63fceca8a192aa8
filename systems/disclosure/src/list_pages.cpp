// The lists of what agencies hold: searched, exported as CSV and as a catalogue in the words of
// DCAT (W3C, version 3), and a way to ask for what is not open.
#include <algorithm>

#include "madang/platform/csv.hpp"
#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;
using platform::csv_cell;

struct listed_item {
  std::string key, agency, agency_name, title, department, made, cycle, access, ground;
  std::int64_t wanted = 0;
};
BOOST_DESCRIBE_STRUCT(listed_item, (),
                      (key, agency, agency_name, title, department, made, cycle, access, ground,
                       wanted))
struct lists_view {
  std::string query, agency, access;
  std::vector<listed_item> items;
};
BOOST_DESCRIBE_STRUCT(lists_view, (), (query, agency, access, items))

listed_item item_of(const context& c, const bureau& o, const bureau::listed_line& l) {
  const bool ko = c.language == "ko";
  const auto* g = o.law.find_ground(l.what.ground);
  return {l.what.key,
          l.what.agency,
          office_words(c, l.what.agency),
          ko ? l.what.title : l.what.title_en,
          ko ? l.what.department : l.what.department_en,
          l.what.made,
          l.what.cycle,
          l.what.access,
          g ? g->law(c.language) + " " + g->name(c.language) : "",
          l.wanted};
}

bureau::list_wanted wanted_of(const context& c) {
  bureau::list_wanted w;
  w.text = text::head(c.request.param("q"), 100);
  w.agency = text::head(c.request.param("agency"), 40);
  const auto access = c.request.param("access");
  if (access == "open" || access == "partial" || access == "closed") w.access = access;
  return w;
}

lists_view view_of(const context& c, bureau& o) {
  const auto w = wanted_of(c);
  lists_view v{w.text, w.agency, w.access, {}};
  for (const auto& l : o.list(w)) v.items.push_back(item_of(c, o, l));
  return v;
}

node access_badge(const context& c, const std::string& access) {
  return badge(access == "open"      ? tone::good
               : access == "partial" ? tone::warn
                                     : tone::bad,
               c.say("disclosure.access_" + access));
}

std::string query_of(const lists_view& v, std::string_view access) {
  std::string out = "?access=" + std::string(access);
  if (!v.query.empty()) out += "&q=" + http::percent_encode(v.query);
  if (!v.agency.empty()) out += "&agency=" + http::percent_encode(v.agency);
  return out;
}

http::response show_lists(context& c, bureau& o) {
  const auto v = view_of(c, o);
  return c.show(v, [&] {
    std::vector<tab> kinds{{"/disclosure/lists" + query_of(v, ""),
                            std::string(c.say("disclosure.all")), v.access.empty()}};
    for (const char* one : {"open", "partial", "closed"})
      kinds.push_back({"/disclosure/lists" + query_of(v, one),
                       std::string(c.say("disclosure.access_" + std::string(one))),
                       v.access == one});
    std::vector<std::string> codes;
    for (const auto& l : o.list({}))
      if (std::ranges::find(codes, l.what.agency) == codes.end()) codes.push_back(l.what.agency);
    std::vector<choice> offices{{"", std::string(c.say("disclosure.all_agencies")), ""}};
    for (const auto& code : codes) offices.push_back({code, office_words(c, code), ""});
    field agency{.name = "agency", .label = std::string(c.say("disclosure.agency"))};
    agency.value = v.agency;
    agency.optional = false;
    field words{.name = "q", .label = std::string(c.say("disclosure.search_lists"))};
    words.value = v.query;
    table_view t;
    t.caption = c.say("disclosure.lists");
    t.caption_hidden = true;
    t.stacked = true;
    t.sortable = true;
    t.first_is_header = true;
    t.empty = c.say("disclosure.none_listed");
    for (const char* column : {"title", "agency", "made", "access"})
      t.columns.push_back({std::string(c.say("disclosure.column_" + std::string(column))), false});
    t.columns.push_back({std::string(c.say("disclosure.column_wanted")), true});
    for (const auto& one : v.items)
      t.rows.push_back({a(href("/disclosure/lists/" + one.key), one.title),
                        all(one.agency_name, div(cls("note"), one.department)),
                        node(one.made + (one.cycle.empty() ? "" : " · " + one.cycle)),
                        all(access_badge(c, one.access),
                            one.ground.empty() ? node() : node(div(cls("note"), one.ground))),
                        node(text::grouped(one.wanted))});
    const std::string here = query_of(v, v.access);
    const node body =
        all(h1(c.say("disclosure.lists")), lead(c.say("disclosure.lists_lead")),
            form(cls("find-lists"), method("get"), action("/disclosure/lists"), role("search"),
                 text_field(c.shell(), words), select_field(c.shell(), agency, offices),
                 submit_button(c.say("disclosure.find"), look::secondary)),
            filters(c.say("disclosure.column_access"), kinds),
            p(cls("note"), c.fill("disclosure.n_listed", {{"n", std::to_string(v.items.size())}})),
            data_table(c.shell(), t),
            button_row({link_button("/disclosure/lists.csv" + here, c.say("disclosure.csv"),
                                    look::secondary, "download"),
                        link_button("/disclosure/lists.json" + here, c.say("disclosure.dcat"),
                                    look::secondary, "download")}));
    return c.page(c.say("disclosure.lists"), {home_link(c)}, body, {.wide = true});
  });
}

http::response lists_csv(context& c, bureau& o) {
  std::string out = "id,agency,agency_name,title,department,made,cycle,access,ground,requests\r\n";
  for (const auto& one : view_of(c, o).items) {
    std::vector<std::string> cells;
    for (const auto* s : {&one.key, &one.agency, &one.agency_name, &one.title, &one.department,
                          &one.made, &one.cycle, &one.access, &one.ground})
      cells.push_back(csv_cell(*s));
    cells.push_back(std::to_string(one.wanted));
    out += text::join(cells, ",") + "\r\n";
  }
  return csv_file(c, std::move(out), "disclosure-lists");
}

// dcat:Catalog with a dcat:Dataset each; dct:accessRights by the vocabulary of the EU's
// Publications Office, which DCAT-AP takes.
http::response lists_dcat(context& c, bureau& o) {
  const std::string base = "/disclosure/lists";
  json::array sets;
  for (const auto& l : o.list(wanted_of(c))) {
    const char* rights = l.what.access == "open"      ? "PUBLIC"
                         : l.what.access == "partial" ? "RESTRICTED"
                                                      : "NON_PUBLIC";
    json::object one{
        {"@id", base + "/" + l.what.key},
        {"@type", "dcat:Dataset"},
        {"dct:identifier", l.what.key},
        {"dct:title", json::array{json::object{{"@language", "ko"}, {"@value", l.what.title}},
                                  json::object{{"@language", "en"}, {"@value", l.what.title_en}}}},
        {"dct:publisher", json::object{{"@type", "foaf:Agent"},
                                       {"dct:identifier", l.what.agency},
                                       {"foaf:name", office_words(c, l.what.agency)}}},
        {"dct:temporal", l.what.made},
        {"dct:accrualPeriodicity", l.what.cycle},
        {"dct:accessRights",
         json::object{{"@id", "http://publications.europa.eu/resource/authority/access-right/" +
                                  std::string(rights)}}},
        {"dcat:contactPoint",
         json::object{{"@type", "vcard:Kind"}, {"vcard:organization-unit", l.what.department}}}};
    if (const auto* g = o.law.find_ground(l.what.ground)) one["dct:rights"] = g->law("en");
    sets.push_back(std::move(one));
  }
  const json::object out{{"@context", json::object{{"dcat", "http://www.w3.org/ns/dcat#"},
                                                   {"dct", "http://purl.org/dc/terms/"},
                                                   {"foaf", "http://xmlns.com/foaf/0.1/"},
                                                   {"vcard", "http://www.w3.org/2006/vcard/ns#"}}},
                         {"@id", base},
                         {"@type", "dcat:Catalog"},
                         {"dct:title", c.say("disclosure.lists")},
                         {"dct:language", c.language},
                         {"dcat:dataset", sets}};
  auto r = http::text_response(200, json::print(json::value(out)), "application/ld+json");
  r.with("Content-Disposition", "attachment; filename=\"disclosure-lists.json\"");
  return c.with_privacy(std::move(r));
}

http::response show_listed(context& c, bureau& o) {
  const auto l = o.find_listed(c.request.capture("item"));
  if (!l) return c.refuse(refuse(kind::not_found, "disclosure.no_listed"));
  const auto view = item_of(c, o, *l);
  return c.show(view, [&] {
    std::vector<row> rows{
        {std::string(c.say("disclosure.agency")), node(view.agency_name), ""},
        {std::string(c.say("disclosure.department")), node(view.department), ""},
        {std::string(c.say("disclosure.column_made")), node(view.made), ""},
        {std::string(c.say("disclosure.cycle")), node(view.cycle), ""},
        {std::string(c.say("disclosure.column_access")), access_badge(c, view.access), ""}};
    if (const auto* g = o.law.find_ground(l->what.ground))
      rows.push_back(
          {std::string(c.say("disclosure.ground")),
           all(g->law(c.language), " ", g->name(c.language), p(cls("note"), g->text(c.language))),
           ""});
    rows.push_back({std::string(c.say("disclosure.column_wanted")),
                    node(c.fill("disclosure.wanted", {{"n", std::to_string(view.wanted)}})), ""});
    const std::string ask = "/disclosure/lists/" + view.key + "/ask";
    const node button = c.session ? post_button(c.shell(), ask, c.say("disclosure.ask_for"))
                                  : link_button(ask, c.say("disclosure.ask_for"));
    return c.page(view.title,
                  {home_link(c), {"/disclosure/lists", std::string(c.say("disclosure.lists"))}},
                  all(h1(view.title), summary_list(c.shell(), rows), button,
                      p(cls("note"), c.say("disclosure.ask_for_line"))));
  });
}

// A draft that knows already with whom and what.
http::response ask_for(context& c, bureau& o) {
  const auto l = o.find_listed(c.request.capture("item"));
  if (!l) return c.refuse(refuse(kind::not_found, "disclosure.no_listed"));
  if (c.request.method == "GET" && c.request.header("sec-fetch-site") == "cross-site")
    return c.go("/disclosure/lists/" + l->what.key);
  auto draft = c.home.drafts().begin(
      c.actor.person, procedure_id,
      {{"agency", l->what.agency}, {"subject", l->what.title}, {"item", l->what.key}});
  return c.go("/apply/" + draft.key.str());
}

struct office_line {
  std::string label, value, note;
};
BOOST_DESCRIBE_STRUCT(office_line, (), (label, value, note))
struct offices_view {
  std::vector<office_line> items;
};
BOOST_DESCRIBE_STRUCT(offices_view, (), (items))

// Agencies by name as it is typed: "국토", "종로", "land".
http::response offices(context& c) {
  constexpr std::size_t most = 12;
  offices_view view;
  const std::string sought = text::fold(text::trim(text::head(c.request.param("q"), 80)));
  const auto add = [&](const std::string& code, const words& name) {
    if (view.items.size() >= most || sought.empty()) return;
    for (const auto& [language, said] : name.all())
      if (text::fold(said).find(sought) != std::string::npos) {
        view.items.push_back({name(c.language), code, ""});
        return;
      }
  };
  for (const auto& a : c.home.pack().agencies()) add(a.code, a.name);
  for (const auto& m : c.home.pack().municipalities()) add(m.code, c.home.pack().full_name(m.code));
  return c.with_privacy(http::json_response(json::write(view)));
}

}  // namespace

void list_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/disclosure/offices", needs::nobody, [](context& c) { return offices(c); });
  h.page("GET", "/disclosure/lists", needs::nobody, [o](context& c) { return show_lists(c, *o); });
  h.page("GET", "/disclosure/lists.csv", needs::nobody,
         [o](context& c) { return lists_csv(c, *o); });
  h.page("GET", "/disclosure/lists.json", needs::nobody,
         [o](context& c) { return lists_dcat(c, *o); });
  h.page("GET", "/disclosure/lists/{item}", needs::nobody,
         [o](context& c) { return show_listed(c, *o); });
  for (const char* verb : {"GET", "POST"})
    h.page(verb, "/disclosure/lists/{item}/ask", needs::sign_in,
           [o](context& c) { return ask_for(c, *o); });
}

}  // namespace madang::disclosure
