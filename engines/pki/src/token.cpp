// Keys in a token (OASIS PKCS #11 2.40). OpenSSL asks it for signatures through a method of its own
// for keys of elliptic curves; everything else about such a key is like any other's.
#include <dlfcn.h>
#include <openssl/ec.h>
#include <p11-kit/pkcs11.h>

#include <mutex>
#include <set>

#include "keys.hpp"
#include "madang/pki/key_store.hpp"

namespace madang::pki {
namespace {

// Object identifiers in DER, as CKA_EC_PARAMS wants them.
const bytes p256_curve{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07},
    p384_curve{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};

void must_be_ok(CK_RV rv, const char* what) {
  if (rv != CKR_OK) throw std::runtime_error(fmt::format("{}: PKCS#11 {:#x}", what, rv));
}

// A session signs one thing at a time.
class token {
 public:
  token(CK_FUNCTION_LIST* f, CK_SLOT_ID slot) : f_(f) {
    must_be_ok(f_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                 &session_),
               "C_OpenSession");
  }
  ~token() { f_->C_CloseSession(session_); }

  CK_RV login(std::string pin) {
    const CK_RV rv = f_->C_Login(session_, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()),
                                 static_cast<CK_ULONG>(pin.size()));
    return rv == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : rv;
  }

  std::vector<CK_OBJECT_HANDLE> find(CK_OBJECT_CLASS what, const std::string& label) {
    std::lock_guard lock(gate_);
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &what, sizeof what}, labelled(label)};
    must_be_ok(f_->C_FindObjectsInit(session_, wanted, 2), "C_FindObjectsInit");
    std::vector<CK_OBJECT_HANDLE> out(16);
    CK_ULONG count = 0;
    const CK_RV rv = f_->C_FindObjects(session_, out.data(), out.size(), &count);
    f_->C_FindObjectsFinal(session_);
    must_be_ok(rv, "C_FindObjects");
    out.resize(count);
    return out;
  }

  void forget(const std::string& label) {
    for (const CK_OBJECT_CLASS what : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY})
      for (const auto one : find(what, label)) {
        std::lock_guard lock(gate_);
        must_be_ok(f_->C_DestroyObject(session_, one), "C_DestroyObject");
      }
  }

  void generate(const std::string& label, algorithm a) {
    std::lock_guard lock(gate_);
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    bytes curve = a == algorithm::p384 ? p384_curve : p256_curve;
    CK_ATTRIBUTE open[] = {{CKA_TOKEN, &yes, sizeof yes},
                           {CKA_VERIFY, &yes, sizeof yes},
                           {CKA_EC_PARAMS, curve.data(), curve.size()},
                           labelled(label)};
    CK_ATTRIBUTE hidden[] = {{CKA_TOKEN, &yes, sizeof yes},     {CKA_PRIVATE, &yes, sizeof yes},
                             {CKA_SENSITIVE, &yes, sizeof yes}, {CKA_EXTRACTABLE, &no, sizeof no},
                             {CKA_SIGN, &yes, sizeof yes},      labelled(label)};
    CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_OBJECT_HANDLE public_half = 0, private_half = 0;
    must_be_ok(f_->C_GenerateKeyPair(session_, &how, open, std::size(open), hidden,
                                     std::size(hidden), &public_half, &private_half),
               "C_GenerateKeyPair");
  }

  bytes attribute(CK_OBJECT_HANDLE of, CK_ATTRIBUTE_TYPE what) {
    std::lock_guard lock(gate_);
    bytes out(512);
    CK_ATTRIBUTE wanted{what, out.data(), out.size()};
    must_be_ok(f_->C_GetAttributeValue(session_, of, &wanted, 1), "C_GetAttributeValue");
    out.resize(wanted.ulValueLen);
    return out;
  }

  // r || s of a digest.
  bytes sign(CK_OBJECT_HANDLE key, view digest) {
    std::lock_guard lock(gate_);
    CK_MECHANISM how{CKM_ECDSA, nullptr, 0};
    must_be_ok(f_->C_SignInit(session_, &how, key), "C_SignInit");
    bytes out(256), in(digest.begin(), digest.end());
    CK_ULONG size = out.size();
    must_be_ok(f_->C_Sign(session_, in.data(), in.size(), out.data(), &size), "C_Sign");
    out.resize(size);
    return out;
  }

 private:
  static CK_ATTRIBUTE labelled(const std::string& label) {
    return {CKA_LABEL, const_cast<char*>(label.data()), label.size()};
  }

  CK_FUNCTION_LIST* f_;
  CK_SESSION_HANDLE session_ = 0;
  std::mutex gate_;
};

// ---- a key of OpenSSL that signs in the token ----

struct seat_in_token {
  std::shared_ptr<token> at;
  CK_OBJECT_HANDLE key;
};

int seat_index() {
  static const int made =
      EC_KEY_get_ex_new_index(0, nullptr, nullptr, nullptr,
                              [](void*, void* seat, CRYPTO_EX_DATA*, int, long, void*) {
                                delete static_cast<seat_in_token*>(seat);
                              });
  return made;
}

ECDSA_SIG* sign_in_token(const unsigned char* digest, int size, const BIGNUM*, const BIGNUM*,
                         EC_KEY* key) {
  try {
    const auto* seat = static_cast<seat_in_token*>(EC_KEY_get_ex_data(key, seat_index()));
    // What is longer than the curve's order is cut, as ECDSA says (FIPS 186-5 section 6.4.1).
    const std::size_t most =
        (static_cast<std::size_t>(EC_GROUP_order_bits(EC_KEY_get0_group(key))) + 7) / 8;
    const bytes raw =
        seat->at->sign(seat->key, view(digest, std::min(static_cast<std::size_t>(size), most)));
    const int half = static_cast<int>(raw.size() / 2);
    ECDSA_SIG* out = ECDSA_SIG_new();
    BIGNUM* r = BN_bin2bn(raw.data(), half, nullptr);
    BIGNUM* s = BN_bin2bn(raw.data() + half, half, nullptr);
    if (out && r && s && ECDSA_SIG_set0(out, r, s) == 1) return out;
    ECDSA_SIG_free(out);
    return nullptr;
  } catch (const std::exception&) {
    return nullptr;  // through C nothing is thrown: the signature fails
  }
}

int sign_der_in_token(int, const unsigned char* digest, int size, unsigned char* out,
                      unsigned int* out_size, const BIGNUM* k, const BIGNUM* r, EC_KEY* key) {
  const owned<ECDSA_SIG, ECDSA_SIG_free> made(sign_in_token(digest, size, k, r, key));
  if (!made) return 0;
  unsigned char* at = out;
  const int length = i2d_ECDSA_SIG(made.get(), &at);
  if (length < 0) return 0;
  *out_size = static_cast<unsigned int>(length);
  return 1;
}

const EC_KEY_METHOD* token_method() {
  static const EC_KEY_METHOD* made = [] {
    EC_KEY_METHOD* m = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    must(m != nullptr, "EC_KEY_METHOD_new");
    EC_KEY_METHOD_set_sign(m, sign_der_in_token, nullptr, sign_in_token);
    return m;
  }();
  return made;
}

signing_key key_at(const std::shared_ptr<token>& at, CK_OBJECT_HANDLE private_half,
                   CK_OBJECT_HANDLE public_half) {
  const bytes curve = at->attribute(public_half, CKA_EC_PARAMS),
              wrapped = at->attribute(public_half, CKA_EC_POINT);
  const int nid = curve == p384_curve ? NID_secp384r1 : NID_X9_62_prime256v1;
  // CKA_EC_POINT is the point in an OCTET STRING.
  const auto point = whole<owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>>(
      wrapped, d2i_ASN1_OCTET_STRING);
  owned<EC_KEY, EC_KEY_free> key(EC_KEY_new_by_curve_name(nid));
  auto seat = std::make_unique<seat_in_token>(seat_in_token{at, private_half});
  must(point && key && EC_KEY_set_method(key.get(), token_method()) == 1 &&
           EC_KEY_oct2key(key.get(), ASN1_STRING_get0_data(point.get()),
                          static_cast<std::size_t>(ASN1_STRING_length(point.get())), nullptr) ==
               1 &&
           EC_KEY_set_ex_data(key.get(), seat_index(), seat.get()) == 1,
       "key of a token");
  (void)seat.release();
  owned_pkey out(EVP_PKEY_new());
  must(out && EVP_PKEY_set1_EC_KEY(out.get(), key.get()) == 1, "EVP_PKEY_set1_EC_KEY");
  return signing_key(
      std::make_shared<const signing_key::inside>(signing_key::inside{std::move(out)}));
}

class keys_of_token : public key_store {
 public:
  explicit keys_of_token(std::shared_ptr<token> at) : at_(std::move(at)) {}

  result<std::optional<signing_key>> load(const std::string& id) const override {
    const auto hidden = at_->find(CKO_PRIVATE_KEY, id), open = at_->find(CKO_PUBLIC_KEY, id);
    if (hidden.empty() || open.empty()) return std::optional<signing_key>();
    return std::optional<signing_key>(key_at(at_, hidden.front(), open.front()));
  }

  signing_key make(const std::string& id, algorithm a) const override {
    check(a != algorithm::rsa2048, "a token keeps keys of elliptic curves");
    at_->forget(id);
    at_->generate(id, a);
    return **load(id);
  }

 private:
  std::shared_ptr<token> at_;
};

// A module stays loaded to the end of the process: its sessions are, too.
result<CK_FUNCTION_LIST*> loaded(const std::filesystem::path& module) {
  static std::mutex gate;
  std::lock_guard lock(gate);
  void* library = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto* begin = library ? reinterpret_cast<CK_C_GetFunctionList>(
                              ::dlsym(library, "C_GetFunctionList"))
                        : nullptr;
  CK_FUNCTION_LIST* f = nullptr;
  if (!begin || begin(&f) != CKR_OK)
    return refuse(kind::unavailable, "pki.token", "module", {{"why", module.string()}});
  CK_C_INITIALIZE_ARGS threads{};
  threads.flags = CKF_OS_LOCKING_OK;
  const CK_RV rv = f->C_Initialize(&threads);
  if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
    return refuse(kind::unavailable, "pki.token", "module", {{"why", module.string()}});
  return f;
}

std::optional<CK_SLOT_ID> slot_of(CK_FUNCTION_LIST* f, const std::string& label) {
  std::vector<CK_SLOT_ID> slots(64);
  CK_ULONG count = slots.size();
  if (f->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) return {};
  slots.resize(count);
  for (const auto slot : slots) {
    CK_TOKEN_INFO info{};
    if (f->C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    // Padded with blanks.
    const std::string_view name(reinterpret_cast<const char*>(info.label), sizeof info.label);
    if (text::trim(name) == label) return slot;
  }
  return {};
}

}  // namespace

result<std::unique_ptr<key_store>> keys_in_token(const token_plan& plan) {
  auto f = loaded(plan.module);
  if (!f) return f.why();
  const auto slot = slot_of(*f, plan.token);
  if (!slot) return refuse(kind::unavailable, "pki.token", "token", {{"why", plan.token}});
  auto at = std::make_shared<token>(*f, *slot);
  if (at->login(plan.pin) != CKR_OK)
    return refuse(kind::unavailable, "pki.token", "pin", {{"why", "PIN"}});
  return std::unique_ptr<key_store>(std::make_unique<keys_of_token>(std::move(at)));
}

}  // namespace madang::pki
