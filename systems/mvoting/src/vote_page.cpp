// One vote: what is asked, who may, the ballot paper, one's own voice; works without script.
#include <algorithm>

#include "madang/assembly/token_room.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/viewer.hpp"
#include "results.hpp"

namespace madang::mvoting {
namespace {

using namespace html;
using voices::paper_kind;

struct option_line {
  std::int64_t number = 0;
  std::string text;
  std::int64_t cost = 0;
  std::string picture, alt, video;
  std::optional<assembly::recorded> film;
};
BOOST_DESCRIBE_STRUCT(option_line, (), (number, text, cost, picture, alt, video, film))
struct vote_view {
  std::string number, key, title, body, language, category, stage, stage_name, agency, asker;
  std::string kind, method, unit, who_may, presence, hidden, appeal, ended_why, cannot;
  std::int64_t level = 0, most = 0, budget = 0, voters = 0;
  std::optional<instant> opens, closes;
  std::optional<std::int64_t> eligible;      // 0: fewer than fewest_told
  bool sealed = false, mine = false, manages = false, can_vote = false, present = false;
  std::vector<std::int64_t> chosen;          // by who reads
  std::vector<option_line> options;
  std::optional<assembly::recorded> film;              // of what is asked
  std::string came, came_by, came_link;
};
BOOST_DESCRIBE_STRUCT(vote_view, (),
                      (number, key, title, body, language, category, stage, stage_name, agency,
                       asker, kind, method, unit, who_may, presence, hidden, appeal, ended_why,
                       cannot, level, most, budget, voters, opens, closes, eligible, sealed, mine,
                       manages, can_vote, present, chosen, options, film, came, came_by,
                       came_link))

struct subject {
  ask a;
  vote v;
  paper p;
};

std::optional<subject> subject_of(context& c, station& s) {
  auto a = s.find(c);
  if (!a) return {};
  vote v = s.vote_of(a->key);
  // A draft is there for who makes it.
  if (a->stage == "draft" && !s.may_manage(c, *a, v)) return {};
  auto p = s.book().paper_of(a->key);
  if (!p) return {};
  return subject{std::move(*a), std::move(v), std::move(*p)};
}

void add_own(vote_view& v, const context& c, station& s, const subject& of) {
  if (!c.actor.signed_in()) return;
  if (const auto mine = s.book().chosen_by(c.actor.person, of.a))
    v.chosen.assign(mine->begin(), mine->end());
  v.present = of.v.presence == "venue" && s.was_present(c.actor.person, of.a);
  if (of.a.stage != "open" || !of.a.hidden.empty()) return;
  const auto may = s.may_vote(c, of.a, of.v);
  v.can_vote = may.ok();
  if (!may) v.cannot = may.why().code;
}

void add_options(vote_view& v, const context& c, station& s, const subject& of) {
  const auto films = s.films_of(of.a.key, of.p);
  const auto film = [&](std::size_t n) -> std::optional<assembly::recorded> {
    const auto there = films.find(n);
    if (there == films.end()) return {};
    return assembly::recorded_at(c, s.recordings(), there->second, option_path(of.a, n));
  };
  v.film = film(0);
  for (std::size_t i = 0; i < of.p.options.size(); ++i) {
    const auto& o = of.p.options[i];
    v.options.push_back({static_cast<std::int64_t>(i + 1), o.text, o.cost,
                         o.picture.empty() ? "" : "/votes/pictures/" + o.picture, o.alt, o.video,
                         film(i + 1)});
  }
}

vote_view view_of(const context& c, station& s, const subject& of) {
  const auto& [a, w, p] = of;
  vote_view v;
  v.number = a.number;
  v.key = a.key.str();
  v.mine = c.actor.signed_in() && a.author == c.actor.person;
  v.manages = s.may_manage(c, a, w);
  v.hidden = a.hidden;
  if (v.mine) v.appeal = a.appeal;
  v.stage = a.stage;
  v.stage_name = s.book().stage_of(a).name(c.language);
  v.title = c.say("assembly.hidden_title");
  if (!a.hidden.empty() && !v.mine && !s.moderates(c)) return v;
  v.title = a.title;
  v.body = a.body;
  v.language = a.language;
  v.category = a.category;
  v.agency = w.agency;
  v.asker = asker_of(c, a, w);
  v.level = a.level;
  v.kind = name_of(p.kind);
  v.method = p.method;
  v.unit = p.unit;
  v.most = p.most;
  v.budget = p.budget;
  v.sealed = p.sealed;
  v.who_may = audience_words(c, s.audience_of(w));
  v.presence = w.presence;
  v.ended_why = w.ended_why;
  if (w.opens.micros) v.opens = w.opens;
  v.closes = w.closes;
  v.voters = s.book().counted(a.key, saying::choice);
  if (w.eligible >= electorate_few) v.eligible = w.eligible;
  add_options(v, c, s, of);
  if (w.came_at.micros) {
    v.came = w.came;
    v.came_by = c.home.pack().full_name(w.came_by)(c.language);
    v.came_link = w.came_link;
  }
  add_own(v, c, s, of);
  return v;
}

// ---- the ballot paper ----
std::string option_words(const vote_view& v, const option_line& o) {
  return v.kind == "budget" ? o.text + " · " + text::grouped(o.cost) + " " + v.unit : o.text;
}

std::vector<choice> choices_of(const vote_view& v) {
  std::vector<choice> out;
  for (const auto& o : v.options) out.push_back({std::to_string(o.number), option_words(v, o), {}});
  return out;
}

std::string how_to(const context& c, const vote_view& v) {
  return c.fill("votes.how_" + v.kind, {{"most", std::to_string(v.most)},
                                        {"budget", text::grouped(v.budget)},
                                        {"unit", v.unit}});
}

node ranking_fields(const context& c, const vote_view& v, const voices::chosen& now,
                    const std::string& error) {
  std::vector<node> out;
  if (!error.empty()) out.push_back(p(cls("error"), id_("rank_1-error"), error));
  std::vector<choice> all{{"", std::string(c.say("votes.nothing_here")), {}}};
  for (auto& one : choices_of(v)) all.push_back(std::move(one));
  for (std::int64_t i = 0; i < v.most; ++i) {
    field f{.name = "rank_" + std::to_string(i + 1),
            .label = c.fill("votes.rank", {{"n", std::to_string(i + 1)}})};
    if (static_cast<std::size_t>(i) < now.size())
      f.value = std::to_string(now[static_cast<std::size_t>(i)]);
    out.push_back(select_field(c.shell(), f, all));
  }
  return join(out);
}

node paper_fields(const context& c, const vote_view& v, const voices::chosen& now,
                  const std::string& error) {
  if (v.kind == "ranking")
    return fieldset(cls("field"), legend(h2(c.say("votes.your_vote"))),
                    p(cls("note"), how_to(c, v)),
                    ranking_fields(c, v, now, error));
  field f{.name = v.kind == "one" ? "choice" : "choice[]",
          .label = std::string(c.say("votes.your_vote"))};
  f.hint = how_to(c, v);
  f.error = error;
  std::vector<std::string> checked;
  for (const int n : now) checked.push_back(std::to_string(n));
  if (v.kind == "one") {
    if (!checked.empty()) f.value = checked.front();
    return radio_field(c.shell(), f, choices_of(v));
  }
  return checkbox_field(c.shell(), f, choices_of(v), checked);
}

node ballot_form(const context& c, const vote_view& v, const voices::chosen& now,
                 const std::string& error, const std::string& admitted) {
  const std::string at = "/votes/" + v.number;
  std::vector<node> parts{c.shell().csrf_field(), paper_fields(c, v, now, error)};
  if (!admitted.empty()) parts.push_back(hidden_field("admission", admitted));
  parts.push_back(submit_button(c.say(v.chosen.empty() ? "votes.vote" : "votes.change")));
  return form(method("post"), action(at + "/choose"), cls("questions"), parts);
}

// By place: the island tests the area on the phone and puts the form's cell in.
node with_place(const context& c, const vote& w, const node& ballot) {
  return element("madang-here", cls("stack"), data("lat", std::to_string(w.lat)),
                 data("lon", std::to_string(w.lon)), data("radius", std::to_string(w.radius)),
                 data("side", std::to_string(cell_side)), data("look", c.say("votes.place_look")),
                 data("inside", c.say("votes.place_inside")),
                 data("outside", c.say("votes.place_outside")),
                 data("unknown", c.say("votes.place_unknown")), ballot);
}

node own_part(const context& c, const vote_view& v) {
  if (v.chosen.empty()) return {};
  std::vector<std::string> names;
  for (const auto n : v.chosen) names.push_back(v.options[static_cast<std::size_t>(n - 1)].text);
  const std::string said = text::join(names, v.kind == "ranking" ? " > " : ", ");
  const bool open = v.stage == "open";
  return banner(
      c.shell(), tone::good, c.fill("votes.you_chose", {{"what", said}}),
      html::all(p(c.say(open ? "votes.until_end" : "votes.only_you")),
                open ? post_button(c.shell(), "/votes/" + v.number + "/take-back",
                                   c.say("votes.take_back"), look::quiet)
                     : node()));
}

// At level 1 the paper is no form: nothing on it can be sent with a session.
node unseen_part(const context& c, station& s, const subject& of, const vote_view& v) {
  const std::string at = "/votes/" + v.number;
  assembly::token_place w{v.key, at, "choice", {}, {}, "/votes", "votes.sign_in",
                          "votes.you_voted", "votes.take_back", "votes.vote", "votes.unseen_token"};
  if (c.actor.signed_in() && v.can_vote)
    w.holder = assembly::holder_of(s.book().pseudonym(c.actor.person, of.a.key));
  w.ballot = paper_fields(c, v, {}, {});
  for (const auto& o : v.options) w.options.push_back(o.text);
  w.chose = "votes.you_chose";
  w.change = "votes.change";
  return assembly::token_part(c, w);
}

node voting_part(const context& c, station& s, const subject& of, const vote_view& v,
                 const voices::chosen& now, const std::string& error,
                 const std::string& admitted) {
  if (v.stage == "draft")
    return html::all(inset(p(c.say("votes.preview"))), ballot_form(c, v, {}, "", ""));
  if (v.stage != "open" || !v.hidden.empty()) return own_part(c, v);
  if (v.level != 0 && (v.can_vote || !c.actor.signed_in())) return unseen_part(c, s, of, v);
  if (!c.actor.signed_in()) {
    std::string back = "/votes/" + v.number;
    if (!admitted.empty()) back += "?in=" + admitted;
    return html::all(p(how_to(c, v)),
                     p(link_button("/sign-in?next=" + http::percent_encode(back),
                                   c.say("votes.sign_in"))));
  }
  if (!v.can_vote)
    return html::all(own_part(c, v),
                     banner(c.shell(), tone::warn, c.say("votes.cannot"),
                            p(c.explain(refuse(kind::forbidden, v.cannot)))));
  if (v.presence == "venue" && !v.present && admitted.empty())
    return html::all(own_part(c, v), banner(c.shell(), tone::info, c.say("votes.venue_title"),
                                            p(c.say("votes.venue_how"))));
  const node ballot = ballot_form(c, v, now, error, admitted);
  return html::all(own_part(c, v), of.v.presence == "place" ? with_place(c, of.v, ballot) : ballot,
                   p(cls("note"), c.say("votes.unseen")));
}

// ---- the rest of the page ----
node pictures_part(const context& c, const vote_view& v) {
  std::vector<node> out;
  for (const auto& o : v.options) {
    if (o.picture.empty() && o.video.empty()) continue;
    std::vector<node> parts;
    if (!o.picture.empty())
      parts.push_back(img(cls("picture"), src(o.picture), attr("alt", o.alt),
                          attr("loading", "lazy")));
    parts.push_back(figcaption(
        o.text, o.video.empty() ? node()
                                : html::all(" ", a(href(o.video), attr("rel", "noopener"),
                                                   c.fill("votes.video_of", {{"what", o.text}})))));
    out.push_back(figure(parts));
  }
  return out.empty() ? node() : div(cls("vote-pictures"), out);
}

node facts_part(const context& c, const vote_view& v) {
  std::vector<row> rows{{std::string(c.say("votes.asker")), v.asker},
                        {std::string(c.say("votes.who_may")), v.who_may}};
  if (!v.presence.empty())
    rows.push_back({std::string(c.say("votes.where")),
                    std::string(c.say("votes.presence_" + v.presence + "_short"))});
  if (v.opens) rows.push_back({std::string(c.say("votes.opens")), c.written(*v.opens)});
  if (v.closes) rows.push_back({std::string(c.say("votes.closes")), c.written(*v.closes)});
  rows.push_back({std::string(c.say("votes.results_when")),
                  std::string(c.say(v.sealed ? "votes.after_end" : "votes.at_once"))});
  if (v.level != 0)
    rows.push_back({std::string(c.say("votes.secrecy")),
                    std::string(c.say("votes.secrecy_token"))});
  if (v.kind == "ranking")
    rows.push_back({std::string(c.say("votes.counting")),
                    std::string(c.say("votes.method_" + v.method))});
  if (v.kind == "budget")
    rows.push_back({std::string(c.say("votes.counting")),
                    std::string(c.say("votes.method_budget"))});
  return definition_grid(rows);
}

node outcome_part(const context& c, const vote_view& v) {
  if (v.came.empty()) return {};
  return html::all(h2(c.say("votes.came")),
                   p(cls("note"), v.came_by), div(cls("keep-lines"), v.came),
                   v.came_link.empty() ? node()
                                       : p(a(href(v.came_link), c.say("votes.came_link"))));
}

node hidden_part(const context& c, const vote_view& v) {
  if (v.hidden.empty()) return {};
  std::vector<node> parts{banner(c.shell(), tone::warn, c.say("assembly.is_hidden"),
                                 p(c.fill("assembly.told_reason", {{"reason", v.hidden}})))};
  if (v.mine && v.appeal.empty()) {
    field f{.name = "body", .label = std::string(c.say("assembly.field_appeal"))};
    f.hint = c.say("assembly.hint_appeal");
    f.most = 1000;
    parts.push_back(form(method("post"), action("/votes/" + v.number + "/appeal"),
                         cls("questions"), c.shell().csrf_field(), area_field(c.shell(), f, 4),
                         submit_button(c.say("assembly.appeal"))));
  } else if (v.mine) {
    parts.push_back(p(c.say("assembly.appealed")));
  }
  return join(parts);
}

node state_part(const context& c, station& s, const subject& of, const vote_view& v) {
  const auto r = results_of(c, s, of.a, of.v, of.p);
  std::vector<node> parts{p(strong(c.fill("votes.n_joined", {{"n", text::grouped(r.voters)}})))};
  if (r.eligible)
    parts.push_back(p(cls("note"), eligible_words(c, *r.eligible)));
  if (r.shown) parts.push_back(bars(c, r));
  else if (v.stage == "open") parts.push_back(p(cls("note"), c.say("votes.after_end_long")));
  if (v.stage != "draft")
    parts.push_back(p(a(href("/votes/" + v.number + "/results"), c.say("votes.results"))));
  if (v.stage == "open") {
    parts.push_back(p(cls("note"), c.say("assembly.share")));
    parts.push_back(copy_button(c.shell(), c.home.chosen().public_url + "/votes/" + v.number));
  }
  if (v.manages)
    parts.push_back(p(link_button("/votes/" + v.number + "/manage", c.say("votes.manage"),
                                  look::secondary)));
  return box(c.say("assembly.state"), div(cls("stack"), parts));
}

http::response page_of(context& c, station& s, const subject& of, const voices::chosen& now,
                       const refusal* why) {
  const vote_view v = view_of(c, s, of);
  return c.show(v, [&] {
    // A code of the screen is changed into an admission, which lasts while she signs in.
    std::string admitted(c.request.param("in"));
    if (s.key().empty() || of.v.presence != "venue") admitted.clear();
    if (!admitted.empty() && !is_admission(s.key(), of.a.key, admitted, madang::now()))
      admitted.clear();
    if (of.v.presence == "venue" &&
        is_venue_code(s.key(), of.a.key, c.request.param("at"), madang::now()))
      admitted = admission(s.key(), of.a.key, madang::now());
    if (why && !c.field("admission").empty()) admitted = c.field("admission");
    const std::string error = why ? c.explain(*why) : std::string();
    const bool readable = !v.body.empty();
    const node films = readable ? films_part(c, s, of.a, of.p) : node();
    const voices::chosen marked =
        why ? now : voices::chosen(v.chosen.begin(), v.chosen.end());
    const node content =
        html::all(why ? error_summary(c.shell(), {{v.kind == "ranking" ? "rank_1"
                                                   : v.kind == "one"   ? "choice-1"
                                                                       : "choice[]-1",
                                                   error}})
                      : node(),
                  p(stage_badge(c, s, of.a)),
                  readable ? h1(attr("lang", v.language), v.title) : h1(v.title),
                  hidden_part(c, v),
                  v.ended_why.empty()
                      ? node()
                      : banner(c.shell(), tone::info, c.say("votes.ended_early"), p(v.ended_why)),
                  outcome_part(c, v),
                  readable ? div(cls("keep-lines"), attr("lang", v.language), v.body) : node(),
                  readable ? pictures_part(c, v) : node(), films,
                  readable ? voting_part(c, s, of, v, marked, error, admitted) : node());
    const node aside =
        readable ? html::all(state_part(c, s, of, v), facts_part(c, v)) : node();
    auto page = c.page(v.title, {{"/votes", std::string(c.say("votes.title"))}},
                       beside(content, aside),
                       {.wide = true,
                        .noindex = !of.a.listed || of.a.stage == "draft" || !v.hidden.empty(),
                        .has_errors = why != nullptr,
                        .description = v.title});
    return films.empty() ? page : platform::with_media(std::move(page));
  });
}

http::response show(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  return page_of(c, s, *of, {}, nullptr);
}

// ---- acts ----
voices::chosen chosen_in(const context& c) {
  voices::chosen out;
  std::map<int, int> ranked;
  const auto number = [](std::string_view s) {
    int n = 0;
    for (const char d : s.substr(0, 3)) n = d >= '0' && d <= '9' ? n * 10 + (d - '0') : 999;
    return n;
  };
  for (const auto& [name, value] : c.form()) {
    if (value.empty()) continue;
    if (name == "choice" || name == "choice[]") out.push_back(number(value));
    else if (name.starts_with("rank_"))
      ranked[number(std::string_view(name).substr(5))] = number(value);
  }
  for (const auto& [rank, option] : ranked) out.push_back(option);
  return out;
}

http::response choose(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  const auto chosen = chosen_in(c);
  const auto done = s.choose(c, of->a, of->v, chosen,
                             {std::string(c.field("admission")), std::string(c.field("cell"))},
                             now());
  if (done) return c.go(path_of(of->a));
  if (c.request.wants_json() || done.why().kind != kind::invalid) return c.refuse(done.why());
  return page_of(c, s, *of, chosen, &done.why());
}

template <class F>
http::response act(context& c, station& s, F how) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (const outcome done = how(*of); !done) return c.refuse(done.why());
  return c.go(path_of(of->a));
}

http::response send_picture(context& c, station& s) {
  const auto key = id::parse(c.request.capture("picture"));
  auto found = key ? s.picture(*key) : std::nullopt;
  if (!found) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  auto r = http::text_response(200, std::move(found->second), found->first);
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  return r;
}

}  // namespace

void vote_pages(const shared_station& s) {
  house& h = s->home();
  const std::string at = "/votes/{number}";
  h.page("GET", at, needs::nobody, [s](context& c) { return show(c, *s); });
  h.page("POST", at + "/choose", needs::sign_in, [s](context& c) { return choose(c, *s); });
  h.page("POST", at + "/take-back", needs::sign_in, [s](context& c) {
    return act(c, *s, [&](const subject& of) {
      return s->book().take_back(c.actor.person, of.a, saying::choice, now());
    });
  });
  h.page("POST", at + "/appeal", needs::sign_in, [s](context& c) {
    return act(c, *s, [&](const subject& of) {
      return s->book().appeal(s->why(c, of.a.number), of.a.key, c.field("body"));
    });
  });
  h.page("GET", "/votes/pictures/{picture}", needs::nobody,
         [s](context& c) { return send_picture(c, *s); });
}

}  // namespace madang::mvoting
