#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/trust/bytes.hpp"

// Where octets lie: the same in each of several places (folders, best of different disks), under
// the name that their SHA-256 gives them. What a place lost or spoiled is seen when it is read, and
// mended from another.
namespace madang::vault {

class places {
 public:
  // Folders are made. Throws std::runtime_error when none can be used.
  explicit places(std::vector<std::filesystem::path> folders);

  std::size_t count() const { return folders_.size(); }

  // In every place that takes it, on its disk when this returns: written beside, synced, renamed.
  // Gives how many places took it; 0: none.
  struct kept {
    std::string hash;              // hexadecimal
    int copies = 0;
  };
  kept keep(trust::view octets) const;

  // The first copy that is whole; others that are not are mended from it when `mend` says so.
  std::optional<trust::bytes> fetch(std::string_view hash, bool mend = true) const;

  // Reads every copy. `copies`: those that are whole now, after mending; 0: it is lost.
  struct examined {
    int copies = 0, mended = 0;
  };
  examined examine(std::string_view hash) const;

  // Out of every place; true when it is in none any more.
  bool drop(std::string_view hash) const;

  // Every name that lies in some place, for finding what nobody owns.
  std::vector<std::string> all() const;

  // By the clocks of the disks; false when it lies nowhere.
  bool older_than(std::string_view hash, std::chrono::seconds age) const;

  struct state {
    std::filesystem::path folder;
    bool writable = false;
    std::uint64_t free_bytes = 0;
  };
  std::vector<state> look() const;

 private:
  std::filesystem::path path_of(std::size_t place, std::string_view hash) const;
  bool write(std::size_t place, std::string_view hash, trust::view octets) const;
  std::optional<trust::bytes> read(std::size_t place, std::string_view hash) const;

  std::vector<std::filesystem::path> folders_;
};

}  // namespace madang::vault
