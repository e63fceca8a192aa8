#include <algorithm>

#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

std::string_view class_of(look l) {
  switch (l) {
    case look::secondary:
      return "secondary";
    case look::quiet:
      return "quiet";
    case look::danger:
      return "danger";
    default:
      return "primary";
  }
}

node tab_links(std::string_view kind, std::string_view label, const std::vector<tab>& all_tabs) {
  std::vector<node> items;
  for (const tab& t : all_tabs)
    items.push_back(li(a(href(t.href), t.active ? aria("current", "true") : attribute(), t.label,
                         t.count >= 0 ? span(cls("count"), t.count) : node())));
  return nav(cls(kind), aria("label", label), ul(items));
}

}  // namespace

node back_link(const shell& s, std::string_view to, std::string_view text) {
  return a(cls("back"), href(to), icon("back"), text.empty() ? s.say("part.back") : text);
}

node link_button(std::string_view to, std::string_view text, look l, std::string_view icon_name) {
  return a(cls("button"), cls(class_of(l)), href(to), icon(icon_name), text);
}

node submit_button(std::string_view text, look l, std::string_view name, std::string_view value) {
  return button(cls("button"), cls(class_of(l)), type_("submit"),
                name.empty() ? attribute() : name_(name),
                name.empty() ? attribute() : value_(value.empty() ? "1" : value), text);
}

node post_button(const shell& s, std::string_view to, std::string_view text, look l,
                 const std::vector<std::pair<std::string, std::string>>& hidden) {
  std::vector<node> fields;
  for (const auto& [name, value] : hidden)
    fields.push_back(input(type_("hidden"), name_(name), value_(value)));
  return form(cls("one-button"), method("post"), action(to), s.csrf_field(), fields,
              submit_button(text, l));
}

node copy_button(const shell& s, std::string_view text) {
  return element(
      "madang-copy", data("text", text), data("done", s.say("part.copied")), flag("hidden"),
      button(cls("button quiet small"), type_("button"), icon("copy"), span(s.say("part.copy"))));
}

node print_button(const shell& s) {
  return element(
      "madang-print", flag("hidden"),
      button(cls("button secondary"), type_("button"), icon("print"), s.say("part.print")));
}

node button_row(const std::vector<node>& buttons) { return div(cls("button-row"), buttons); }

node breadcrumb(const shell& s, const std::vector<link>& between, std::string_view here) {
  std::vector<node> items;
  items.push_back(li(a(href("/"), s.say("shell.home"))));
  for (const link& each : between) items.push_back(li(a(href(each.href), each.label)));
  items.push_back(li(aria("current", "page"), here));
  return nav(cls("crumbs"), aria("label", s.say("shell.where")), ol(items));
}

// First, last, and two on each side of the current page; never more than nine links.
node pagination(const shell& s, int current, int pages, std::string_view before) {
  if (pages <= 1) return {};
  current = std::clamp(current, 1, pages);
  std::vector<node> items;
  auto to = [&](int n) { return href(std::string(before) + std::to_string(n)); };
  if (current > 1)
    items.push_back(li(cls("step"), a(to(current - 1), attr("rel", "prev"), icon("back"),
                                      s.say("part.previous"))));
  int shown = 0;
  for (int n : {1, current - 2, current - 1, current, current + 1, current + 2, pages}) {
    if (n <= shown || n > pages) continue;
    if (n > shown + 1) items.push_back(li(cls("gap"), aria("hidden", "true"), "…"));
    items.push_back(li(a(to(n), n == current ? aria("current", "page") : attribute(), n,
                         span(cls("hidden"), " ", s.say("part.page")))));
    shown = n;
  }
  if (current < pages)
    items.push_back(li(
        cls("step"), a(to(current + 1), attr("rel", "next"), s.say("part.next"), icon("chevron"))));
  return nav(cls("pagination"), aria("label", s.say("part.pages")), ul(items));
}

node tabs(std::string_view label, const std::vector<tab>& t) { return tab_links("tabs", label, t); }
node filters(std::string_view label, const std::vector<tab>& t) {
  return tab_links("filters", label, t);
}

node search_box(const shell& s, const search_view& v) {
  std::string_view say = v.label.empty() ? s.say("part.search_label") : std::string_view(v.label);
  std::string field = "search-" + v.name;
  node control =
      input(id_(field), type_("search"), name_(v.name), value_(v.value), attr("placeholder", say),
            attr("autocomplete", "off"), attr("enterkeyhint", "search"), attr("maxlength", "200"));
  node inner = all(
      label(cls("hidden"), for_(field), say), control,
      button(cls("button primary"), type_("submit"), icon("search"), span(s.say("part.search"))));
  if (!v.suggest.empty())
    inner = element("madang-suggest", data("source", v.suggest),
                    data("none", s.say("part.search_none")),
                    data("some", s.say("part.search_some")), inner);
  return form(cls(v.large ? "search large" : "search"), role("search"), method("get"),
              action(v.action), inner);
}

}  // namespace madang::html
