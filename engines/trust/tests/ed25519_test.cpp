#include "madang/trust/ed25519.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/base/base.hpp"

using namespace madang;
using namespace madang::trust;

namespace {

bytes hex(std::string_view s) { return *text::from_hex(s); }

TEST(ed25519, signs_tests_1_and_2_of_rfc_8032_section_7_1) {
  const auto one = *ed25519_key::from_seed(
      hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(text::hex(one.verifier().raw()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      text::hex(one.sign({})),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
      "f9b46bd25bf5f0595bbe24655141438e7a100b");
  const auto two = *ed25519_key::from_seed(
      hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  const bytes message{0x72};
  EXPECT_EQ(
      text::hex(two.sign(message)),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
      "f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(ed25519, judges_as_wycheproof) {
  const char* set = std::getenv("MADANG_SUITES");
  const std::filesystem::path folder =
      (set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") + "/trust/wycheproof";
  std::filesystem::path file;
  if (std::filesystem::exists(folder))
    for (const auto& f : std::filesystem::recursive_directory_iterator(folder))
      if (f.path().filename() == "ed25519_test.json") file = f.path();
  if (file.empty())
    GTEST_SKIP() << "absent: github.com/C2SP/wycheproof, ed25519_test.json, into suites/trust";
  std::ifstream in(file);
  std::ostringstream bytes_of;
  bytes_of << in.rdbuf();
  int of = 0, met = 0;
  const json::value all = boost::json::parse(bytes_of.str());
  for (const auto& group : json::at(all, "testGroups").get_array()) {
    const auto key =
        ed25519_public_key::from_raw(hex(json::str(json::at(group, "publicKey"), "pk")));
    ASSERT_TRUE(key);
    for (const auto& t : json::at(group, "tests").get_array()) {
      ++of;
      const bool good = key->verify(hex(json::str(t, "msg")), hex(json::str(t, "sig")));
      met += good == (json::str(t, "result") == "valid");
    }
  }
  std::printf("conformance.ed25519: %d of %d\n", met, of);
  EXPECT_EQ(met, of);
  EXPECT_GE(of, 80);
}

TEST(ed25519, keys_are_sealed_and_opened_and_made_once) {
  const auto k = ed25519_key::generate();
  const auto pem = k.seal("open sesame");
  EXPECT_EQ(ed25519_key::open(pem, "open sesame")->verifier().raw(), k.verifier().raw());
  EXPECT_EQ(ed25519_key::open(pem, "sesame").why().code, "trust.passphrase_wrong");
  EXPECT_EQ(ed25519_key::open("no pem", "sesame").why().code, "trust.key_malformed");
  // One letter of it is another, wherever it is: no other key comes of it.
  std::size_t changed = 0;
  for (std::size_t i = pem.find('\n') + 1; i < pem.rfind("\n-----END"); i += 7) {
    if (pem[i] == '\n' || pem[i] == '=') continue;
    std::string other = pem;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    const auto opened = ed25519_key::open(other, "open sesame");
    if (opened.ok())  // a version number, which decides nothing
      EXPECT_EQ(opened->verifier().raw(), k.verifier().raw()) << i;
    else
      changed += opened.why().code == "trust.key_changed";
  }
  EXPECT_GE(changed, 10u) << "the content's tag notices";
  const auto folder = std::filesystem::temp_directory_path() / ("t" + new_id().str());
  const auto made = *ed25519_key::load_or_make(folder / "log.key.pem", "pass");
  EXPECT_EQ(ed25519_key::load_or_make(folder / "log.key.pem", "pass")->verifier().raw(),
            made.verifier().raw());
  EXPECT_FALSE(ed25519_key::load_or_make(folder / "log.key.pem", "other"));
  EXPECT_FALSE(ed25519_public_key::from_raw(bytes(31)));
  EXPECT_FALSE(made.verifier().verify({}, bytes(63)));
  std::filesystem::remove_all(folder);
}

}  // namespace
