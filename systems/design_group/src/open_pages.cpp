// What everybody sees: projects by stage, ministry and year, and of each what its members publish.
#include <algorithm>

#include "parts.hpp"
#include "madang/platform/easy.hpp"

namespace madang::design_group {

using namespace html;

std::string stage_words(const context& c, const studio& s, std::string_view stage) {
  const auto* found = s.find_stage(stage);
  return found ? found->name(c.language) : std::string(stage);
}

std::string kind_words(const context& c, std::string_view kind) {
  return std::string(c.say("design.kind_" + std::string(kind)));
}

link list_link(const context& c) { return {"/design", std::string(c.say("design.title"))}; }

result<project> project_in(const context& c, studio& s) {
  auto found = s.find(c.request.capture("number"));
  if (!found) return refuse(kind::not_found, "design.unknown");
  return std::move(*found);
}

node stage_line(const context& c, const studio& s, const project& p) {
  std::vector<std::string> names;
  std::size_t here = 0;
  for (const auto& one : s.stages()) {
    if (one.id == p.stage) here = names.size();
    names.push_back(one.name(c.language));
  }
  return process_line(names, here);
}

// Feelings as words and numbers in the table, and as a curve beside it.
node map_part(const context& c, const project& p, const item& i, bool working) {
  const auto steps = steps_of(i);
  table_view t;
  t.caption = i.title;
  t.caption_hidden = true;
  t.stacked = true;
  t.columns = {{std::string(c.say("design.step"))},
               {std::string(c.say("design.feeling"))},
               {std::string(c.say("design.thought"))}};
  if (working) t.columns.push_back({std::string(c.say("design.act"))});
  for (std::size_t n = 0; n < steps.size(); ++n) {
    std::vector<node> row{
        std::to_string(n + 1) + ". " + steps[n].what,
        std::string(c.say("design.feeling_" + std::to_string(steps[n].feeling + 2))),
        steps[n].thought};
    if (working)
      row.push_back(post_button(c.shell(), at(p, "/board/items/" + i.key.str() + "/drop-step"),
                                c.fill("design.drop_step", {{"n", std::to_string(n + 1)}}),
                                look::quiet, {{"at", std::to_string(n)}}));
    t.rows.push_back(std::move(row));
  }
  t.empty = c.say("design.no_steps");
  const node curve =
      steps.empty() ? node()
                    : node(element("figure", cls("journey-curve"),
                                   img(src(at(p, "/items/" + i.key.str() + "/curve.svg")),
                                       attr("alt", c.fill("design.curve", {{"title", i.title}})),
                                       attr("loading", "lazy"))));
  return all(curve, data_table(c.shell(), t));
}

node item_words(const context& c, const project& p, const item& i, bool working) {
  std::vector<node> parts;
  if (i.kind == "photo")
    parts.push_back(element("figure",
                            img(src(at(p, "/items/" + i.key.str() + "/photo")), attr("alt", i.alt),
                                attr("loading", "lazy")),
                            element("figcaption", i.alt)));
  if (!i.body.empty()) parts.push_back(div(cls("keep-lines"), i.body));
  if (i.kind == "journey_map") parts.push_back(map_part(c, p, i, working));
  if (working && i.people)
    parts.push_back(html::p(
        cls("note"), c.fill(i.consent_public ? "design.consent_all" : "design.consent_members",
                            {{"consent", i.consent}})));
  return join(parts);
}

node came_part(const context& c, const studio& s, const project& p) {
  const auto came = s.came_of(p);
  if (came.is_null()) return {};
  const auto& replies = json::at(came, "replies").as_array();
  node said = node(html::p(json::words_of(json::at(came, "stage_name"))(c.language)));
  if (!replies.empty())
    said = all(html::p(badge(tone::info,
                             json::words_of(json::at(replies.back(), "verdict_name"))(c.language))),
               div(cls("keep-lines"), json::str(replies.back(), "body")));
  return section(h2(c.say("design.came")), said,
                 html::p(a(href(json::str(came, "href")), c.say("design.at_ministry"))));
}

namespace {

constexpr int lines_a_page = 20;

struct line {
  std::string number, title, stage, agency, href;
  std::int64_t year = 0;
};
BOOST_DESCRIBE_STRUCT(line, (), (number, title, stage, agency, href, year))
struct list_view {
  std::string query, stage, agency;
  std::int64_t year = 0, total = 0, page = 1;
  std::vector<line> projects;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (query, stage, agency, year, total, page, projects))
struct item_view {
  std::string key, kind, stage, title, body, alt;
  std::vector<journey_step> steps;
};
BOOST_DESCRIBE_STRUCT(item_view, (), (key, kind, stage, title, body, alt, steps))
struct decision_view {
  std::string what, because, stage;
  std::vector<std::string> evidence;
};
BOOST_DESCRIBE_STRUCT(decision_view, (), (what, because, stage, evidence))
struct members_view {
  std::int64_t citizen = 0, official = 0, expert = 0;
  std::vector<std::string> named;
};
BOOST_DESCRIBE_STRUCT(members_view, (), (citizen, official, expert, named))
struct project_view {
  line project;
  std::string problem, result, handed;
  members_view members;
  std::vector<item_view> items;
  std::vector<decision_view> decisions;
};
BOOST_DESCRIBE_STRUCT(project_view, (),
                      (project, problem, result, handed, members, items, decisions))

line line_of(const project& p) { return {p.number, p.title, p.stage, p.agency, at(p), p.year}; }

std::string address(const list_view& v, std::string_view stage, std::string_view agency,
                    std::int64_t year) {
  return "/design?stage=" + std::string(stage) + "&agency=" + std::string(agency) +
         "&year=" + (year ? std::to_string(year) : "") +
         (v.query.empty() ? "" : "&q=" + http::percent_encode(v.query));
}

node choices(const context& c, studio& s, const list_view& v) {
  const std::string every(c.say("assembly.every_category"));
  std::vector<tab> stages{{address(v, "", v.agency, v.year), every, v.stage.empty()}};
  for (const auto& one : s.stages())
    stages.push_back(
        {address(v, one.id, v.agency, v.year), one.name(c.language), v.stage == one.id});
  std::vector<tab> agencies{{address(v, v.stage, "", v.year), every, v.agency.empty()}};
  for (const auto& k : s.rule().categories)
    agencies.push_back({address(v, v.stage, k.agency, v.year),
                        c.home.pack().full_name(k.agency)(c.language), v.agency == k.agency});
  std::vector<tab> years{{address(v, v.stage, v.agency, 0), every, v.year == 0}};
  for (const auto y : s.years())
    years.push_back({address(v, v.stage, v.agency, y), std::to_string(y), v.year == y});
  return all(filters(c.say("assembly.stage"), stages),
             disclosure(v.agency.empty() ? std::string(c.say("design.by_agency"))
                                         : c.home.pack().full_name(v.agency)(c.language),
                        filters(c.say("assembly.agency"), agencies)),
             disclosure(v.year ? std::to_string(v.year) : std::string(c.say("design.by_year")),
                        filters(c.say("design.year"), years)));
}

list_view view_of(const context& c, studio& s) {
  list_view v;
  v.query = text::head(text::trim(c.request.param("q")), 100);
  if (const auto* one = s.find_stage(c.request.param("stage"))) v.stage = one->id;
  for (const auto& k : s.rule().categories)
    if (k.agency == c.request.param("agency")) v.agency = k.agency;
  v.year = std::clamp(std::atoi(std::string(c.request.param("year")).c_str()), 0, 9999);
  v.page = std::clamp(std::atoi(std::string(c.request.param("page")).c_str()), 1, 1000);
  const auto found = s.list({v.query, v.stage, v.agency, v.year, lines_a_page,
                             static_cast<int>((v.page - 1) * lines_a_page)},
                            &v.total);
  for (const auto& p : found) v.projects.push_back(line_of(p));
  return v;
}

http::response list(context& c, studio& s) {
  const list_view v = view_of(c, s);
  return c.show(v, [&] {
    std::vector<todo> lines;
    for (const auto& p : v.projects)
      lines.push_back(
          {badge(s.after(p.stage) ? tone::info : tone::good, stage_words(c, s, p.stage)),
           a(href(p.href), p.title),
           p.number + " · " + c.home.pack().full_name(p.agency)(c.language),
           {}});
    search_view box;
    box.action = "/design";
    box.value = v.query;
    box.label = c.say("design.search");
    box.suggest = "";
    const auto pages = static_cast<int>((v.total + lines_a_page - 1) / lines_a_page);
    return c.page(
        c.say("design.title"), {},
        all(h1(c.say("design.title")), lead(c.say("design.lead")),
            platform::easy_link(c, "design"), search_box(c.shell(), box), choices(c, s, v),
            html::p(cls("note"), c.fill("design.found", {{"n", text::grouped(v.total)}})),
            lines.empty() ? empty_state("search", c.say("design.none")) : todo_list(lines),
            pagination(c.shell(), static_cast<int>(v.page), pages,
                       address(v, v.stage, v.agency, v.year) + "&page="),
            c.actor.signed_in() ? node(html::p(a(href("/design/mine"), c.say("design.mine"))))
                                : node()),
        {.description = std::string(c.say("design.lead"))});
  });
}

members_view members_of(studio& s, const project& p) {
  members_view v;
  for (const auto& m : s.circles().members(p.key)) {
    if (m.kind == "citizen") ++v.citizen;
    if (m.kind == "official") ++v.official;
    if (m.kind == "expert") ++v.expert;
    if (m.named) v.named.push_back(m.name);
  }
  return v;
}

project_view view_of(studio& s, const project& p) {
  project_view v{
      line_of(p), p.problem, p.handed.empty() ? "" : p.result, p.handed, members_of(s, p), {}, {}};
  for (const auto& i : s.items(p.key))
    if (i.published && i.removed.micros == 0)
      v.items.push_back({i.key.str(), i.kind, i.stage, i.title, i.body, i.alt, steps_of(i)});
  for (const auto& d : s.decisions(p.key)) {
    if (!d.published) continue;
    decision_view one{d.what, d.because, d.stage, {}};
    // Evidence that is not public is not named.
    for (const auto& key : text::split(d.evidence, ','))
      if (std::ranges::find(v.items, key, &item_view::key) != v.items.end())
        one.evidence.push_back(key);
    v.decisions.push_back(std::move(one));
  }
  return v;
}

node decisions_part(const context& c, const studio& s, const project_view& v) {
  std::vector<node> lines;
  for (const auto& d : v.decisions) {
    std::vector<node> links;
    for (const auto& key : d.evidence)
      for (const auto& i : v.items)
        if (i.key == key) links.push_back(li(a(href("#i" + key), i.title)));
    lines.push_back(
        box(d.what,
            all(html::p(cls("keep-lines"), d.because),
                links.empty() ? node() : node(all(html::p(c.say("design.evidence")), ul(links)))),
            badge(tone::neutral, stage_words(c, s, d.stage))));
  }
  return lines.empty() ? node() : node(section(h2(c.say("design.decisions")), join(lines)));
}

http::response show(context& c, studio& s, const project& p) {
  const project_view v = view_of(s, p);
  return c.show(v, [&] {
    std::vector<node> board;
    for (const auto& i : s.items(p.key))
      if (i.published && i.removed.micros == 0)
        board.push_back(div(
            id_("i" + i.key.str()),
            box(i.title, item_words(c, p, i, false), badge(tone::neutral, kind_words(c, i.kind)))));
    std::vector<row> facts{
        {std::string(c.say("assembly.agency")), c.home.pack().full_name(p.agency)(c.language)},
        {std::string(c.say("circle.kind_citizen")), text::grouped(v.members.citizen)},
        {std::string(c.say("circle.kind_official")), text::grouped(v.members.official)},
        {std::string(c.say("circle.kind_expert")), text::grouped(v.members.expert)}};
    if (!v.members.named.empty())
      facts.push_back({std::string(c.say("design.named")), text::join(v.members.named, ", ")});
    const node mine = s.is_member(c, p)
                          ? node(html::p(link_button(at(p, "/board"), c.say("design.to_work"))))
                          : node();
    return c.page(
        p.title, {list_link(c)},
        all(h1(p.title), html::p(cls("note"), p.number), mine, stage_line(c, s, p),
            beside(all(section(h2(c.say("design.problem")), div(cls("keep-lines"), p.problem)),
                       v.result.empty() ? node()
                                        : node(section(h2(c.say("design.result")),
                                                       div(cls("keep-lines"), v.result))),
                       came_part(c, s, p), decisions_part(c, s, v),
                       section(h2(c.say("design.board")),
                               board.empty() ? node(html::p(c.say("design.nothing_public")))
                                             : join(board))),
                   box(c.say("design.members"), definition_grid(facts)))),
        {.wide = true, .description = p.title});
  });
}

// A file of the board: of a published item for all, of others for members.
std::optional<item> item_in(const context& c, studio& s) {
  const auto p = s.find(c.request.capture("number"));
  const auto key = id::parse(c.request.capture("item"));
  auto i = p && key ? s.find_item(p->key, *key) : std::optional<item>();
  if (!i || ((!i->published || i->removed.micros) && !s.is_member(c, *p))) return {};
  return i;
}

http::response sent(const context& c, std::string type, std::string octets) {
  http::response r;
  r.content_type = std::move(type);
  r.body = std::move(octets);
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  return c.with_privacy(std::move(r));
}

http::response photo(context& c, studio& s) {
  const auto i = item_in(c, s);
  auto octets = i ? s.photo_of(i->key) : std::optional<std::string>();
  if (!octets) return c.refuse(refuse(kind::not_found, "design.unknown"));
  return sent(c, i->type, std::move(*octets));
}

http::response curve(context& c, studio& s) {
  const auto i = item_in(c, s);
  if (!i || i->kind != "journey_map") return c.refuse(refuse(kind::not_found, "design.unknown"));
  return sent(c, "image/svg+xml", curve_of(steps_of(*i)));
}

json::value lately(studio& s, std::int64_t limit) {
  json::array items;
  for (const auto& p : s.list({.limit = static_cast<int>(limit)}))
    items.push_back(json::object{{"id", "design:" + p.number},
                                 {"title", p.title},
                                 {"summary", text::head(p.problem, 200)},
                                 {"language", s.home().pack().language()},
                                 {"href", at(p)},
                                 {"at", p.made.str()},
                                 {"ends", ""},
                                 {"topic", p.category}});
  return json::object{{"items", std::move(items)}};
}

}  // namespace

void open_pages(const shared_studio& s) {
  auto& h = s->home();
  h.page("GET", "/design", needs::nobody, [s](context& c) { return list(c, *s); });
  h.page("GET", "/design/{number}", needs::nobody, [s](context& c) -> http::response {
    const auto p = project_in(c, *s);
    return p ? show(c, *s, *p) : c.refuse(p.why());
  });
  h.page("GET", "/design/{number}/items/{item}/photo", needs::nobody,
         [s](context& c) { return photo(c, *s); });
  h.page("GET", "/design/{number}/items/{item}/curve.svg", needs::nobody,
         [s](context& c) { return curve(c, *s); });
  h.hub().offer_query(
      "design.lately", [s](const audit::access&, const json::value& in) -> result<json::value> {
        return lately(*s, std::clamp<std::int64_t>(json::num(in, "limit", 50), 1, 200));
      });
}

}  // namespace madang::design_group
