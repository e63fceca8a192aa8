#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/credentials/status_list.hpp"
#include "madang/store/store.hpp"

namespace madang::credentials {

// Serves the status of credentials that others issue. It knows lists, places and statuses, not one
// thing about whose credentials they are; who asks is given a whole list. Safe from many threads.
class status_office {
 public:
  // 32,768 places: a list whose half is revoked at random, the worst to pack, is 6 KB.
  static constexpr std::size_t list_size = 32'768;
  static constexpr int ttl_seconds = 300, life_seconds = 24 * 3600;

  // Gives the key of the agency that serves.
  using signer_source = std::function<std::shared_ptr<const trust::signer>()>;
  // Lists are called `base` + number.
  status_office(store::database& db, std::string base, signer_source signer);

  std::string uri_of(std::int64_t list) const { return base_ + std::to_string(list); }
  // Such a list is served from now on; once is enough.
  void open(std::int64_t list);
  // Refusal status.malformed: a list that is not open, or a place beyond it. Twice is once.
  outcome set(std::int64_t list, const std::vector<std::int64_t>& places, status s, instant at);
  // Remade after a change and after half of its life; else the same octets each time.
  std::optional<std::string> token(std::int64_t list, instant at = now());
  std::vector<std::int64_t> lists();

 private:
  struct made {
    std::int64_t version = 0;
    instant at;
    std::string token;
  };
  store::database& db_;
  std::string base_;
  signer_source signer_;
  std::mutex mutex_;
  std::map<std::int64_t, made> made_;
};

}  // namespace madang::credentials
