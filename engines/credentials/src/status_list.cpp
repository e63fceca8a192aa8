#include "madang/credentials/status_list.hpp"

#include <libdeflate.h>

#include <memory>

namespace madang::credentials {
namespace {

constexpr const char* token_type = "statuslist+jwt";

refusal malformed() { return refuse(kind::invalid, "status.malformed"); }

std::string packed(std::string_view plain) {
  constexpr int best = 9;
  std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> c(
      libdeflate_alloc_compressor(best), libdeflate_free_compressor);
  check(c != nullptr, "a compressor");
  std::string out(libdeflate_zlib_compress_bound(c.get(), plain.size()), '\0');
  out.resize(libdeflate_zlib_compress(c.get(), plain.data(), plain.size(), out.data(), out.size()));
  return out;
}

std::optional<std::string> unpacked(std::string_view packed) {
  std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> d(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  check(d != nullptr, "a decompressor");
  std::string out(largest_status_list, '\0');
  std::size_t read = 0, written = 0;
  const auto how = libdeflate_zlib_decompress_ex(d.get(), packed.data(), packed.size(), out.data(),
                                                 out.size(), &read, &written);
  if (how != LIBDEFLATE_SUCCESS || read != packed.size()) return {};
  out.resize(written);
  return out;
}

bool is_width(std::int64_t bits) { return bits == 1 || bits == 2 || bits == 4 || bits == 8; }

}  // namespace

status_list::status_list(int bits, std::size_t size) : bits_(bits) {
  check(is_width(bits), "a status has 1, 2, 4 or 8 bits");
  octets_.assign((size * static_cast<std::size_t>(bits) + 7) / 8, '\0');
}

// Section 4.1: the first status is in the least significant bits of the first octet.
void status_list::set(std::size_t index, std::uint8_t value) {
  check(index < size(), "a status within the list");
  const auto each = static_cast<unsigned>(bits_), mask = (1u << each) - 1u;
  const auto at = index * each;
  const auto shift = static_cast<unsigned>(at % 8);
  auto octet = static_cast<unsigned char>(octets_[at / 8]);
  octet = static_cast<unsigned char>((octet & ~(mask << shift)) | ((value & mask) << shift));
  octets_[at / 8] = static_cast<char>(octet);
}

std::optional<std::uint8_t> status_list::get(std::size_t index) const {
  if (index >= size()) return {};
  const auto each = static_cast<unsigned>(bits_);
  const auto at = index * each;
  const auto octet = static_cast<unsigned char>(octets_[at / 8]);
  return static_cast<std::uint8_t>((octet >> (at % 8)) & ((1u << each) - 1u));
}

json::object status_list::write() const {
  return {{"bits", bits_}, {"lst", text::base64url(trust::view_of(packed(octets_)))}};
}

result<status_list> status_list::read(const json::value& v) {
  const auto bits = json::num(v, "bits");
  const auto octets = trust::jose::from_base64url(json::str(v, "lst"));
  if (!is_width(bits) || !octets || octets->empty()) return malformed();
  auto plain = unpacked(text::chars_of(*octets));
  if (!plain) return malformed();
  status_list out(static_cast<int>(bits), 0);
  out.octets_ = std::move(*plain);
  return out;
}

std::string sign_status_list(const trust::signer& agency, const status_token& about,
                             const status_list& list) {
  const json::object claims{{"sub", about.uri},
                            {"iat", about.issued.micros / 1'000'000},
                            {"exp", about.expires.micros / 1'000'000},
                            {"ttl", about.ttl_seconds},
                            {"status_list", list.write()}};
  json::array certificates{text::base64(agency.certificate.der())};
  for (const auto& c : agency.chain) certificates.emplace_back(text::base64(c.der()));
  return trust::jose::sign(agency.key, text::base64url(agency.key.verifier().short_id()),
                           token_type, json::print(claims), {{"x5c", std::move(certificates)}});
}

result<read_status_token> verify_status_list(std::string_view token, std::string_view uri,
                                             const std::vector<trust::jose::jwk>& keys,
                                             instant at) {
  auto m = trust::jose::read(token);
  if (!m) return m.why();
  bool is_signed = false;
  for (const auto& k : keys)
    is_signed = is_signed || (k.can(m->algorithm) && trust::jose::verify(*m, k));
  if (!is_signed) return refuse(kind::unauthenticated, "status.signature");
  auto claims = trust::jose::claims(*m, {.type = token_type, .at = at, .must_expire = false});
  if (!claims) return claims.why();
  const json::value all(std::move(*claims));
  if (json::str(all, "sub") != uri) return refuse(kind::invalid, "status.subject");
  auto list = status_list::read(json::at(all, "status_list"));
  if (!list) return list.why();
  const auto seconds = [&](const char* name) {
    const auto& v = json::at(all, name);
    return instant{v.is_number() ? v.to_number<std::int64_t>() * 1'000'000 : 0};
  };
  return read_status_token{
      {std::string(uri), seconds("iat"), seconds("exp"),
       static_cast<int>(json::num(all, "ttl"))},
      std::move(*list)};
}

std::optional<status_place> status_place_of(const json::object& claims) {
  const auto* status = claims.if_contains("status");
  if (!status) return {};
  const auto& list = json::at(*status, "status_list");
  const auto uri = json::str(list, "uri");
  const auto index = json::num(list, "idx", -1);
  if (uri.empty() || index < 0) return {};
  return status_place{std::string(uri), static_cast<std::size_t>(index)};
}

}  // namespace madang::credentials
