// Results for all, as open data, and counted again by the reader.
#include "madang/html/html.hpp"
#include "madang/platform/viewer.hpp"
#include "madang/platform/csv.hpp"
#include "results.hpp"

namespace madang::mvoting {
namespace {

using namespace html;
using platform::csv_cell;

struct subject {
  ask a;
  vote v;
  paper p;
};

std::optional<subject> subject_of(context& c, station& s) {
  auto a = s.find(c);
  if (!a || a->stage == "draft" || !a->hidden.empty()) return {};
  auto p = s.book().paper_of(a->key);
  if (!p) return {};
  vote v = s.vote_of(a->key);
  return subject{std::move(*a), std::move(v), std::move(*p)};
}

refusal unknown() { return refuse(kind::not_found, "voices.unknown"); }

std::vector<link> way_to(const context& c, const subject& of) {
  return {{"/votes", std::string(c.say("votes.title"))}, {path_of(of.a), of.a.title}};
}

node rounds_part(const context& c, const results_view& r) {
  if (r.rounds.empty()) return {};
  table_view t;
  t.caption = c.say("votes.rounds");
  t.first_is_header = true;
  t.columns = {{std::string(c.say("votes.option"))}};
  for (const auto& one : r.rounds)
    t.columns.push_back({c.fill("votes.round", {{"n", std::to_string(one.number)}}), true});
  for (const auto& l : r.lines) {
    std::vector<node> cells{node(l.text)};
    bool out = false;
    for (const auto& one : r.rounds) {
      const auto n = one.counts[static_cast<std::size_t>(l.option - 1)];
      cells.push_back(out ? node("–") : node(text::grouped(n)));
      out = out || one.out == l.option;
    }
    t.rows.push_back(std::move(cells));
  }
  return data_table(c.shell(), t);
}

node table_part(const context& c, const results_view& r, const group_table& g) {
  table_view t;
  t.caption = c.say("votes.by_" + g.by);
  t.first_is_header = true;
  t.columns = {{std::string(c.say("votes.by_" + g.by))},
               {std::string(c.say("votes.voters")), true}};
  for (const auto& l : r.lines) t.columns.push_back({l.text, true});
  for (const auto& one : g.groups) {
    std::vector<node> cells{node(one.name), node(text::grouped(one.voters))};
    for (const auto n : one.counts) cells.push_back(node(text::grouped(n)));
    t.rows.push_back(std::move(cells));
  }
  return data_table(c.shell(), t);
}

node budget_part(const context& c, const results_view& r) {
  if (r.kind != "budget") return {};
  return p(c.fill("votes.spent", {{"spent", text::grouped(r.spent)},
                                  {"budget", text::grouped(r.budget)},
                                  {"unit", r.unit}}));
}

node groups_part(const context& c, const ask& of, const results_view& r) {
  std::vector<node> parts{h2(c.say("votes.groups"))};
  if (of.level != 0) {
    parts.push_back(p(c.say("votes.groups_unseen")));
  } else if (!r.ended) {
    parts.push_back(p(c.say("votes.groups_later")));
  } else if (r.tables.empty()) {
    parts.push_back(p(c.say("votes.groups_none")));
  } else {
    parts.push_back(p(cls("note"), c.say("votes.groups_how")));
    for (const auto& t : r.tables) parts.push_back(table_part(c, r, t));
  }
  return join(parts);
}

http::response show(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(unknown());
  const auto r = results_of(c, s, of->a, of->v, of->p);
  return c.show(r, [&] {
    std::vector<node> parts{p(stage_badge(c, s, of->a)), h1(c.say("votes.results")),
                            lead(of->a.title),
                            p(strong(c.fill("votes.n_joined", {{"n", text::grouped(r.voters)}})))};
    if (r.eligible)
      parts.push_back(p(cls("note"), eligible_words(c, *r.eligible)));
    if (!r.shown) {
      parts.push_back(inset(p(c.say("votes.after_end_long"))));
    } else {
      parts.push_back(bars(c, r));
      parts.push_back(budget_part(c, r));
      if (!r.method.empty()) parts.push_back(p(cls("note"), c.say("votes.method_" + r.method)));
      if (r.kind == "budget") parts.push_back(p(cls("note"), c.say("votes.method_budget")));
      parts.push_back(rounds_part(c, r));
      parts.push_back(groups_part(c, of->a, r));
      parts.push_back(
          p(a(href(r.href + "/results.csv"), c.say("votes.csv")), " · ",
            a(href(r.href + "/results.json"), c.say("votes.json"))));
    }
    const node films = films_part(c, s, of->a, of->p);
    parts.push_back(films);
    parts.push_back(p(a(href(r.href + "/recount"), c.say("assembly.recount"))));
    auto page = c.page(c.say("votes.results"), way_to(c, *of), join(parts),
                       {.wide = true, .noindex = !of->a.listed});
    return films.empty() ? page : platform::with_media(std::move(page));
  });
}

http::response csv(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(unknown());
  const auto r = results_of(c, s, of->a, of->v, of->p);
  std::string out = "table,group,option,text,count\r\n";
  const auto line = [&](std::string_view table, const std::string& group, const result_line& l,
                        std::int64_t n) {
    out += fmt::format("{},{},{},{},{}\r\n", table, csv_cell(group), l.option, csv_cell(l.text), n);
  };
  for (const auto& l : r.lines) line("all", "", l, l.count);
  for (const auto& t : r.tables)
    for (const auto& g : t.groups)
      for (const auto& l : r.lines)
        line(t.by, g.name, l, g.counts[static_cast<std::size_t>(l.option - 1)]);
  auto answer = http::text_response(200, std::move(out), "text/csv; charset=utf-8");
  answer.with("Content-Disposition", "attachment; filename=\"" + of->a.number + ".csv\"");
  return answer;
}

// ---- counting again ----
struct recount_view {
  std::string ask, title, log;
  json::value paper;
  std::int64_t voters = 0;
  bool shown = false;
  std::vector<std::int64_t> counts, order;
  std::vector<std::string> leaves;
  std::int64_t level = 0;
};
BOOST_DESCRIBE_STRUCT(recount_view, (), (ask, title, log, paper, voters, shown, counts, order,
                                         leaves, level))

node counting_part(const context& c, const recount_view& v) {
  json::object shown{{"voters", v.voters}};
  if (v.shown) {
    shown["counts"] = json::array(v.counts.begin(), v.counts.end());
    shown["order"] = json::array(v.order.begin(), v.order.end());
  }
  return element("madang-recount", cls("stack"), attr("data-log", v.log),
                 attr("data-policy", "/transparency/policy"), attr("data-ask", v.ask),
                 attr("data-saying", "choice"), attr("data-paper", json::print(v.paper)),
                 attr("data-shown", json::print(shown)),
                 attr("data-level", std::to_string(v.level)),
                 attr("data-tokens-good", c.say("votes.recount_tokens_good")),
                 attr("data-tokens-bad", c.say("votes.recount_tokens_bad")),
                 attr("data-begin", c.say("assembly.recount_begin")),
                 attr("data-waiting", c.say("assembly.recount_waiting")),
                 attr("data-good", c.say("assembly.recount_good")),
                 attr("data-bad", c.say("assembly.recount_bad")),
                 attr("data-broken", c.say("assembly.recount_broken")),
                 attr("data-unreachable", c.say("assembly.recount_unreachable")));
}

http::response recount(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(unknown());
  const auto r = results_of(c, s, of->a, of->v, of->p);
  recount_view v;
  v.ask = of->a.key.str();
  v.title = of->a.title;
  v.log = std::string("/transparency/") + assembly::log_of_votes::name;
  v.paper = voices::written(of->p);
  v.voters = r.voters;
  v.shown = r.shown;
  v.level = of->a.level;
  v.order.resize(r.lines.size());
  for (const auto& l : r.lines) {
    v.counts.push_back(l.count);
    v.order[static_cast<std::size_t>(l.place - 1)] = l.option;
  }
  if (c.request.wants_json()) v.leaves = s.book().leaves_of(of->a.key);
  return c.show(v, [&] {
    return c.page(c.say("assembly.recount"), way_to(c, *of),
                  html::all(h1(c.say("assembly.recount")), lead(c.say("assembly.recount_lead")),
                            p(c.fill("votes.n_joined", {{"n", text::grouped(v.voters)}})),
                            counting_part(c, v),
                            of->p.sealed ? p(c.say("votes.recount_sealed")) : node(),
                            h2(c.say("assembly.recount_how")), p(c.say("votes.recount_tiles")),
                            v.level != 0 ? p(c.say("votes.recount_tokens"), " ",
                                             a(href(path_of(of->a, "/tokens")),
                                               c.say("assembly.tokens")))
                                         : node(),
                            p(a(href(v.log + "/checkpoint"), v.log + "/checkpoint"))),
                  {});
  });
}

}  // namespace

void result_pages(const shared_station& s) {
  house& h = s->home();
  const std::string at = "/votes/{number}";
  h.page("GET", at + "/results", needs::nobody, [s](context& c) { return show(c, *s); });
  h.page("GET", at + "/results.csv", needs::nobody, [s](context& c) { return csv(c, *s); });
  h.page("GET", at + "/results.json", needs::nobody, [s](context& c) {
    const auto of = subject_of(c, *s);
    if (!of) return c.refuse(unknown());
    return http::json_response(json::write(results_of(c, *s, of->a, of->v, of->p)));
  });
  h.page("GET", at + "/recount", needs::nobody, [s](context& c) { return recount(c, *s); });
  // Held back until there is another count than the reader has, or some seconds are over.
  h.page("GET", at + "/news", needs::nobody, [s](context& c) {
    const auto of = subject_of(c, *s);
    if (!of) return c.refuse(unknown());
    const std::int64_t known = std::atoll(std::string(c.request.param("known")).c_str());
    auto r = http::json_response("{}");
    r.until = [s, key = of->a.key, known](http::response::release go) {
      s->when_changed(key, known, std::move(go));
    };
    return r;
  });
}

}  // namespace madang::mvoting
