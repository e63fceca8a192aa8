#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/tlog/note.hpp"
#include "madang/tlog/tree.hpp"

// C2SP tlog-checkpoint: how large a log is and what its root is, as the text of a note.
namespace madang::tlog {

struct checkpoint {
  std::string origin;              // which log
  std::uint64_t size = 0;
  hash root{};
  std::vector<std::string> extensions;   // not judged, but kept: cosignatures are over them

  std::string str() const;
  bool operator==(const checkpoint&) const = default;
};

// Of the text of a note. Refusal tlog.checkpoint.
result<checkpoint> parse_checkpoint(std::string_view text);

// A note whose text is a checkpoint.
struct signed_checkpoint {
  note signed_note;
  checkpoint tree;
};
result<signed_checkpoint> parse_signed_checkpoint(std::string_view bytes);

}  // namespace madang::tlog
