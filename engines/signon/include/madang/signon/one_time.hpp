#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"
#include "madang/trust/bytes.hpp"

// The second factor that needs no special device: codes of an authenticator app (RFC 6238,
// HMAC-SHA-1, six digits, 30 seconds, as all apps know them), and recovery codes for who has lost
// it.
namespace madang::signon {

struct one_time_row;

class one_time_codes {
 public:
  // `passphrase` is the house's. The provider has made the tables.
  one_time_codes(store::database& db, std::string_view passphrase);

  // She has an app that was confirmed.
  bool has(id person);
  // A new secret, in base32; it counts when it is confirmed. Until then an older one stays.
  std::string begin(id person);
  // "otpauth://totp/..." for apps (Key URI Format); nothing: none was begun.
  std::optional<std::string> address(id person, std::string_view house, std::string_view name);
  std::optional<std::string> begun(id person);  // the secret that waits to be confirmed
  // A code of the new secret makes it hers. Ten recovery codes, which are shown this once.
  // Refusals: one_time.none, one_time.wrong.
  result<std::vector<std::string>> confirm(const audit::access& why, id person,
                                           std::string_view code);

  // Codes of this step of time and of one before and after are good, each once. Refusals:
  // one_time.none, one_time.wrong, one_time.used, one_time.wait {minutes}.
  outcome check(id person, std::string_view code);
  // A recovery code is good once. Wrong ones count like wrong codes. Refusals as above.
  outcome recover(const audit::access& why, id person, std::string_view code);
  int recovery_left(id person);
  // App and recovery codes end. Refusal one_time.none.
  outcome remove(const audit::access& why, id person);

  // ---- between the two factors ----
  // A ticket for who has given the right password: good for ten minutes.
  std::string half_way(id person);
  std::optional<id> who_is_half_way(std::string_view ticket);
  void end_half_way(std::string_view ticket);

  // ---- forms that wait ----
  using fields = std::vector<std::pair<std::string, std::string>>;
  struct held {
    std::string path;
    one_time_codes::fields fields;
  };
  std::string hold(id person, std::string_view path, const fields& all);
  // For whoever sent it; good for ten minutes.
  std::optional<held> held_for(id person, std::string_view ticket);

 private:
  outcome try_code(store::write& tx, one_time_row& r, std::string_view code, bool& counted);
  void miss(id person);
  std::optional<refusal> waiting(const one_time_row& r) const;
  std::string opened(const one_time_row& r) const;

  store::database& db_;
  trust::bytes key_;
};

}  // namespace madang::signon
