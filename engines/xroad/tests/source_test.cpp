// A configuration is published and taken, and what somebody in between may try.
#include "madang/xroad/source.hpp"

#include "network.hpp"

namespace madang::xroad {
namespace {

struct source : testing::Test {
  trust::bytes certificate = town().pair(pki::profile::company, ministry).certificate;
  node_keys::pair own = town().pair(pki::profile::company, ministry);
  scratch place;
  std::map<std::string, std::string> served;
  std::vector<std::string> fetched;
  const std::string url = "http://cs.example/conf";
  const instant at = now();

  publication publication_of(std::vector<server_info> servers = {}) {
    return {parameters(std::move(servers)),
            {"KR", {}, "http://cs.example/manage", std::chrono::seconds(60)},
            "cs.example",
            own.certificate,
            [this](trust::view data) { return own.key.sign_der(data); }};
  }
  void serve(instant when, std::vector<server_info> servers = {}) {
    served = publish(publication_of(std::move(servers)), when, std::chrono::minutes(10));
  }
  configuration_client client(const trust::bytes& believed) {
    // Through the file that is handed over.
    const auto a = read_anchor(write_anchor({"KR", at, {{url, {believed}}}}));
    return {*a, place.path, [this](const std::string& u) -> std::optional<std::string> {
              fetched.push_back(u);
              if (!u.starts_with(url)) return {};
              const auto found = served.find(u.substr(url.size()));
              if (found == served.end()) return {};
              return found->second;
            }};
  }
};

TEST_F(source, is_followed_by_its_anchor_and_read_again_from_the_folder) {
  serve(at);
  auto c = client(own.certificate);
  const auto first = c.update(at);
  ASSERT_TRUE(first.ok()) << first.why().code << detail_of(first.why());
  EXPECT_TRUE(first->changed);
  EXPECT_TRUE(first->conf->of("KR")->is_registered(city));
  EXPECT_EQ(first->conf->own.at("KR").stamping_interval, std::chrono::seconds(60));
  EXPECT_EQ(fetched.size(), 3u);
  const auto again = read_folder(place.path);
  ASSERT_TRUE(again.ok()) << detail_of(again.why());
  EXPECT_TRUE(again->of("KR")->is_registered(ministry));
  // The same parameters under a new directory: only that is fetched.
  serve(at.plus(std::chrono::minutes(1)));
  const auto second = c.update(at);
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->changed);
  EXPECT_EQ(fetched.size(), 4u);
  EXPECT_LT(first->expires, second->expires);
  // A server more, and one part is fetched.
  serve(at.plus(std::chrono::minutes(2)),
        {{{ministry.member(), "s"}, "10.0.0.1", {{1}}, {}, false}});
  EXPECT_EQ(c.update(at)->conf->of("KR")->servers.size(), 1u);
  EXPECT_EQ(fetched.size(), 6u);
}

TEST_F(source, of_somebody_else_or_of_yesterday_is_not_believed) {
  serve(at);
  auto stranger = client(certificate);
  EXPECT_EQ(stranger.update(at).why().code, "global_conf_missing_verification_cert");
  auto c = client(own.certificate);
  EXPECT_EQ(c.update(at.plus(std::chrono::minutes(11))).why().code, "global_conf_outdated");
  // A file that is not the one that was signed.
  for (auto& [path, octets] : served)
    if (path.ends_with("shared-params.xml")) octets += " ";
  EXPECT_EQ(c.update(at).why().code, "global_conf_download_failure");
  // A directory with one letter changed.
  serve(at);
  auto& directory = served[""];
  directory.replace(directory.find("SHARED"), 6, "SHAREX");
  EXPECT_EQ(c.update(at).why().code, "global_conf_signature_verification_failure");
  EXPECT_FALSE(std::filesystem::exists(place.path / "instance-identifier"));
  // One that is good but older than what is known already.
  serve(at.plus(std::chrono::minutes(1)));
  ASSERT_TRUE(c.update(at).ok());
  serve(at);
  EXPECT_EQ(c.update(at).why().code, "global_conf_older");
  // Nobody answers: what is in the folder stays.
  served.clear();
  EXPECT_EQ(c.update(at).why().code, "global_conf_download_failure");
  EXPECT_TRUE(read_folder(place.path).ok());
}

}  // namespace
}  // namespace madang::xroad
