#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/trust/certificate.hpp"
#include "madang/trust/jose.hpp"

// Token Status List (draft-ietf-oauth-status-list): one signed, compressed text with a status for
// each of a great many credentials. Who asks for it says nothing of which one it cares about.
namespace madang::credentials {

enum class status : std::uint8_t { valid = 0, invalid = 1, suspended = 2 };   // section 7.1

class status_list {
 public:
  // `bits` for each status: 1, 2, 4 or 8. All are valid.
  status_list(int bits, std::size_t size);
  // {"bits": n, "lst": "..."}; refusals status.malformed, status.too_large.
  static result<status_list> read(const json::value& v);

  int bits() const { return bits_; }
  std::size_t size() const { return octets_.size() * 8 / static_cast<std::size_t>(bits_); }
  // The index must be below size().
  void set(std::size_t index, std::uint8_t value);
  std::optional<std::uint8_t> get(std::size_t index) const;   // nothing: beyond the list
  json::object write() const;                 // zlib at its best level, base64url

 private:
  int bits_;
  std::string octets_;
};

inline constexpr std::size_t largest_status_list = 4u << 20;   // octets, unpacked

struct status_token {
  std::string uri;                            // sub: where the list is served
  instant issued, expires;
  int ttl_seconds = 300;
};
// typ "statuslist+jwt", with the signer's certificates in x5c.
std::string sign_status_list(const trust::signer& agency, const status_token& about,
                             const status_list& list);
struct read_status_token {
  status_token about;
  status_list list;
};
// Refusals: jose.*, jwt.*, status.signature, status.subject (another list), status.malformed.
result<read_status_token> verify_status_list(std::string_view token, std::string_view uri,
                                             const std::vector<trust::jose::jwk>& keys, instant at);

// Where a credential's status stands: claims.status.status_list of section 6.
struct status_place {
  std::string uri;
  std::size_t index = 0;
};
std::optional<status_place> status_place_of(const json::object& claims);

}  // namespace madang::credentials
