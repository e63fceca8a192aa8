#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/signatures/make.hpp"
#include "madang/store/store.hpp"
#include "madang/xroad/container.hpp"

// The message log (DM-ML): every request and answer with its signature, before it goes on; time
// stamps over batches of signatures; archives that are chained. Thread-safe.
namespace madang::xroad {

struct log_options {
  // How long messages may wait for a stamp before no more are taken, and how many one stamp covers.
  std::chrono::seconds longest_wait{14'400};
  std::size_t batch = 5'000;
};

struct log_record {
  id key;
  instant at;
  bool response = false, sent = false;
  std::string query_id, request_id;
  std::string client, provider, service;  // as str() writes them; provider: of the service
  std::string person, issue;              // X-Road-UserId, X-Road-Issue
  std::optional<id> stamp;
};

struct log_search {
  std::string query_id, person, issue,
      member;  // what is not empty; member: of either side, exactly
  id before{std::numeric_limits<std::int64_t>::max()};
  int limit = 100;
};

class message_log {
 public:
  // Migrates the database. `stamping` may be empty: then nothing is ever stamped.
  message_log(store::database& db, signatures::stamping stamping, log_options o = {});

  // Keeps a message; on disk when it returns. Refusals LoggingFailed.TimestamperFailed (messages
  // have waited too long for a stamp), InvalidRequest (this request was taken before: a replay).
  struct entry {
    message_head head;
    bool sent = false;  // by this node; else it came
    std::string request_id, person, issue;
  };
  outcome keep(const entry& about, const signed_message& m);
  // Whether keep() would take one, by the wait of the oldest.
  bool accepts(instant at) const;

  // Stamps what waits, a batch; how many. Refusal LoggingFailed.TimestamperFailed.
  result<std::size_t> stamp();

  // Newest first.
  std::vector<log_record> find(const log_search& wanted) const;
  // The container of a record; nothing: there is none, or it is not stamped yet.
  std::optional<std::string> container(id key) const;
  // Writes stamped messages that are not archived into `folder` as a zip that follows the last one
  // ("mlog-<first>-<last>-<digest>.zip"); its name, or nothing when there are none.
  std::optional<std::string> archive(const std::filesystem::path& folder);

  struct figures {
    std::int64_t messages = 0, waiting = 0;
    std::optional<instant> oldest_waiting;
  };
  figures now() const;

 private:
  store::database& db_;
  signatures::stamping stamping_;
  log_options options_;
  std::mutex stamping_mutex_, archiving_;
  std::atomic<std::int64_t> waits_since_{0};  // of the oldest without a stamp; 0: none
};

}  // namespace madang::xroad
