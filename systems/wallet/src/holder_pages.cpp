// The wallet itself: a page that can be installed and works without a network. Everything it holds
// lies on the holder's own device; the house keeps none of it and is told nothing of its use.
#include "pages.hpp"

namespace madang::wallet {
namespace {

using namespace html;

// The sentences of the islands, by the keys wallet.app_* of the pack.
constexpr const char* words_of_app[] = {
    "add", "add_label", "add_hint", "add_go", "scan", "none", "none_hint", "pin_label", "pin_hint",
    "pin_go", "cancel", "copies_left", "few_left", "holds_until", "from", "ask_title", "ask_who",
    "ask_purpose", "ask_shows", "ask_not", "ask_unknown", "agree", "decline", "declined", "shown",
    "cannot", "history", "history_none", "remove", "remove_sure", "details", "state_good",
    "state_revoked", "state_expired", "state_unknown", "failed", "failed_pin", "failed_offer",
    "failed_request", "failed_network", "added", "code", "code_title", "code_hint", "code_which",
    "code_close", "yes", "no", "offline", "to_verifier", "by_code", "refused_by"};
constexpr const char* words_of_check[] = {
    "check_label", "check_hint", "check_go", "scan", "check_good", "check_bad", "check_old",
    "check_revoked", "check_forged", "check_not_ours", "check_keys", "check_status", "check_none",
    "yes", "no", "check_made", "check_statuses"};

template <std::size_t n>
std::string said(const context& c, const char* const (&keys)[n], const bureau& b) {
  json::object out;
  for (const auto* key : keys) out[key] = c.say("wallet.app_" + std::string(key));
  json::object types;
  for (const auto& one : b.plan.credentials) {
    json::object claims;
    for (const auto& claim : one.claims) claims[claim.id] = claim.label(c.language);
    types[one.type] = json::object{{"name", one.name(c.language)}, {"claims", std::move(claims)}};
  }
  return json::print(json::object{{"words", std::move(out)}, {"types", std::move(types)}});
}

http::response wallet(context& c, const bureau& b) {
  const node body =
      all(h1(c.say("wallet.title")), lead(c.say("wallet.lead")),
          element("madang-wallet", data("said", said(c, words_of_app, b)),
                  data("language", c.language), data("issuer", b.issuing.issuer()),
                  p(cls("no-script"), c.say("wallet.needs_script"))),
          disclosure(c.say("wallet.what"),
                     all(p(c.say("wallet.what_1")), p(c.say("wallet.what_2")),
                         p(a(href("/my/documents"), c.say("my.documents"))))));
  return c.page(c.say("wallet.title"), {}, body,
                {.description = std::string(c.say("wallet.lead")),
                 .web_manifest = "/wallet/manifest.json?lang=" + c.language});
}

http::response check(context& c, const bureau& b) {
  const node body =
      all(h1(c.say("wallet.check_title")), lead(c.say("wallet.check_lead")),
          element("madang-wallet-check", data("said", said(c, words_of_check, b)),
                  data("language", c.language), data("issuer", b.issuing.issuer()),
                  p(cls("no-script"), c.say("wallet.needs_script"))),
          inset(p(c.say("wallet.check_limits"))));
  return c.page(c.say("wallet.check_title"), {{"/proofs", std::string(c.say("proofs.title"))}},
                body, {});
}

http::response manifest(const context& c) {
  const json::object m{
      {"id", "/wallet"},
      {"name", c.say("wallet.title")},
      {"short_name", c.say("wallet.title")},
      {"start_url", "/wallet"},
      {"scope", "/wallet"},
      {"display", "standalone"},
      {"lang", c.language},
      {"background_color", "#ffffff"},
      {"theme_color", "#ffffff"},
      {"icons", json::array{json::object{{"src", c.home.assets().url("mark.svg")},
                                         {"sizes", "any"},
                                         {"type", "image/svg+xml"},
                                         {"purpose", "any"}}}}};
  auto r = http::json_response(json::print(m));
  r.content_type = "application/manifest+json";
  return r.with("Cache-Control", "public, max-age=3600");
}

}  // namespace

void holder_pages(house& h, shared_bureau b) {
  h.page("GET", "/wallet", needs::nobody, [b](context& c) { return wallet(c, *b); });
  h.page("GET", "/wallet/check", needs::nobody, [b](context& c) { return check(c, *b); });
  h.page("GET", "/wallet/manifest.json", needs::nobody, [](context& c) { return manifest(c); });
}

}  // namespace madang::wallet
