// What is done with many cases at once: each case is a transaction of its own, and what became of
// each is said. Done twice it changes nothing more, as each act is once only.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct bulk_line {
  std::string key, number, title, outcome, said;   // outcome: "done" or the code of the refusal
};
BOOST_DESCRIBE_STRUCT(bulk_line, (), (key, number, title, outcome, said))
struct bulk_view {
  std::string act;
  std::int64_t done = 0, refused = 0;
  std::vector<bulk_line> cases;
};
BOOST_DESCRIBE_STRUCT(bulk_view, (), (act, done, refused, cases))

constexpr std::size_t most_cases = 100;

std::vector<id> picked(const context& c) {
  std::vector<id> out;
  for (const auto& [name, value] : c.form())
    if (name.starts_with("c_") && !value.empty())
      if (auto key = id::parse(std::string_view(name).substr(2))) out.push_back(*key);
  return out;
}

// The finder's control has a name of its own, as the filter is on the page too; programs send
// `office`.
std::string office_of(const context& c) {
  const auto typed = c.field("to_office").empty() ? c.field("office") : c.field("to_office");
  return office_meant(c, c.field("to_office_id"), typed);
}

// What is wrong with the whole, before any case is touched.
outcome check_bulk(const context& c, const std::vector<id>& cases) {
  const auto act = c.field("act");
  if (act != "take" && act != "assign" && act != "transfer" && act != "return")
    return refuse(kind::invalid, "forms.option", "act");
  if (cases.empty()) return refuse(kind::invalid, "case.none_picked", "act");
  if (cases.size() > most_cases)
    return refuse(kind::invalid, "case.too_many_picked", "act",
                  {{"limit", std::to_string(most_cases)}});
  if (act == "transfer" && office_of(c).empty())
    return refuse(kind::invalid, "case.no_office", "office");
  if ((act == "transfer" || act == "return") && c.field("text").empty())
    return refuse(kind::invalid, "case.text_missing", "text");
  if (act == "assign" && !c.home.people().find_post(c.field("post")))
    return refuse(kind::invalid, "case.no_post", "post");
  return nothing{};
}

outcome do_one(context& c, id key, bulk_line& line) {
  std::optional<cases::matter> m;
  auto* files = c.home.files_with(key, &m);
  const auto unknown = refuse(kind::not_found, "case.not_found");
  if (!files) return unknown;
  if (!files->may_handle(c.actor, *m)) return c.hidden(unknown, "case", key);
  line.number = m->number;
  line.title = title_of(c, *m) + " — " + m->applicant_name;
  const auto* p = files->find_procedure(m->procedure);
  const audit::access why = c.access(p->name, p->law, m->number);
  const auto act = c.field("act");
  if (act == "take") return files->take(why, key);
  if (act == "assign") return files->assign(why, key, c.field("post"));
  if (act == "transfer") return files->transfer(why, key, office_of(c), c.field("text"));
  return files->give_back(why, key, c.field("text"));
}

http::response bulk(context& c) {
  const auto list = picked(c);
  if (auto good = check_bulk(c, list); !good) return c.refuse(good.why());
  bulk_view view;
  view.act = c.field("act");
  for (id key : list) {
    bulk_line line{key.str(), key.str(), "", "done", std::string(c.say("work.bulk_done"))};
    if (auto done = do_one(c, key, line); !done) {
      line.outcome = done.why().code;
      line.said = c.explain(done.why());
      ++view.refused;
    } else {
      ++view.done;
    }
    view.cases.push_back(std::move(line));
  }
  return c.show(view, [&] {
    const std::string title(c.say("work.bulk_" + view.act));
    desk_view d = frame(c, "/desk", title);
    inbox_choice f;
    fill_list(c, d, f);
    const std::string back(c.field("back"));
    d.back = "/desk" + (back.starts_with('?') ? back : std::string());
    table_view t;
    t.caption = title;
    t.caption_hidden = true;
    t.columns = {{std::string(c.say("my.number"))}, {std::string(c.say("my.case"))},
                 {std::string(c.say("work.bulk_outcome"))}};
    for (const auto& l : view.cases)
      t.rows.push_back({a(href("/desk/cases/" + l.key), l.number), node(l.title),
                        badge(l.outcome == "done" ? tone::good : tone::warn, l.said)});
    d.detail = all(h1(title),
                   p(c.fill("work.bulk_said", {{"done", std::to_string(view.done)},
                                               {"refused", std::to_string(view.refused)}})),
                   data_table(c.shell(), t), p(a(href(d.back), c.say("work.back_to_inbox"))));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

}  // namespace

void bulk_pages(house& h) { h.page("POST", "/desk/bulk", needs::official, bulk); }

}  // namespace madang::desk
