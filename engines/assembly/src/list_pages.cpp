// What people ask: open, answered, ended; by category, newest or most backed first.
#include <algorithm>

#include "forum.hpp"
#include "madang/platform/easy.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr int lines_a_page = 20;

// Stages shown together: what can be joined, what an agency owes or has done, what is over.
struct shelf {
  std::string id;
  std::vector<std::string> stages;
};

bool leads_to_duty(const voices::rule& r, const voices::stage& s) {
  return !s.duty.empty() ||
         std::ranges::any_of(r.stages, [&](const auto& other) { return other.done == s.id; });
}

std::vector<shelf> shelves_of(const voices::rule& r) {
  shelf open{"open", {}}, answered{"answered", {}}, ended{"ended", {}};
  for (const auto& s : r.stages) {
    if (!s.listed) continue;
    auto& to = leads_to_duty(r, s) ? answered : s.takes.empty() ? ended : open;
    to.stages.push_back(s.id);
  }
  std::vector<shelf> out;
  for (auto* s : {&open, &answered, &ended})
    if (!s->stages.empty()) out.push_back(std::move(*s));
  return out;
}

struct list_view {
  std::string shelf, category, order;
  std::int64_t total = 0, page = 1;
  std::vector<ask_line> asks;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (shelf, category, order, total, page, asks))

std::string address(const forum& f, const list_view& v, std::string_view category,
                    std::string_view order) {
  return f.where().path + "?shelf=" + v.shelf + "&category=" + std::string(category) +
         "&order=" + std::string(order);
}

node choices(const context& c, forum& f, const list_view& v, const std::vector<shelf>& all) {
  std::vector<tab> of_shelf, of_order, of_category;
  for (const auto& s : all)
    of_shelf.push_back({f.where().path + "?shelf=" + s.id,
                        std::string(c.say("assembly.shelf_" + s.id)), s.id == v.shelf});
  for (const char* order : {"newest", "most"})
    of_order.push_back({address(f, v, v.category, order),
                        std::string(c.say("assembly.order_" + std::string(order))),
                        v.order == order});
  of_category.push_back({address(f, v, "", v.order),
                         std::string(c.say("assembly.every_category")), v.category.empty()});
  for (const auto& k : f.rule().categories)
    of_category.push_back({address(f, v, k.id, v.order), k.name(c.language), v.category == k.id});
  return html::all(all.size() > 1 ? tabs(c.say("assembly.shelves"), of_shelf) : node(),
                   filters(c.say("assembly.order"), of_order),
                disclosure(v.category.empty()
                               ? std::string(c.say("assembly.by_category"))
                               : f.rule().find_category(v.category)->name(c.language),
                           filters(c.say("assembly.category"), of_category)));
}

node start_part(const context& c, const forum& f) {
  if (f.where().filed == filing::by_program) return {};
  return p(link_button(f.where().path + "/start", c.say(f.key("start"))));
}

node ways_on(const context& c, const forum& f) {
  const node feed = p(cls("note"), a(href(f.where().path + "/feed.atom"), c.say("assembly.feed")));
  if (!f.gives_verdicts()) return feed;
  return html::all(p(a(href(f.where().path + "/adoption"), c.say("assembly.adoption"))), feed);
}

// How somebody hears of it: whose pseudonym it is, the house does not look up to write to her.
node struck_part(const context& c, forum& f) {
  if (!c.actor.signed_in()) return {};
  std::vector<node> links;
  for (const auto& one : f.book().struck_of(c.actor.person))
    links.push_back(li(a(href(f.path_of(one)), one.title)));
  return links.empty() ? node()
                       : banner(c.shell(), tone::warn, c.say("assembly.yours_struck"), ul(links));
}

http::response list(context& c, forum& f) {
  const auto all = shelves_of(f.rule());
  auto chosen = std::ranges::find(all, c.request.param("shelf"), &shelf::id);
  if (chosen == all.end()) chosen = all.begin();
  list_view v;
  v.shelf = chosen->id;
  v.order = c.request.param("order") == "most" ? "most" : "newest";
  if (const auto* k = f.rule().find_category(c.request.param("category"))) v.category = k->id;
  voices::book::wanted w{.rule = f.rule().id, .stages = chosen->stages, .category = v.category};
  w.by = v.order == "most" ? voices::book::order::most : voices::book::order::newest;
  v.total = f.book().count(w);
  const auto pages = static_cast<int>((v.total + lines_a_page - 1) / lines_a_page);
  v.page = std::clamp(std::atoi(std::string(c.request.param("page")).c_str()), 1,
                      std::max(pages, 1));
  w.limit = lines_a_page;
  w.skip = static_cast<int>((v.page - 1) * lines_a_page);
  const auto found = f.book().list(w);
  const auto counts = f.book().counted(found, main_saying(f));
  for (const auto& a : found) v.asks.push_back(line_of(c, f, a, counts.at(a.key)));
  return c.show(v, [&] {
    const node none = empty_state("document", c.say("assembly.none_" + v.shelf));
    return c.page(c.say(f.key("title")), {},
                  html::all(h1(c.say(f.key("title"))), lead(c.say(f.key("lead"))),
                            platform::easy_link(c, f.where().system), struck_part(c, f),
                            start_part(c, f),
                            choices(c, f, v, all),
                            v.asks.empty() ? none : ask_list(c, f, v.asks),
                            pagination(c.shell(), static_cast<int>(v.page), pages,
                                       address(f, v, v.category, v.order) + "&page="),
                            ways_on(c, f)),
                  {.description = std::string(c.say(f.key("lead")))});
  });
}

}  // namespace

node ask_list(const context& c, const forum& f, const std::vector<ask_line>& lines) {
  std::vector<todo> all;
  for (const auto& l : lines) {
    todo t;
    t.badge = badge(tone_of(*f.rule().find_stage(l.stage)), l.stage_name);
    t.text = a(href(l.href), l.title);
    t.note = l.category_name + " · " + c.fill(f.key("counted"), {{"n", text::grouped(l.count)}});
    if (l.goal > 0)
      t.note += " · " + c.fill("assembly.of_goal", {{"goal", text::grouped(l.goal)}});
    all.push_back(std::move(t));
  }
  return todo_list(all);
}

void list_pages(const shared_forum& f) {
  f->home().page("GET", f->where().path, needs::nobody, [f](context& c) { return list(c, *f); });
}

}  // namespace madang::assembly
