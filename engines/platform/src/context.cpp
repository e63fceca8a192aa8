#include "madang/platform/context.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"
#include "madang/trust/jose.hpp"

namespace madang::platform {
namespace {

// The language of this answer: what was just chosen, else the cookie that keeps the choice, else
// the language of the account, else what the browser prefers among the pack's languages (RFC 9110
// section 12.5.4, without weights: browsers order).
std::string choose_language(const house& home, const http::request& r,
                            const std::optional<identity::session>& s) {
  const auto known = home.pack().languages();
  auto is_known = [&](std::string_view tag) {
    return std::find(known.begin(), known.end(), tag) != known.end();
  };
  if (auto asked = r.param("lang"); is_known(asked)) return std::string(asked);
  if (auto kept = r.cookie("lang"); is_known(kept)) return std::string(kept);
  if (s && is_known(s->language)) return s->language;
  for (const auto& part : text::split(r.header("accept-language"), ',')) {
    std::string_view tag = text::trim(std::string_view(part).substr(0, part.find(';')));
    tag = tag.substr(0, tag.find('-'));
    if (is_known(tag)) return std::string(tag);
  }
  return known.front();
}

bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

// The token against forgery stands in pages that are packed, beside words that a link may have put
// there: were it the same each time, its letters could be told from lengths (BREACH). So each
// answer shows it under other random octets, which come first.
std::string masked(std::string_view token) {
  auto out = trust::random_bytes(token.size());
  for (std::size_t i = 0; i < token.size(); ++i)
    out.push_back(static_cast<std::uint8_t>(out[i] ^ static_cast<std::uint8_t>(token[i])));
  return text::base64url(out);
}

std::string unmasked(std::string_view shown) {
  const auto both = trust::jose::from_base64url(shown);
  if (!both || both->size() % 2 != 0) return {};
  std::string out;
  for (std::size_t i = 0, n = both->size() / 2; i < n; ++i)
    out += static_cast<char>((*both)[i] ^ (*both)[n + i]);
  return out;
}

// RFC 9110 section 10.2.3, when the refusal says how long.
http::response with_wait(http::response r, const refusal& why) {
  if (auto seconds = why.facts.find("seconds"); seconds != why.facts.end())
    r.with("Retry-After", seconds->second);
  return r;
}

// Text that people type; files come in parts of their own.
constexpr std::size_t longest_field = 64u << 10;
constexpr std::size_t longest_form = 256u << 10;

}  // namespace

context::context(house& h, http::request& r, unknown_person) : home(h), request(r) {
  language = choose_language(home, request, session);
}

context::context(house& h, http::request& r) : home(h), request(r) {
  if (auto token = r.cookie("session"); !token.empty()) session = home.people().find_session(token);
  if (session) actor = home.people().actor_of(*session);
  if (session) session->csrf = masked(session->csrf);
  language = choose_language(home, request, session);
}

std::string context::explain(const refusal& why) const {
  const std::string key = "refusal." + why.code;
  if (home.texts().has(key)) return home.texts().fill(key, language, why.facts);
  static constexpr std::string_view by_kind[] = {
      "invalid", "unauthenticated", "forbidden",   "not_found", "conflict",
      "gone",    "too_large",       "unsupported", "too_many",  "unavailable"};
  return std::string(say("refusal_kind." + std::string(by_kind[static_cast<int>(why.kind)])));
}

std::string_view context::field(std::string_view name) const {
  for (const auto& [key, value] : form_)
    if (key == name) return text::trim(value);
  return {};
}

// A page of another site may make a browser send our cookies, but not hide where it comes from
// (Fetch Metadata; RFC 6454 origin). "null" hides it, which our own pages never ask for.
outcome context::comes_from_us() const {
  const auto site = request.header("sec-fetch-site");
  if (site == "cross-site" || site == "same-site")
    return madang::refuse(kind::forbidden, "request.forged");
  if (auto origin = request.header("origin"); !origin.empty()) {
    const auto scheme_end = origin.find("//");
    const auto host = origin.substr(scheme_end == std::string_view::npos ? 0 : scheme_end + 2);
    if (host != request.header("host")) return madang::refuse(kind::forbidden, "request.forged");
  }
  return nothing{};
}

// Members are fields: texts and whole numbers, lists of them, and null for what is not there; the
// facts of a decision (a route with "{decision}") may be truths, which are "yes" and "no".
outcome context::read_json() {
  auto parsed = json::parse(request.body);
  if (!parsed) return parsed.why();
  if (!parsed->is_object()) return madang::refuse(kind::invalid, "json.type", "/");
  const bool facts = !request.capture("decision").empty();
  for (const auto& member : parsed->get_object()) {
    auto add = [&](const json::value& v) {
      if (v.is_bool() && facts) {
        form_.emplace_back(member.key(), v.get_bool() ? "yes" : "no");
        return true;
      }
      if (!v.is_string() && !v.is_int64()) return false;
      form_.emplace_back(member.key(), v.is_string() ? std::string(v.get_string())
                                                     : std::to_string(v.get_int64()));
      return true;
    };
    bool good = true;
    if (member.value().is_array()) {
      for (const auto& one : member.value().get_array()) good = good && add(one);
    } else if (!member.value().is_null()) {
      good = add(member.value());
    }
    if (!good) return madang::refuse(kind::invalid, "json.type", "/" + std::string(member.key()));
  }
  return nothing{};
}

outcome context::read_multipart() {
  auto parts = http::parse_multipart(request.header("content-type"), request.body);
  if (!parts) return parts.why();
  for (auto& p : *parts) {
    // A file input in which nothing was chosen sends an empty part with an empty name.
    if (!p.filename.empty() || !p.content_type.empty()) files_.push_back(std::move(p));
    else form_.emplace_back(std::move(p.name), std::move(p.body));
  }
  return nothing{};
}

outcome context::check_fields() const {
  const bool answers = !request.capture("question").empty();
  for (auto one = form_.begin(); one != form_.end(); ++one) {
    const auto& [name, value] = *one;
    if (name.find('\0') != std::string::npos || !text::is_utf8(name))
      return madang::refuse(kind::invalid, "form.encoding");
    if (value.find('\0') != std::string::npos || !text::is_utf8(value))
      return madang::refuse(kind::invalid, "form.encoding", name);
    if (value.size() > longest_field)
      return madang::refuse(kind::too_large, "form.too_large", name,
                            {{"limit", std::to_string(longest_field >> 10)}});
    // Two readers that choose differently among equals are a way round a check. A name that ends in
    // [] says that it is a list.
    const bool token = name == "_csrf", list = name.ends_with("[]");
    if ((!(answers || list) || token) &&
        std::any_of(form_.begin(), one, [&](const auto& before) { return before.first == name; }))
      return madang::refuse(kind::invalid, "form.repeated", name);
  }
  return nothing{};
}

// Types of protocols that no form of a browser can send (Fetch: not among the simple ones) and that
// hold no fields: the page reads the body itself, or refuses it.
static bool of_a_program(std::string_view type) {
  constexpr std::string_view all[] = {"application/ocsp-request", "application/timestamp-query",
                                      "application/jose+json", "application/pkcs10",
                                      "application/pkixcmp", "application/scim+json"};
  return std::ranges::any_of(all, [&](std::string_view one) { return type.starts_with(one); });
}

// Resources within resources are no fields; clients may call them plain JSON (RFC 7644, 3.8).
static bool takes_whole_json(std::string_view path) { return path.starts_with("/scim/"); }

outcome context::accept_form() {
  if (auto ours = comes_from_us(); !ours) return ours;
  const std::string_view type = request.header("content-type");
  const bool upload = type.starts_with("multipart/form-data");
  if (!upload && request.body.size() > longest_form)
    return madang::refuse(kind::too_large, "form.too_large", "",
                          {{"limit", std::to_string(longest_form >> 10)}});
  outcome good = nothing{};
  if (type.starts_with("application/x-www-form-urlencoded")) {
    auto parsed = http::parse_form(request.body);
    if (parsed) form_ = std::move(*parsed);
    else good = parsed.why();
  } else if (type.starts_with("application/json")) {
    if (!takes_whole_json(request.path)) good = read_json();
  } else if (upload) {
    good = read_multipart();
  } else if (!request.body.empty() && !of_a_program(type)) {
    good = madang::refuse(kind::unsupported, "request.type");
  }
  if (good) good = check_fields();
  if (!good || !session) return good;
  const std::string_view token =
      request.header("x-csrf").empty() ? field("_csrf") : request.header("x-csrf");
  if (!same_secret(unmasked(token), unmasked(session->csrf)))
    return madang::refuse(kind::forbidden, "request.forged");
  return nothing{};
}

bool context::secure() const {
  return request.secure || home.chosen().public_url.starts_with("https://");
}

audit::access context::access(const words& purpose, const words& law, std::string reference) const {
  return {actor, purpose, law, std::move(reference)};
}

void context::keep_choices(http::response& out) const {
  constexpr int a_year = 365 * 86400;
  if (!request.param("lang").empty())
    out.with("Set-Cookie", http::cookie("lang", language, request.secure, a_year));
  if (auto wish = request.param("contrast"); wish == "high" || wish == "standard")
    out.with("Set-Cookie", http::cookie("contrast", wish, request.secure, a_year));
}

html::shell context::shell(std::string_view active) const {
  html::shell s;
  s.texts = &home.texts();
  s.assets = &home.assets();
  s.language = language;
  s.languages = home.pack().languages();
  s.path = request.path;
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const auto& [name, value] = request.query[i];
    if (name == "lang" || name == "contrast") continue;
    s.path += (s.path.find('?') == std::string::npos ? "?" : "&") + http::percent_encode(name) +
              "=" + http::percent_encode(value);
  }
  const std::string_view wish = request.param("contrast");
  s.high_contrast = (wish.empty() ? request.cookie("contrast") : wish) == "high";
  s.active = active;
  s.official = actor.official();
  s.synthetic = home.chosen().demonstration;
  if (session) {
    s.person = actor.name;
    s.csrf = session->csrf;
    s.unread = static_cast<int>(home.box().unread(session->person));
  }
  // A house without services is no portal of a government.
  if (!home.pack().has("services/categories.yaml")) return s;
  const bool finder = home.pack().has("decisions/facts.yaml");
  for (const std::string_view item :
       {"services", "events", "benefits", "agencies", "news", "verify"})
    if (item != "benefits" || finder)
      s.nav.push_back({"/" + std::string(item), std::string(say("nav." + std::string(item)))});
  if (home.pack().has("epeople/kinds.yaml"))
    s.nav.push_back({"/epeople", std::string(say("nav.epeople"))});
  // What is there when the pack has the file that it works by.
  static constexpr struct {
    const char *file, *href, *title;
  } places[] = {{"eungdapso/categories.yaml", "/eungdapso", "street.name"},
                {"voices/national-petition.yaml", "/petitions", "petitions.title"},
                {"voices/innovation-proposal.yaml", "/talk", "talk.title"},
                {"participation/channel.yaml", "/first-street", "first_street.title"},
                {"voices/vote.yaml", "/votes", "votes.title"},
                {"communities.yaml", "/communities", "communities.title"},
                {"participation/design.yaml", "/design", "design.title"},
                {"disclosure/law.yaml", "/disclosure", "nav.disclosure"},
                {"pki.yaml", "/certification", "certification.name"}};
  for (const auto& place : places)
    if (home.pack().has(place.file))
      s.footer.push_back({place.href, std::string(say(place.title))});
  const bool programmes = home.pack().has("programmes/facts.yaml");
  for (const std::string_view item :
       {"support", "verify", "my-data", "transparency", "regions", "privacy", "accessibility",
        "api"})
    if (item != "support" || programmes)
      s.footer.push_back(
          {std::string(home.texts()("footer." + std::string(item) + "_href", language)),
           std::string(say("footer." + std::string(item)))});
  return s;
}

http::response context::html_response(std::string document, int status) const {
  http::response r;
  r.status = status;
  r.body = std::move(document);
  r.with("Content-Security-Policy", std::string(html::content_security_policy));
  // A window that another site opened is cut off from it (HTML section 7.1.3), but on the way of a
  // sign-on, which clients begin in windows of their own and wait for.
  if (request.path != "/sign-in" && !request.path.starts_with("/connect/"))
    r.with("Cross-Origin-Opener-Policy", "same-origin");
  return with_privacy(std::move(r));
}

http::response context::with_privacy(http::response r) const {
  r.with("Cache-Control", session ? "private, no-store" : "no-cache");
  r.with("Vary", "Accept, Accept-Language, Cookie");
  return r;
}

http::response context::page(std::string_view title, const std::vector<html::link>& breadcrumb,
                             const html::node& body, html::page_options options) const {
  if (session) options.noindex = true;
  return html_response(html::page(shell("/" + text::split(request.path, '/').at(1)), title,
                                  breadcrumb, body, options));
}

http::response context::refuse(const refusal& said) const {
  refusal why = said;
  const std::string detail = explain(why);
  std::string told;
  if (why.kind == kind::forbidden && actor.signed_in() && why.code != "request.forged")
    if (told = home.explained(*this, why); !told.empty()) why.facts["explanation"] = told;
  if (request.wants_json()) {
    auto r = http::problem(why, say("problem.title_" + std::to_string(http::status_of(why.kind))),
                           detail);
    return with_wait(with_privacy(std::move(r)), why);
  }
  // Who is not signed in is asked to, and comes back here.
  if (why.kind == kind::unauthenticated && request.method == "GET")
    return go("/sign-in?next=" + http::percent_encode(request.path));
  const int status = http::status_of(why.kind);
  const std::string title(say("problem.title_" + std::to_string(status)));
  html::node body = html::all(html::h1(title), html::lead(detail),
                              told.empty() ? html::node()
                                           : html::p(html::a(html::href(told),
                                                             say("problem.explanation"))),
                              html::p(html::a(html::href("/"), say("problem.home")), " · ",
                                      html::a(html::href("/search"), say("problem.search"))));
  return with_wait(html_response(html::page(shell(), title, {}, body, {.noindex = true}), status),
                   why);
}

refusal context::hidden(refusal why, std::string_view record_of, id record) const {
  home.database("identity").writing([&](store::write& tx) {
    audit::append(tx, access(home.said("purpose.refused"), home.said("law.e_government")),
                  audit::action::refused, {}, record_of, record.str());
  });
  return why;
}

http::response context::go(std::string_view path) const {
  // Only to ourselves: an address from outside must not carry people elsewhere.
  const bool ours =
      path.starts_with('/') && !path.starts_with("//") && path.find('\\') == std::string_view::npos;
  return with_privacy(http::see_other(ours ? std::string(path) : "/"));
}

}  // namespace madang::platform
