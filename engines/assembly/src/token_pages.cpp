// Voices of levels 1 and 2: the token, or the pass of a quarter, is asked for with a session, the
// voice is sent without one, and what was issued and used is public. The island madang-voice does
// both steps.
#include <charconv>

#include "madang/assembly/token_room.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/house.hpp"

namespace madang::assembly {

namespace {

using namespace html;
using platform::context;
using platform::needs;
using voices::ask;
using voices::saying;
using room = token_room;

constexpr std::size_t longest_octets = 1024, holder_digits = 16;

struct key_line {
  std::string bucket, name, key;   // SubjectPublicKeyInfo, or that of passes.hpp; base64url
  std::int64_t issued = 0, spent = 0;
};
BOOST_DESCRIBE_STRUCT(key_line, (), (bucket, name, key, issued, spent))
struct tokens_view {
  std::string ask, number, title, saying;
  std::int64_t level = 1;
  std::string quarter;             // of level 2
  std::int64_t now = 0;            // milliseconds since 1970: what a pass says, by nobody's clock
  std::vector<key_line> keys;
};
BOOST_DESCRIBE_STRUCT(tokens_view, (), (ask, number, title, saying, level, quarter, now, keys))

std::optional<ask> by_token(const context& c, const room& r) {
  auto a = r.find(c);
  if (!a || a->level == 0 || !a->hidden.empty()) return {};
  check(a->level == 1 || r.passes, "passes where an ask is of level 2");
  return a;
}

std::string path_of(const room& r, const ask& a) { return r.path + "/" + a.number; }

tokens_view tokens_of(const context& c, const room& r, const ask& a) {
  tokens_view v{a.key.str(), a.number, a.title, std::string(name_of(r.main)), a.level, {},
                now().micros / 1'000, {}};
  if (a.level == 1)
    for (const auto& k : r.tokens->keys(a.key))
      v.keys.push_back({k.bucket, bucket_name(c, k.bucket), text::base64url(k.spki), k.issued,
                        k.spent});
  if (a.level == 2) {
    const std::string all(voices::pass_office::bucket);
    v.quarter = voices::quarter::of(a.filed).str();
    if (const auto k = r.passes->find(a))
      v.keys.push_back({all, bucket_name(c, all), text::base64url(k->shown), k->issued, k->spent});
  }
  return v;
}

std::optional<std::int64_t> time_of(const context& c) {
  const auto said = c.field("time");
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), out);
  if (error != std::errc() || end != said.data() + said.size()) return {};
  return out;
}

// What a field says in base64url; nothing, when it says something else or far too much.
trust::bytes octets_of(const context& c, std::string_view field) {
  const auto said = c.field(field);
  if (said.size() > longest_octets * 4 / 3) return {};
  return text::from_base64(said).value_or(trust::bytes());
}

http::response answer(const context& c, json::object said) {
  return c.with_privacy(http::json_response(json::print(said)));
}

http::response unknown(const context& c) {
  return c.refuse(refuse(kind::not_found, "voices.unknown"));
}

http::response show(context& c, const room& r) {
  const auto a = by_token(c, r);
  if (!a) return unknown(c);
  const auto v = tokens_of(c, r, *a);
  const bool passes = a->level == 2;
  return c.show(v, [&] {
    const auto title = c.say(passes ? "assembly.passes" : "assembly.tokens");
    table_view t;
    t.caption = title;
    t.caption_hidden = true;
    t.columns = {{std::string(c.say("assembly.bucket"))},
                 {std::string(c.say("assembly.tokens_issued")), true},
                 {std::string(c.say("assembly.tokens_spent")), true}};
    for (const auto& k : v.keys)
      t.rows.push_back({node(k.name), node(text::grouped(k.issued)), node(text::grouped(k.spent))});
    t.empty = c.say(passes ? "assembly.passes_none" : "assembly.tokens_none");
    return c.page(title,
                  {{r.path, std::string(c.say(r.title))}, {path_of(r, *a), a->title}},
                  html::all(h1(title),
                            lead(c.say(passes ? std::string("assembly.passes_lead") : r.lead)),
                            data_table(c.shell(), t),
                            p(html::a(href(path_of(r, *a) + "/recount"),
                                      c.say("assembly.recount"))),
                            h2(c.say("assembly.tokens_not")),
                            p(c.say(passes ? std::string("assembly.passes_limits") : r.limits))),
                  {});
  });
}

// ---- step 1, with a session ----
http::response begin(context& c, const room& r) {
  const auto a = by_token(c, r);
  if (!a) return unknown(c);
  if (a->level == 2) {
    const auto key = r.passes->key_for(*a, now());
    if (!key) return c.refuse(key.why());
    return answer(c, {{"ask", a->key.str()},
                      {"quarter", voices::quarter::of(a->filed).str()},
                      {"key", text::base64url(key->shown)}});
  }
  const auto bucket = r.bucket_of(c, *a);
  if (!bucket) return c.refuse(bucket.why());
  const auto key = r.tokens->key_for(*a, *bucket, now());
  if (!key) return c.refuse(key.why());
  return answer(c, {{"ask", a->key.str()},
                    {"bucket", key->bucket},
                    {"key", text::base64url(key->spki)}});
}

http::response issue(context& c, const room& r) {
  const auto a = by_token(c, r);
  if (!a) return unknown(c);
  const auto blinded = octets_of(c, "blinded");
  // Of a pass her trail says the quarter, and not at which ask she got it.
  const auto made = [&]() -> result<trust::bytes> {
    if (a->level == 2)
      return r.passes->issue(r.why(c, voices::quarter::of(a->filed).str()), *a, blinded, now());
    const auto home = r.bucket_of(c, *a);
    if (!home) return home.why();
    return r.tokens->issue(r.why(c, a->number), *a, *home, c.field("bucket"), blinded, now());
  }();
  if (!made) return c.refuse(made.why());
  return answer(c, {{"signature", text::base64url(*made)}});
}

// ---- step 2, without one ----
outcome by_pass(const context& c, const room& r, const ask& a, saying s, bool back) {
  const auto time = time_of(c);
  if (!time) return refuse(kind::invalid, "voices.pass_time", "time");
  return r.passes->act(a, {s, back ? '-' : '+', *time, octets_of(c, "presentation")}, now());
}

outcome by_one_token(const context& c, const room& r, const ask& a, saying s, bool back) {
  const auto message = octets_of(c, "message"), secret = octets_of(c, "secret");
  if (back) return r.tokens->take_back(a, s, message, secret, now());
  const voices::token shown{message, octets_of(c, "signature")};
  if (s != saying::choice) return r.tokens->say(a, s, shown, secret, now());
  const auto said = c.field("chosen");
  const auto chosen = said.empty() ? voices::chosen() : voices::parse_chosen(said);
  if (!chosen) return refuse(kind::invalid, "paper.unknown", "choice");
  return r.tokens->choose(a, *chosen, shown, secret, now());
}

http::response speak(context& c, const room& r, bool back) {
  const auto a = by_token(c, r);
  if (!a) return unknown(c);
  // A page that sends its cookie would tell us who it is. We do not want to know.
  if (c.actor.signed_in()) return c.refuse(refuse(kind::invalid, "voices.with_session"));
  const auto s = voices::saying_named(c.field("saying"));
  if (!s) return c.refuse(refuse(kind::invalid, "voices.closed", "saying"));
  const outcome done = a->level == 2 ? by_pass(c, r, *a, *s, back)
                                     : by_one_token(c, r, *a, *s, back);
  if (!done) return c.refuse(done.why());
  return answer(c, {{"saying", name_of(*s)}, {"said", !back}});
}

}  // namespace

std::string bucket_name(const context& c, std::string_view code) {
  if (code == voices::pass_office::bucket) return std::string(c.say("assembly.pass_bucket"));
  const auto* d = c.home.pack().find_district(code);
  return d ? d->name(c.language) : std::string(c.say("assembly.no_bucket"));
}

std::string holder_of(const std::string& pseudonym) { return pseudonym.substr(0, holder_digits); }

node token_part(const context& c, const token_place& at) {
  const bool pass = !at.quarter.empty();
  const auto words = [&](attribute_name name, std::string_view key) {
    return attr(name, c.say(key));
  };
  const auto of_kind = [&](attribute_name name, std::string_view token, std::string_view by_pass) {
    return attr(name, c.say(pass ? by_pass : token));
  };
  std::vector<node> parts{
      p(cls("note"), attr("data-without", "yes"),
        c.say(pass ? "assembly.pass_script" : "assembly.token_script"))};
  if (c.actor.signed_in())
    parts.push_back(c.shell().csrf_field());
  else
    parts.push_back(link_button("/sign-in?next=" + http::percent_encode(at.path),
                                c.say(at.sign_in)));
  const bool choice = !at.options.empty();
  if (choice)
    parts.push_back(div(cls("stack"), attr("data-ballot", "yes"), flag("hidden"), at.ballot));
  return html::all(
      element("madang-voice", cls("stack"), attr("data-ask", at.ask), attr("data-path", at.path),
              attr("data-saying", at.saying), attr("data-holder", at.holder),
              attr("data-quarter", at.quarter), attr("data-place", at.place),
              of_kind("data-get", "assembly.token_get", "assembly.pass_get"),
              of_kind("data-held", "assembly.token_held", "assembly.pass_held"),
              words("data-send", "assembly.token_send"), words("data-given", at.given),
              words("data-undo", at.undo), words("data-taken", "assembly.token_taken"),
              words("data-again", at.again),
              attr("data-change", choice ? c.say(at.change) : ""),
              attr("data-chose", choice ? c.fill(at.chose, {{"what", "{what}"}}) : ""),
              attr("data-options",
                   json::print(json::array(at.options.begin(), at.options.end()))),
              of_kind("data-keep", "assembly.token_keep", "assembly.pass_keep"),
              of_kind("data-file", "assembly.token_file", "assembly.pass_file"),
              of_kind("data-load", "assembly.token_load", "assembly.pass_load"),
              of_kind("data-failed", "assembly.token_failed", "assembly.pass_failed"),
              of_kind("data-wrong", "assembly.token_wrong", "assembly.pass_wrong"), join(parts)),
      p(cls("note"), c.say(at.unseen)),
      p(a(href(at.path + "/tokens"), c.say(pass ? "assembly.passes" : "assembly.tokens"))));
}

void token_pages(token_room of) {
  const auto r = std::make_shared<const token_room>(std::move(of));
  platform::house& h = *r->home;
  const std::string at = r->path + "/{number}";
  h.page("GET", at + "/tokens", needs::nobody, [r](context& c) { return show(c, *r); });
  h.page("POST", at + "/token/begin", needs::sign_in, [r](context& c) { return begin(c, *r); });
  h.page("POST", at + "/token", needs::sign_in, [r](context& c) { return issue(c, *r); });
  h.page("POST", at + "/voice", needs::nobody, [r](context& c) { return speak(c, *r, false); });
  h.page("POST", at + "/voice/take-back", needs::nobody,
         [r](context& c) { return speak(c, *r, true); });
}

}  // namespace madang::assembly
