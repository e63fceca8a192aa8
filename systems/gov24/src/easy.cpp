// What is easy to read: how the parts of the portal work, one thing in each step, with its picture.
#include "madang/platform/easy.hpp"

#include <algorithm>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;
using platform::easy_text;

struct easy_view {
  std::string part, name, what, go;
  std::vector<std::string> steps;
};
BOOST_DESCRIBE_STRUCT(easy_view, (), (part, name, what, go, steps))

easy_view view_of(const context& c, const easy_text& e) {
  easy_view v{e.part, e.name(c.language), e.what(c.language), e.go, {}};
  for (const auto& s : e.steps) v.steps.push_back(s.text(c.language));
  return v;
}

// Each sentence on a line of its own.
node sentences(const std::string& said) {
  std::vector<node> out;
  for (std::size_t from = 0; from < said.size();) {
    const auto end = std::min(said.find(". ", from), said.size() - 1);
    out.push_back(span(said.substr(from, end - from + 1)));
    from = end + 2;
  }
  return join(out);
}

http::response show(context& c, const std::vector<easy_text>& all) {
  const auto found = std::ranges::find(all, c.request.capture("part"), &easy_text::part);
  if (found == all.end()) return c.refuse(refuse(kind::not_found, "request.no_page"));
  const easy_view v = view_of(c, *found);
  return c.show(v, [&] {
    std::vector<node> steps;
    for (std::size_t i = 0; i < v.steps.size(); ++i)
      steps.push_back(li(icon(found->steps[i].icon), p(sentences(v.steps[i]))));
    return c.page(v.name, {{"/easy", std::string(c.say("easy.title"))}},
                  html::all(h1(v.name), p(cls("easy"), v.what), ol(cls("easy"), steps),
                            p(link_button(v.go, c.fill("easy.go", {{"name", v.name}}))),
                            p(cls("easy"), c.say("easy.help"))));
  });
}

http::response list(context& c, const std::vector<easy_text>& all) {
  std::vector<easy_view> view;
  for (const auto& e : all) view.push_back(view_of(c, e));
  return c.show(view, [&] {
    std::vector<node> lines;
    for (std::size_t i = 0; i < view.size(); ++i)
      lines.push_back(li(icon(all[i].steps.front().icon),
                         p(a(href("/easy/" + view[i].part), view[i].name), span(view[i].what))));
    return c.page(c.say("easy.title"), {},
                  html::all(h1(c.say("easy.title")), p(cls("easy"), c.say("easy.lead")),
                            ul(cls("easy"), lines)));
  });
}

}  // namespace

void easy_pages(house& h) {
  const auto all = std::make_shared<const std::vector<easy_text>>(
      platform::easy_texts_of(h.pack()));
  if (all->empty()) return;
  h.page("GET", "/easy", needs::nobody, [all](context& c) { return list(c, *all); });
  h.page("GET", "/easy/{part}", needs::nobody, [all](context& c) { return show(c, *all); });
}

}  // namespace madang::gov24
