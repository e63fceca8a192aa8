#include <algorithm>

#include "madang/base/check.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {

node summary_list(const shell& s, const std::vector<row>& rows) {
  std::vector<node> items;
  bool any = std::any_of(rows.begin(), rows.end(), [](const row& r) { return !r.change.empty(); });
  for (const row& r : rows)
    items.push_back(div(dt(r.key), dd(r.value),
                        r.change.empty() ? node()
                                         : dd(cls("change"), a(href(r.change), s.say("part.change"),
                                                               span(cls("hidden"), " ", r.key)))));
  return dl(cls(any ? "facts changeable" : "facts"), items);
}

node definition_grid(const std::vector<row>& rows) {
  std::vector<node> items;
  for (const row& r : rows) items.push_back(div(dt(r.key), dd(r.value)));
  return dl(cls("grid"), items);
}

namespace {

node table_row(const table_view& v, const std::vector<node>& cells) {
  check(cells.size() == v.columns.size(), "a table row with as many cells as columns");
  std::vector<node> out;
  out.reserve(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    attribute number = v.columns[i].numeric ? cls("number") : attribute();
    attribute named = v.stacked ? data("label", v.columns[i].label) : attribute();
    if (i == 0 && v.first_is_header)
      out.push_back(th(attr("scope", "row"), number, named, cells[i]));
    else out.push_back(td(number, named, cells[i]));
  }
  return tr(out);
}

}  // namespace

node data_table(const shell& s, const table_view& v) {
  std::vector<node> heads, rows;
  for (const column& c : v.columns)
    heads.push_back(th(attr("scope", "col"), c.numeric ? cls("number") : attribute(), c.label));
  rows.reserve(v.rows.size());
  for (const auto& cells : v.rows) rows.push_back(table_row(v, cells));
  if (rows.empty())
    rows.push_back(tr(td(cls("empty"), attr("colspan", std::int64_t(v.columns.size())),
                         v.empty.empty() ? s.say("part.no_rows") : std::string_view(v.empty))));
  node t = table(cls(v.stacked ? "stacked" : ""),
                 caption(v.caption_hidden ? cls("hidden") : attribute(), v.caption),
                 thead(tr(heads)), tbody(rows));
  // A table wider than the screen scrolls in its own region, reachable by keyboard (WCAG 1.4.10).
  node region =
      div(cls("scroll"), role("region"), aria("label", v.caption), attr("tabindex", "0"), t);
  return v.sortable ? element("madang-sort", data("sort", s.say("part.sort_by")), region) : region;
}

node cards(const std::vector<card_view>& views) {
  std::vector<node> items;
  for (const card_view& c : views)
    items.push_back(li(a(cls("card"), href(c.href), icon(c.icon), strong(c.title),
                         c.text.empty() ? node() : span(c.text))));
  return ul(cls("cards"), items);
}

node box(std::string_view title, const node& body, const node& mark) {
  return section(cls("box"), h2(title, mark.empty() ? node() : all(" ", mark)), body);
}

node judgement(const shell& s, const std::vector<reason>& reasons) {
  table_view v;
  v.caption = s.say("part.judgement");
  v.caption_hidden = true;
  v.columns = {{std::string(s.say("part.rule"))},
               {std::string(s.say("part.value"))},
               {std::string(s.say("part.article"))},
               {std::string(s.say("part.met"))}};
  for (const reason& r : reasons)
    v.rows.push_back(
        {r.rule, r.value, r.article,
         badge(r.met ? tone::good : tone::bad, s.say(r.met ? "part.met_yes" : "part.met_no"))});
  v.first_is_header = true;
  v.stacked = true;
  return data_table(s, v);
}

node task_list(const std::vector<std::pair<std::string, std::vector<task>>>& sections) {
  std::vector<node> out;
  int number = 0;
  for (const auto& [title, tasks] : sections) {
    std::vector<node> items;
    for (const task& t : tasks) {
      std::string state_id = "task-" + std::to_string(++number);
      node name =
          t.href.empty() ? span(t.label) : a(href(t.href), aria("describedby", state_id), t.label);
      items.push_back(li(div(name, t.hint.empty() ? node() : p(cls("hint"), t.hint)),
                         span(id_(state_id), badge(t.state_tone, t.state))));
    }
    out.push_back(li(title.empty() ? node() : h2(title), ul(items)));
  }
  return ol(cls("tasks"), out);
}

node todo_list(const std::vector<todo>& list) {
  std::vector<node> items;
  for (const todo& t : list)
    items.push_back(
        li(t.badge, div(t.text, t.note.empty() ? node() : p(cls("note"), t.note)), t.action));
  return ul(cls("todos"), items);
}

node step_line(const shell& s, std::string_view journey, int step, int steps, bool saved) {
  std::vector<node> said;
  if (!journey.empty()) said.push_back(span(journey));
  if (steps > 0)
    said.push_back(span(
        s.fill("part.step", {{"step", std::to_string(step)}, {"steps", std::to_string(steps)}})));
  if (saved) said.push_back(span(cls("saved"), icon("check"), s.say("part.saved")));
  node bar;
  if (steps > 0)
    bar = element("progress", attr("value", std::int64_t(step)), attr("max", std::int64_t(steps)),
                  aria("hidden", "true"));
  return div(cls("step-line"), p(join(said, raw(R"(<span class="dot"> · </span>)"))), bar);
}

node progress(std::string_view name, int done, int total) {
  const std::string so_far = text::grouped(done) + " / " + text::grouped(total);
  return div(cls("progress"), label(span(name), span(cls("note"), so_far),
                                    element("progress", attr("value", std::int64_t(done)),
                                            attr("max", std::int64_t(std::max(total, 1))))));
}

node process_line(const std::vector<std::string>& steps, std::size_t current) {
  std::vector<node> items;
  for (std::size_t i = 0; i < steps.size(); ++i)
    items.push_back(li(i == current ? aria("current", "step") : attribute(),
                       i < current ? cls("past") : attribute(), steps[i]));
  return ol(cls("process"), items);
}

node timeline(const std::vector<moment>& moments) {
  std::vector<node> items;
  for (const moment& m : moments)
    items.push_back(li(m.reached ? cls("reached") : attribute(), span(cls("when"), m.when),
                       div(strong(m.title), m.detail.empty() ? node() : p(m.detail))));
  return ol(cls("timeline"), items);
}

}  // namespace madang::html
