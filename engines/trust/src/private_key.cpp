#include <openssl/pem.h>
// Declares its PEM functions after pem.h only.
#include <openssl/cms.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <mutex>

#include "madang/trust/openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t longest_pem = 16 * 1024;
constexpr std::string_view scheme = "scrypt:";
constexpr int cost = 15;           // log2 of N
constexpr int greatest_cost = 17;  // what somebody else's file may ask of us: 128 MiB
constexpr std::size_t salt_size = 16, kek_size = 32;

// What KEKIdentifier says: how the key-encryption key comes from the passphrase.
struct derivation {
  int log_n = cost;
  std::string salt;  // hex

  std::string str() const { return std::string(scheme) + std::to_string(log_n) + ":8:1:" + salt; }
};

std::optional<derivation> read_derivation(std::string_view id) {
  derivation out;
  if (!id.starts_with(scheme)) return {};
  id.remove_prefix(scheme.size());
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), out.log_n);
  id.remove_prefix(static_cast<std::size_t>(end - id.data()));
  if (error != std::errc() || out.log_n < 10 || out.log_n > greatest_cost) return {};
  if (!id.starts_with(":8:1:")) return {};
  out.salt = id.substr(5);
  if (out.salt.size() != 2 * salt_size || !text::from_hex(out.salt)) return {};
  return out;
}

bytes derive(const derivation& d, std::string_view passphrase) {
  const auto salt = *text::from_hex(d.salt);
  bytes kek(kek_size);
  must(EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(),
                      std::uint64_t{1} << d.log_n, 8, 1, 256u << 20, kek.data(), kek.size()) == 1,
       "EVP_PBE_scrypt");
  return kek;
}

// A house has dozens of keys under one passphrase; what is slow on purpose is done once a process.
class key_encryption_keys {
 public:
  struct entry {
    digest passphrase;
    std::string id;
    bytes kek;
  };

  bytes of(const derivation& d, std::string_view passphrase) {
    const auto whose = sha256(passphrase);
    const std::scoped_lock lock(mutex_);
    for (const auto& e : known_)
      if (e.passphrase == whose && e.id == d.str()) return e.kek;
    return remember({whose, d.str(), derive(d, passphrase)}).kek;
  }

  // The one by which new keys are sealed: any that is known for this passphrase.
  entry for_sealing(std::string_view passphrase) {
    const auto whose = sha256(passphrase);
    const std::scoped_lock lock(mutex_);
    for (const auto& e : known_)
      if (e.passphrase == whose) return e;
    const derivation fresh{cost, text::hex(random_bytes(salt_size))};
    return remember({whose, fresh.str(), derive(fresh, passphrase)});
  }

 private:
  static constexpr std::size_t most = 16;

  const entry& remember(entry e) {
    if (known_.size() == most) {
      OPENSSL_cleanse(known_.back().kek.data(), kek_size);
      known_.pop_back();
    }
    return known_.emplace_front(std::move(e));
  }

  std::mutex mutex_;
  std::deque<entry> known_;
};

key_encryption_keys& keks() {
  static key_encryption_keys all;
  return all;
}

using owned_cms = owned<CMS_ContentInfo, CMS_ContentInfo_free>;

std::optional<std::string> kek_id(CMS_ContentInfo* cms) {
  auto* recipients = CMS_get0_RecipientInfos(cms);
  if (sk_CMS_RecipientInfo_num(recipients) != 1) return {};
  auto* r = sk_CMS_RecipientInfo_value(recipients, 0);
  ASN1_OCTET_STRING* id = nullptr;
  if (CMS_RecipientInfo_type(r) != CMS_RECIPINFO_KEK ||
      CMS_RecipientInfo_kekri_get0_id(r, nullptr, &id, nullptr, nullptr, nullptr) != 1 || !id)
    return {};
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(id)),
                     static_cast<std::size_t>(ASN1_STRING_length(id)));
}

// PKCS#8, as houses sealed before: "ENCRYPTED PRIVATE KEY".
int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto& p = *static_cast<const std::string_view*>(passphrase);
  if (p.size() > static_cast<std::size_t>(size)) return -1;
  std::ranges::copy(p, buffer);
  return static_cast<int>(p.size());
}

result<owned_pkey> open_older(std::string_view pem, std::string_view passphrase) {
  owned_bio in = reading(view_of(pem));
  owned_pkey read(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, &passphrase));
  ERR_clear_error();
  if (!read) return refuse(kind::forbidden, "trust.passphrase_wrong");
  return read;
}

// The parts before the content is decrypted: refusals trust.key_malformed, trust.passphrase_wrong.
result<owned_cms> unlocked(std::string_view pem, std::string_view passphrase) {
  owned_bio in = reading(view_of(pem));
  owned_cms cms(PEM_read_bio_CMS(in.get(), nullptr, nullptr, nullptr));
  const auto id = cms && OBJ_obj2nid(CMS_get0_type(cms.get())) == NID_id_smime_ct_authEnvelopedData
                      ? kek_id(cms.get())
                      : std::nullopt;
  const auto how = id ? read_derivation(*id) : std::nullopt;
  if (!how) return refuse(kind::invalid, "trust.key_malformed");
  auto kek = keks().of(*how, passphrase);
  const bool fits = CMS_decrypt_set1_key(cms.get(), kek.data(), kek.size(), nullptr, 0) == 1;
  OPENSSL_cleanse(kek.data(), kek.size());
  if (!fits) return refuse(kind::forbidden, "trust.passphrase_wrong");
  return cms;
}

}  // namespace

std::string seal_private_key(const EVP_PKEY* key, std::string_view passphrase) {
  check(!passphrase.empty() && passphrase.size() <= 1024, "passphrase of 1 to 1024 octets");
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(key));
  must(plain != nullptr, "EVP_PKEY2PKCS8");
  owned_bio content(BIO_new(BIO_s_secmem()));
  must(content && i2d_PKCS8_PRIV_KEY_INFO_bio(content.get(), plain.get()) == 1, "PKCS8 in DER");
  auto by = keks().for_sealing(passphrase);
  owned_cms cms(CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()));
  must(cms != nullptr, "CMS_AuthEnvelopedData_create");
  // Both become the structure's, which frees them by OPENSSL_free.
  auto* kek = static_cast<unsigned char*>(OPENSSL_memdup(by.kek.data(), by.kek.size()));
  auto* id = static_cast<unsigned char*>(OPENSSL_memdup(by.id.data(), by.id.size()));
  must(kek && id &&
           CMS_add0_recipient_key(cms.get(), NID_id_aes256_wrap, kek, by.kek.size(), id,
                                  by.id.size(), nullptr, nullptr, nullptr) != nullptr,
       "CMS_add0_recipient_key");
  OPENSSL_cleanse(by.kek.data(), by.kek.size());
  must(CMS_set_detached(cms.get(), 0) == 1, "CMS_set_detached");  // the content lies in it
  must(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY) == 1, "CMS_final");
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_CMS(out.get(), cms.get()) == 1, "PEM_write_bio_CMS");
  return text_of(out.get());
}

result<owned_pkey> open_private_key(std::string_view pem, std::string_view passphrase) {
  if (pem.size() > longest_pem) return refuse(kind::invalid, "trust.key_malformed");
  if (pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")) return open_older(pem, passphrase);
  auto cms = unlocked(pem, passphrase);
  ERR_clear_error();
  if (!cms) return cms.why();
  owned_bio content(BIO_new(BIO_s_secmem()));
  const bool whole = content && CMS_decrypt(cms->get(), nullptr, nullptr, nullptr, content.get(),
                                            CMS_BINARY) == 1;
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(
      whole ? d2i_PKCS8_PRIV_KEY_INFO_bio(content.get(), nullptr) : nullptr);
  owned_pkey key(plain ? EVP_PKCS82PKEY(plain.get()) : nullptr);
  ERR_clear_error();
  if (!key) return refuse(kind::conflict, "trust.key_changed");
  return key;
}

}  // namespace madang::trust
