#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct home_view {
  std::int64_t services = 0, working = 0;
  std::vector<service_line> popular;
};
BOOST_DESCRIBE_STRUCT(home_view, (), (services, working, popular))

struct search_result {
  std::string query;
  std::string read_as;   // how a query typed with the wrong keyboard was read
  std::int64_t total = 0;
  std::vector<service_line> services;
};
BOOST_DESCRIBE_STRUCT(search_result, (), (query, read_as, total, services))

struct suggestion {
  std::string label, href, tag, note;
};
BOOST_DESCRIBE_STRUCT(suggestion, (), (label, href, tag, note))
struct suggestions {
  std::vector<suggestion> items;
};
BOOST_DESCRIBE_STRUCT(suggestions, (), (items))

constexpr int hits_a_page = 20;

todo consent_line(const context& c, const cases::matter& m) {
  return {badge(tone::warn, c.say("home.consent_badge")),
          node(c.fill("home.consent", {{"name", m.applicant_name},
                                       {"service", c.home.title_of(m)(c.language)}})), "",
          link_button("/my/consents/" + m.key.str(), c.say("home.consent_button"))};
}

todo draft_line(const context& c, const forms::draft& d) {
  const auto* e = c.home.catalogue().find(d.service);
  const auto* definition = c.home.catalogue().find_definition(d.service);
  int answered = 0, all = 0;
  if (definition && d.answers.is_object())
    for (const auto& q : definition->form.questions)
      if (forms::applies(q, d.answers.get_object())) {
        ++all;
        answered += d.answers.get_object().contains(q.id);
      }
  return {badge(tone::info, c.say("home.draft_badge")),
          node(c.fill("home.draft", {{"service", e ? e->name(c.language) : d.service},
                                     {"done", std::to_string(answered)},
                                     {"all", std::to_string(all)}})),
          "", link_button("/apply/" + d.key.str(), c.say("home.draft_button"), look::secondary)};
}

todo case_line(const context& c, const cases::matter& m) {
  const bool mine = m.state == cases::state::question;
  return {badge(mine ? tone::warn : tone::neutral, state_words(c, m)),
          node(c.fill("home.case", {{"service", c.home.title_of(m)(c.language)},
                                    {"office", c.home.pack().full_name(m.office)(c.language)}})),
          c.fill("home.due", {{"date", c.written(m.due)}}),
          link_button("/my/cases/" + m.key.str(),
                      c.say(mine ? "home.case_answer" : "home.case_button"),
                      mine ? look::primary : look::secondary)};
}

node to_do(const context& c) {
  std::vector<todo> lines;
  for (auto* files : c.home.all_files()) {
    for (const auto& m : files->asking_consent_of(c.actor.person))
      lines.push_back(consent_line(c, m));
    cases::wanted w;
    w.applicant = c.actor.person;
    w.order = "opened";
    for (const auto& m : files->list(w))
      if (cases::is_open(m.state))
        lines.push_back(case_line(c, m));
  }
  for (const auto& d : c.home.drafts().of(c.actor.person)) lines.push_back(draft_line(c, d));
  node body = lines.empty() ? p(c.say("home.nothing_to_do")) : todo_list(lines);
  return box(c.fill("home.to_do", {{"name", c.actor.name}}), body);
}

node offered(const context& c) {
  std::vector<todo> lines;
  for (const auto& b : bundles_of(c))
    for (const auto& i : b.items)
      if (i.state == "open")
        lines.push_back({badge(tone::info, c.say("event." + b.event)), node(i.name), "",
                         link_button(i.href, c.say("home.offer_button"), look::secondary)});
  if (lines.size() > 4) lines.resize(4);
  if (lines.empty())
    return box(c.say("home.documents_title"),
               all(p(c.say("home.documents_text")),
                   link_button("/my/documents", c.say("home.documents_button"), look::secondary)));
  return box(c.say("home.offers"), todo_list(lines));
}

node life_events(const context& c) {
  std::vector<card_view> list;
  for (const auto& e : c.home.catalogue().events())
    list.push_back({"/events/" + e.id, e.name(c.language), e.line(c.language), e.icon});
  return section(h2(c.say("home.events")), cards(list));
}

node categories(const context& c) {
  std::vector<card_view> list;
  for (const auto& k : c.home.catalogue().categories())
    list.push_back({"/services?category=" + k.id, k.name(c.language), "", k.icon});
  return section(h2(c.say("home.categories")), cards(list));
}

std::int64_t working(const context& c) {
  std::int64_t n = 0;
  for (const auto& e : c.home.catalogue().entries())
    n += c.home.catalogue().find_definition(e.id) != nullptr;
  return n;
}

http::response home(context& c) {
  const auto& catalogue = c.home.catalogue();
  home_view view{static_cast<std::int64_t>(catalogue.entries().size()), working(c), {}};
  for (const auto& e : catalogue.entries())
    if (catalogue.find_definition(e.id)) view.popular.push_back(line_of(c, e));
  return c.show(view, [&] {
    search_view box;
    box.large = true;
    node body = hero(c.say("home.title"),
                     c.fill("home.line", {{"n", text::grouped(view.services)},
                                          {"works", text::grouped(view.working)}}),
                     search_box(c.shell(), box));
    if (c.actor.signed_in())
      body = all(body, halves({to_do(c), offered(c)}));
    body = all(body, life_events(c), categories(c));
    return c.page(c.say("home.title"), {}, body, {.wide = true, .hero = true});
  });
}

http::response search(context& c) {
  search_result view;
  view.query = std::string(text::head(c.request.param("q"), 100));
  const int page = std::max(1, std::atoi(std::string(c.request.param("page")).c_str()));
  search::question wanted;
  wanted.text = view.query;
  wanted.language = c.language;
  wanted.limit = hits_a_page;
  wanted.offset = static_cast<std::size_t>((std::min(page, 500) - 1) * hits_a_page);
  auto found = c.home.search().query(wanted);
  view.read_as = found.read_as;
  view.total = static_cast<std::int64_t>(found.total);
  for (const auto& hit : found.hits)
    if (const auto* e = c.home.catalogue().find(hit.key)) view.services.push_back(line_of(c, *e));
  return c.show(view, [&] {
    search_view box;
    box.value = view.query;
    node body = all(h1(c.say("search.title")), search_box(c.shell(), box));
    if (view.query.empty()) {
      body = all(body, p(c.say("search.hint")));
    } else if (view.services.empty()) {
      body = all(body, empty_state("search", c.fill("search.none", {{"q", view.query}}),
                                   p(c.say("search.none_hint")),
                                   link_button("/services", c.say("search.browse"),
                                               look::secondary)));
    } else {
      if (!view.read_as.empty())
        body = all(body, p(c.fill("search.read_as", {{"q", view.read_as}})));
      body = all(body,
                 p(role("status"), c.fill("search.count", {{"n", text::grouped(view.total)}})),
                 service_list(c, view.services, 2),
                 pagination(c.shell(), page,
                            static_cast<int>((view.total + hits_a_page - 1) / hits_a_page),
                            "/search?q=" + http::percent_encode(view.query) + "&page="));
    }
    return c.page(c.say("search.title"), {}, body);
  });
}

http::response suggest(context& c) {
  suggestions out;
  const std::string asked(text::head(c.request.param("q"), 50));
  for (const auto& hit : c.home.search().suggest(asked, c.language, 7)) {
    const auto* e = c.home.catalogue().find(hit.key);
    if (!e) continue;
    auto line = line_of(c, *e);
    out.items.push_back({line.name, "/services/" + line.id,
                         line.works ? std::string(c.say("service.works_tag")) : std::string(),
                         line.agency_name + (line.fee.empty() ? "" : " · " + line.fee)});
  }
  return c.with_privacy(http::json_response(json::write(out)));
}

}  // namespace

service_line line_of(const context& c, const services::entry& e) {
  const auto* a = c.home.pack().find_agency(e.agency);
  return {e.id,
          e.name(c.language),
          e.summary(c.language),
          e.agency,
          a ? a->name(c.language) : e.agency,
          e.category,
          e.fee(c.language),
          c.home.catalogue().find_definition(e.id) != nullptr};
}

node service_list(const context& c, const std::vector<service_line>& lines, int heading) {
  std::vector<node> items;
  for (const auto& l : lines) {
    node name = all(a(href("/services/" + l.id), l.name), " ",
                    l.works ? badge(tone::good, c.say("service.works_tag"))
                            : badge(tone::neutral, c.say("service.described_tag")));
    items.push_back(li(cls("service-line"), heading == 2 ? h2(cls("h3"), name) : h3(name),
                       p(l.summary), p(cls("note"), l.agency_name)));
  }
  return ul(cls("service-list"), items);
}

void home_pages(house& h) {
  h.page("GET", "/", needs::nobody, home);
  h.page("GET", "/search", needs::nobody, search);
  h.page("GET", "/search/suggest", needs::nobody, suggest);
}

}  // namespace madang::gov24
