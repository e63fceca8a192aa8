// What programs fetch and ask: certificates of authorities, lists of revocation, OCSP (RFC 6960 and
// 5019, POST and GET), time stamps (RFC 3161) and the trust list.
#include "pages.hpp"
#include "trust_list.hpp"

namespace madang::certification {
namespace {

constexpr std::string_view ocsp_type = "application/ocsp-request",
                           stamp_type = "application/timestamp-query";

http::response octets(const trust::bytes& der, std::string type, std::int64_t seconds) {
  http::response r;
  r.content_type = std::move(type);
  r.body = std::string(text::chars_of(der));
  // The octets are signed: whoever keeps them on the way cannot change them.
  r.with("Cache-Control",
         seconds > 0 ? "public, no-transform, must-revalidate, max-age=" + std::to_string(seconds)
                     : "no-store");
  return r;
}

refusal unknown() { return refuse(kind::not_found, "certification.unknown"); }

// "kica.cer" -> "kica".
std::string stem(std::string_view file, std::string_view ending) {
  return file.ends_with(ending) ? std::string(file.substr(0, file.size() - ending.size())) : "";
}

http::response authority_file(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const auto file = c.request.capture("file");
  const auto* a = (*all)->find(stem(file, ".cer"));
  if (a) return octets(a->certificate(), "application/pkix-cert", 86'400);
  a = (*all)->find(stem(file, ".pem"));
  if (!a) return c.refuse(unknown());
  // The authority and its root, as a server or a verifier is configured with.
  std::string pem;
  for (const auto& one : a->chain()) pem += pki::pem_of(one);
  return http::text_response(200, pem, "application/x-pem-file");
}

http::response root_file(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const auto file = c.request.capture("file");
  if (const auto* der = (*all)->root(stem(file, ".cer")))
    return octets(*der, "application/pkix-cert", 86'400);
  if (const auto* der = (*all)->root(stem(file, ".pem")))
    return http::text_response(200, pki::pem_of(*der), "application/x-pem-file");
  return c.refuse(unknown());
}

http::response root_list(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const auto id = stem(c.request.capture("file"), ".crl");
  if (!(*all)->root(id)) return c.refuse(unknown());
  return octets((*all)->root_list(id), "application/pkix-crl", 86'400);
}

http::response list_file(context& c, registrar& o) {
  const auto shard = stem(c.request.capture("file"), ".crl");
  if (shard.size() != 1 || shard[0] < '0' || shard[0] > '9') return c.refuse(unknown());
  auto list = o.list_of(c.request.capture("authority"), shard[0] - '0');
  if (!list) return c.refuse(list.why());
  auto r = octets(list->der, "application/pkix-crl", 600);
  return r.with("ETag", "\"" + text::hex(trust::view(trust::sha256(list->der)).first(12)) + "\"");
}

http::response ocsp_answer(context& c, registrar& o, trust::view request, bool get) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const std::string id(c.request.capture("authority"));
  const auto* a = (*all)->find(id);
  if (!a) return c.refuse(unknown());
  const instant at = now();
  const auto answer = a->ocsp(
      request, [&](const std::string& serial) { return o.status_of(id, serial); }, at);
  const bool keep = get && answer.kept;
  // A revocation shall not wait for a cache: ten minutes, whatever the answer itself allows.
  return octets(answer.der, "application/ocsp-response", keep ? 600 : 0);
}

http::response ocsp_post(context& c, registrar& o) {
  if (!c.request.header("content-type").starts_with(ocsp_type))
    return c.refuse(refuse(kind::unsupported, "request.type"));
  return ocsp_answer(c, o, text::bytes_of(c.request.body), false);
}

// RFC 6960 appendix A.1: base64 in the address, its slashes encoded.
http::response ocsp_get(context& c, registrar& o) {
  const auto asked = text::replace_all(
      text::replace_all(std::string(c.request.capture("request")), "%2F", "/"), "%2f", "/");
  const auto der = text::from_base64(asked);
  return ocsp_answer(c, o, der ? trust::view(*der) : trust::view(), true);
}

http::response stamp(context& c, registrar& o) {
  if (!c.request.header("content-type").starts_with(stamp_type))
    return c.refuse(refuse(kind::unsupported, "request.type"));
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const auto* s = (*all)->stamper_of(c.request.capture("hierarchy"));
  if (!s) return c.refuse(unknown());
  return octets(s->answer(text::bytes_of(c.request.body), now()), "application/timestamp-reply", 0);
}

http::response trust_list(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  auto list = trust_list_of(o, **all, now());
  if (!list) return c.refuse(list.why());
  auto r = http::text_response(200, *list, "application/vnd.etsi.tsl+xml; charset=utf-8");
  return r.with("Cache-Control", "public, max-age=3600");
}

}  // namespace

void protocol_routes(office o) {
  auto& h = o->home;
  auto get = [&](const char* pattern, auto handle) {
    h.page("GET", pattern, needs::nobody, [o, handle](context& c) { return handle(c, *o); });
  };
  get("/pki/ca/{file}", authority_file);
  get("/pki/root/{file}", root_file);
  get("/pki/arl/{file}", root_list);
  get("/pki/crl/{authority}/{file}", list_file);
  get("/pki/trust-list.xml", trust_list);
  get("/ocsp/{authority}/{request}", ocsp_get);
  h.page("POST", "/ocsp/{authority}", needs::nobody, [o](context& c) { return ocsp_post(c, *o); });
  h.page("POST", "/tsa/{hierarchy}", needs::nobody, [o](context& c) { return stamp(c, *o); });
}

}  // namespace madang::certification
