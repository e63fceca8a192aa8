// What other programs read: the feed (RFC 4287), every count by hour and province, and the leaves
// of one ask, so that anybody counts again.
#include "forum.hpp"
#include "madang/assembly/atom.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr int in_feed = 50;

http::response feed(context& c, forum& f) {
  voices::book::wanted w{.rule = f.rule().id};
  for (const auto& s : f.rule().stages)
    if (s.listed) w.stages.push_back(s.id);
  w.limit = in_feed;
  const auto found = f.book().list(w);
  const std::string base = c.home.chosen().public_url, at = base + f.where().path;
  atom_feed out{at, at + "/feed.atom", std::string(c.say(f.key("title"))), c.language,
                f.home().pack().name()(c.language), {}};
  for (const auto& a : found) {
    const auto* k = f.rule().find_category(a.category);
    out.entries.push_back({base + f.path_of(a), a.title, base + f.path_of(a), a.since, a.filed,
                           a.category, k ? k->name(c.language) : a.category,
                           f.book().stage_of(a).name(c.language), a.body});
    for (const auto& r : f.book().replies(a.key))
      if (const auto filmed = f.answers().recording(r.key))
        out.entries.back().enclosures.push_back(
            {base + answer_address(f.path_of(a), r.key) + "/recording", filmed->type,
             filmed->size});
  }
  return http::text_response(200, written(out), "application/atom+xml; charset=utf-8");
}

http::response counts(context& c, forum& f) {
  const auto a = f.find(c);
  if (!a || !a->hidden.empty()) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  std::string out = "hour,saying,district,counted,unusual\r\n";
  const auto too_many = f.districts().of(a->key);
  for (const auto& h : f.book().hours(a->key)) {
    const bool excess = std::ranges::any_of(too_many, [&](const excess_line& e) {
      return e.district == h.bucket && e.saying == h.saying;
    });
    out += h.begins.str() + "," + h.saying + "," + h.bucket + "," + std::to_string(h.counted) +
           (excess ? ",more_than_people\r\n" : ",\r\n");
  }
  auto r = http::text_response(200, std::move(out), "text/csv; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"" + a->number + ".csv\"");
  return r;
}

struct recount_view {
  std::string ask, title, log;
  std::int64_t counted = 0;
  std::string saying;
  std::vector<std::string> leaves;
  std::int64_t level = 0;
};
BOOST_DESCRIBE_STRUCT(recount_view, (), (ask, title, log, counted, saying, leaves, level))

node counting_part(const context& c, const recount_view& v) {
  return element("madang-recount", cls("stack"), attr("data-log", v.log),
                 attr("data-policy", "/transparency/policy"), attr("data-ask", v.ask),
                 attr("data-saying", v.saying), attr("data-shown", std::to_string(v.counted)),
                 attr("data-level", std::to_string(v.level)),
                 attr("data-tokens-good", c.say(v.level == 2 ? "assembly.recount_passes_good"
                                                             : "assembly.recount_tokens_good")),
                 attr("data-tokens-bad", c.say(v.level == 2 ? "assembly.recount_passes_bad"
                                                            : "assembly.recount_tokens_bad")),
                 attr("data-begin", c.say("assembly.recount_begin")),
                 attr("data-waiting", c.say("assembly.recount_waiting")),
                 attr("data-good", c.say("assembly.recount_good")),
                 attr("data-bad", c.say("assembly.recount_bad")),
                 attr("data-broken", c.say("assembly.recount_broken")),
                 attr("data-unreachable", c.say("assembly.recount_unreachable")));
}

node by_token_part(const context& c, std::int64_t level) {
  if (level == 0) return {};
  return p(c.say(level == 2 ? "assembly.recount_passes" : "assembly.recount_tokens"));
}

// Without script it says how; with it, the page counts by itself (island madang-recount).
http::response recount(context& c, forum& f) {
  const auto a = f.find(c);
  if (!a || !a->hidden.empty()) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  recount_view v{a->key.str(), a->title, "/transparency/votes",
                 f.book().counted(a->key, main_saying(f)),
                 std::string(name_of(main_saying(f))), {}, a->level};
  if (c.request.wants_json()) v.leaves = f.book().leaves_of(a->key);
  return c.show(v, [&] {
    return c.page(c.say("assembly.recount"),
                  {{f.where().path, std::string(c.say(f.key("title")))},
                   {f.path_of(*a), a->title}},
                  html::all(h1(c.say("assembly.recount")), lead(c.say("assembly.recount_lead")),
                            p(c.fill(f.key("counted"), {{"n", text::grouped(v.counted)}})),
                            counting_part(c, v),
                            h2(c.say("assembly.recount_how")),
                            p(c.say("assembly.recount_tiles")),
                            by_token_part(c, v.level),
                            p(html::a(href(v.log + "/checkpoint"), v.log + "/checkpoint"))),
                  {});
  });
}

}  // namespace

void open_data_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string& path = f->where().path;
  h.page("GET", path + "/feed.atom", needs::nobody, [f](context& c) { return feed(c, *f); });
  h.page("GET", path + "/{number}/counts.csv", needs::nobody,
         [f](context& c) { return counts(c, *f); });
  h.page("GET", path + "/{number}/recount", needs::nobody,
         [f](context& c) { return recount(c, *f); });
}

}  // namespace madang::assembly
