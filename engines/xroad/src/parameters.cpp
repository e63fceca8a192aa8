// Shared and private parameters and anchors (PR-GCONF annexes B, C and E), as XML.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "identifier_node.hpp"
#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/xroad/configuration.hpp"

namespace madang::xroad {
namespace {

using trust::bytes;
using xml::node;

refusal malformed(std::string what) { return fault("MalformedGlobalConf", std::move(what)); }

// Elements of the parameters have no namespace.
std::vector<const node*> all(const node& n, std::string_view name) {
  std::vector<const node*> out;
  for (const node& c : n.children)
    if (c.is("", name)) out.push_back(&c);
  return out;
}
std::string text_in(const node& n, std::string_view name) {
  const node* c = n.child("", name);
  return c ? std::string(text::trim(c->all_text())) : std::string();
}

std::optional<bytes> octets_in(const node& n) {
  std::string plain;
  for (const char c : n.all_text())
    if (!std::isspace(static_cast<unsigned char>(c))) plain += c;
  return text::from_base64(plain);
}
// A certificate in DER, or in PEM as some put it into the same element.
std::optional<bytes> certificate_in(const node& n) {
  auto b = octets_in(n);
  if (!b || b->empty()) return {};
  const std::string_view chars = text::chars_of(*b);
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END";
  const auto from = chars.find(begin);
  if (from == std::string_view::npos) return b;
  const auto until = chars.find(end, from + begin.size());
  if (until == std::string_view::npos) return {};
  std::string plain;
  for (const char c : chars.substr(from + begin.size(), until - from - begin.size()))
    if (!std::isspace(static_cast<unsigned char>(c))) plain += c;
  return text::from_base64(plain);
}

std::optional<std::chrono::seconds> seconds_in(const node& n, std::string_view name) {
  const std::string s = text_in(n, name);
  int value = 0;
  const auto [end, why] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (why != std::errc() || end != s.data() + s.size() || value < 0) return {};
  return std::chrono::seconds(value);
}

std::optional<ca_info> read_ca(const node& n) {
  ca_info out;
  const node* c = n.child("", "cert");
  const auto der = c ? certificate_in(*c) : std::nullopt;
  if (!der) return {};
  out.certificate = *der;
  for (const node* o : all(n, "ocsp")) {
    out.responder_urls.push_back(text_in(*o, "url"));
    if (const node* r = o->child("", "cert"))
      if (auto d = certificate_in(*r)) out.responders.push_back(std::move(*d));
  }
  return out;
}

struct reader {
  const node& root;
  shared_parameters out;
  std::map<std::string, client_id> ids;  // attribute id -> member or subsystem

  std::string authorities() {
    for (const node* n : all(root, "approvedCA")) {
      approved_ca a{text_in(*n, "name"),
                    text_in(*n, "certificateProfileInfo"),
                    text_in(*n, "authenticationOnly") == "true",
                    {},
                    {}};
      const node* top = n->child("", "topCA");
      auto made = top ? read_ca(*top) : std::nullopt;
      if (!made) return "approvedCA without a certificate";
      a.top = std::move(*made);
      for (const node* i : all(*n, "intermediateCA")) {
        auto one = read_ca(*i);
        if (!one) return "intermediateCA without a certificate";
        a.intermediate.push_back(std::move(*one));
      }
      out.authorities.push_back(std::move(a));
    }
    for (const node* n : all(root, "approvedTSA")) {
      const node* c = n->child("", "cert");
      auto der = c ? certificate_in(*c) : std::nullopt;
      if (!der) return "approvedTSA without a certificate";
      out.stampers.push_back({text_in(*n, "name"), text_in(*n, "url"), std::move(*der)});
    }
    return {};
  }

  std::string members() {
    for (const node* n : all(root, "member")) {
      const node* c = n->child("", "memberClass");
      member_info m{{out.instance, c ? text_in(*c, "code") : "", text_in(*n, "memberCode"), {}},
                    text_in(*n, "name"),
                    {}};
      if (!is_part(m.id.member_class) || !is_part(m.id.member_code)) return "member without code";
      const std::string own(n->get("id"));
      if (!own.empty() && !ids.emplace(own, m.id).second) return "an id stands twice";
      for (const node* s : all(*n, "subsystem")) {
        const std::string code = text_in(*s, "subsystemCode");
        if (!is_part(code)) return "subsystem without code";
        m.subsystems.push_back(code);
        client_id of = m.id;
        of.subsystem = code;
        const std::string name(s->get("id"));
        if (!name.empty() && !ids.emplace(name, of).second) return "an id stands twice";
      }
      out.members.push_back(std::move(m));
    }
    return {};
  }

  std::string servers() {
    for (const node* n : all(root, "securityServer")) {
      const auto owner = ids.find(text_in(*n, "owner"));
      server_info s;
      if (owner == ids.end() || !owner->second.subsystem.empty()) return "owner of no member";
      s.id = {owner->second, text_in(*n, "serverCode")};
      if (!is_part(s.id.code)) return "securityServer without code";
      s.address = text_in(*n, "address");
      for (const node* h : all(*n, "authCertHash"))
        if (auto b = octets_in(*h)) s.auth_cert_hashes.push_back(std::move(*b));
      for (const node* c : all(*n, "client")) {
        const auto found = ids.find(std::string(text::trim(c->all_text())));
        if (found == ids.end()) return "client that is no member";
        s.clients.push_back(found->second);
      }
      if (const node* m = n->child("", "inMaintenanceMode"))
        s.in_maintenance = m->get("enabled") != "false";
      out.servers.push_back(std::move(s));
    }
    return {};
  }

  std::string rest() {
    for (const node* n : all(root, "globalGroup")) {
      auto& group = out.groups[text_in(*n, "groupCode")];
      for (const node* m : all(*n, "groupMember")) {
        const auto id = client_in(*m);
        if (!id) return "groupMember without identifier";
        group.push_back(*id);
      }
    }
    const node* settings = root.child("", "globalSettings");
    if (!settings) return "globalSettings are missing";
    for (const node* c : all(*settings, "memberClass"))
      out.member_classes[text_in(*c, "code")] = text_in(*c, "description");
    if (const auto s = seconds_in(*settings, "ocspFreshnessSeconds")) out.ocsp_freshness = *s;
    return {};
  }
};

result<xml::document> conf_of(std::string_view octets) {
  auto d = xml::parse(octets);
  if (!d || !d->root.is(xroad_space, "conf"))
    return malformed("Parameters are no conf element of X-Road");
  return d;
}

result<anchor> anchor_of(const node& n) {
  anchor out;
  out.instance = text_in(n, "instanceIdentifier");
  if (!is_part(out.instance)) return malformed("anchor without instanceIdentifier");
  if (const std::string at = text_in(n, "generatedAt"); !at.empty())
    out.generated = instant::parse(at);
  for (const node* s : all(n, "source")) {
    configuration_source source{text_in(*s, "downloadURL"), {}};
    if (source.url.empty()) return malformed("source without downloadURL");
    for (const node* c : all(*s, "verificationCert")) {
      auto der = octets_in(*c);
      if (!der) return malformed("verificationCert is no base64");
      source.certificates.push_back(std::move(*der));
    }
    out.sources.push_back(std::move(source));
  }
  if (out.sources.empty()) return malformed("anchor without source");
  return out;
}

std::string element(std::string_view name, std::string_view value) {
  return fmt::format("<{}>{}</{}>", name, escaped(value), name);
}
std::string element(std::string_view name, trust::view value) {
  return fmt::format("<{}>{}</{}>", name, text::base64(value), name);
}

std::string ca_text(std::string_view name, const ca_info& c) {
  std::string out = fmt::format("<{}>", name) + element("cert", trust::view(c.certificate));
  for (std::size_t i = 0; i < c.responder_urls.size(); ++i) {
    out += "<ocsp>" + element("url", c.responder_urls[i]);
    if (i < c.responders.size()) out += element("cert", trust::view(c.responders[i]));
    out += "</ocsp>";
  }
  return out + fmt::format("</{}>", name);
}

std::string anchor_parts(const anchor& a) {
  std::string out;
  if (a.generated) out += element("generatedAt", a.generated->str());
  out += element("instanceIdentifier", a.instance);
  for (const auto& s : a.sources) {
    out += "<source>" + element("downloadURL", s.url);
    for (const bytes& c : s.certificates) out += element("verificationCert", trust::view(c));
    out += "</source>";
  }
  return out;
}

std::string document(std::string_view name, const std::string& inside) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<x:{} "
      "xmlns:x=\"{}\" xmlns:id=\"{}\">{}</x:{}>",
      name, xroad_space, identifiers_space, inside, name);
}

}  // namespace

const member_info* shared_parameters::find(const client_id& id) const {
  for (const auto& m : members)
    if (m.id == id.member()) return &m;
  return nullptr;
}

bool shared_parameters::is_registered(const client_id& id) const {
  const member_info* m = find(id);
  return m && (id.subsystem.empty() || std::find(m->subsystems.begin(), m->subsystems.end(),
                                                 id.subsystem) != m->subsystems.end());
}

std::vector<const server_info*> shared_parameters::servers_of(const client_id& id) const {
  std::vector<const server_info*> out;
  for (const auto& s : servers)
    if (s.id.owner == id || std::find(s.clients.begin(), s.clients.end(), id) != s.clients.end())
      out.push_back(&s);
  return out;
}

const server_info* shared_parameters::server_with(trust::view certificate) const {
  const bytes own = signatures::digest_by("SHA256", certificate),
              old = signatures::digest_by("SHA1", certificate);
  for (const auto& s : servers)
    for (const bytes& h : s.auth_cert_hashes)
      if (h == own || h == old) return &s;
  return nullptr;
}

bool shared_parameters::in_group(const std::string& group, const client_id& id) const {
  const auto found = groups.find(group);
  return found != groups.end() &&
         std::find(found->second.begin(), found->second.end(), id) != found->second.end();
}

result<shared_parameters> read_shared(std::string_view octets) {
  const auto d = conf_of(octets);
  if (!d) return d.why();
  reader r{d->root, {}, {}};
  r.out.instance = text_in(d->root, "instanceIdentifier");
  if (!is_part(r.out.instance)) return malformed("instanceIdentifier is missing");
  for (const auto step : {&reader::authorities, &reader::members, &reader::servers, &reader::rest})
    if (const std::string wrong = (r.*step)(); !wrong.empty()) return malformed(wrong);
  return std::move(r.out);
}

std::string write_shared(const shared_parameters& p, const std::string& source_address,
                         const std::vector<bytes>& verification_certificates) {
  std::string out = element("instanceIdentifier", p.instance);
  out += "<source>" + element("address", source_address);
  for (const bytes& c : verification_certificates)
    out += element("internalVerificationCert", trust::view(c));
  for (const bytes& c : verification_certificates)
    out += element("externalVerificationCert", trust::view(c));
  out += "</source>";
  for (const auto& a : p.authorities) {
    out += "<approvedCA>" + element("name", a.name) +
           element("authenticationOnly", a.authentication_only ? "true" : "false") +
           ca_text("topCA", a.top);
    for (const auto& i : a.intermediate) out += ca_text("intermediateCA", i);
    out += element("certificateProfileInfo", a.profile) + "</approvedCA>";
  }
  for (const auto& t : p.stampers)
    out += "<approvedTSA>" + element("name", t.name) + element("url", t.url) +
           element("cert", trust::view(t.certificate)) + "</approvedTSA>";
  std::map<client_id, std::string> ids;
  const auto next = [&](const client_id& c) {
    return ids.emplace(c, fmt::format("id{}", ids.size())).first->second;
  };
  const auto class_text = [&](const std::string& code) {
    const auto found = p.member_classes.find(code);
    return "<memberClass>" + element("code", code) +
           element("description", found == p.member_classes.end() ? code : found->second) +
           "</memberClass>";
  };
  for (const auto& m : p.members) {
    out += fmt::format("<member id=\"{}\">", next(m.id)) + class_text(m.id.member_class) +
           element("memberCode", m.id.member_code) + element("name", m.name);
    for (const auto& s : m.subsystems) {
      client_id of = m.id;
      of.subsystem = s;
      out += fmt::format("<subsystem id=\"{}\">", next(of)) + element("subsystemCode", s) +
             "</subsystem>";
    }
    out += "</member>";
  }
  for (const auto& s : p.servers) {
    out += "<securityServer>" + element("owner", next(s.id.owner)) +
           element("serverCode", s.id.code) + element("address", s.address);
    for (const bytes& h : s.auth_cert_hashes) out += element("authCertHash", trust::view(h));
    for (const auto& c : s.clients) out += element("client", next(c));
    if (s.in_maintenance) out += "<inMaintenanceMode/>";
    out += "</securityServer>";
  }
  for (const auto& [code, list] : p.groups) {
    out += "<globalGroup>" + element("groupCode", code) + element("description", code);
    for (const auto& c : list) {
      const std::string type = c.subsystem.empty() ? "MEMBER" : "SUBSYSTEM";
      out += fmt::format("<groupMember id:objectType=\"{}\">", type) +
             identifier_parts({type, c, {}, {}}) + "</groupMember>";
    }
    out += "</globalGroup>";
  }
  out += "<globalSettings>";
  for (const auto& [code, text] : p.member_classes) out += class_text(code);
  out += element("ocspFreshnessSeconds", std::to_string(p.ocsp_freshness.count())) +
         "</globalSettings>";
  return document("conf", out);
}

result<anchor> read_anchor(std::string_view octets) {
  const auto d = xml::parse(octets);
  if (!d || !d->root.is(xroad_space, "configurationAnchor"))
    return malformed("No configurationAnchor");
  return anchor_of(d->root);
}

std::string write_anchor(const anchor& a) {
  return document("configurationAnchor", anchor_parts(a));
}

result<private_parameters> read_private(std::string_view octets) {
  const auto d = conf_of(octets);
  if (!d) return d.why();
  private_parameters out;
  out.instance = text_in(d->root, "instanceIdentifier");
  if (!is_part(out.instance)) return malformed("instanceIdentifier is missing");
  for (const node* n : all(d->root, "configurationAnchor")) {
    auto a = anchor_of(*n);
    if (!a) return a.why();
    out.anchors.push_back(std::move(*a));
  }
  const node* m = d->root.child("", "managementService");
  if (!m) return malformed("managementService is missing");
  out.management_address = text_in(*m, "authCertRegServiceAddress");
  const auto interval = seconds_in(d->root, "timeStampingIntervalSeconds");
  if (!interval) return malformed("timeStampingIntervalSeconds is missing");
  out.stamping_interval = *interval;
  return out;
}

std::string write_private(const private_parameters& p) {
  std::string out = element("instanceIdentifier", p.instance);
  for (const auto& a : p.anchors)
    out += "<configurationAnchor>" + anchor_parts(a) + "</configurationAnchor>";
  out += "<managementService>" + element("authCertRegServiceAddress", p.management_address) +
         "</managementService>" +
         element("timeStampingIntervalSeconds", std::to_string(p.stamping_interval.count()));
  return document("conf", out);
}

}  // namespace madang::xroad
