#include "madang/html/page.hpp"

#include "document.hpp"
#include "madang/html/icon.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

node band(const shell& s) {
  return div(cls("band"), div(cls("width"),
                              p(strong(s.say("shell.government")),
                                s.synthetic ? span(s.say("shell.synthetic")) : node()),
                              div(cls("settings"), language_links(s), contrast_link(s))));
}

node nav_list(const shell& s) {
  std::vector<node> items;
  for (const link& each : s.nav)
    items.push_back(
        li(a(href(each.href), each.href == s.active ? aria("current", "page") : attribute(),
             each.label)));
  return ul(items);
}

// Twice: in a row on wide screens, in a disclosure on narrow ones; the other is not displayed and
// so does not exist for assistive technology either. No script needed.
node menus(const shell& s) {
  if (s.nav.empty()) return {};
  node list = nav_list(s);
  return all(nav(cls("menu-row"), aria("label", s.say("shell.menu")), list),
             details(cls("menu-drop"), summary(icon("menu"), span(s.say("shell.menu"))),
                     nav(aria("label", s.say("shell.menu")), list)));
}

node account(const shell& s) {
  if (!s.person) return a(cls("who"), href(s.sign_in), s.say("shell.sign_in"));
  node bell;
  if (s.unread > 0)
    bell = a(cls("bell"), href(s.notices), icon("bell"), span(s.say("shell.notices")), " ",
             strong(s.unread));
  return all(bell, a(cls("who"), href(s.my_page), s.fill("shell.person", {{"name", *s.person}})));
}

node head(const shell& s) {
  return header(
      band(s),
      div(cls("head"), div(cls("width"), a(cls("brand"), href("/"), logo(), span(s.site_name())),
                           menus(s), div(cls("account"), account(s)))));
}

node foot(const shell& s) {
  std::vector<node> items;
  for (const link& each : s.footer) items.push_back(li(a(href(each.href), each.label)));
  return footer(
      cls("foot"),
      div(cls("width"), p(cls("help"), strong(s.say("shell.help")), span(s.say("shell.help_how"))),
          items.empty() ? node() : nav(aria("label", s.say("shell.footer")), ul(items)),
          p(cls("small"), s.say("shell.footer_note"))));
}

}  // namespace

std::string page(const shell& s, std::string_view title, const std::vector<link>& crumbs,
                 const node& body, const page_options& options) {
  std::string out;
  out.reserve(body.markup().size() + 6000);
  open_document(out, s, title, options, {"main.css"}, options.hero ? "has-hero" : "");
  out += head(s).markup();
  const char* width = options.hero ? "" : options.wide ? "width" : "width reading";
  std::string where;
  if (!crumbs.empty()) where = div(cls("width"), breadcrumb(s, crumbs, title)).markup();
  out += where;
  out += main_(id_("main"), cls(width), attr("tabindex", "-1"), body).markup();
  out += foot(s).markup();
  close_document(out);
  return out;
}

std::string paper(const shell& s, std::string_view title, const node& body) {
  std::string out;
  page_options options;
  options.noindex = true;
  open_document(out, s, title, options, {"main.css"}, "paper");
  out += main_(id_("main"), cls("sheet"), attr("tabindex", "-1"), body).markup();
  close_document(out);
  return out;
}

}  // namespace madang::html
