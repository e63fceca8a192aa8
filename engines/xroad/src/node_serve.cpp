// The provider's side of a node (PR-MESSTRANSP section 3.3, PR-MREST).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/http/message.hpp"
#include "madang/signatures/parts.hpp"
#include "node_inside.hpp"

namespace madang::xroad {
namespace {

constexpr std::chrono::seconds idle_for{60}, read_within{30};
constexpr std::string_view metadata[] = {"listMethods", "allowedMethods", "getOpenAPI"};

bool is_metadata(std::string_view code) {
  return std::find(std::begin(metadata), std::end(metadata), code) != std::end(metadata);
}

std::string http_text(int status, const char* reason, const encoded& e) {
  return fmt::format(
             "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nx-hash-algorithm: SHA-512\r\n"
             "Content-Length: {}\r\n\r\n",
             status, reason, e.content_type, e.body.size()) +
         e.body;
}

bool covers(const right& r, const rest_request& q, const shared_parameters& p) {
  if (r.service != q.service || !matches(r.at, q.method, q.service_path)) return false;
  return r.client ? *r.client == q.client : p.in_group(r.group, q.client);
}

bool allows_any(const right& r, const service_id& s, const client_id& c,
                const shared_parameters& p) {
  return r.service == s && (r.client ? *r.client == c : p.in_group(r.group, c));
}

json::object service_json(const offered& o, const std::vector<endpoint>& endpoints) {
  json::array list;
  for (const auto& e : endpoints)
    list.push_back(json::object{{"method", e.method}, {"path", e.path}});
  return {{"object_type", "SERVICE"},
          {"xroad_instance", o.id.provider.instance},
          {"member_class", o.id.provider.member_class},
          {"member_code", o.id.provider.member_code},
          {"subsystem_code", o.id.provider.subsystem},
          {"service_code", o.id.code},
          {"service_type", o.description.empty() ? "REST" : "OPENAPI"},
          {"endpoint_list", std::move(list)}};
}

provided json_answer(const json::value& v) {
  provided out;
  out.headers = {{"Content-Type", "application/json;charset=utf-8"}};
  out.body = json::print(v);
  return out;
}

std::string parameter_of(std::string_view query, std::string_view name) {
  for (const std::string& pair : text::split(std::string(query), '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    if (std::string_view(pair).substr(0, equals) != name) continue;
    return http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true).value_or("");
  }
  return {};
}

}  // namespace

void node::inside::listen(int listening, bool answers) {
  while (!stopping) {
    const int s = wire::accept_on(listening);
    if (s < 0) continue;
    {
      std::lock_guard lock(serving_mutex);
      if (serving >= options.connections) {
        ::close(s);  // back pressure: the other end asks another server
        continue;
      }
      ++serving;
    }
    std::thread([this, s, answers] {
      try {
        wire::stream stream(s, answers ? nullptr : &secrets, true,
                            wire::clock::now() + std::chrono::seconds(10));
        converse(stream, answers);
      } catch (const std::exception&) {
        // Whoever does not speak the protocol is not answered.
      }
      std::lock_guard lock(serving_mutex);
      --serving;
      served.notify_all();
    }).detach();
  }
}

void node::inside::converse(wire::stream& s, bool answers) {
  auto waits_until = wire::clock::now() + idle_for;
  while (!stopping && wire::clock::now() < waits_until) {
    // In short steps, so that a node that stops does not wait for its partners.
    if (!s.comes(std::chrono::milliseconds(200))) continue;
    const auto m = s.read(options.message_bytes + (1u << 20), wire::clock::now() + read_within);
    if (!m) return;
    const bool get = m->first_line.starts_with("GET ");
    if (answers) {
      const auto target = m->first_line.substr(4, m->first_line.rfind(' ') - 4);
      s.write(get ? answers_for(target)
                  : std::string("HTTP/1.1 405 Method Not Allowed\r\n"
                                "Content-Length: 0\r\n\r\n"),
              wire::clock::now() + read_within);
    } else {
      s.write(answer(*m, s.peer()), wire::clock::now() + read_within);
    }
    if (!m->keeps) return;
    waits_until = wire::clock::now() + idle_for;
  }
}

std::string node::inside::answer(const wire::message& m, const std::vector<trust::bytes>& peer) {
  result<encoded> made = fault("InternalError", "");
  if (!m.first_line.starts_with("POST ")) {
    made = fault("InvalidHttpMethod", "Must use POST request method");
  } else {
    ++answering;
    try {
      made = process(m, peer);
    } catch (const std::exception&) {
      made = fault("InternalError", "The node could not do what it was asked");
    }
    --answering;
  }
  if (made) {
    ++taken;
    return http_text(200, "OK", *made);
  }
  ++refused;
  const refusal why = within("Server.ServerProxy", made.why());
  return http_text(200, "OK", {"text/xml; charset=utf-8", write_fault(why, new_id().str())});
}

outcome node::inside::may(const rest_request& r, const shared_parameters& p) const {
  std::lock_guard lock(mutex);
  if (is_metadata(r.service.code)) return nothing{};
  if (!services.contains(r.service))
    return fault("UnknownService", "Unknown service: " + r.service.str());
  for (const auto& one : rights)
    if (covers(one, r, p)) return nothing{};
  return fault("AccessDenied", "Request is not allowed: " + r.service.str());
}

result<encoded> node::inside::process(const wire::message& m,
                                      const std::vector<trust::bytes>& peer) {
  if (draining) return fault("MaintenanceMode", "This server takes no more messages");
  const auto conf = current();
  if (!conf) return conf.why();
  const auto type = m.headers.find("content-type");
  auto t = decode(type == m.headers.end() ? std::string_view() : type->second, m.body);
  if (!t) return t.why();
  if (t->response) return fault("InvalidRest", "A response came where a request should");
  if (t->body && t->body->size() > options.message_bytes)
    return fault("InvalidBody", "Message is too large");
  auto r = read_request(t->head);
  if (!r) return r.why();
  const shared_parameters* p = (*conf)->of(r->client.instance);
  if (!p || !p->is_registered(r->client))
    return fault("UnknownMember", "Unknown client " + r->client.str());
  const server_info* from = peer.empty() ? nullptr : p->server_with(peer.front());
  if (!from) return fault("SslAuthenticationFailed", "Client's server is not registered");
  certificate_question q{
      peer.front(), {peer.begin() + 1, peer.end()}, t->answers, madang::now(), true};
  if (auto good = verify_certificate(*p, q); !good)
    return within("SslAuthenticationFailed", good.why());
  const auto theirs = p->servers_of(r->client);
  if (std::find(theirs.begin(), theirs.end(), from) == theirs.end())
    return fault(
        "InvalidClientIdentifier",
        "Client " + r->client.str() + " is not registered at security server " + from->id.str());
  const instant at = madang::now();
  const signed_message signed_part = t->as_signed();
  if (auto good = verify_message(signed_part, r->client, *p, at); !good) return good.why();
  const auto said = signatures::read_parts_signature(t->signature);
  if (!said->claimed || *said->claimed < at.plus(-options.skew) ||
      at.plus(options.skew) < *said->claimed)
    return fault("InvalidRequest", "The message was not signed now: the clocks differ too much");
  const shared_parameters* own = (*conf)->of(r->service.provider.instance);
  const node_keys::pair* pair = pair_of(r->service.provider);
  if (!own || !pair || !own->is_registered(r->service.provider))
    return fault("UnknownMember", "Unknown provider " + r->service.provider.str());
  if (r->server && *r->server != options.id)
    return fault("InvalidSecurityServer", "The message is for another security server");
  if (auto good = may(*r, *p); !good) return good.why();
  message_log::entry entry{{false, r->client, r->client, r->service, r->query_id},
                           false,
                           r->request_id,
                           r->user_id,
                           r->issue};
  if (auto kept = log.keep(entry, signed_part); !kept) return kept.why();
  auto done = handle(*r, t->body);
  if (!done) return done.why();
  const auto hash =
      request_hash(t->head, t->body ? std::optional<std::string_view>(*t->body) : std::nullopt);
  transport_message out;
  out.response = true;
  out.head = make_response(*r, hash, done->status, done->reason, done->headers).octets();
  out.body = std::move(done->body);
  std::vector<std::string> attachments;
  if (out.body) attachments.push_back(*out.body);
  out.signature = sign_message(out.head, attachments, signer_for(*pair), madang::now());
  entry.head.response = true;
  entry.head.sender = r->service.provider;
  entry.sent = true;
  if (auto kept = log.keep(entry, out.as_signed()); !kept) return kept.why();
  return encode(out);
}

result<provided> node::inside::handle(const rest_request& r,
                                      const std::optional<std::string>& body) const {
  if (!is_metadata(r.service.code)) {
    provider f;
    {
      std::lock_guard lock(mutex);
      f = services.at(r.service).handle;
    }
    try {
      return f(r, body);
    } catch (const std::exception&) {
      return fault("ServiceFailed.InternalError", "The service failed");
    }
  }
  const auto conf = current();
  if (!conf) return conf.why();
  const shared_parameters* p = (*conf)->of(r.client.instance);
  std::lock_guard lock(mutex);
  if (r.service.code == "getOpenAPI") {
    const auto found =
        services.find({r.service.provider, parameter_of(r.query, "serviceCode"), {}});
    if (found == services.end())
      return fault("UnknownService", "Unknown service in parameter serviceCode");
    if (found->second.description.empty())
      return fault("InvalidServiceType", "The service has no OpenAPI description");
    provided out;
    const bool is_json = text::trim(found->second.description).starts_with('{');
    out.headers = {{"Content-Type", is_json ? "application/json" : "text/yaml"}};
    out.body = found->second.description;
    return out;
  }
  json::array all;
  for (const auto& [id, o] : services) {
    if (id.provider != r.service.provider) continue;
    if (r.service.code == "listMethods") {
      all.push_back(service_json(o, o.endpoints));
      continue;
    }
    std::vector<endpoint> open;
    for (const auto& one : rights)
      if (p && allows_any(one, id, r.client, *p)) {
        if (one.at == endpoint{"*", "**"})
          open.insert(open.end(), o.endpoints.begin(), o.endpoints.end());
        else open.push_back(one.at);
      }
    const bool any = std::any_of(rights.begin(), rights.end(), [&](const right& one) {
      return p && allows_any(one, id, r.client, *p);
    });
    if (any) all.push_back(service_json(o, open));
  }
  return json_answer(json::object{{"service", std::move(all)}});
}

// GET /?cert=<SHA-1 in hex>&cert=... (section 2.2).
std::string node::inside::answers_for(const std::string& target) const {
  const auto question = target.find('?');
  const std::string boundary = "ocsp" + random_token(18);
  std::string body;
  const std::string own = text::hex(signatures::digest_by("SHA1", keys.auth.certificate));
  bool found = false;
  if (question != std::string::npos)
    for (const std::string& pair : text::split(target.substr(question + 1), '&')) {
      if (pair != "cert=" + own || !keys.answers || found) continue;
      found = true;
      for (const auto& a : keys.answers(keys.auth.certificate)) {
        body += "--" + boundary + "\r\nContent-Type: application/ocsp-response\r\n\r\n";
        body += text::chars_of(a);
        body += "\r\n";
      }
    }
  if (!found) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  body += "--" + boundary + "--\r\n";
  return http_text(200, "OK", {"multipart/related; charset=UTF-8; boundary=" + boundary, body});
}

}  // namespace madang::xroad
