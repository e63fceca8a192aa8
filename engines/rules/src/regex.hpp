#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Internal: regular expressions of XPath and XQuery Functions 3.1, section 5.6 (XML Schema's with
// anchors, reluctant quantifiers and back references), on PCRE2.
namespace madang::rules {

class regex {
 public:
  // Null: not an expression of that dialect, or flags other than s, m, i, x, q.
  static std::shared_ptr<const regex> compile(const std::string& pattern, const std::string& flags);
  ~regex();

  // None: it took more steps than it may.
  std::optional<bool> found_in(const std::string& text) const;
  // None as above, when the pattern matches nothing at all, or the replacement is ill-formed ($n,
  // \$ and \\ only).
  std::optional<std::string> replace(const std::string& text, const std::string& with) const;
  std::optional<std::vector<std::string>> split(const std::string& text) const;

 private:
  regex() = default;
  struct match;
  template <class F>
  bool each_match(const std::string& text, F&& f) const;      // false: it took too long
  void* code_ = nullptr;
  bool literal_ = false;
};

}  // namespace madang::rules
