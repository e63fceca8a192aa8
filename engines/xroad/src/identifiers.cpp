#include "madang/xroad/identifiers.hpp"

#include <algorithm>
#include <array>

#include "identifier_node.hpp"
#include "madang/base/text.hpp"
#include "madang/http/message.hpp"

namespace madang::xroad {
namespace {

constexpr std::size_t longest_part = 255;

std::optional<std::vector<std::string>> parts_of(std::string_view s, std::size_t least,
                                                 std::size_t most) {
  std::vector<std::string> out;
  for (const std::string& raw : text::split(std::string(s), '/')) {
    const auto plain = http::percent_decode(raw);
    if (!plain || !is_part(*plain) || out.size() == most) return {};
    out.push_back(*plain);
  }
  if (out.size() < least) return {};
  return out;
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto p : parts) {
    if (p.empty()) continue;
    if (!out.empty()) out += '/';
    out += http::percent_encode(p);
  }
  return out;
}

}  // namespace

bool is_part(std::string_view s) {
  if (s.empty() || s.size() > longest_part || s == "." || s == ".." || !text::is_utf8(s))
    return false;
  return std::none_of(s.begin(), s.end(), [](unsigned char c) {
    return c < 0x20 || c == 0x7f ||
           std::string_view("/\\:;%").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::string client_id::str() const {
  return joined({instance, member_class, member_code, subsystem});
}
std::string service_id::str() const {
  return joined({provider.instance, provider.member_class, provider.member_code, provider.subsystem,
                 code, version});
}
std::string server_id::str() const {
  return joined({owner.instance, owner.member_class, owner.member_code, code});
}

result<client_id> read_client(std::string_view s) {
  const auto p = parts_of(s, 3, 4);
  if (!p) return fault("InvalidClientIdentifier", "Invalid client identifier");
  return client_id{(*p)[0], (*p)[1], (*p)[2], p->size() == 4 ? (*p)[3] : std::string()};
}

result<service_id> read_service(std::string_view s) {
  const auto p = parts_of(s, 5, 5);
  if (!p) return fault("InvalidRest", "Invalid service identifier");
  return service_id{{(*p)[0], (*p)[1], (*p)[2], (*p)[3]}, (*p)[4], {}};
}

result<server_id> read_server(std::string_view s) {
  const auto p = parts_of(s, 4, 4);
  if (!p) return fault("InvalidSecurityServer", "Invalid security server identifier");
  return server_id{{(*p)[0], (*p)[1], (*p)[2], {}}, (*p)[3]};
}

result<represented_party> read_represented_party(std::string_view s) {
  const auto p = parts_of(s, 1, 2);
  if (!p) return fault("InvalidRest", "Invalid represented party");
  return p->size() == 1 ? represented_party{{}, (*p)[0]} : represented_party{(*p)[0], (*p)[1]};
}

// ---- XML ----

namespace {

struct shape {
  const char* type;
  std::vector<const char*> needed, may;
};
const std::array<shape, 6>& shapes() {
  static const std::array<shape, 6> all{{
      {"MEMBER", {"xRoadInstance", "memberClass", "memberCode"}, {}},
      {"SUBSYSTEM", {"xRoadInstance", "memberClass", "memberCode", "subsystemCode"}, {}},
      {"SERVER", {"xRoadInstance", "memberClass", "memberCode", "serverCode"}, {}},
      {"GLOBALGROUP", {"xRoadInstance", "groupCode"}, {}},
      {"LOCALGROUP", {"groupCode"}, {}},
      {"SERVICE",
       {"xRoadInstance", "memberClass", "memberCode", "serviceCode"},
       {"subsystemCode", "serviceVersion"}},
  }};
  return all;
}
constexpr std::string_view order[] = {"xRoadInstance",  "memberClass", "memberCode",
                                      "subsystemCode",  "groupCode",   "serviceCode",
                                      "serviceVersion", "serverCode"};

refusal bad(const char* what) { return fault("InvalidXml", what); }

std::string* place_of(xml_identifier& id, std::string_view name) {
  if (name == "xRoadInstance") return &id.client.instance;
  if (name == "memberClass") return &id.client.member_class;
  if (name == "memberCode") return &id.client.member_code;
  if (name == "subsystemCode") return &id.client.subsystem;
  if (name == "serviceVersion") return &id.version;
  return &id.code;
}

}  // namespace

result<xml_identifier> identifier_of(const xml::node& n) {
  xml_identifier out;
  out.type = n.get("objectType", identifiers_space);
  const auto found = std::find_if(shapes().begin(), shapes().end(),
                                  [&](const shape& s) { return out.type == s.type; });
  if (found == shapes().end()) return bad("Unknown object type of identifier");
  std::vector<std::string> seen;
  std::size_t at = 0;
  for (const xml::node& c : n.children) {
    if (c.kind != xml::node::what::element) continue;
    if (c.space != identifiers_space) return bad("Foreign element in identifier");
    while (at < std::size(order) && order[at] != c.name) ++at;
    if (at == std::size(order)) return bad("Unexpected element in identifier");
    ++at;
    const std::string value = c.all_text();
    if (!is_part(value)) return bad("Invalid part of identifier");
    *place_of(out, c.name) = value;
    seen.push_back(c.name);
  }
  const auto has = [&](std::string_view name) {
    return std::find(seen.begin(), seen.end(), name) != seen.end();
  };
  std::size_t known = 0;
  for (const char* name : found->needed)
    if (!has(name)) return bad("Missing part of identifier");
  for (const auto* list : {&found->needed, &found->may})
    for (const char* name : *list) known += has(name) ? 1 : 0;
  if (known != seen.size()) return bad("Part does not belong to identifier of this type");
  return out;
}

result<client_id> client_in(const xml::node& n) {
  const auto part = [&](std::string_view name) {
    const xml::node* c = n.child(identifiers_space, name);
    return c ? c->all_text() : std::string();
  };
  client_id out{part("xRoadInstance"), part("memberClass"), part("memberCode"),
                part("subsystemCode")};
  const bool good = is_part(out.instance) && is_part(out.member_class) &&
                    is_part(out.member_code) && (out.subsystem.empty() || is_part(out.subsystem));
  if (!good) return bad("Identifier of no client");
  return out;
}

result<xml_identifier> read_identifier(std::string_view octets) {
  const auto d = xml::parse(octets, {.octets = 64u << 10, .depth = 8, .nodes = 100});
  if (!d) return bad("Identifier is not well-formed XML");
  return identifier_of(d->root);
}

std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

std::string identifier_parts(const xml_identifier& id) {
  xml_identifier copy = id;
  std::string out;
  const std::string code_name = id.type == "SERVER"    ? "serverCode"
                                : id.type == "SERVICE" ? "serviceCode"
                                                       : "groupCode";
  for (const auto name : order) {
    const bool own_code = name == "groupCode" || name == "serviceCode" || name == "serverCode";
    if (own_code && name != code_name) continue;
    const std::string& value = *place_of(copy, name);
    if (value.empty()) continue;
    out += "<id:" + std::string(name) + ">" + escaped(value) + "</id:" + std::string(name) + ">";
  }
  return out;
}

std::string write_identifier(const xml_identifier& id, std::string_view element,
                             std::string_view space) {
  return "<x:" + std::string(element) + " xmlns:x=\"" + escaped(space) + "\" xmlns:id=\"" +
         identifiers_space + "\" id:objectType=\"" + id.type + "\">" + identifier_parts(id) +
         "</x:" + std::string(element) + ">";
}

}  // namespace madang::xroad
