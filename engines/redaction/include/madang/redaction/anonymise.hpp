#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/packs/packs.hpp"

// What in a text names somebody, found by rule so that an official can confirm that it goes before
// an answer is published (Personal Information Protection Act art. 24-2; Civil Petitions Treatment
// Act art. 7). Rules are for Korean and English; words come from redaction/anonymise.yaml.
namespace madang::redaction {

struct spot {
  std::size_t begin = 0, end = 0;  // bytes
  std::string what;                // "number", "phone", "email", "address", "name"
  bool operator==(const spot&) const = default;
};

class anonymiser {
 public:
  explicit anonymiser(const packs::pack& pack);

  // Not overlapping, ascending. `names`: of those concerned, hidden wherever they stand.
  std::vector<spot> find(std::string_view text, const std::vector<std::string>& names) const;

  // The text with each spot as "[label]"; labels by what the spot is.
  template <class Label>
  std::string hidden(std::string_view text, const std::vector<spot>& spots, Label label) const {
    std::string out;
    std::size_t at = 0;
    for (const auto& s : spots) {
      out += text.substr(at, s.begin - at);
      out += "[" + std::string(label(s.what)) + "]";
      at = s.end;
    }
    return out + std::string(text.substr(at));
  }

 private:
  void find_numbers(std::string_view text, std::vector<spot>& out) const;
  void find_mail(std::string_view text, std::vector<spot>& out) const;
  void find_addresses(std::string_view text, std::vector<spot>& out) const;
  void find_called(std::string_view text, std::vector<spot>& out) const;

  std::vector<std::string> surnames_, titles_, roads_, before_;
};

}  // namespace madang::redaction
