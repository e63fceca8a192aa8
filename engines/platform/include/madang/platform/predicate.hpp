#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/registers/registers.hpp"

namespace madang::platform {

// A question about somebody's records in one register that is answered yes or no, and gives
// nothing else: whoever asks whether she is of age learns no date. Immutable; copies share, and any
// thread may ask.
class predicate {
 public:
  // `condition`: FEEL (DMN 1.5) over the items of a record of `s`, and `today`. With
  // `no_without_record` somebody of whom there is no record is answered no; else it is unknown.
  // Nothing: it is no such expression, or names what the register does not have.
  static std::optional<predicate> make(std::string_view condition, const registers::schema& s,
                                       bool no_without_record);

  // The items that the answer rests on: what has to be read, and nothing besides.
  const std::vector<std::string>& reads() const;
  // Yes when it holds for one of the records, no when it holds for none; nothing: it cannot be
  // known from them.
  std::optional<bool> of(const std::vector<registers::record>& found, date today) const;

 private:
  struct inside;
  explicit predicate(std::shared_ptr<const inside> in) : in_(std::move(in)) {}
  std::shared_ptr<const inside> in_;
};

}  // namespace madang::platform
