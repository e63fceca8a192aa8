#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

std::string_view class_of(tone t) {
  switch (t) {
    case tone::info:
      return "info";
    case tone::good:
      return "good";
    case tone::warn:
      return "warn";
    case tone::bad:
      return "bad";
    default:
      return "neutral";
  }
}

}  // namespace

node badge(tone t, std::string_view text) { return span(cls("badge"), cls(class_of(t)), text); }
node lead(const node& text) { return p(cls("lead"), text); }
node inset(const node& body) { return div(cls("inset"), body); }

node warning(const shell& s, const node& body) {
  return div(cls("warning"), icon("warning"),
             p(strong(span(cls("hidden"), s.say("part.warning"), " "), body)));
}

node banner(const shell& s, tone t, std::string_view title, const node& body) {
  bool urgent = t == tone::bad || t == tone::warn;
  return section(cls("banner"), cls(class_of(t)), urgent ? role("alert") : attribute(),
                 aria("label", std::string(s.say(urgent ? "part.important" : "part.notice")) +
                                   ": " + std::string(title)),
                 icon(t == tone::good ? "check"
                      : urgent        ? "warning"
                                      : "info"),
                 div(p(cls("banner-title"), title), body));
}

node panel(std::string_view title, std::string_view reference, std::string_view note) {
  return div(cls("panel"), icon("check"), h1(title),
             reference.empty() ? node() : p(cls("reference"), reference),
             note.empty() ? node() : p(note));
}

node empty_state(std::string_view icon_name, std::string_view title, const node& body,
                 const node& way_on) {
  return div(cls("empty-state"), icon(icon_name), h2(title), body.empty() ? node() : p(body),
             way_on);
}

node reading_notice(const shell& s, const node& what, std::string_view log_href) {
  return aside(cls("box reading"), aria("label", s.say("part.reads_title")),
               h2(icon("eye"), s.say("part.reads_title")),
               p(what, " ", s.say("part.reads_before"), " ",
                 a(href(log_href), s.say("part.reads_log")), s.say("part.reads_after")));
}

// autofocus on an element with tabindex takes the focus without any script (HTML, 6.6.7).
node error_summary(const shell& s, const std::vector<error_item>& errors) {
  if (errors.empty()) return {};
  std::vector<node> items;
  for (const error_item& e : errors)
    items.push_back(e.field.empty() ? li(e.message) : li(a(href("#" + e.field), e.message)));
  return div(
      cls("error-summary"), id_("error-summary"), role("alert"), attr("tabindex", "-1"),
      flag("autofocus"), aria("labelledby", "error-summary-title"),
      h2(id_("error-summary-title"), s.fill("part.errors", {{"n", std::to_string(errors.size())}})),
      ul(items));
}

node disclosure(std::string_view title, const node& body) {
  return details(cls("disclosure"), summary(title), div(body));
}

node hero(std::string_view title, std::string_view sentence, const node& body) {
  return div(cls("hero"), div(cls("width"), h1(title),
                              sentence.empty() ? node() : p(cls("lead"), sentence), body));
}

node beside(const node& content, const node& side) {
  return div(cls("beside"), div(content), div(cls("side"), side));
}

node halves(const std::vector<node>& nodes) { return div(cls("halves"), nodes); }

node start_box(std::string_view title, const node& text, const node& button) {
  return section(cls("start"), h2(title), p(text), button);
}

}  // namespace madang::html
