// A paper on the table: its pages as pictures, areas drawn on them, by mouse, by keys, by words or,
// without script, by figures; and the copy that is made without what lies beneath them.
#include <algorithm>
#include <cmath>

#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;

constexpr int screen_dpi = 110;

struct mark_line {
  std::string key, ground, words;
  std::int64_t number = 0, page = 0;
  double x = 0, y = 0, width = 0, height = 0;
};
BOOST_DESCRIBE_STRUCT(mark_line, (), (key, ground, words, number, page, x, y, width, height))
struct paper_view {
  std::string key, name, type, sha256, copy, copy_sha256;
  std::int64_t pages = 0, page = 0;
  double width = 0, height = 0;
  bool fresh = false;
  std::vector<mark_line> marks;
};
BOOST_DESCRIBE_STRUCT(paper_view, (),
                      (key, name, type, sha256, copy, copy_sha256, pages, page, width, height,
                       fresh, marks))

struct on_table {
  bureau::opened it;
  paper p;
  std::string octets;
  std::string at() const {
    return "/desk/disclosure/" + it.file.key.str() + "/papers/" + p.key.str();
  }
};

result<on_table> taken(context& c, bureau& o) {
  auto it = reached(c, o);
  if (!it) return it.why();
  const auto key = id::parse(c.request.capture("paper"));
  for (auto& p : o.papers_of(it->file.key, it->file.office))
    if (key && p.key == *key) {
      std::string octets = o.octets_of(p.key);
      return on_table{std::move(*it), std::move(p), std::move(octets)};
    }
  return refuse(kind::not_found, "disclosure.no_paper");
}

int page_of(std::string_view said, const paper& p) {
  if (said.empty() || said.size() > 3 || said.find_first_not_of("0123456789") != said.npos)
    return 1;
  const int n = std::atoi(std::string(said).c_str());
  return n >= 1 && n <= p.pages ? n : 1;
}

double points(std::int64_t hundredths) { return static_cast<double>(hundredths) / 100; }
std::string shown(double v) { return fmt::format("{:.1f}", v); }

result<paper_view> view_of(bureau& o, const on_table& t, int page) {
  paper_view v;
  v.key = t.p.key.str();
  v.name = t.p.name;
  v.type = t.p.type;
  v.sha256 = t.p.hash;
  v.pages = t.p.pages;
  v.page = t.p.pages ? page : 0;
  if (t.p.pages) {
    auto sheets = redaction::sheets_of(t.octets);
    if (!sheets) return sheets.why();
    const auto& s = (*sheets)[static_cast<std::size_t>(page) - 1];
    v.width = s.width;
    v.height = s.height;
  }
  if (const auto copy = o.copy_of_paper(t.p.key)) {
    v.copy = copy->key.str();
    v.copy_sha256 = copy->hash;
    v.fresh = o.copy_is_fresh(*copy);
  }
  for (const auto& m : o.marks_of(t.p.key))
    v.marks.push_back({m.key.str(), m.ground, m.words,
                       static_cast<std::int64_t>(v.marks.size()) + 1, m.page, points(m.x),
                       points(m.y), points(m.width), points(m.height)});
  return v;
}

std::string ground_words(const context& c, const bureau& o, const std::string& id) {
  const auto* g = o.law.find_ground(id);
  return g ? g->name(c.language) : id;
}

// The page as a picture with the areas on it; the island draws a further one.
node page_part(const context& c, const on_table& t, const paper_view& v) {
  std::vector<node> areas;
  for (const auto& m : v.marks) {
    if (m.page != v.page) continue;
    areas.push_back(element("rect", cls("mark-area"), attr("x", shown(m.x)), attr("y", shown(m.y)),
                            attr("width", shown(m.width)), attr("height", shown(m.height))));
    areas.push_back(element("text", cls("mark-number"), attr("x", shown(m.x + 2)),
                            attr("y", shown(m.y + std::min(m.height, 11.0) - 1)),
                            std::to_string(m.number)));
  }
  const std::string size = fmt::format("0 0 {:.1f} {:.1f}", v.width, v.height);
  return element(
      "madang-redact", data("form", "mark-form"),
      element("svg", cls("paper-page"), attr("viewbox", size), role("img"), id_("paper-page"),
              aria("label", c.fill("disclosure.page_picture",
                                   {{"n", std::to_string(v.page)}, {"name", v.name}})),
              aria("describedby", "draw-hint"),
              element("image", attr("width", shown(v.width)), attr("height", shown(v.height)),
                      href(t.at() + "/picture?page=" + std::to_string(v.page))),
              areas));
}

node text_part(const on_table& t, const paper_view& v, bureau& o) {
  std::vector<node> parts;
  std::size_t at = 0;
  for (std::size_t i = 0; i < v.marks.size(); ++i) {
    const auto m = o.marks_of(t.p.key)[i];
    const auto begin = static_cast<std::size_t>(m.x), end = static_cast<std::size_t>(m.x + m.width);
    if (begin < at || end > t.octets.size()) continue;
    parts.push_back(node(std::string_view(t.octets).substr(at, begin - at)));
    parts.push_back(element("mark", sup(std::to_string(i + 1)),
                            std::string_view(t.octets).substr(begin, end - begin)));
    at = end;
  }
  parts.push_back(node(std::string_view(t.octets).substr(at)));
  return div(cls("paper-text"), attr("tabindex", "0"), role("region"), aria("label", v.name),
             p(cls("keep-lines"), parts));
}

node pages_nav(const context& c, const on_table& t, const paper_view& v) {
  if (v.pages < 2) return {};
  return pagination(c.shell(), static_cast<int>(v.page), static_cast<int>(v.pages),
                    t.at() + "?page=");
}

node ground_select(const context& c, const bureau& o, const char* id) {
  std::vector<node> list;
  for (const auto& one : ground_choices(c, o))
    list.push_back(
        option(value_(one.value), flag("selected", one.value == c.request.param("g")), one.label));
  return div(cls("field"), label(for_(id), c.say("disclosure.ground")),
             select(id_(id), name_("ground"), list));
}

node number_field(const context& c, const char* name, const char* label_key) {
  const std::string control = std::string("mark-") + name;
  return div(cls("field"), label(for_(control), c.say(label_key)),
             input(id_(control), name_(name), type_("text"), attr("inputmode", "decimal"),
                   attr("maxlength", "7"), value_(c.field(name))));
}

node marking_part(const context& c, const bureau& o, const on_table& t, const paper_view& v) {
  const node by_words =
      form(method("post"), action(t.at() + "/words"), c.shell().csrf_field(),
           hidden_field("page", std::to_string(v.page)),
           div(cls("field"), label(for_("find-words"), c.say("disclosure.find_words")),
               input(id_("find-words"), name_("words"), type_("text"), attr("maxlength", "200"),
                     value_(c.field("words")))),
           ground_select(c, o, "find-ground"),
           submit_button(c.say("disclosure.mark_all"), look::secondary));
  node by_area;
  if (v.pages)
    by_area = form(
        id_("mark-form"), method("post"), action(t.at() + "/marks"), c.shell().csrf_field(),
        hidden_field("page", std::to_string(v.page)),
        p(id_("draw-hint"), cls("note"),
          c.fill("disclosure.draw_hint", {{"width", shown(v.width)}, {"height", shown(v.height)}})),
        div(cls("mark-figures"), number_field(c, "x", "disclosure.left"),
            number_field(c, "y", "disclosure.top"), number_field(c, "width", "disclosure.width"),
            number_field(c, "height", "disclosure.height")),
        ground_select(c, o, "mark-ground"),
        submit_button(c.say("disclosure.add_mark"), look::secondary));
  return all(v.pages ? box(c.say("disclosure.by_area"), by_area) : node(),
             box(c.say("disclosure.by_words"), by_words));
}

node marks_part(const context& c, const bureau& o, const on_table& t, const paper_view& v,
                bool open) {
  std::vector<node> lines;
  for (const auto& m : v.marks)
    lines.push_back(
        li(strong(std::to_string(m.number)), " ",
           m.page ? a(href(t.at() + "?page=" + std::to_string(m.page)),
                      c.fill("disclosure.on_page", {{"n", std::to_string(m.page)}}))
                  : node(),
           " ", m.words.empty() ? node(c.say("disclosure.picture_only")) : node(m.words),
           div(cls("note"), ground_words(c, o, m.ground)),
           open ? post_button(c.shell(), t.at() + "/drop", c.say("disclosure.drop"), look::quiet,
                              {{"mark", m.key}, {"page", std::to_string(v.page)}})
                : node()));
  return box(
      c.fill("disclosure.n_marks", {{"n", std::to_string(v.marks.size())}}),
      lines.empty() ? p(cls("note"), c.say("disclosure.no_marks")) : ul(cls("marks"), lines));
}

node copy_part(const context& c, const on_table& t, const paper_view& v, bool open) {
  node state;
  if (!v.copy.empty())
    state = all(p(badge(v.fresh ? tone::good : tone::warn,
                        c.say(v.fresh ? "disclosure.copy_ready" : "disclosure.copy_stale"))),
                p(a(href(t.at() + "/copy"), c.say("disclosure.look_at_copy"))),
                p(cls("note"), "SHA-256 ", v.copy_sha256.substr(0, 16), "…"));
  return box(
      c.say("disclosure.copy"),
      all(state,
          p(cls("note"), c.say(v.pages ? "disclosure.copy_line" : "disclosure.copy_text_line")),
          open ? post_button(c.shell(), t.at() + "/make", c.say("disclosure.make_copy"),
                             v.fresh ? look::secondary : look::primary)
               : node(),
          open ? post_button(c.shell(), t.at() + "/remove", c.say("disclosure.drop_paper"),
                             look::quiet)
               : node()));
}

http::response show(context& c, bureau& o, const refusal* wrong = nullptr) {
  auto t = taken(c, o);
  if (!t) return c.refuse(t.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto page =
      page_of(c.request.method == "GET" ? c.request.param("page") : c.field("page"), t->p);
  auto v = view_of(o, *t, page);
  if (!v) return c.refuse(v.why());
  o.files.database().later([why = o.access(c.actor, t->it.file.number), m = t->it.file,
                            name = t->p.name](store::write& tx) {
    audit::append(tx, why, audit::action::read, m.applicant, "disclosure", m.number, name);
  });
  return c.show(*v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field == "words" ? "find-words" : "", c.explain(*wrong)});
    const bool open = t->it.file.state == cases::state::received;
    const node body =
        all(error_summary(c.shell(), errors), h1(t->p.name),
            p(cls("note"), t->it.row.subject, " · ", t->it.file.number),
            beside(v->pages ? all(pages_nav(c, *t, *v), page_part(c, *t, *v), pages_nav(c, *t, *v))
                            : text_part(*t, *v, o),
                   all(copy_part(c, *t, *v, open), open ? marking_part(c, o, *t, *v) : node(),
                       marks_part(c, o, *t, *v, open))));
    auto r = c.page(t->p.name,
                    {{"/desk/disclosure", std::string(c.say("disclosure.desk"))},
                     {"/desk/disclosure/" + t->it.file.key.str(), t->it.file.number}},
                    body, {.wide = true, .noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response picture(context& c, bureau& o) {
  auto t = taken(c, o);
  if (!t) return c.refuse(t.why());
  auto png = redaction::picture_of(t->octets, page_of(c.request.param("page"), t->p), screen_dpi);
  if (!png) return c.refuse(png.why());
  auto r = http::text_response(200, std::move(*png), "image/png");
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  r.with("X-Content-Type-Options", "nosniff");
  return c.with_privacy(std::move(r));
}

// "12.5" points as hundredths; -1: none.
std::int64_t hundredths(std::string_view said) {
  const auto v = decimal::parse(text::trim(said));
  if (!v || said.size() > 8) return -1;
  const double n = std::strtod(v->str().c_str(), nullptr);
  return n >= 0 && n < 100'000 ? std::llround(n * 100) : -1;
}

template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    auto t = taken(c, *o);
    if (!t) return c.refuse(t.why());
    outcome done = f(*o, o->access(c.actor, t->it.file.number), *t, c);
    if (!done) return show(c, *o, &done.why());
    std::string to = t->at() + "?page=" + std::to_string(page_of(c.field("page"), t->p));
    if (const auto ground = c.field("ground"); o->law.find_ground(ground))
      to += "&g=" + std::string(ground);
    return c.go(to);
  };
}

// ---- the agency's own list ----

http::response our_list(context& c, bureau& o, const refusal* wrong = nullptr) {
  if (!c.actor.has_role(o.law.role)) return c.refuse(refuse(kind::forbidden, "case.not_yours"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto all_listed = o.list({c.actor.agency, "", "", 500});
  desk_view d = desk_frame(c, o, c.say("disclosure.our_list"));
  fill_queue(c, o, d, {});
  std::vector<node> lines;
  for (const auto& l : all_listed)
    lines.push_back(
        li(a(href("/disclosure/lists/" + l.what.key), l.what.title), " ",
           badge(l.what.access == "open" ? tone::good : tone::warn,
                 c.say("disclosure.access_" + l.what.access)),
           div(cls("note"), l.what.department, " · ", l.what.made),
           post_button(c.shell(), "/desk/disclosure-lists/remove", c.say("disclosure.unlist"),
                       look::quiet, {{"item", l.what.key}})));
  const auto line = [&](const char* name, const char* label_key, bool optional) {
    field f{.name = name, .label = std::string(c.say(label_key))};
    f.optional = optional;
    f.value = std::string(c.field(name));
    f.most = 150;
    return text_field(c.shell(), f);
  };
  field access{.name = "access", .label = std::string(c.say("disclosure.column_access"))};
  access.value = std::string(c.field("access"));
  std::vector<choice> kinds;
  for (const char* one : {"open", "partial", "closed"})
    kinds.push_back({one, std::string(c.say("disclosure.access_" + std::string(one))), ""});
  field ground{.name = "ground", .label = std::string(c.say("disclosure.ground_unless_open"))};
  auto grounds = ground_choices(c, o);
  grounds.insert(grounds.begin(), {"", "-", ""});
  std::vector<error_item> errors;
  if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
  d.detail =
      all(error_summary(c.shell(), errors), h1(c.say("disclosure.our_list")),
          p(c.say("disclosure.our_list_line")),
          lines.empty() ? p(cls("note"), c.say("disclosure.none_listed")) : ul(lines),
          box(c.say("disclosure.put_listed"),
              form(method("post"), action("/desk/disclosure-lists"), c.shell().csrf_field(),
                   line("title", "disclosure.column_title", false),
                   line("title_en", "disclosure.title_en", true),
                   line("department", "disclosure.department", false),
                   line("department_en", "disclosure.department_en", true),
                   line("made", "disclosure.column_made", true),
                   line("cycle", "disclosure.cycle", true), select_field(c.shell(), access, kinds),
                   select_field(c.shell(), ground, grounds),
                   submit_button(c.say("disclosure.put_listed")))));
  d.back = "/desk/disclosure";
  auto r =
      c.html_response(html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

void own_list_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/desk/disclosure-lists", needs::official,
         [o](context& c) { return our_list(c, *o); });
  h.page("POST", "/desk/disclosure-lists", needs::official, [o](context& c) {
    listed l;
    const auto of = [&](const char* name) { return std::string(c.field(name)); };
    l.title = of("title");
    l.title_en = of("title_en");
    l.department = of("department");
    l.department_en = of("department_en");
    l.made = of("made");
    l.cycle = of("cycle");
    l.access = of("access");
    l.ground = of("ground");
    auto done = o->put_listed(o->access(c.actor, ""), std::move(l));
    return done ? c.go("/desk/disclosure-lists") : our_list(c, *o, &done.why());
  });
  h.page("POST", "/desk/disclosure-lists/remove", needs::official, [o](context& c) {
    auto done = o->remove_listed(o->access(c.actor, ""), c.field("item"));
    return done ? c.go("/desk/disclosure-lists") : c.refuse(done.why());
  });
}

}  // namespace

void paper_pages(office o) {
  auto& h = o->home;
  const std::string at = "/desk/disclosure/{matter}/papers/{paper}";
  h.page("GET", at, needs::official, [o](context& c) { return show(c, *o); });
  h.page("GET", at + "/picture", needs::official, [o](context& c) { return picture(c, *o); });
  h.page("GET", at + "/copy", needs::official, [o](context& c) {
    auto t = taken(c, *o);
    if (!t) return c.refuse(t.why());
    const auto copy = o->copy_of_paper(t->p.key);
    if (!copy) return c.refuse(refuse(kind::not_found, "attachment.not_found"));
    auto got =
        o->fetch_copy(o->access(c.actor, t->it.file.number), t->it.file.key, copy->key, false);
    return got ? send_copy(c, std::move(*got)) : c.refuse(got.why());
  });
  const auto on = [&](const char* name, auto f) {
    h.page("POST", at + "/" + name, needs::official, act(o, f));
  };
  on("marks", [](bureau& b, const auto& why, const on_table& t, context& c) {
    mark m;
    m.paper = t.p.key;
    m.page = page_of(c.field("page"), t.p);
    m.x = hundredths(c.field("x"));
    m.y = hundredths(c.field("y"));
    m.width = hundredths(c.field("width"));
    m.height = hundredths(c.field("height"));
    m.ground = c.field("ground");
    return b.add_mark(why, t.it.file.key, m);
  });
  on("words", [](bureau& b, const auto& why, const on_table& t, context& c) -> outcome {
    auto n = b.mark_words(why, t.it.file.key, t.p.key, c.field("words"), c.field("ground"));
    if (!n) return n.why();
    return nothing{};
  });
  on("drop", [](bureau& b, const auto& why, const on_table& t, context& c) {
    return b.drop_mark(why, t.it.file.key, t.p.key, id::parse(c.field("mark")).value_or(id{}));
  });
  on("make", [](bureau& b, const auto& why, const on_table& t, context&) -> outcome {
    auto made = b.make_copy(why, t.it.file.key, t.p.key);
    if (!made) return made.why();
    return nothing{};
  });
  h.page("POST", at + "/remove", needs::official, [o](context& c) {
    auto t = taken(c, *o);
    if (!t) return c.refuse(t.why());
    auto done = o->drop_paper(o->access(c.actor, t->it.file.number), t->it.file.key, t->p.key);
    if (!done) return show(c, *o, &done.why());
    return c.go("/desk/disclosure/" + t->it.file.key.str());
  });
  own_list_pages(o);
}

}  // namespace madang::disclosure
