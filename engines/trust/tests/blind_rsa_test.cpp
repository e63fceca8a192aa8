// Expected values are those of RFC 9474 appendix A.1 (rfc9474.json); finished signatures are judged
// by the openssl program too, which knows nothing of blinding.
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/base/base.hpp"
#include "madang/trust/blind_rsa.hpp"
#include "madang/trust/openssl.hpp"

using namespace madang;
using namespace madang::trust;
namespace blind = madang::trust::blind_rsa;

namespace {

json::value vector_of_the_rfc() {
  std::ifstream in(std::string(MADANG_SOURCE) + "/engines/trust/tests/rfc9474.json");
  std::stringstream all;
  all << in.rdbuf();
  return *json::parse(all.str());
}

class rfc_9474 : public testing::Test {
 protected:
  bytes of(const char* name) const { return *text::from_hex(json::str(said, name)); }

  // The key of the RFC, sealed and opened as keys of ours are: PKCS#8 wants d modulo p - 1 and
  // q - 1 and the inverse of q too.
  blind::signer key() const {
    owned<BN_CTX, BN_CTX_free> ctx(BN_CTX_new());
    std::map<std::string, owned<BIGNUM, BN_free>> all;
    for (const char* name : {"n", "e", "d", "p", "q"}) {
      const auto b = of(name);
      all[name].reset(BN_bin2bn(b.data(), static_cast<int>(b.size()), nullptr));
    }
    for (const std::string name : {"p", "q"}) {
      const owned<BIGNUM, BN_free> less(BN_dup(all[name].get()));
      BN_sub_word(less.get(), 1);
      all["d" + name].reset(BN_new());
      BN_mod(all["d" + name].get(), all["d"].get(), less.get(), ctx.get());
    }
    all["iq"].reset(BN_mod_inverse(nullptr, all["q"].get(), all["p"].get(), ctx.get()));
    owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
    for (const auto& [name, from] :
         std::initializer_list<std::pair<const char*, const char*>>{
             {OSSL_PKEY_PARAM_RSA_N, "n"}, {OSSL_PKEY_PARAM_RSA_E, "e"},
             {OSSL_PKEY_PARAM_RSA_D, "d"}, {OSSL_PKEY_PARAM_RSA_FACTOR1, "p"},
             {OSSL_PKEY_PARAM_RSA_FACTOR2, "q"}, {OSSL_PKEY_PARAM_RSA_EXPONENT1, "dp"},
             {OSSL_PKEY_PARAM_RSA_EXPONENT2, "dq"}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, "iq"}})
      OSSL_PARAM_BLD_push_BN(build.get(), name, all[from].get());
    owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(build.get()));
    owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> how(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* made = nullptr;
    must(EVP_PKEY_fromdata_init(how.get()) == 1 &&
             EVP_PKEY_fromdata(how.get(), &made, EVP_PKEY_KEYPAIR, params.get()) == 1,
         "EVP_PKEY_fromdata");
    const owned_pkey pkey(made);
    return *blind::signer::open(seal_private_key(pkey.get(), "x"), "x");
  }

  const json::value said = vector_of_the_rfc();
};

TEST_F(rfc_9474, the_signer_gives_the_blind_signature_of_the_vector) {
  const auto k = key();
  EXPECT_EQ(k.public_half().size(), 512u);
  EXPECT_EQ(*k.blind_sign(of("blinded_msg")), of("blind_sig"));
}

TEST_F(rfc_9474, the_client_blinds_and_finishes_as_the_vector_does) {
  const auto by = key().public_half();
  // The vector gives the inverse of the factor; the inverse of that is the factor.
  const auto prepared = of("prepared_msg");
  const auto undone = blind::blind_with(by, prepared, of("salt"), of("inv"));
  const auto made = blind::blind_with(by, prepared, of("salt"), undone.inverse);
  EXPECT_EQ(text::hex(made.blinded), json::str(said, "blinded_msg"));
  EXPECT_EQ(made.inverse, of("inv"));
  EXPECT_EQ(*blind::finalize(by, prepared, of("blind_sig"), of("inv")), of("sig"));
  EXPECT_TRUE(by.verify(prepared, of("sig")));
}

TEST_F(rfc_9474, what_was_changed_is_refused) {
  const auto k = key();
  const auto by = k.public_half();
  const auto prepared = of("prepared_msg");
  auto sig = of("sig");
  EXPECT_FALSE(by.verify(of("msg"), sig)) << "the message without its random octets";
  EXPECT_FALSE(by.verify(prepared, view(sig).first(511)));
  sig[100] ^= 1;
  EXPECT_FALSE(by.verify(prepared, sig));
  auto blind_sig = of("blind_sig");
  blind_sig[9] ^= 1;
  EXPECT_EQ(blind::finalize(by, prepared, blind_sig, of("inv")).why().code,
            "trust.signature_wrong");
  EXPECT_FALSE(blind::finalize(by, prepared, of("msg"), of("inv"))) << "another length";
  EXPECT_THROW(blind::blind_with(by, prepared, of("salt"), bytes(512)), std::invalid_argument);
}

// Section 4.3: the length of the modulus, and below it.
TEST_F(rfc_9474, a_blinded_message_has_the_length_of_the_modulus_and_is_below_it) {
  const auto k = key();
  const auto n = of("n");
  EXPECT_EQ(k.blind_sign(n).why().code, "trust.blinded_malformed");
  EXPECT_EQ(k.blind_sign(bytes(512, 0xff)).why().code, "trust.blinded_malformed");
  EXPECT_EQ(k.blind_sign(view(n).first(511)).why().code, "trust.blinded_malformed");
  EXPECT_EQ(k.blind_sign({}).why().code, "trust.blinded_malformed");
  auto below = n;
  below.back() ^= 1;             // n is odd
  EXPECT_TRUE(k.blind_sign(below).ok());
}

TEST(blind_rsa, no_two_blindings_are_alike_and_each_gives_a_signature) {
  const auto k = blind::signer::generate(2048);
  const auto by = *blind::verifier::from_der(k.public_half().der());
  const auto prepared = blind::prepare(view_of("a voice"));
  EXPECT_EQ(prepared.size(), 32u + 7u);
  EXPECT_NE(prepared, blind::prepare(view_of("a voice")));
  const auto one = blind::blind(by, prepared), other = blind::blind(by, prepared);
  EXPECT_NE(one.blinded, other.blinded);
  const auto a = *blind::finalize(by, prepared, *k.blind_sign(one.blinded), one.inverse);
  const auto b = *blind::finalize(by, prepared, *k.blind_sign(other.blinded), other.inverse);
  EXPECT_NE(a, b) << "salts differ";
  EXPECT_TRUE(by.verify(prepared, a));
  EXPECT_TRUE(by.verify(prepared, b));
  EXPECT_FALSE(blind::signer::generate(2048).public_half().verify(prepared, a));
  EXPECT_FALSE(blind::finalize(by, prepared, *k.blind_sign(one.blinded), other.inverse));
}

TEST(blind_rsa, takes_keys_of_its_kind_alone) {
  const auto good = blind::signer::generate(2048).public_half().der();
  EXPECT_TRUE(blind::verifier::from_der(good).ok());
  EXPECT_FALSE(blind::verifier::from_der(view(good).first(good.size() - 1)));
  EXPECT_FALSE(blind::verifier::from_der({}));
  const owned_pkey small(EVP_RSA_gen(1024)), curve(EVP_EC_gen("P-256"));
  for (const auto* key : {small.get(), curve.get()}) {
    EXPECT_FALSE(blind::verifier::from_der(der_of(key, i2d_PUBKEY)));
    EXPECT_EQ(blind::signer::open(seal_private_key(key, "x"), "x").why().code,
              "trust.key_malformed");
  }
}

TEST(blind_rsa, openssl_verifies_a_finished_signature_as_it_verifies_any) {
  const auto k = blind::signer::generate(2048);
  const auto by = k.public_half();
  const auto prepared = blind::prepare(view_of("a voice"));
  const auto blinded = blind::blind(by, prepared);
  const auto sig = *blind::finalize(by, prepared, *k.blind_sign(blinded.blinded), blinded.inverse);
  const auto folder = std::filesystem::temp_directory_path() / ("blind-" + new_id().str());
  std::filesystem::create_directory(folder);
  const auto put = [&](const char* name, view what) {
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(what.data()),
               static_cast<std::streamsize>(what.size()));
  };
  put("key", by.der());
  put("message", prepared);
  put("signature", sig);
  const auto judge = [&] {
    FILE* pipe = popen(("cd " + folder.string() +
                        " && openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt "
                        "rsa_pss_saltlen:48 -sigopt rsa_mgf1_md:sha384 -keyform DER -verify key "
                        "-signature signature message > said 2>&1")
                           .c_str(),
                       "r");
    return pclose(pipe);
  };
  EXPECT_EQ(judge(), 0);
  put("message", view_of("another"));
  EXPECT_NE(judge(), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
