#include "document.hpp"
#include "madang/html/icon.hpp"
#include "madang/html/page.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

node places_pane(const shell& s, const desk_view& v) {
  std::vector<node> items, lines;
  for (const desk_place& each : v.places)
    items.push_back(
        li(a(href(each.href), each.active ? aria("current", "page") : attribute(), span(each.label),
             each.count > 0 ? span(cls("count"), each.count) : node())));
  for (const std::string& each : v.post) lines.push_back(p(each));
  node list = ul(items);
  return header(cls("desk-places"), a(cls("brand"), href("/desk"), logo(), span(s.site_name())),
                details(cls("menu-drop"), summary(icon("menu"), span(s.say("shell.menu"))),
                        nav(aria("label", s.say("shell.menu")), list)),
                nav(cls("menu-row"), aria("label", s.say("shell.menu")), list),
                div(cls("post"), lines, language_links(s), contrast_link(s)));
}

node item_of(const desk_item& each) {
  node pick;
  if (!each.pick.empty())
    pick = input(cls("desk-pick"), type_("checkbox"), name_(each.pick), value_("on"),
                 attr("form", "bulk"), aria("label", each.title));
  return li(pick, a(cls("desk-item"), href(each.href),
                    each.active ? aria("current", "true") : attribute(), strong(each.title),
                    span(each.badge, span(cls("note"), each.note))));
}

node list_pane(const shell& s, const desk_view& v) {
  std::vector<node> items;
  for (const desk_item& each : v.items) items.push_back(item_of(each));
  return section(cls("desk-list"), aria("label", v.list_label),
                 div(cls("desk-tools"), v.tools,
                     v.list_note.empty() ? node()
                                         : p(cls("note"), v.list_note,
                                             items.empty() ? node()
                                                           : span(cls("keys"), " · ",
                                                                  s.say("desk.keys")))),
                 !items.empty()     ? ol(items)
                 : v.empty.empty() ? node()
                                   : p(cls("empty"), v.empty),
                 v.below.empty() ? node() : node(div(cls("desk-below"), v.below)));
}

}  // namespace

std::string desk(const shell& s, const desk_view& v, const page_options& options) {
  std::string out;
  out.reserve(v.detail.markup().size() + 8000);
  page_options o = options;
  o.noindex = true;
  open_document(out, s, v.title, o, {"main.css", "desk.css"}, "desk");
  node detail = main_(id_("main"), cls("desk-detail"), attr("tabindex", "-1"),
                      v.back.empty() ? node() : back_link(s, v.back, s.say("desk.back")),
                      // It scrolls by itself: the keyboard gets there even where nothing in it
                      // can be pressed (WCAG 2.2, 2.1.1).
                      div(cls("desk-matter"), attr("tabindex", "0"), role("group"),
                          aria("label", v.title), v.detail),
                      v.actions.empty() ? node() : div(cls("desk-actions"), v.actions));
  out += places_pane(s, v).markup();
  out += element("madang-desk", cls(v.back.empty() ? "desk-panes" : "desk-panes open"),
                 data("help", s.say("desk.help")), data("close", s.say("desk.close")),
                 data("toggle", s.say("desk.toggle")), data("next", s.say("desk.next")),
                 data("previous", s.say("desk.previous")), data("open", s.say("desk.open")),
                 data("search", s.say("desk.search")), data("pick", s.say("desk.pick")),
                 list_pane(s, v), detail)
             .markup();
  close_document(out);
  return out;
}

}  // namespace madang::html
