#include "caller.hpp"

#include <algorithm>
#include <charconv>

#include "madang/trust/bytes.hpp"

namespace madang::govstack {
namespace {

constexpr const char* file = "govstack/callers.yaml";
constexpr const char* field = "information-mediator-client";

const std::set<std::string, std::less<>> rights = {"read",    "write",   "database",  "apply",
                                                   "operate", "consent", "configure", "audit"};

std::vector<std::string> texts_of(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

caller read_caller(const json::value& v, const house& h) {
  caller c;
  c.member = json::str(v, "member");
  c.client = json::str(v, "client");
  c.name = json::words_of(json::at(v, "name"));
  c.agency = json::str(v, "agency");
  c.purpose = json::words_of(json::at(v, "purpose"));
  c.law = json::words_of(json::at(v, "law"));
  c.post = json::str(v, "post");
  c.roles = texts_of(json::at(v, "roles"));
  for (auto& one : texts_of(json::at(v, "may"))) {
    if (!rights.contains(one)) throw packs::broken_pack({file, 0, "no right is called " + one});
    c.may.insert(std::move(one));
  }
  const std::string called = c.member.empty() ? "the unnamed caller" : c.member;
  if (!c.member.empty() && !member_name::parse(c.member))
    throw packs::broken_pack({file, 0, called + " is no INSTANCE/CLASS/MEMBER/APPLICATION"});
  if (c.name.empty() || c.purpose.empty() || c.law.empty())
    throw packs::broken_pack({file, 0, called + " has a name, a purpose and a law"});
  if (!h.pack().find_agency(c.agency))
    throw packs::broken_pack({file, 0, called + ": there is no agency '" + c.agency + "'"});
  return c;
}

}  // namespace

bool is_identifier(std::string_view s) {
  if (s.empty() || s.size() > 100 || s.front() == '_') return false;
  return std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

std::optional<member_name> member_name::parse(std::string_view s) {
  const auto parts = text::split(s, '/');
  if (parts.size() != 4 || !std::ranges::all_of(parts, is_identifier)) return {};
  return member_name{parts[0], parts[1], parts[2], parts[3]};
}

std::string member_name::str() const {
  return instance + "/" + klass + "/" + code + "/" + application;
}

callers::callers(house& h) : house_(h) {
  const json::value v = h.pack().yaml(file);
  mediated_ = json::flag(v, "mediated");
  const auto& list = json::at(v, "callers");
  if (!list.is_array()) throw packs::broken_pack({file, 0, "lists callers"});
  for (const auto& one : list.get_array()) all_.push_back(read_caller(one, h));
  for (const auto& one : all_)
    if (one.member.empty()) unnamed_ = &one;
}

result<const caller*> callers::who(const http::request& r) const {
  if (!r.header("authorization").empty()) {
    json::array proofs;
    for (const auto& [name, value] : r.headers)
      if (text::lower_case(name) == "dpop") proofs.emplace_back(value);
    auto token = house_.hub().ask("access.bearer",
                                  {audit::system_actor("govstack"),
                                   house_.said("govstack.purpose"),
                                   house_.said("law.e_government"),
                                   {}},
                                  json::object{{"method", r.method},
                                               {"path", r.path},
                                               {"authorization", r.header("authorization")},
                                               {"proofs", std::move(proofs)},
                                               {"scope", "exchange"}});
    if (!token) return token.why();
    const auto id = json::str(*token, "id");
    for (const auto& one : all_)
      if (!one.client.empty() && one.client == id) return &one;
    return refuse(kind::forbidden, "govstack.unknown_caller");
  }
  const bool named = std::ranges::any_of(
      r.headers, [](const auto& h) { return text::lower_case(h.first) == field; });
  if (named && !member_name::parse(r.header(field)))
    return refuse(kind::invalid, "govstack.member", "Information-Mediator-Client");
  if (named && mediated_)
    for (const auto& one : all_)
      if (one.member == r.header(field)) return &one;
  if (!named && unnamed_) return unnamed_;
  return refuse(named ? kind::forbidden : kind::unauthenticated, "govstack.unknown_caller");
}

result<const caller*> callers::who(const http::request& r, std::string_view right) const {
  auto found = who(r);
  if (!found) return found;
  if (!(*found)->can(right))
    return refuse(kind::forbidden, "govstack.may_not", "", {{"right", std::string(right)}});
  return found;
}

const caller* callers::named(std::string_view name) const {
  const auto language = house_.pack().language();
  const auto at =
      std::ranges::find_if(all_, [&](const caller& c) { return c.name(language) == name; });
  return at == all_.end() ? nullptr : &*at;
}

audit::access callers::access(const caller& by, const words& purpose, const words& law,
                              const http::request& r) const {
  audit::access out;
  const auto language = house_.pack().language();
  out.who = audit::system_actor(by.name(language));
  out.who.agency = by.agency;
  if (const auto* a = house_.pack().find_agency(by.agency)) out.who.agency_name = a->name;
  out.who.post = by.post;
  out.who.roles = by.roles;
  out.purpose = purpose.empty() ? by.purpose : purpose;
  out.law = law.empty() ? by.law : law;
  const auto reference = r.header("x-road-issue");
  out.reference =
      text::is_utf8(reference) && text::length(reference) <= 60 ? reference : std::string_view();
  return out;
}

// ---- answers ----

namespace {
constexpr const char* json_type = "application/json; charset=utf-8";
}

http::response said(const json::value& v, int status) {
  return http::text_response(status, json::print(v), json_type)
      .with("Cache-Control", "private, no-store");
}

http::response said(house& h, http::request& r, const refusal& why) {
  const context c(h, r, context::unknown_person{});
  // What is wrong with the input is 400 in all documents of the blocks.
  const int status = why.kind == kind::invalid ? 400 : http::status_of(why.kind);
  const std::string sentence = c.explain(why);
  json::object out{{"type", "/problems/" + why.code},
                   {"title", sentence},
                   {"status", status},
                   {"detail", sentence},
                   {"code", why.code},
                   {"message", sentence},
                   {"localizedMessage", sentence},
                   {"traceId", new_id().str()}};
  if (!why.field.empty()) out["field"] = why.field;
  return said(json::value(std::move(out)), status);
}

void door(house& h, const std::string& method, const std::string& path, handler handle) {
  h.machine(method, path, [&h, handle = std::move(handle)](http::request& r) {
    auto done = handle(r);
    return done ? std::move(*done) : said(h, r, done.why());
  });
}

result<json::value> body_of(const http::request& r) {
  if (r.body.empty()) return json::value(json::object{});
  const auto type = r.header("content-type");
  if (type.starts_with("application/x-www-form-urlencoded")) {
    auto fields = http::parse_form(r.body);
    if (!fields) return fields.why();
    json::object out;
    for (const auto& [name, value] : *fields) out[name] = value;
    return json::value(std::move(out));
  }
  if (!type.starts_with("application/json")) return refuse(kind::unsupported, "request.type");
  auto parsed = json::parse(r.body);
  if (!parsed) return parsed.why();
  if (!parsed->is_object()) return refuse(kind::invalid, "json.type", "/");
  return std::move(*parsed);
}

std::string param(const http::request& r, std::string_view name) {
  const auto v = r.param(name);
  return std::string(v.substr(0, v.find('?')));
}

namespace {

std::optional<std::int64_t> number_in(std::string_view s, std::int64_t most) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc() || end != s.data() + s.size() || n < 0 || n > most) return {};
  return n;
}

}  // namespace

result<page_wanted> page_of(const http::request& r, const char* from, const char* count) {
  page_wanted out;
  if (const auto s = param(r, from); !s.empty()) {
    const auto n = number_in(s, 1'000'000);
    if (!n) return refuse(kind::invalid, "govstack.paging", from);
    out.from = *n;
  }
  if (const auto s = param(r, count); !s.empty()) {
    const auto n = number_in(s, 1000);
    if (!n || *n == 0) return refuse(kind::invalid, "govstack.paging", count);
    out.count = *n;
  }
  return out;
}

std::string uuid() {
  auto octets = trust::random_bytes(16);
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0f) | 0x40);
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3f) | 0x80);
  std::string s = text::hex(octets);
  for (const int at : {20, 16, 12, 8}) s.insert(static_cast<std::size_t>(at), 1, '-');
  return s;
}

}  // namespace madang::govstack
