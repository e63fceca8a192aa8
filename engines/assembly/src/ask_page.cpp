// One ask: what it says, how far it is and what happens next, its answer, and one's own voice.
#include <algorithm>
#include <map>

#include "forum.hpp"
#include "madang/platform/viewer.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr int remarks_shown = 100;

struct remark_line {
  std::string body;
  instant at;
  bool mine = false, hidden = false;
};
BOOST_DESCRIBE_STRUCT(remark_line, (), (body, at, mine, hidden))
struct reply_line {
  std::string agency, agency_name, body;
  instant at;
  std::string verdict, verdict_name;
  bool adopts = false;
  std::string key, recording, recording_type;          // addresses; empty: nothing was recorded
  std::vector<std::string> captions;
  std::vector<passage> transcript;
};
BOOST_DESCRIBE_STRUCT(reply_line, (),
                      (agency, agency_name, body, at, verdict, verdict_name, adopts, key, recording,
                       recording_type, captions, transcript))
struct own_voice {
  std::string saying;
  bool said = false;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(own_voice, (), (saying, said, count))
struct bucket_line {
  std::string code, name;
  std::int64_t count = 0;
  bool excess = false;             // more than live there
};
BOOST_DESCRIBE_STRUCT(bucket_line, (), (code, name, count, excess))
struct ask_view {
  ask_line ask;
  std::string key, body, says, language, agency, agency_name, hidden, appeal, source;
  bool mine = false, struck = false;   // struck: the reader's voice is out
  std::int64_t level = 0;
  std::string holder, quarter;     // as of a token_place; on the page alone
  std::optional<instant> due;
  std::vector<own_voice> voices;   // what may be said now
  std::vector<bucket_line> buckets;
  std::vector<reply_line> replies;
  std::vector<remark_line> remarks;
};
BOOST_DESCRIBE_STRUCT(ask_view, (),
                      (ask, key, body, says, language, agency, agency_name, hidden, appeal, source,
                       mine, struck, level, due, voices, buckets, replies, remarks))

std::string agency_words(const context& c, std::string_view code) {
  return c.home.pack().full_name(code)(c.language);
}

std::vector<bucket_line> buckets_of(const context& c, forum& f, const ask& a) {
  std::map<std::string, std::int64_t> sums;
  for (const auto& h : f.book().hours(a.key))
    if (h.saying == name_of(main_saying(f))) sums[h.bucket] += h.counted;
  const auto too_many = f.districts().of(a.key);
  std::vector<bucket_line> out;
  for (const auto& [code, n] : sums) {
    const bool excess = std::ranges::any_of(too_many, [&](const excess_line& e) {
      return e.district == code && e.saying == name_of(main_saying(f));
    });
    if (n != 0) out.push_back({code, bucket_name(c, code), n, excess});
  }
  std::ranges::stable_sort(out, std::greater<>(), &bucket_line::count);
  return out;
}

void add_recording(const context& c, const forum& f, const ask& a, reply_line& out, id reply) {
  recorded all = recorded_at(c, f.answers(), reply, answer_address(f.path_of(a), reply));
  out.recording = std::move(all.recording);
  out.recording_type = std::move(all.recording_type);
  out.captions = std::move(all.captions);
  out.transcript = std::move(all.transcript);
}

reply_line reply_of(const context& c, const forum& f, const ask& a, const voices::reply& r) {
  reply_line out{r.agency, agency_words(c, r.agency), r.body, r.at, r.verdict, "", false,
                 r.key.str(), "", "", {}, {}};
  add_recording(c, f, a, out, r.key);
  if (const auto* d = f.rule().find_verdict(r.verdict)) {
    out.verdict_name = d->name(c.language);
    out.adopts = d->adopts;
  }
  return out;
}

ask_view view_of(const context& c, forum& f, const ask& a) {
  const auto& s = f.book().stage_of(a);
  ask_view v;
  v.ask = line_of(c, f, a, f.book().counted(a.key, main_saying(f)));
  v.key = a.key.str();
  v.says = s.says(c.language);
  v.language = a.language;
  v.agency = a.agency;
  v.agency_name = agency_words(c, a.agency);
  v.hidden = a.hidden;
  v.source = a.source;
  v.level = a.level;
  v.mine = c.actor.signed_in() && a.author == c.actor.person;
  if (v.mine) v.appeal = a.appeal;
  if (c.actor.signed_in()) {
    const auto s = f.book().strike_of(c.actor.person, a, main_saying(f));
    v.struck = s && s->state != "restored";
  }
  if (a.due.micros) v.due = a.due;
  // Hidden from all but its author and who hides.
  if (a.hidden.empty() || v.mine || f.moderates(c)) v.body = a.body;
  else v.ask.title = c.say("assembly.hidden_title");
  if (!a.hidden.empty()) return v;
  for (const saying one : s.takes)
    v.voices.push_back({std::string(name_of(one)),
                        c.actor.signed_in() && f.book().says(c.actor.person, a, one),
                        f.book().counted(a.key, one)});
  v.buckets = buckets_of(c, f, a);
  for (const auto& r : f.book().replies(a.key))
    v.replies.push_back(reply_of(c, f, a, r));
  const std::string me =
      c.actor.signed_in() ? f.book().pseudonym(c.actor.person, a.key) : std::string();
  v.holder = holder_of(me);
  if (a.level == 2) {
    v.quarter = voices::quarter::of(a.filed).str();
    if (c.actor.signed_in())
      v.holder = holder_of(f.passes().holder(c.actor.person, a));
  }
  for (const auto& r : f.book().remarks(a.key, remarks_shown))
    v.remarks.push_back({r.hidden.empty() ? r.body : r.hidden, r.at, r.pseudonym == me,
                         !r.hidden.empty()});
  return v;
}

// ---- parts ----
node text_message_part(const context& c, const forum& f, const ask_view& v) {
  const auto& chosen = c.home.chosen();
  if (f.by_text().empty() || chosen.text_gateway.empty()) return {};
  const std::string example =
      html::fill(f.by_text()(c.language), c.language, {{"number", v.ask.number}});
  return p(cls("note"),
           c.fill("assembly.by_text", {{"to", chosen.text_from}, {"example", example}}));
}

node voice_part(const context& c, const forum& f, const ask_view& v) {
  if (v.struck) return {};
  std::vector<node> parts;
  const std::string at = v.ask.href;
  for (const auto& one : v.voices) {
    if (one.saying == "comment") continue;
    const std::string text = one.saying;
    if (v.level != 0)
      return token_part(c, {v.key, at, text, v.holder, v.quarter, f.where().path,
                            f.key("sign_in_to_" + text), f.key("done_" + text),
                            f.key("undo_" + text), f.key("do_" + text),
                            v.level == 2 ? "assembly.pass_unseen" : "assembly.token_unseen"});
    if (!c.actor.signed_in()) {
      parts.push_back(link_button("/sign-in?next=" + http::percent_encode(at),
                                  c.say(f.key("sign_in_to_" + text))));
    } else if (one.said) {
      parts.push_back(banner(c.shell(), tone::good, c.say(f.key("done_" + text))));
      parts.push_back(post_button(c.shell(), at + "/take-back", c.say(f.key("undo_" + text)),
                                  html::look::quiet, {{"saying", text}}));
    } else {
      parts.push_back(post_button(c.shell(), at + "/say", c.say(f.key("do_" + text)),
                                  html::look::primary, {{"saying", text}}));
    }
  }
  if (parts.empty()) return {};
  parts.push_back(p(cls("note"), c.say("assembly.unseen")));
  parts.push_back(text_message_part(c, f, v));
  return join(parts);
}

node progress_part(const context& c, const forum& f, const ask_view& v) {
  std::vector<node> parts;
  if (v.ask.goal > 0)
    parts.push_back(html::progress(c.say(f.key("progress")),
                                   static_cast<int>(std::min(v.ask.count, v.ask.goal)),
                                   static_cast<int>(v.ask.goal)));
  else
    parts.push_back(
        p(strong(c.fill(f.key("counted"), {{"n", text::grouped(v.ask.count)}}))));
  parts.push_back(p(v.says));
  if (v.ask.ends)
    parts.push_back(p(cls("note"), c.fill("assembly.until", {{"when", c.written(*v.ask.ends)}})));
  if (v.due)
    parts.push_back(p(cls("note"), c.fill("assembly.due", {{"agency", v.agency_name},
                                                           {"when", c.written(*v.due)}})));
  return join(parts);
}

node counts_part(const context& c, const ask_view& v) {
  table_view t;
  t.caption = c.say("assembly.by_bucket");
  t.caption_hidden = true;
  t.columns = {{std::string(c.say("assembly.bucket"))},
               {std::string(c.say("assembly.count")), true}};
  for (const auto& b : v.buckets)
    t.rows.push_back({b.excess ? html::all(b.name, " ",
                                           badge(tone::warn, c.say("assembly.excess_short")))
                               : node(b.name),
                      node(text::grouped(b.count))});
  t.empty = c.say("assembly.no_counts");
  const bool excess = std::ranges::any_of(v.buckets, &bucket_line::excess);
  const node warning =
      excess ? banner(c.shell(), tone::warn, c.say("assembly.excess"),
                      p(a(href(v.ask.href + "/unusual"), c.say("assembly.unusual"))))
             : node();
  return html::all(
      warning, disclosure(c.say("assembly.by_bucket"),
                    html::all(data_table(c.shell(), t),
                              p(a(href(v.ask.href + "/counts.csv"), c.say("assembly.csv"))),
                              p(a(href(v.ask.href + "/recount"), c.say("assembly.recount"))),
                              p(a(href(v.ask.href + "/unusual"), c.say("assembly.unusual"))))));
}

node replies_part(const context& c, const forum& f, const ask_view& v) {
  std::vector<node> parts;
  for (const auto& r : v.replies) {
    parts.push_back(h2(c.fill("assembly.answer_of", {{"agency", r.agency_name}})));
    if (!r.verdict_name.empty())
      parts.push_back(p(badge(r.adopts ? tone::good : tone::neutral, r.verdict_name)));
    parts.push_back(p(cls("note"), c.written(r.at)));
    parts.push_back(div(cls("keep-lines"), r.body));
    if (!r.recording.empty())
      parts.push_back(answer_recording(c, f, v.ask.href, id::parse(r.key).value_or(id{})));
  }
  return join(parts);
}

node remarks_part(const context& c, const ask_view& v) {
  const bool may = std::ranges::find(v.voices, "comment", &own_voice::saying) != v.voices.end();
  if (!may && v.remarks.empty()) return {};
  std::vector<node> parts{h2(c.say("assembly.remarks"))};
  if (may && c.actor.signed_in()) {
    field f{.name = "body", .label = std::string(c.say("assembly.field_remark"))};
    f.most = static_cast<int>(voices::book::longest_remark);
    parts.push_back(form(method("post"), action(v.ask.href + "/comment"), cls("questions"),
                         c.shell().csrf_field(), area_field(c.shell(), f, 3),
                         submit_button(c.say("assembly.send_remark"), html::look::secondary)));
  }
  for (const auto& r : v.remarks)
    parts.push_back(box(r.mine ? c.written(r.at) + " · " + std::string(c.say("assembly.mine"))
                               : c.written(r.at),
                        r.hidden ? node(p(cls("note"), c.fill("assembly.remark_hidden",
                                                               {{"reason", r.body}})))
                                 : node(div(cls("keep-lines"), r.body))));
  if (v.remarks.empty()) parts.push_back(p(cls("note"), c.say("assembly.no_remarks")));
  return join(parts);
}

node hidden_part(const context& c, const ask_view& v) {
  if (v.hidden.empty()) return {};
  std::vector<node> parts{banner(c.shell(), tone::warn, c.say("assembly.is_hidden"),
                                 p(c.fill("assembly.told_reason", {{"reason", v.hidden}})))};
  if (v.mine && v.appeal.empty()) {
    field f{.name = "body", .label = std::string(c.say("assembly.field_appeal"))};
    f.hint = c.say("assembly.hint_appeal");
    f.most = 1000;
    parts.push_back(form(method("post"), action(v.ask.href + "/appeal"), cls("questions"),
                         c.shell().csrf_field(), area_field(c.shell(), f, 4),
                         submit_button(c.say("assembly.appeal"))));
  } else if (v.mine) {
    parts.push_back(p(c.say("assembly.appealed")));
  }
  return join(parts);
}

// In the language in which it was written, whatever the reader's.
node asked_part(const context& c, const ask_view& v) {
  if (v.body.empty()) return {};
  const node from = v.source.starts_with('/')
                        ? node(p(a(href(v.source), c.say("assembly.from_source"))))
                        : node();
  return html::all(v.replies.empty() ? node() : h2(c.say("assembly.asked")),
                   div(cls("keep-lines"), attr("lang", v.language), v.body), from);
}

// The policy of this one page lets in what its system shows, and nothing else.
http::response widened(http::response r, const shown& own) {
  for (auto& [name, value] : r.headers) {
    if (name != "Content-Security-Policy") continue;
    if (!own.frames.empty()) value += "; frame-src " + text::join(own.frames, " ");
  }
  return own.media ? platform::with_media(std::move(r)) : r;
}

http::response show(context& c, forum& f) {
  const auto a = f.find(c);
  if (!a) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  const ask_view v = view_of(c, f, *a);
  return c.show(v, [&] {
    const std::string facts = v.ask.category_name + " · " + v.ask.number + " · " +
                              c.written(in_zone(v.ask.filed).date) + " · " + v.agency_name;
    shown own = f.where().shows && v.hidden.empty() ? f.where().shows(c, *a) : shown{};
    own.media |= std::ranges::any_of(v.replies, [](const auto& r) { return !r.recording.empty(); });
    const node content =
        html::all(p(badge(tone_of(f.book().stage_of(*a)), v.ask.stage_name)),
                  h1(attr("lang", v.language), v.ask.title),
                  p(cls("note"), facts), hidden_part(c, v), own_strike(c, f, *a), own.body,
                  replies_part(c, f, v),
                  asked_part(c, v));
    const node aside =
        v.hidden.empty()
            ? box(c.say("assembly.state"),
                  div(cls("stack"), progress_part(c, f, v), voice_part(c, f, v), counts_part(c, v),
                      p(cls("note"), c.say("assembly.share")),
                      copy_button(c.shell(), c.home.chosen().public_url + v.ask.href)))
            : node();
    auto page = c.page(v.ask.title, {{f.where().path, std::string(c.say(f.key("title")))}},
                  html::all(beside(content, aside), remarks_part(c, v)),
                  {.wide = true,
                   .noindex = !f.book().stage_of(*a).listed || !v.hidden.empty(),
                   .description = v.ask.title});
    return widened(std::move(page), own);
  });
}

// ---- acts ----
template <class F>
http::response act(context& c, forum& f, F how) {
  const auto a = f.find(c);
  if (!a) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (const outcome done = how(*a); !done) return c.refuse(done.why());
  return c.go(f.path_of(*a));
}

outcome say(context& c, forum& f, const ask& a, bool back) {
  const auto s = voices::saying_named(c.field("saying"));
  if (!s || *s == saying::comment) return refuse(kind::invalid, "voices.closed", "saying");
  if (back) return f.book().take_back(c.actor.person, a, *s, now());
  return f.book().say(c.actor.person, a, *s, f.bucket_of(c), now());
}

}  // namespace

void ask_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string at = f->where().path + "/{number}";
  h.page("GET", at, needs::nobody, [f](context& c) { return show(c, *f); });
  h.page("POST", at + "/say", needs::sign_in, [f](context& c) {
    return act(c, *f, [&](const ask& a) { return say(c, *f, a, false); });
  });
  h.page("POST", at + "/take-back", needs::sign_in, [f](context& c) {
    return act(c, *f, [&](const ask& a) { return say(c, *f, a, true); });
  });
  h.page("POST", at + "/comment", needs::sign_in, [f](context& c) {
    return act(c, *f, [&](const ask& a) {
      return f->book().comment(c.actor.person, a, c.field("body"), f->bucket_of(c), now());
    });
  });
  h.page("POST", at + "/appeal", needs::sign_in, [f](context& c) {
    return act(c, *f, [&](const ask& a) {
      return f->book().appeal(f->why(c, a.number), a.key, c.field("body"));
    });
  });
}

}  // namespace madang::assembly
