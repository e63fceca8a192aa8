// Envelopes, with OpenSSL's command line as the other side: it opens what we seal and seals what we
// open (RFC 5083, RFC 5084, RFC 5753).
#include "madang/trust/envelope.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "madang/base/base.hpp"
#include "madang/trust/openssl.hpp"

using namespace madang;
using namespace madang::trust;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view passphrase = "열려라 참깨";
const words molit{"국토교통부", "Ministry of Land, Infrastructure and Transport"};

struct folder {
  fs::path path;
  folder() {
    std::string pattern = (fs::temp_directory_path() / "madang-envelope-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~folder() { fs::remove_all(path); }
  std::string file(const std::string& name, view content) const {
    std::ofstream(path / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return (path / name).string();
  }
  bytes read(const std::string& name) const {
    std::ifstream in(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

// The exit status of a foreign program.
int run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, pipe)) {}
  return ::pclose(pipe);
}

// The key of a box without a passphrase, as a foreign program reads it.
std::string plain_key(const letter_box& box) {
  const auto k = open_private_key(box.sealed_key, passphrase);
  owned_bio out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), k->get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(out.get());
}

letter_box a_box() { return new_letter_box(molit, "molit", passphrase, now()); }

TEST(envelope, what_we_seal_openssl_opens_and_says_which_algorithms_they_are) {
  folder f;
  const auto box = a_box();
  for (const std::size_t size : {std::size_t{1}, std::size_t{16}, std::size_t{100'000}}) {
    const bytes content = random_bytes(size);
    const auto sealed = enclose(content, box.certificate);
    ASSERT_TRUE(sealed);
    const std::string in = f.file("e.der", *sealed), out = (f.path / "out").string();
    const std::string key = f.file("key.pem", view_of(plain_key(box)));
    const std::string certificate = f.file("box.der", box.certificate);
    ASSERT_EQ(run("openssl cms -decrypt -binary -inform DER -in " + in + " -inkey " + key +
                  " -recip " + certificate + " -out " + out),
              0);
    EXPECT_EQ(f.read("out"), content);
    // The names that the standards give: RFC 5083, RFC 5084, RFC 5753 section 7.1.4, RFC 3394.
    for (const char* name : {"id-smime-ct-authEnvelopedData", "aes-256-gcm",
                             "dhSinglePass-stdDH-sha256kdf-scheme", "id-aes256-wrap"})
      EXPECT_EQ(run("openssl asn1parse -inform DER -in " + in + " | grep -q ':" + name + "$'"), 0)
          << name;
  }
}

TEST(envelope, what_openssl_seals_we_open) {
  folder f;
  const auto box = a_box();
  const bytes content = random_bytes(5000);
  const std::string in = f.file("content", content), out = (f.path / "e.der").string();
  const std::string recipient = f.file("box.der", box.certificate);
  ASSERT_EQ(run("openssl cms -encrypt -binary -aes-256-gcm -in " + in + " -outform DER -out " +
                out + " -recip " + recipient + " -keyopt ecdh_kdf_md:sha256"),
            0);
  const auto opened = disclose(f.read("e.der"), box, passphrase);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, content);
  // Without a tag (EnvelopedData, RFC 5652) nobody could tell what was changed.
  ASSERT_EQ(run("openssl cms -encrypt -binary -aes-256-cbc -in " + in + " -outform DER -out " +
                out + " -recip " + recipient + " -keyopt ecdh_kdf_md:sha256"),
            0);
  EXPECT_EQ(disclose(f.read("e.der"), box, passphrase).why().code, "envelope.malformed");
}

TEST(envelope, no_octet_of_it_can_be_another_one) {
  const auto box = a_box();
  const auto sealed = enclose(view_of("a paper of nobody"), box.certificate);
  ASSERT_TRUE(disclose(*sealed, box, passphrase));
  for (std::size_t i = 0; i < sealed->size(); ++i)
    for (const int change : {0x01, 0x02, 0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      bytes bad = *sealed;
      bad[i] = static_cast<std::uint8_t>(bad[i] ^ change);
      const auto opened = disclose(bad, box, passphrase);
      ASSERT_FALSE(opened) << "octet " << i << " by " << change;
      EXPECT_TRUE(opened.why().code == "envelope.malformed" ||
                  opened.why().code == "envelope.changed");
    }
  for (std::size_t n = 0; n < sealed->size(); ++n)
    ASSERT_FALSE(disclose(view(*sealed).first(n), box, passphrase)) << n << " octets of it";
  bytes more = *sealed;
  more.push_back(0);
  EXPECT_EQ(disclose(more, box, passphrase).why().code, "envelope.malformed");
}

TEST(envelope, whoever_has_another_key_or_not_the_passphrase_opens_nothing) {
  folder f;
  const auto box = a_box(), other = a_box();
  const auto sealed = enclose(view_of("a paper of nobody"), box.certificate);
  EXPECT_EQ(disclose(*sealed, other, passphrase).why().code, "envelope.malformed");
  // The key of another under the certificate that it was sealed to.
  EXPECT_FALSE(disclose(*sealed, {box.certificate, other.sealed_key}, passphrase));
  EXPECT_EQ(disclose(*sealed, box, "열려라").why().code, "trust.passphrase_wrong");
  EXPECT_NE(run("openssl cms -decrypt -binary -inform DER -in " + f.file("e.der", *sealed) +
                " -inkey " + f.file("key.pem", view_of(plain_key(other))) + " -out /dev/null"),
            0);
}

TEST(envelope, two_of_one_content_have_nothing_in_common) {
  const auto box = a_box();
  const auto one = enclose(view_of("the same"), box.certificate),
             two = enclose(view_of("the same"), box.certificate);
  EXPECT_NE(sha256(*one), sha256(*two));
}

TEST(envelope, a_letter_box_is_for_key_agreement_alone_and_openssl_agrees) {
  folder f;
  const auto box = a_box();
  const std::string der = f.file("box.der", box.certificate);
  const auto says = [&](const char* extension, const char* what) {
    return run("openssl x509 -inform DER -in " + der + " -noout -ext " + extension +
               " | grep -q '" + what + "'") == 0;
  };
  EXPECT_TRUE(says("keyUsage", "^ *Key Agreement *$"));
  EXPECT_TRUE(says("basicConstraints", "CA:FALSE"));
  EXPECT_EQ(run("openssl x509 -inform DER -in " + der + " -noout -checkend 93000000"), 0);
  EXPECT_NE(run("openssl x509 -inform DER -in " + der + " -noout -checkend 95000000"), 0);
}

TEST(envelope, is_made_for_certificates_of_P_256_alone) {
  folder f;
  EXPECT_FALSE(enclose(view_of("x"), view_of("no certificate")));
  ASSERT_EQ(run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -outform DER -out " +
                (f.path / "rsa.der").string() + " -keyout " + (f.path / "rsa.pem").string()),
            0);
  EXPECT_EQ(enclose(view_of("x"), f.read("rsa.der")).why().code, "trust.key_malformed");
}

}  // namespace
