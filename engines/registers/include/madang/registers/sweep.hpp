#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/registers/registers.hpp"

// Looking at everybody at once, for work that the law wants done for all: who is newly entitled to
// something, what a changed rule would do. One entry about everybody (audit::everybody) says so to
// each person before the first record is read; nothing of a record leaves the computation with a
// name but what the law then says to its own subject.
namespace madang::registers {

class sweep {
 public:
  // Records as of `when.valid`, as they are known now, with the named items. Refusals:
  // access.unsaid, register.unknown, register.item_unknown.
  static result<sweep> begin(registry& r, const audit::access& why, std::string_view reg,
                             std::vector<std::string> items, date valid);

  // Columns: 0 the key, then the items in the order they were named.
  using look = std::function<void(const store::row&)>;
  // All records, those of one value of `grouped_by` (an indexed item) one after the other. Read in
  // pages, so that neither memory nor a long transaction grows with the register. The look is
  // called between two reads of the store, and may not write to the same one.
  void all(std::string_view grouped_by, const look& f);
  // Those of these keys, in no order.
  void of_keys(std::span<const id> keys, const look& f);
  std::int64_t count();

 private:
  sweep(registry& r, const schema& s, const std::vector<std::string>& items, date valid);
  store::database& db_;
  std::string select_, holds_;     // "select .. from ..", "recorded_to = .. and valid_from <= .."
  std::string table_;
  int columns_;
};

}  // namespace madang::registers
