#pragma once
#include "madang/elections/format.hpp"
#include "madang/trust/bytes.hpp"

// The public data of an election, a `.bel` file (section 4.4): a tar archive (the old kind) that
// only grows, of data and of events that are chained by their hashes.
namespace madang::elections {

struct member {
  bool is_event = false;
  std::string text;
};

struct archive {
  std::int64_t begun = 0;  // seconds since 1970
  std::vector<member> members;

  // Adds data, or an event with all data that it stands on; gives the reference.
  std::string add_data(std::string text);
  std::string add_event(std::string_view type, std::optional<std::string> payload);

  std::string str() const;  // the file's octets

  // Refusals: elections.archive_form, elections.archive_hash (a name is not its content's hash).
  static result<archive> parse(std::string_view octets);

 private:
  std::optional<std::string> last_event_;
  std::uint64_t height_ = 0;
};

}  // namespace madang::elections
