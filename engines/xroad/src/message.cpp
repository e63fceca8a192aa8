#include "madang/xroad/message.hpp"

#include <algorithm>
#include <charconv>

#include "identifier_node.hpp"
#include "madang/base/text.hpp"
#include "madang/http/message.hpp"
#include "madang/signatures/parts.hpp"

namespace madang::xroad {
namespace {

constexpr std::size_t longest_address = 2'000, most_headers = 100, longest_message = 64u << 10;
constexpr std::string_view methods[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

refusal bad(std::string why) { return fault("InvalidRest", std::move(why)); }

std::string_view find(const fields& all, std::string_view name) {
  for (const auto& [n, v] : all)
    if (lower(n) == name) return v;
  return {};
}

bool is_token(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c)) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}
bool is_value(std::string_view s) {
  return std::none_of(s.begin(), s.end(),
                      [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

// Of an address: what RFC 3986 section 3.3 and 3.4 allow, with percent signs well formed.
bool is_address(std::string_view s, bool query) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c == '%') {
      if (i + 2 >= s.size() || !std::isxdigit(static_cast<unsigned char>(s[i + 1])) ||
          !std::isxdigit(static_cast<unsigned char>(s[i + 2])))
        return false;
      continue;
    }
    const bool plain =
        (c < 0x80 && std::isalnum(c)) ||
        std::string_view("-._~!$&'()*+,;=:@/").find(static_cast<char>(c)) != std::string_view::npos;
    if (!plain && !(query && c == '?')) return false;
  }
  return true;
}

// No segment that leads up once it is decoded, however often it is: what a provider's server makes
// of one is its own affair, and rights are judged by what stands here.
bool leads_out(std::string_view path) {
  std::string s(path);
  for (int depth = 0; depth < 3; ++depth) {
    for (const std::string& part : text::split(s, '/')) {
      const std::string head = part.substr(0, part.find(';'));
      if (head == "." || head == "..") return true;
    }
    if (s.find('\\') != std::string::npos || s.find('\0') != std::string::npos) return true;
    const auto decoded = http::percent_decode(s);
    if (!decoded) return true;
    if (*decoded == s) break;
    s = *decoded;
  }
  return false;
}

outcome read_path(rest_request& r) {
  if (r.path.size() + r.query.size() > longest_address) return bad("Request URI is too long");
  if (!r.path.starts_with('/') || !is_address(r.path, false) || !is_address(r.query, true))
    return bad("Invalid request URI");
  std::vector<std::string> parts;
  std::string_view rest = std::string_view(r.path).substr(1);
  while (parts.size() < 6) {
    const auto slash = std::min(rest.find('/'), rest.size());
    parts.emplace_back(rest.substr(0, slash));
    rest.remove_prefix(slash);
    if (rest.empty() || parts.size() == 6) break;
    rest.remove_prefix(1);
  }
  if (parts.size() < 6) return bad("Invalid request URI");
  if (parts[0].size() != 2 || parts[0][0] != 'r' || !std::isdigit(parts[0][1]))
    return bad("Invalid request URI");
  if (parts[0] != "r1")
    return fault("InvalidProtocolVersion", "Unsupported protocol version " + parts[0]);
  parts.erase(parts.begin());
  const auto service = read_service(text::join(parts, "/"));
  if (!service) return service.why();
  r.service = *service;
  r.service_path = rest;
  if (leads_out(r.service_path)) return bad("Request URI leads out of the service");
  return nothing{};
}

outcome read_headers(rest_request& r) {
  for (const char* once :
       {"x-road-client", "x-road-id", "x-road-userid", "x-road-issue", "x-road-security-server",
        "x-road-represented-party", "x-road-request-id"}) {
    const auto count = std::count_if(r.headers.begin(), r.headers.end(),
                                     [&](const auto& h) { return lower(h.first) == once; });
    if (count > 1) return fault("DuplicateHeaderField", std::string(once) + " stands twice");
  }
  if (find(r.headers, "x-road-client").empty())
    return fault("MissingHeader", "X-Road-Client is missing");
  const auto client = read_client(find(r.headers, "x-road-client"));
  if (!client) return client.why();
  r.client = *client;
  r.query_id = find(r.headers, "x-road-id");
  r.user_id = find(r.headers, "x-road-userid");
  r.issue = find(r.headers, "x-road-issue");
  r.request_id = find(r.headers, "x-road-request-id");
  if (r.query_id.size() > 255 || r.issue.size() > 255 || r.user_id.size() > 255)
    return bad("An X-Road header is too long");
  if (const auto v = find(r.headers, "x-road-security-server"); !v.empty()) {
    const auto s = read_server(v);
    if (!s) return s.why();
    r.server = *s;
  }
  if (const auto v = find(r.headers, "x-road-represented-party"); !v.empty()) {
    const auto p = read_represented_party(v);
    if (!p) return p.why();
    r.represented = *p;
  }
  return nothing{};
}

outcome check_fields(const fields& all) {
  if (all.size() > most_headers) return bad("Too many headers");
  for (const auto& [name, value] : all)
    if (!is_token(name) || !is_value(value) || !text::is_utf8(value)) return bad("Invalid header");
  return nothing{};
}

std::string header_lines(const fields& all) {
  std::string out;
  for (const auto& [name, value] : all) out += name + ":" + value + "\r\n";
  return out;
}

// Lines that end with CR LF, each; nothing: some do not.
std::optional<std::vector<std::string_view>> lines_of(std::string_view octets) {
  std::vector<std::string_view> out;
  while (!octets.empty()) {
    const auto end = octets.find("\r\n");
    if (end == std::string_view::npos || out.size() > most_headers + 2) return {};
    out.push_back(octets.substr(0, end));
    octets.remove_prefix(end + 2);
  }
  return out;
}

result<fields> read_fields(const std::vector<std::string_view>& lines) {
  fields out;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == std::string_view::npos) return bad("Invalid header");
    const std::string name(lines[i].substr(0, colon));
    if (is_filtered(lower(name))) return bad("Header that is not passed through: " + name);
    out.emplace_back(name, std::string(lines[i].substr(colon + 1)));
  }
  if (auto good = check_fields(out); !good) return good.why();
  return out;
}

}  // namespace

bool is_filtered(std::string_view name) {
  constexpr std::string_view all[] = {"transfer-encoding",
                                      "keep-alive",
                                      "proxy-authenticate",
                                      "proxy-authorization",
                                      "te",
                                      "trailer",
                                      "upgrade",
                                      "connection",
                                      "user-agent",
                                      "host",
                                      "content-length",
                                      "server",
                                      "expect"};
  return std::find(std::begin(all), std::end(all), name) != std::end(all);
}

std::string_view rest_request::header(std::string_view name) const {
  return find(headers, lower(name));
}
std::string_view rest_response::header(std::string_view name) const {
  return find(headers, lower(name));
}

std::string rest_request::octets() const {
  return method + "\r\n" + path + (query.empty() ? "" : "?" + query) + "\r\n" +
         header_lines(headers);
}
std::string rest_response::octets() const {
  return std::to_string(status) + "\r\n" + reason + "\r\n" + header_lines(headers);
}

result<rest_request> make_request(std::string method, std::string path, std::string query,
                                  const fields& headers, std::string request_id) {
  rest_request r;
  r.method = std::move(method);
  r.path = std::move(path);
  r.query = std::move(query);
  if (std::find(std::begin(methods), std::end(methods), r.method) == std::end(methods))
    return bad("Unsupported HTTP method");
  if (auto good = check_fields(headers); !good) return good.why();
  for (const auto& h : headers) {
    const std::string name = lower(h.first);
    if (!is_filtered(name) && name != "x-road-request-id" && name != "x-road-request-hash")
      r.headers.push_back(h);
  }
  if (find(r.headers, "x-road-id").empty()) r.headers.emplace_back("x-road-id", request_id);
  r.headers.emplace_back("x-road-request-id", std::move(request_id));
  if (auto good = read_path(r); !good) return good.why();
  if (auto good = read_headers(r); !good) return good.why();
  return r;
}

result<rest_request> read_request(std::string_view octets) {
  const auto lines = octets.size() > longest_message ? std::nullopt : lines_of(octets);
  if (!lines || lines->size() < 2) return bad("Invalid REST message");
  rest_request r;
  r.method = (*lines)[0];
  if (std::find(std::begin(methods), std::end(methods), r.method) == std::end(methods))
    return bad("Unsupported HTTP method");
  const auto question = std::min((*lines)[1].find('?'), (*lines)[1].size());
  r.path = (*lines)[1].substr(0, question);
  r.query = (*lines)[1].substr(std::min(question + 1, (*lines)[1].size()));
  auto headers = read_fields(*lines);
  if (!headers) return headers.why();
  r.headers = std::move(*headers);
  if (auto good = read_path(r); !good) return good.why();
  if (auto good = read_headers(r); !good) return good.why();
  if (r.query_id.empty()) return fault("MissingHeader", "X-Road-Id is missing");
  return r;
}

rest_response make_response(const rest_request& to, const trust::bytes& hash, int status,
                            std::string reason, const fields& headers) {
  rest_response out;
  out.status = status;
  out.reason = std::move(reason);
  out.client = to.client;
  out.service = to.service;
  out.query_id = to.query_id;
  out.request_id = to.request_id;
  out.request_hash = hash;
  for (const auto& h : headers) {
    const std::string name = lower(h.first);
    if (is_filtered(name) || name == "x-road-id" || name == "x-road-client" ||
        name == "x-road-service" || name == "x-road-request-id" || name == "x-road-request-hash" ||
        name == "x-road-error")
      continue;
    if (is_token(h.first) && is_value(h.second)) out.headers.push_back(h);
  }
  out.headers.emplace_back("x-road-id", out.query_id);
  out.headers.emplace_back("x-road-client", out.client.str());
  out.headers.emplace_back("x-road-service", out.service.str());
  out.headers.emplace_back("x-road-request-id", out.request_id);
  out.headers.emplace_back("x-road-request-hash", text::base64(hash));
  return out;
}

result<rest_response> read_response(std::string_view octets) {
  const auto lines = octets.size() > longest_message ? std::nullopt : lines_of(octets);
  if (!lines || lines->size() < 2) return bad("Invalid REST message");
  rest_response r;
  const std::string_view status = (*lines)[0];
  const auto [end, why] = std::from_chars(status.data(), status.data() + status.size(), r.status);
  if (why != std::errc() || end != status.data() + status.size() || r.status < 100 ||
      r.status > 599)
    return bad("Invalid REST response message");
  r.reason = (*lines)[1];
  auto headers = read_fields(*lines);
  if (!headers) return headers.why();
  r.headers = std::move(*headers);
  const auto client = read_client(find(r.headers, "x-road-client"));
  const auto service = read_service(find(r.headers, "x-road-service"));
  const auto hash = text::from_base64(find(r.headers, "x-road-request-hash"));
  r.query_id = find(r.headers, "x-road-id");
  r.request_id = find(r.headers, "x-road-request-id");
  if (!client || !service || !hash || hash->empty() || r.query_id.empty())
    return bad("Invalid REST response message");
  r.client = *client;
  r.service = *service;
  r.request_hash = *hash;
  return r;
}

trust::bytes request_hash(std::string_view octets, std::optional<std::string_view> body) {
  trust::bytes all = signatures::digest_by("SHA512", trust::view_of(octets));
  if (!body) return all;
  const trust::bytes more = signatures::digest_by("SHA512", trust::view_of(*body));
  all.insert(all.end(), more.begin(), more.end());
  return signatures::digest_by("SHA512", all);
}

namespace {

constexpr const char* soap_space = "http://schemas.xmlsoap.org/soap/envelope/";

result<message_head> soap_head(const xml::document& d) {
  const auto wrong = fault("InvalidMessage", "Message is neither REST nor SOAP of X-Road");
  const xml::node* header = d.root.child(soap_space, "Header");
  const xml::node* body = d.root.child(soap_space, "Body");
  const xml::node* client = header ? header->child(xroad_space, "client") : nullptr;
  const xml::node* service = header ? header->child(xroad_space, "service") : nullptr;
  if (!d.root.is(soap_space, "Envelope") || !body || !client || !service) return wrong;
  const auto from = identifier_of(*client), to = identifier_of(*service);
  if (!from || !to) return wrong;
  message_head out;
  for (const auto& c : body->children)
    if (c.kind == xml::node::what::element)
      out.response = c.name.ends_with("Response") || c.is(soap_space, "Fault");
  out.client = from->client;
  out.service = {to->client, to->code, to->version};
  out.sender = out.response ? out.service.provider : out.client;
  if (const xml::node* id = header->child(xroad_space, "id")) out.query_id = id->all_text();
  return out;
}

}  // namespace

result<message_head> read_head(std::string_view octets) {
  if (!octets.empty() && octets.front() >= '1' && octets.front() <= '9') {
    const auto r = read_response(octets);
    if (!r) return fault("InvalidMessage", detail_of(r.why()));
    return message_head{true, r->service.provider, r->client, r->service, r->query_id};
  }
  if (const auto r = read_request(octets))
    return message_head{false, r->client, r->client, r->service, r->query_id};
  const auto d = xml::parse(octets);
  if (!d) return fault("InvalidMessage", "Message is neither REST nor SOAP of X-Road");
  return soap_head(*d);
}

}  // namespace madang::xroad
