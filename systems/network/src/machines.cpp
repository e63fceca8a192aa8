// The governing authority's answers to nodes, over plain HTTP: all of it is signed, or says nothing
// that a stranger may not know.
#include "madang/base/text.hpp"
#include "office.hpp"

namespace madang::network {
namespace {

http::response refused(const refusal& why) { return http::problem(why, why.code, ""); }

http::response octets(const trust::bytes& b, const char* type) {
  return http::text_response(200, std::string(text::chars_of(b)), type);
}

trust::bytes body_of(const http::request& r) {
  const auto b = text::bytes_of(r.body);
  return {b.begin(), b.end()};
}

trust::bytes member_of(const json::value& v, const char* name) {
  const auto b = text::from_base64(json::str(v, name));
  return b ? trust::bytes(b->begin(), b->end()) : trust::bytes();
}

constexpr std::size_t most_asked = 64u << 10;

result<json::value> asked(const http::request& r) {
  if (r.body.size() > most_asked) return refuse(kind::too_large, "node.request");
  return json::parse(r.body);
}

http::response configuration(nodes::authority& a, const std::string& file) {
  auto found = a.published(file);
  if (!found) return refused(refuse(kind::not_found, "request.no_page"));
  return http::text_response(200, std::move(*found),
                             file.empty() ? "multipart/related" : "application/xml");
}

http::response take(nodes::authority& a, const http::request& r) {
  const auto v = asked(r);
  if (!v) return refused(v.why());
  const auto key =
      a.take(json::str(*v, "wish"), member_of(*v, "by_auth"), member_of(*v, "by_sign"));
  if (!key) return refused(key.why());
  return http::json_response(json::print(json::object{{"request", key->str()}}));
}

http::response answer(nodes::authority& a, const http::request& r) {
  const auto v = asked(r);
  if (!v) return refused(v.why());
  const auto key = id::parse(json::str(*v, "request"));
  const auto said = key ? a.answer_to(*key, json::str(*v, "token")) : std::nullopt;
  if (!said) return refused(refuse(kind::not_found, "node.request_unknown"));
  return http::json_response(json::print(*said)).with("Cache-Control", "no-store");
}

}  // namespace

void machines(house& h, shared_office o) {
  h.machine("GET", "/exchange/conf",
            [o](http::request&) { return configuration(*o->governs, ""); });
  h.machine("GET", "/exchange/conf/{digest}/{file}", [o](http::request& r) {
    return configuration(
        *o->governs, "/" + std::string(r.capture("digest")) + "/" + std::string(r.capture("file")));
  });
  h.machine("POST", "/exchange/join", [o](http::request& r) { return take(*o->governs, r); });
  h.machine("POST", "/exchange/join/answer",
            [o](http::request& r) { return answer(*o->governs, r); });
  h.machine("POST", "/exchange/ocsp", [o](http::request& r) {
    return octets(o->governs->ocsp(body_of(r)), "application/ocsp-response");
  });
  h.machine("POST", "/exchange/tsa", [o](http::request& r) {
    return octets(o->governs->stamp(body_of(r)), "application/timestamp-reply");
  });
}

}  // namespace madang::network
