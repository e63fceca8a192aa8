// Voices of levels 1 and 2 (voices/tokens.hpp, voices/passes.hpp): the token, or the pass of a
// quarter, is asked for with a session, the voice is sent without one, and what was issued and used
// is public. The island madang-voice does both steps.
#include <algorithm>
#include <charconv>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr std::size_t longest_octets = 1024;

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

std::optional<ask> by_token(const context& c, forum& f) {
  auto a = f.find(c);
  if (!a || a->level == 0 || !a->hidden.empty()) return {};
  return a;
}

tokens_view tokens_of(const context& c, forum& f, const ask& a) {
  tokens_view v{a.key.str(), a.number, a.title, std::string(name_of(main_saying(f))), a.level, {},
                now().micros / 1'000, {}};
  if (a.level == 1)
    for (const auto& k : f.tokens().keys(a.key))
      v.keys.push_back({k.bucket, bucket_name(c, k.bucket), text::base64url(k.spki), k.issued,
                        k.spent});
  if (a.level == 2) {
    const std::string all(voices::pass_office::bucket);
    v.quarter = voices::quarter::of(a.filed).str();
    if (const auto k = f.passes().find(a))
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

http::response show(context& c, forum& f) {
  const auto a = by_token(c, f);
  if (!a) return unknown(c);
  const auto v = tokens_of(c, f, *a);
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
                  {{f.where().path, std::string(c.say(f.key("title")))},
                   {f.path_of(*a), a->title}},
                  html::all(h1(title),
                            lead(c.say(passes ? "assembly.passes_lead" : "assembly.tokens_lead")),
                            data_table(c.shell(), t),
                            p(html::a(href(f.path_of(*a, "/recount")), c.say("assembly.recount"))),
                            h2(c.say("assembly.tokens_not")),
                            p(c.say(passes ? "assembly.passes_limits" : "assembly.tokens_limits"))),
                  {});
  });
}

// ---- step 1, with a session ----
http::response begin(context& c, forum& f) {
  const auto a = by_token(c, f);
  if (!a) return unknown(c);
  if (a->level == 2) {
    const auto key = f.passes().key_for(*a, now());
    if (!key) return c.refuse(key.why());
    return answer(c, {{"ask", a->key.str()},
                      {"quarter", voices::quarter::of(a->filed).str()},
                      {"key", text::base64url(key->shown)}});
  }
  const auto key = f.tokens().key_for(*a, f.bucket_of(c), now());
  if (!key) return c.refuse(key.why());
  return answer(c, {{"ask", a->key.str()},
                    {"bucket", key->bucket},
                    {"key", text::base64url(key->spki)}});
}

http::response issue(context& c, forum& f) {
  const auto a = by_token(c, f);
  if (!a) return unknown(c);
  const auto blinded = octets_of(c, "blinded");
  // Of a pass her trail says the quarter, and not at which ask she got it.
  const auto made =
      a->level == 2
          ? f.passes().issue(f.why(c, voices::quarter::of(a->filed).str()), *a, blinded, now())
          : f.tokens().issue(f.why(c, a->number), *a, f.bucket_of(c), c.field("bucket"), blinded,
                             now());
  if (!made) return c.refuse(made.why());
  return answer(c, {{"signature", text::base64url(*made)}});
}

// ---- step 2, without one ----
outcome by_pass(const context& c, forum& f, const ask& a, saying s, bool back) {
  const auto time = time_of(c);
  if (!time) return refuse(kind::invalid, "voices.pass_time", "time");
  return f.passes().act(a, {s, back ? '-' : '+', *time, octets_of(c, "presentation")}, now());
}

outcome by_one_token(const context& c, forum& f, const ask& a, saying s, bool back) {
  const auto message = octets_of(c, "message"), secret = octets_of(c, "secret");
  return back ? f.tokens().take_back(a, s, message, secret, now())
              : f.tokens().say(a, s, {message, octets_of(c, "signature")}, secret, now());
}

http::response speak(context& c, forum& f, bool back) {
  const auto a = by_token(c, f);
  if (!a) return unknown(c);
  // A page that sends its cookie would tell us who it is. We do not want to know.
  if (c.actor.signed_in()) return c.refuse(refuse(kind::invalid, "voices.with_session"));
  const auto s = voices::saying_named(c.field("saying"));
  if (!s) return c.refuse(refuse(kind::invalid, "voices.closed", "saying"));
  const outcome done = a->level == 2 ? by_pass(c, f, *a, *s, back)
                                     : by_one_token(c, f, *a, *s, back);
  if (!done) return c.refuse(done.why());
  return answer(c, {{"saying", name_of(*s)}, {"said", !back}});
}

}  // namespace

std::string bucket_name(const context& c, std::string_view code) {
  if (code == voices::pass_office::bucket) return std::string(c.say("assembly.pass_bucket"));
  const auto* d = c.home.pack().find_district(code);
  return d ? d->name(c.language) : std::string(c.say("assembly.no_bucket"));
}

// Hidden until the island is there; without script the page says what is missing.
node token_part(const context& c, const forum& f, const token_place& at) {
  const bool pass = !at.quarter.empty();
  const auto words = [&](attribute_name name, std::string_view key) {
    return attr(name, c.say(key));
  };
  const auto of_kind = [&](attribute_name name, std::string_view token, std::string_view by_pass) {
    return attr(name, c.say(pass ? by_pass : token));
  };
  const std::string& saying = at.saying;
  std::vector<node> parts{
      p(cls("note"), attr("data-without", "yes"),
        c.say(pass ? "assembly.pass_script" : "assembly.token_script"))};
  if (c.actor.signed_in())
    parts.push_back(c.shell().csrf_field());
  else
    parts.push_back(link_button("/sign-in?next=" + http::percent_encode(at.path),
                                c.say(f.key("sign_in_to_" + saying))));
  return html::all(
      element("madang-voice", cls("stack"), attr("data-ask", at.ask), attr("data-path", at.path),
              attr("data-saying", saying), attr("data-holder", at.holder),
              attr("data-quarter", at.quarter), attr("data-place", f.where().path),
              of_kind("data-get", "assembly.token_get", "assembly.pass_get"),
              of_kind("data-held", "assembly.token_held", "assembly.pass_held"),
              words("data-send", "assembly.token_send"),
              words("data-given", f.key("done_" + saying)),
              words("data-undo", f.key("undo_" + saying)),
              words("data-taken", "assembly.token_taken"),
              words("data-again", f.key("do_" + saying)),
              of_kind("data-keep", "assembly.token_keep", "assembly.pass_keep"),
              of_kind("data-file", "assembly.token_file", "assembly.pass_file"),
              of_kind("data-load", "assembly.token_load", "assembly.pass_load"),
              of_kind("data-failed", "assembly.token_failed", "assembly.pass_failed"),
              of_kind("data-wrong", "assembly.token_wrong", "assembly.pass_wrong"), join(parts)),
      p(cls("note"), c.say(pass ? "assembly.pass_unseen" : "assembly.token_unseen")),
      p(a(href(at.path + "/tokens"), c.say(pass ? "assembly.passes" : "assembly.tokens"))));
}

void token_pages(const shared_forum& f) {
  if (std::ranges::none_of(f->rule().categories, [](const auto& k) { return k.level != 0; }))
    return;
  house& h = f->home();
  const std::string at = f->where().path + "/{number}";
  h.page("GET", at + "/tokens", needs::nobody, [f](context& c) { return show(c, *f); });
  h.page("POST", at + "/token/begin", needs::sign_in, [f](context& c) { return begin(c, *f); });
  h.page("POST", at + "/token", needs::sign_in, [f](context& c) { return issue(c, *f); });
  h.page("POST", at + "/voice", needs::nobody, [f](context& c) { return speak(c, *f, false); });
  h.page("POST", at + "/voice/take-back", needs::nobody,
         [f](context& c) { return speak(c, *f, true); });
}

}  // namespace madang::assembly
