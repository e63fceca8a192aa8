// Voices of level 1 (voices/tokens.hpp): the token is asked for with a session, the voice is sent
// without one, and what was issued and spent is public. The island madang-voice does both steps.
#include <algorithm>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr std::size_t longest_octets = 1024;

struct key_line {
  std::string bucket, name, key;   // SubjectPublicKeyInfo, base64url
  std::int64_t issued = 0, spent = 0;
};
BOOST_DESCRIBE_STRUCT(key_line, (), (bucket, name, key, issued, spent))
struct tokens_view {
  std::string ask, number, title, saying;
  std::vector<key_line> keys;
};
BOOST_DESCRIBE_STRUCT(tokens_view, (), (ask, number, title, saying, keys))

std::string bucket_name(const context& c, std::string_view code) {
  const auto* d = c.home.pack().find_district(code);
  return d ? d->name(c.language) : std::string(c.say("assembly.no_bucket"));
}

std::optional<ask> of_level_1(const context& c, forum& f) {
  auto a = f.find(c);
  if (!a || a->level != 1 || !a->hidden.empty()) return {};
  return a;
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
  const auto a = of_level_1(c, f);
  if (!a) return unknown(c);
  tokens_view v{a->key.str(), a->number, a->title, std::string(name_of(main_saying(f))), {}};
  for (const auto& k : f.tokens().keys(a->key))
    v.keys.push_back({k.bucket, bucket_name(c, k.bucket), text::base64url(k.spki), k.issued,
                      k.spent});
  return c.show(v, [&] {
    table_view t;
    t.caption = c.say("assembly.tokens");
    t.caption_hidden = true;
    t.columns = {{std::string(c.say("assembly.bucket"))},
                 {std::string(c.say("assembly.tokens_issued")), true},
                 {std::string(c.say("assembly.tokens_spent")), true}};
    for (const auto& k : v.keys)
      t.rows.push_back({node(k.name), node(text::grouped(k.issued)), node(text::grouped(k.spent))});
    t.empty = c.say("assembly.tokens_none");
    return c.page(c.say("assembly.tokens"),
                  {{f.where().path, std::string(c.say(f.key("title")))},
                   {f.path_of(*a), a->title}},
                  html::all(h1(c.say("assembly.tokens")), lead(c.say("assembly.tokens_lead")),
                            data_table(c.shell(), t),
                            p(html::a(href(f.path_of(*a, "/recount")), c.say("assembly.recount"))),
                            h2(c.say("assembly.tokens_not")), p(c.say("assembly.tokens_limits"))),
                  {});
  });
}

// ---- step 1, with a session ----
http::response begin(context& c, forum& f) {
  const auto a = of_level_1(c, f);
  if (!a) return unknown(c);
  const auto key = f.tokens().key_for(*a, f.bucket_of(c), now());
  if (!key) return c.refuse(key.why());
  return answer(c, {{"ask", a->key.str()},
                    {"bucket", key->bucket},
                    {"key", text::base64url(key->spki)}});
}

http::response issue(context& c, forum& f) {
  const auto a = of_level_1(c, f);
  if (!a) return unknown(c);
  const auto made = f.tokens().issue(f.why(c, a->number), *a, f.bucket_of(c), c.field("bucket"),
                                     octets_of(c, "blinded"), now());
  if (!made) return c.refuse(made.why());
  return answer(c, {{"signature", text::base64url(*made)}});
}

// ---- step 2, without one ----
http::response speak(context& c, forum& f, bool back) {
  const auto a = of_level_1(c, f);
  if (!a) return unknown(c);
  // A page that sends its cookie would tell us who it is. We do not want to know.
  if (c.actor.signed_in()) return c.refuse(refuse(kind::invalid, "voices.with_session"));
  const auto s = voices::saying_named(c.field("saying"));
  if (!s) return c.refuse(refuse(kind::invalid, "voices.closed", "saying"));
  const auto message = octets_of(c, "message"), secret = octets_of(c, "secret");
  const outcome done =
      back ? f.tokens().take_back(*a, *s, message, secret, now())
           : f.tokens().say(*a, *s, {message, octets_of(c, "signature")}, secret, now());
  if (!done) return c.refuse(done.why());
  return answer(c, {{"saying", name_of(*s)}, {"said", !back}});
}

}  // namespace

// Hidden until the island is there; without script the page says what is missing.
node token_part(const context& c, const forum& f, const token_place& at) {
  const auto words = [&](attribute_name name, std::string_view key) {
    return attr(name, c.say(key));
  };
  const std::string& saying = at.saying;
  std::vector<node> parts{
      p(cls("note"), attr("data-without", "yes"), c.say("assembly.token_script"))};
  if (c.actor.signed_in())
    parts.push_back(c.shell().csrf_field());
  else
    parts.push_back(link_button("/sign-in?next=" + http::percent_encode(at.path),
                                c.say(f.key("sign_in_to_" + saying))));
  return html::all(
      element("madang-voice", cls("stack"), attr("data-ask", at.ask), attr("data-path", at.path),
              attr("data-saying", saying), attr("data-holder", at.holder),
              words("data-get", "assembly.token_get"), words("data-held", "assembly.token_held"),
              words("data-send", "assembly.token_send"),
              words("data-given", f.key("done_" + saying)),
              words("data-undo", f.key("undo_" + saying)),
              words("data-taken", "assembly.token_taken"),
              words("data-again", f.key("do_" + saying)),
              words("data-keep", "assembly.token_keep"), words("data-file", "assembly.token_file"),
              words("data-load", "assembly.token_load"),
              words("data-failed", "assembly.token_failed"),
              words("data-wrong", "assembly.token_wrong"), join(parts)),
      p(cls("note"), c.say("assembly.token_unseen")),
      p(a(href(at.path + "/tokens"), c.say("assembly.tokens"))));
}

void token_pages(const shared_forum& f) {
  if (std::ranges::none_of(f->rule().categories, [](const auto& k) { return k.level == 1; }))
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
