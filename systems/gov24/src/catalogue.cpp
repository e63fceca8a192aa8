#include "pages.hpp"

#include "madang/services/evidence.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct catalogue_view {
  std::string category;
  std::int64_t total = 0;
  std::vector<service_line> services;
};
BOOST_DESCRIBE_STRUCT(catalogue_view, (), (category, total, services))

struct service_view {
  service_line service;
  std::string who, needed, time, sees;
  std::vector<std::string> law;
  std::int64_t questions = 0, minutes = 0;
};
BOOST_DESCRIBE_STRUCT(service_view, (), (service, who, needed, time, sees, law, questions, minutes))

struct event_view {
  std::string id, name, line;
  std::vector<service_line> services;
};
BOOST_DESCRIBE_STRUCT(event_view, (), (id, name, line, services))

constexpr int lines_a_page = 30;

http::response catalogue(context& c) {
  catalogue_view view;
  view.category = c.request.param("category");
  const int page = std::max(1, std::atoi(std::string(c.request.param("page")).c_str()));
  const auto* k = c.home.catalogue().find_category(view.category);
  std::vector<service_line> lines;
  for (const auto& e : c.home.catalogue().entries())
    if (view.category.empty() || e.category == view.category) lines.push_back(line_of(c, e));
  // What works here comes before what is only described.
  std::stable_partition(lines.begin(), lines.end(), [](const auto& l) { return l.works; });
  view.total = static_cast<std::int64_t>(lines.size());
  const std::size_t from = static_cast<std::size_t>(std::min(page - 1, 1000)) * lines_a_page;
  for (std::size_t i = from; i < std::min(lines.size(), from + lines_a_page); ++i)
    view.services.push_back(lines[i]);
  return c.show(view, [&] {
    std::vector<tab> tabs_{
        {"/services", std::string(c.say("services.all")), view.category.empty()}};
    for (const auto& one : c.home.catalogue().categories())
      tabs_.push_back(
          {"/services?category=" + one.id, one.name(c.language), one.id == view.category});
    const std::string title(k ? k->name(c.language) : std::string(c.say("services.title")));
    node body = all(h1(title), filters(c.say("services.categories"), tabs_),
                    p(c.fill("services.count", {{"n", text::grouped(view.total)}})),
                    service_list(c, view.services, 2),
                    pagination(c.shell(), page,
                               static_cast<int>((view.total + lines_a_page - 1) / lines_a_page),
                               "/services?category=" + http::percent_encode(view.category) +
                                   "&page="));
    return c.page(title, {}, body);
  });
}

service_view view_of(const context& c, const services::entry& e) {
  service_view v;
  v.service = line_of(c, e);
  v.who = e.who(c.language);
  v.needed = e.needed(c.language);
  v.time = e.time(c.language);
  for (const auto& law : e.law) v.law.push_back(law(c.language));
  if (const auto* d = c.home.catalogue().find_definition(e.id)) {
    v.sees = d->sees(c.language);
    v.questions = static_cast<std::int64_t>(d->form.questions.size());
    v.minutes = d->minutes;
  }
  return v;
}

node start(const context& c, const service_view& v, const services::definition* d) {
  if (!d)
    return all(box(c.say("service.described_title"), p(c.say("service.described_text")),
                   badge(tone::neutral, c.say("service.described_tag"))));
  return all(start_box(c.fill("service.steps", {{"n", std::to_string(v.questions + 1)},
                                                {"minutes", std::to_string(v.minutes)}}),
                       p(c.say("service.saved")),
                       post_button(c.shell(), "/services/" + d->id + "/start",
                                   d->start(c.language))),
             reading_notice(c.shell(), v.sees, "/my/data"));
}

http::response service(context& c) {
  const auto* e = c.home.catalogue().find(c.request.capture("service"));
  if (!e) return c.refuse(refuse(kind::not_found, "service.unknown"));
  const auto* d = c.home.catalogue().find_definition(e->id);
  const service_view v = view_of(c, *e);
  return c.show(v, [&] {
    std::vector<row> rows{{std::string(c.say("service.who")), node(v.who), ""},
                          {std::string(c.say("service.time")), node(v.time), ""},
                          {std::string(c.say("service.fee")), node(v.service.fee), ""},
                          {std::string(c.say("service.needed")), node(v.needed), ""},
                          {std::string(c.say("service.law")), node(text::join(v.law, ", ")), ""},
                          {std::string(c.say("service.agency")),
                           a(href("/agencies/" + v.service.agency), v.service.agency_name), ""}};
    std::erase_if(rows, [](const row& r) { return r.value.empty(); });
    node content = all(h1(v.service.name), lead(v.service.summary), summary_list(c.shell(), rows));
    if (d && !d->good_to_know.empty()) {
      std::vector<node> lines;
      for (const auto& line : text::split(d->good_to_know(c.language), '\n'))
        lines.push_back(li(line));
      content = all(content, h2(c.say("service.good_to_know")), ul(lines));
    }
    std::vector<html::link> crumbs{{"/services", std::string(c.say("nav.services"))}};
    if (const auto* k = c.home.catalogue().find_category(e->category))
      crumbs.push_back({"/services?category=" + k->id, k->name(c.language)});
    return c.page(v.service.name, crumbs, beside(content, start(c, v, d)),
                  {.wide = true,
                   .description = v.service.summary,
                   .json_ld = json::print(services::schema_org(
                       *e, c.home.pack(), c.home.chosen().public_url, c.language))});
  });
}

http::response events(context& c) {
  std::vector<event_view> view;
  for (const auto& e : c.home.catalogue().events())
    view.push_back({e.id, e.name(c.language), e.line(c.language), {}});
  return c.show(view, [&] {
    std::vector<card_view> list;
    for (const auto& e : c.home.catalogue().events())
      list.push_back({"/events/" + e.id, e.name(c.language), e.line(c.language), e.icon});
    return c.page(c.say("events.title"), {},
                  all(h1(c.say("events.title")), lead(c.say("events.line")), cards(list)),
                  {.wide = true});
  });
}

http::response event(context& c) {
  const auto* e = c.home.catalogue().find_event(c.request.capture("event"));
  if (!e) return c.refuse(refuse(kind::not_found, "service.unknown"));
  event_view view{e->id, e->name(c.language), e->line(c.language), {}};
  for (const auto& id : e->services)
    if (const auto* s = c.home.catalogue().find(id)) view.services.push_back(line_of(c, *s));
  return c.show(view, [&] {
    return c.page(view.name, {{"/events", std::string(c.say("nav.events"))}},
                  all(h1(view.name), lead(view.line), service_list(c, view.services, 2)));
  });
}

http::response json_ld(context& c) {
  auto r = http::json_response(json::print(
      services::cpsv_ap(c.home.catalogue(), c.home.pack(), c.home.chosen().public_url)));
  r.content_type = "application/ld+json";
  return r;
}

// HSDS 3.0 API: GET /hsds/services as a page, GET /hsds/services/{id} as one.
http::response hsds(context& c) {
  const auto& entries = c.home.catalogue().entries();
  const int page = std::max(1, std::atoi(std::string(c.request.param("page")).c_str()));
  constexpr std::size_t per_page = 50;
  const std::size_t pages = (entries.size() + per_page - 1) / per_page;
  const std::size_t from = static_cast<std::size_t>(std::min(page - 1, 100000)) * per_page;
  json::array contents;
  for (std::size_t i = from; i < std::min(entries.size(), from + per_page); ++i)
    contents.push_back(services::hsds_service(entries[i], c.home.pack(),
                                              c.home.chosen().public_url, c.language));
  return http::json_response(json::print(json::object{
      {"total_items", entries.size()},
      {"total_pages", pages},
      {"page_number", page},
      {"size", contents.size()},
      {"first_page", page == 1},
      {"last_page", static_cast<std::size_t>(page) >= pages},
      {"empty", contents.empty()},
      {"contents", contents}}));
}

http::response hsds_one(context& c) {
  const auto asked = c.request.capture("service");
  const auto& entries = c.home.catalogue().entries();
  const auto e = std::ranges::find_if(
      entries, [&](const auto& one) { return one.id == asked || services::hsds_id(one) == asked; });
  if (e == entries.end()) return c.refuse(refuse(kind::not_found, "service.unknown"));
  return http::json_response(json::print(
      services::hsds_service(*e, c.home.pack(), c.home.chosen().public_url, c.language)));
}

}  // namespace

void catalogue_pages(house& h) {
  h.page("GET", "/services", needs::nobody, catalogue);
  h.page("GET", "/services.jsonld", needs::nobody, json_ld);
  h.page("GET", "/hsds/services", needs::nobody, hsds);
  h.page("GET", "/hsds/services/{service}", needs::nobody, hsds_one);
  h.page("GET", "/services/{service}", needs::nobody, service);
  h.page("GET", "/events", needs::nobody, events);
  h.page("GET", "/events/{event}", needs::nobody, event);
}

}  // namespace madang::gov24
