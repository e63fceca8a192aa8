#pragma once
#include <gtest/gtest.h>

#include <filesystem>

#include "both_stores.hpp"
#include "madang/pki/authority.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/xroad/node.hpp"

// A network of two nodes in one process, certified by authorities of our own: the ministry's, which
// offers a service, and the city's, which calls it.
namespace madang::xroad {

inline const client_id ministry{"KR", "GOV", "1741000", "residents"},
    city{"KR", "GOV", "6110000", "welfare"};

struct scratch {
  scratch() : path(std::filesystem::temp_directory_path() / ("xr" + new_id().str())) {}
  ~scratch() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

// The authorities of the test, made once.
struct certifiers {
  scratch place;
  std::shared_ptr<pki::authorities> all;
  std::set<std::string> revoked;  // serials

  certifiers() {
    const pki::hierarchy_plan plan{
        "national",
        {"시험 최상위", "Test Root"},
        {"시험", "Test"},
        {{"one", "1.3.6.1.4.1.32473.1", {"하나", "One"}, {"하나기관", "One Ltd"}}}};
    auto made = pki::authorities::open_or_create(place.path, "secret", {plan}, "http://ca.example");
    EXPECT_TRUE(made.ok());
    all = *made;
  }
  const pki::authority& one() const { return *all->find("one"); }

  node_keys::pair pair(pki::profile profile, const client_id& of, instant from = madang::now(),
                       std::optional<int> days = {}) const {
    trust::key key = trust::key::generate();
    pki::certificate_plan plan;
    plan.profile = profile;
    plan.subject.name = {of.member_code, of.member_code};
    plan.subject.organisation = {of.member_class, of.member_class};
    plan.subject.number = of.member_code;
    plan.key = key.verifier().der();
    plan.from = from;
    plan.days = days;
    auto made = one().issue(plan);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.why().facts.at("rules"));
    return {std::move(key), *made};
  }
  std::vector<trust::bytes> answers(const trust::bytes& certificate, instant at) const {
    const auto look = [&](const std::string& serial) {
      pki::status s;
      s.state = pki::status::is::good;
      if (revoked.contains(serial))
        s = {pki::status::is::revoked, "keyCompromise", at.plus(std::chrono::hours(-1))};
      return s;
    };
    return {one().ocsp(ocsp_request(certificate, one().certificate()), look, at).der};
  }
  signatures::stamping stamping() const {
    return [this](const trust::bytes& request) {
      return all->stamper_of("national")->answer(request, madang::now());
    };
  }
};

inline certifiers& town() {
  static certifiers c;
  return c;
}

// One node with its database.
struct member_node {
  std::unique_ptr<message_log> log;
  std::unique_ptr<node> server;
  std::optional<node_keys::pair> auth;

  member_node(store::database& db, const client_id& of, const std::string& code,
              node_options o = {}, log_options l = {}, std::optional<node_keys> given = {}) {
    log = std::make_unique<message_log>(db, town().stamping(), l);
    o.id = {of.member(), code};
    o.port = o.answers_port = 0;
    node_keys keys = given ? std::move(*given) : keys_of(of);
    auth = keys.auth;
    // The port of answers stands above that of messages: tried until both are free.
    for (int i = 0; i < 50 && !server; ++i) {
      o.port = 20'000 + static_cast<int>(trust::random_bytes(2)[0]) * 97 + i * 7;
      o.answers_port = o.port + 77;
      auto n = std::make_unique<node>(o, keys, *log);
      try {
        n->start();
        server = std::move(n);
      } catch (const std::system_error&) {
      }
    }
  }
  static node_keys keys_of(const client_id& of) {
    node_keys keys{town().pair(pki::profile::device, of), {}, {town().one().certificate()}, {}};
    keys.sign.emplace(of.member(), town().pair(pki::profile::company, of));
    keys.answers = [](const trust::bytes& c) { return town().answers(c, madang::now()); };
    return keys;
  }
  server_info info(const client_id& of) const {
    return {server->id(),
            "127.0.0.1:" + std::to_string(server->port()),
            {signatures::digest_by("SHA256", auth->certificate)},
            {of},
            false};
  }
};

inline shared_parameters parameters(const std::vector<server_info>& servers) {
  shared_parameters p;
  p.instance = "KR";
  approved_ca a{"One",
                "ee.ria.xroad.common.certificateprofile.impl."
                "BasicCertificateProfileInfoProvider",
                false,
                {*town().all->root("national"), {}, {}},
                {{town().one().certificate(), {}, {}}}};
  p.authorities = {a};
  p.stampers = {{"Stamper", "", town().all->stamper_of("national")->certificate()}};
  p.members = {{ministry.member(), "Ministry", {ministry.subsystem}},
               {city.member(), "City", {city.subsystem}}};
  p.servers = servers;
  p.groups["cities"] = {city};
  p.member_classes["GOV"] = "Government";
  p.ocsp_freshness = std::chrono::hours(13);
  return p;
}

inline std::shared_ptr<const configuration> configured(shared_parameters p) {
  auto c = std::make_shared<configuration>();
  c->instance = "KR";
  c->shared.emplace("KR", std::move(p));
  return c;
}

inline const instant far{4'000'000'000'000'000};

}  // namespace madang::xroad
