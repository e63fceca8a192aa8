// What the governing authority tells everybody: the configuration, the state of certificates, time.
#include <algorithm>

#include "authority_inside.hpp"
#include "madang/base/base.hpp"
#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"

namespace madang::nodes {
namespace {

struct member_row {
  std::string id, name;
};
BOOST_DESCRIBE_STRUCT(member_row, (), (id, name))
struct server_row {
  std::string id, address;
  trust::bytes certificate;
  bool maintenance = false;
};
BOOST_DESCRIBE_STRUCT(server_row, (), (id, address, certificate, maintenance))
struct client_row {
  std::string client, server;
};
BOOST_DESCRIBE_STRUCT(client_row, (), (client, server))
struct revocation_row {
  std::optional<instant> at;
};
BOOST_DESCRIBE_STRUCT(revocation_row, (), (at))

constexpr const char* profile_of_subjects =
    "ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider";
// The group that X-Road keeps by itself (UG-CS): the members that own a server.
constexpr const char* owners_group = "security-server-owners";
constexpr std::size_t kept_publications = 8;
constexpr std::chrono::seconds a_second{1};

}  // namespace

xroad::shared_parameters authority::inside::parameters() const {
  xroad::shared_parameters p;
  p.instance = instance;
  p.authorities = {{"Exchange",
                    profile_of_subjects,
                    false,
                    {*keys->root(hierarchy), {}, {}},
                    {{certifier().certificate(), {at.url + "/exchange/ocsp"}, {}}}}};
  p.stampers = {{"Exchange", at.url + "/exchange/tsa", keys->stamper_of(hierarchy)->certificate()}};
  at.db.reading([&](store::read& r) {
    for (const auto& m : r.all<member_row>("select id, name from member order by id")) {
      const auto id = xroad::read_client(m.id);
      p.members.push_back({*id, m.name, {}});
      p.member_classes[id->member_class] = id->member_class;
    }
    for (const auto& s : r.all<server_row>("select id, address, certificate, maintenance "
                                           "from server order by id")) {
      const auto id = xroad::read_server(s.id);
      p.servers.push_back(
          {*id, s.address, {signatures::digest_by("SHA256", s.certificate)}, {}, s.maintenance});
      auto& owners = p.groups[owners_group];
      if (std::find(owners.begin(), owners.end(), id->owner) == owners.end())
        owners.push_back(id->owner);
    }
    for (const auto& c :
         r.all<client_row>("select client, server from client where ready = 1 order by client")) {
      const auto id = xroad::read_client(c.client);
      for (auto& s : p.servers)
        if (s.id.str() == c.server) s.clients.push_back(*id);
      for (auto& m : p.members)
        if (m.id == id->member() && !id->subsystem.empty() &&
            std::find(m.subsystems.begin(), m.subsystems.end(), id->subsystem) ==
                m.subsystems.end())
          m.subsystems.push_back(id->subsystem);
    }
  });
  return p;
}

std::string authority::anchor() const {
  xroad::anchor a;
  a.instance = in_->instance;
  a.generated = now();
  a.sources = {{in_->at.url + "/exchange/conf", {in_->keys->lister_of(hierarchy)->certificate()}}};
  return xroad::write_anchor(a);
}

xroad::client_id authority::management() const {
  const auto first = in_->at.db.reading([](store::read& r) {
    return r.one<std::string>("select id from member order by at, id limit 1");
  });
  const auto member = xroad::read_client(first.value_or(""));
  xroad::client_id out = member ? *member : xroad::client_id{in_->instance, "GOV", "0", {}};
  out.subsystem = "management";
  return out;
}

std::optional<std::string> authority::published(const std::string& file) {
  std::lock_guard lock(in_->mutex);
  const instant at = now();
  // Signed once a second at most, however many ask.
  if (file.empty() && (in_->published.empty() || in_->published_at.plus(a_second) < at)) {
    const auto* by = in_->keys->lister_of(hierarchy);
    xroad::publication p;
    p.shared = in_->parameters();
    p.own.instance = in_->instance;
    p.own.management_address = in_->at.url;
    p.address = in_->at.url + "/exchange/conf";
    p.certificate = by->certificate();
    p.sign = [by](trust::view octets) { return by->sign(octets); };
    in_->published.push_front(xroad::publish(p, at, valid_for));
    in_->published_at = at;
    if (in_->published.size() > kept_publications) in_->published.pop_back();
  }
  for (const auto& one : in_->published)
    if (const auto found = one.find(file); found != one.end()) return found->second;
  return {};
}

trust::bytes authority::ocsp(trust::view request) const {
  std::vector<std::string> asked;
  const auto look = [&](const std::string& serial) {
    asked.push_back(serial);
    const auto row = in_->at.db.reading([&](store::read& r) {
      return r.one<revocation_row>("select revoked_at as at from certificate where serial = ?1",
                                   serial);
    });
    pki::status s;
    if (row && row->at) s = {pki::status::is::revoked, "cessationOfOperation", *row->at};
    else if (row) s.state = pki::status::is::good;
    return s;
  };
  auto der = in_->certifier().ocsp(request, look, now()).der;
  // Kept answers would grow older than the configuration lets them, and outlive a revocation.
  for (const auto& serial : asked) in_->certifier().forget(serial);
  return der;
}

trust::bytes authority::stamp(trust::view request) const {
  return in_->keys->stamper_of(hierarchy)->answer(request, now());
}

}  // namespace madang::nodes
