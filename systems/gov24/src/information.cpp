// Institutions, news, policies, and what the portal says about itself.
#include <algorithm>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct agency_line {
  std::string code, name, duty, kind, parent;
};
BOOST_DESCRIBE_STRUCT(agency_line, (), (code, name, duty, kind, parent))
struct agency_view {
  agency_line agency;
  std::string phone;
  std::vector<std::string> units;
  std::vector<agency_line> below;
  std::vector<service_line> services;
};
BOOST_DESCRIBE_STRUCT(agency_view, (), (agency, phone, units, below, services))

struct article {
  std::string id, day, title, body, agency;
};
BOOST_DESCRIBE_STRUCT(article, (), (id, day, title, body, agency))

agency_line line_of(const context& c, const packs::agency& a) {
  return {a.code, a.name(c.language), a.duty(c.language), a.kind, a.parent};
}

// The organisation chart as nested lists: an outline reads aloud and prints.
node chart(const context& c, const std::string& parent, int depth = 0) {
  std::vector<node> items;
  for (const auto& one : c.home.pack().agencies())
    if (one.parent == parent)
      items.push_back(li(a(href("/agencies/" + one.code), one.name(c.language)),
                         depth < 4 ? chart(c, one.code, depth + 1) : node()));
  return items.empty() ? node() : ul(cls("chart"), items);
}

http::response agencies(context& c) {
  std::vector<agency_line> view;
  for (const auto& one : c.home.pack().agencies()) view.push_back(line_of(c, one));
  return c.show(view, [&] {
    return c.page(c.say("agencies.title"), {},
                  all(h1(c.say("agencies.title")),
                      lead(c.fill("agencies.lead", {{"n", std::to_string(view.size())}})),
                      p(a(href("/regions"), c.say("region.from_agencies"))),
                      chart(c, "")),
                  {.wide = true});
  });
}

http::response agency(context& c) {
  const auto* one = c.home.pack().find_agency(c.request.capture("agency"));
  if (!one) return c.refuse(refuse(kind::not_found, "agency.unknown"));
  agency_view view{line_of(c, *one), one->phone, {}, {}, {}};
  for (const auto& u : one->units) view.units.push_back(u.name(c.language));
  for (const auto& other : c.home.pack().agencies())
    if (other.parent == one->code) view.below.push_back(line_of(c, other));
  for (const auto& e : c.home.catalogue().entries())
    if (e.agency == one->code) view.services.push_back(gov24::line_of(c, e));
  return c.show(view, [&] {
    node body = all(h1(view.agency.name), lead(view.agency.duty));
    std::vector<row> rows;
    if (!view.phone.empty())
      rows.push_back({std::string(c.say("agencies.phone")), node(view.phone), ""});
    if (const auto* parent = c.home.pack().find_agency(one->parent))
      rows.push_back({std::string(c.say("agencies.belongs_to")),
                      a(href("/agencies/" + parent->code), parent->name(c.language)), ""});
    body = all(body, summary_list(c.shell(), rows));
    std::vector<node> units;
    for (const auto& u : view.units) units.push_back(li(u));
    if (!units.empty()) body = all(body, h2(c.say("agencies.units")), ul(units));
    if (!view.below.empty()) body = all(body, h2(c.say("agencies.below")), chart(c, one->code));
    if (!view.services.empty())
      body = all(body, h2(c.say("agencies.services")), service_list(c, view.services, 3));
    return c.page(view.agency.name, {{"/agencies", std::string(c.say("nav.agencies"))}}, body);
  });
}

std::vector<article> articles(const context& c, const std::string& folder) {
  std::vector<article> out;
  auto add = [&](const json::value& v) {
    const auto* a = c.home.pack().find_agency(json::str(v, "agency"));
    out.push_back({std::string(json::str(v, "id")), std::string(json::str(v, "date")),
                   json::words_of(json::at(v, "title"))(c.language),
                   json::words_of(json::at(v, "body"))(c.language),
                   a ? a->name(c.language) : std::string()});
  };
  for (const auto& file : c.home.pack().list(folder, ".yaml")) {
    const json::value v = c.home.pack().yaml(file);
    if (v.is_array())
      for (const auto& one : v.get_array()) add(one);
    else
      add(v);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return b.day < a.day; });
  return out;
}

http::response article_list(context& c, const std::string& folder) {
  const auto view = articles(c, folder);
  return c.show(view, [&] {
    std::vector<node> items;
    for (const auto& one : view) {
      auto day = date::parse(one.day);
      items.push_back(
          li(cls("service-line"), h2(cls("h3"), a(href("/" + folder + "/" + one.id), one.title)),
             p(cls("note"), one.agency, day ? " · " + c.written(*day) : std::string())));
    }
    const std::string title(c.say("nav." + folder));
    return c.page(
        title, {},
        all(h1(title),
            tabs(c.say("nav.news"),
                 {{"/news", std::string(c.say("nav.news")), folder == "news"},
                  {"/policies", std::string(c.say("nav.policies")), folder == "policies"}}),
            ul(cls("service-list"), items)));
  });
}

http::response one_article(context& c, const std::string& folder) {
  for (const auto& one : articles(c, folder)) {
    if (one.id != c.request.capture("article")) continue;
    return c.show(one, [&] {
      auto day = date::parse(one.day);
      return c.page(one.title, {{"/" + folder, std::string(c.say("nav." + folder))}},
                    all(h1(one.title),
                        p(cls("note"), one.agency, day ? " · " + c.written(*day) : std::string()),
                        div(cls("keep-lines"), p(one.body))));
    });
  }
  return c.refuse(refuse(kind::not_found, "request.no_page"));
}

http::response statement(context& c, const std::string& name) {
  node body = h1(c.say("about." + name + "_title"));
  for (const auto& line : text::split(c.say("about." + name + "_text"), '\n'))
    if (!text::trim(line).empty()) body = all(body, p(line));
  return c.page(c.say("about." + name + "_title"), {}, body);
}

http::response problem_page(context& c) {
  const std::string code(c.request.capture("code"));
  const std::string key = "refusal." + code;
  if (!c.home.texts().has(key)) return c.refuse(refuse(kind::not_found, "request.no_page"));
  return c.page(code, {}, all(h1(code), p(c.say(key))));
}

}  // namespace

void information_pages(house& h) {
  h.page("GET", "/agencies", needs::nobody, agencies);
  h.page("GET", "/agencies/{agency}", needs::nobody, agency);
  for (const std::string folder : {"news", "policies"}) {
    h.page("GET", "/" + folder, needs::nobody,
           [folder](context& c) { return article_list(c, folder); });
    h.page("GET", "/" + folder + "/{article}", needs::nobody,
           [folder](context& c) { return one_article(c, folder); });
  }
  for (const std::string name : {"privacy", "accessibility", "api"})
    h.page("GET", "/" + name, needs::nobody, [name](context& c) { return statement(c, name); });
  h.page("GET", "/problems/{code}", needs::nobody, problem_page);
}

}  // namespace madang::gov24
