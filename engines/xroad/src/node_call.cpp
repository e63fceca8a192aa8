// The client's side of a node (PR-MESSTRANSP section 3.2).
#include <fmt/format.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"
#include "mime.hpp"
#include "node_inside.hpp"

namespace madang::xroad {
namespace {

using wire::clock;

constexpr std::chrono::minutes answers_kept{5};
constexpr std::size_t most_idle = 32;

// May it be sent again when nobody knows whether it arrived (RFC 9110 section 9.2.2)?
bool is_idempotent(const rest_request& r) {
  return r.method != "POST" && r.method != "PATCH" ? true : !r.header("idempotency-key").empty();
}

refusal network(const std::string& why) { return fault("NetworkError", why); }

std::string uuid() {
  auto b = trust::random_bytes(16);
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3f) | 0x80);
  const std::string h = text::hex(b);
  return h.substr(0, 8) + "-" + h.substr(8, 4) + "-" + h.substr(12, 4) + "-" + h.substr(16, 4) +
         "-" + h.substr(20);
}

// What the caller's mistake is, as section 4.6 of PR-REST tells the two kinds apart.
bool is_callers(std::string_view code) {
  for (const char* one : {"InvalidRest", "MissingHeader", "DuplicateHeaderField", "InvalidBody",
                          "InvalidClientIdentifier", "InvalidProtocolVersion",
                          "InvalidSecurityServer", "UnknownMember"})
    if (code == one) return true;
  return false;
}

}  // namespace

partner& node::inside::partner_of(const server_id& id) {
  std::lock_guard lock(mutex);
  auto& p = partners[id];
  if (!p) p = std::make_unique<partner>();
  return *p;
}

result<transport_message> node::inside::seal(const rest_request& r,
                                             const std::optional<std::string>& body) const {
  const node_keys::pair* pair = pair_of(r.client);
  if (!pair) return fault("UnknownMember", "Client has no signing key at this server");
  transport_message m;
  if (keys.answers) m.answers = keys.answers(keys.auth.certificate);
  m.head = r.octets();
  m.body = body;
  std::vector<std::string> attachments;
  if (body) attachments.push_back(*body);
  m.signature = sign_message(m.head, attachments, signer_for(*pair), madang::now());
  return m;
}

// Is the server whom we reached the one that the configuration names, and its certificate good?
outcome node::inside::believe(const server_info& s, const std::vector<trust::bytes>& peer,
                              const shared_parameters& p, clock::time_point until) {
  const server_info* found = peer.empty() ? nullptr : p.server_with(peer.front());
  if (!found || found->id != s.id)
    return fault("SslAuthenticationFailed", "The server is not the one that is registered");
  kept_answers kept;
  {
    std::lock_guard lock(mutex);
    if (const auto f = answers_of_others.find(peer.front()); f != answers_of_others.end())
      kept = f->second;
  }
  if (kept.answers.empty() || kept.until < madang::now()) {
    auto where = target_of(s);
    where.port += answers_above;
    wire::stream plain(wire::connect_fastest({where}, until).first, nullptr, false, until);
    plain.write(fmt::format("GET /?cert={} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                            text::hex(signatures::digest_by("SHA1", peer.front())), where.host),
                until);
    const auto m = plain.read(256u << 10, until);
    const auto type =
        m ? m->headers.find("content-type") : std::map<std::string, std::string>::const_iterator();
    const auto parts = m && type != m->headers.end()
                           ? mime::split(m->body, mime::boundary_of(type->second))
                           : std::nullopt;
    if (!parts) return fault("SslAuthenticationFailed", "The server gives no OCSP answers");
    kept = {{}, madang::now().plus(answers_kept)};
    for (const auto& one : *parts) {
      const auto b = text::bytes_of(one.body);
      kept.answers.emplace_back(b.begin(), b.end());
    }
  }
  certificate_question q{
      peer.front(), {peer.begin() + 1, peer.end()}, kept.answers, madang::now(), true};
  if (auto good = verify_certificate(p, q); !good)
    return within("SslAuthenticationFailed", good.why());
  std::lock_guard lock(mutex);
  answers_of_others[peer.front()] = kept;
  return nothing{};
}

std::unique_ptr<wire::stream> node::inside::kept_connection(const server_info& s,
                                                            const shared_parameters& p) {
  partner& to = partner_of(s.id);
  {
    std::lock_guard lock(to.mutex);
    while (!to.idle.empty()) {
      auto one = std::move(to.idle.back());
      to.idle.pop_back();
      if (!one->idle()) continue;
      // Its certificate may have been taken out of the configuration since.
      const server_info* found = p.server_with(one->peer().front());
      if (found && found->id == s.id) return one;
    }
  }
  return nullptr;
}

result<wire::message> node::inside::round_trip(const std::vector<const server_info*>& servers,
                                               const encoded& out, const rest_request& r,
                                               const shared_parameters& p,
                                               clock::time_point until) {
  std::unique_ptr<wire::stream> s;
  const server_info* to = nullptr;
  for (const auto* one : servers)
    if (!s && (s = kept_connection(*one, p))) to = one;
  if (!s) {
    std::vector<wire::target> all;
    for (const auto* one : servers) all.push_back(target_of(*one));
    const auto [socket, place] = wire::connect_fastest(all, until);
    to = servers[place];
    s = std::make_unique<wire::stream>(socket, &secrets, false, until);
  }
  if (auto good = believe(*to, s->peer(), p, until); !good) return good.why();
  s->write(fmt::format("POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nx-road-request-id: {}"
                       "\r\nx-hash-algorithm: SHA-512\r\nx-road-message-type: REST\r\n"
                       "x-proxy-version: 7.8.0\r\nContent-Length: {}\r\n\r\n",
                       to->address, out.content_type, r.request_id, out.body.size()) +
               out.body,
           until);
  auto m = s->read(options.message_bytes + (1u << 20), until);
  if (!m) return network("The server closed the connection");
  if (m->keeps) {
    partner& back = partner_of(to->id);
    std::lock_guard lock(back.mutex);
    if (back.idle.size() < most_idle) back.idle.push_back(std::move(s));
  }
  return std::move(*m);
}

result<node::inside::verified> node::inside::exchange(const rest_request& r,
                                                      const std::optional<std::string>& body,
                                                      const std::vector<const server_info*>& to,
                                                      const configuration& c,
                                                      clock::time_point until) {
  const shared_parameters& p = *c.of(r.service.provider.instance);
  auto m = seal(r, body);
  if (!m) return m.why();
  message_log::entry entry{
      {false, r.client, r.client, r.service, r.query_id}, true, r.request_id, r.user_id, r.issue};
  if (auto kept = log.keep(entry, m->as_signed()); !kept) return kept.why();
  const auto sent = encode(*m);
  auto came = round_trip(to, sent, r, p, until);
  if (!came) return came.why();
  const auto type = came->headers.find("content-type");
  const std::string content_type = type == came->headers.end() ? std::string() : type->second;
  if (mime::bare(content_type) == "text/xml") return read_fault(came->body);
  auto t = decode(content_type, came->body);
  if (!t) return t.why();
  auto head = t->response ? read_response(t->head)
                          : result<rest_response>(fault("InvalidResponse", "No response came"));
  if (!head) return head.why();
  if (head->client != r.client || head->service != r.service || head->query_id != r.query_id ||
      head->request_id != r.request_id)
    return fault("InconsistentResponse", "The response belongs to another request");
  const auto hash =
      request_hash(m->head, body ? std::optional<std::string_view>(*body) : std::nullopt);
  if (head->request_hash != hash)
    return fault("InconsistentResponse", "Request message hash does not match request message");
  if (auto good = verify_message(t->as_signed(), r.service.provider, p, madang::now()); !good)
    return good.why();
  entry.head.response = true;
  entry.head.sender = r.service.provider;
  entry.sent = false;
  if (auto kept = log.keep(entry, t->as_signed()); !kept) return kept.why();
  return verified{std::move(*head), std::move(t->body)};
}

namespace {

// Counts a call at each server it may go to, and keeps the circuits.
class passage {
 public:
  passage(const node_options& o, std::vector<partner*> all) : options_(o), all_(std::move(all)) {}

  // Those that may be asked now; empty: the circuits are open or the bulkhead is full.
  std::vector<std::size_t> enter() {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      partner& p = *all_[i];
      std::lock_guard lock(p.mutex);
      const bool tripped = p.failures_in_a_row >= options_.failures_to_open;
      if (tripped && (clock::now() < p.open_until || p.trying)) continue;
      if (p.seen.under_way >= static_cast<std::int64_t>(options_.calls_per_server)) continue;
      p.trying = tripped;
      ++p.seen.under_way;
      ++p.seen.calls;
      out.push_back(i);
      entered_.push_back(i);
    }
    return out;
  }

  // `broken`: the way there failed, not what was said at its end.
  void leave(bool broken, const std::string& why, clock::time_point began) {
    for (const std::size_t i : entered_) {
      partner& p = *all_[i];
      std::lock_guard lock(p.mutex);
      --p.seen.under_way;
      p.trying = false;
      if (!broken) {
        p.failures_in_a_row = 0;
        p.microseconds +=
            std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - began).count();
        continue;
      }
      ++p.seen.failures;
      p.seen.last_failure = why;
      if (++p.failures_in_a_row >= options_.failures_to_open)
        p.open_until = clock::now() + options_.open_for;
    }
    entered_.clear();
  }

 private:
  const node_options& options_;
  std::vector<partner*> all_;
  std::vector<std::size_t> entered_;
};

call_answer answer_of(const rest_response& head, std::optional<std::string> body) {
  call_answer out;
  out.status = head.status;
  out.headers = head.headers;
  out.body = std::move(body);
  return out;
}

}  // namespace

call_answer node::call(const std::string& method, const std::string& path, const std::string& query,
                       const fields& headers, const std::optional<std::string>& body) {
  const auto own = [](const refusal& why) {
    return error_answer(within(is_callers(why.code) ? "Client" : "Server.ClientProxy", why));
  };
  const auto until = wire::clock::now() + in_->options.deadline;
  const auto conf = in_->current();
  if (!conf) return own(conf.why());
  if (body && body->size() > in_->options.message_bytes)
    return own(fault("InvalidBody", "Message is too large"));
  for (int attempt = 0;; ++attempt) {
    const auto r = make_request(method, path, query, headers, uuid());
    if (!r) return own(r.why());
    const shared_parameters* ours = (*conf)->of(r->client.instance);
    const shared_parameters* p = (*conf)->of(r->service.provider.instance);
    if (!ours || !ours->is_registered(r->client))
      return own(fault("UnknownMember", "Unknown client " + r->client.str()));
    auto servers = p && p->is_registered(r->service.provider) ? p->servers_of(r->service.provider)
                                                              : std::vector<const server_info*>();
    std::erase_if(servers, [&](const server_info* s) {
      return s->in_maintenance || s->address.empty() || (r->server && s->id != *r->server);
    });
    if (servers.empty())
      return own(fault("UnknownMember", "Could not find addresses for service provider " +
                                            r->service.provider.str()));
    std::vector<partner*> partners;
    for (const auto* s : servers) partners.push_back(&in_->partner_of(s->id));
    passage way(in_->options, partners);
    std::vector<const server_info*> open;
    for (const std::size_t i : way.enter()) open.push_back(servers[i]);
    if (open.empty()) return own(network("No server takes calls now: circuit open or too many"));
    const auto began = wire::clock::now();
    result<inside::verified> done = network("");
    bool broken = false;
    try {
      done = in_->exchange(*r, body, open, **conf, until);
    } catch (const wire::failed& e) {
      broken = true;
      done = network(e.what());
    } catch (...) {
      way.leave(false, {}, began);
      throw;
    }
    broken = broken || (!done && done.why().code == "NetworkError");
    way.leave(broken, broken ? detail_of(done.why()) : std::string(), began);
    if (done) return answer_of(done->head, std::move(done->body));
    if (broken && attempt < 2 && is_idempotent(*r) && wire::clock::now() < until) continue;
    // What the other node said of itself is passed on as it said it.
    if (done.why().code.starts_with("Server.")) return error_answer(done.why());
    return own(done.why());
  }
}

}  // namespace madang::xroad
