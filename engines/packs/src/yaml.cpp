#include "madang/base/yaml.hpp"

#include <charconv>

#include "madang/packs/packs.hpp"

namespace madang::packs {
namespace {

constexpr std::size_t largest_file = 4u << 20;

class converter {
 public:
  explicit converter(const std::string& file) : file_(file) {}

  json::value convert(const yaml::node& node) const {
    if (node.is_scalar()) return scalar(node);
    if (node.is_list()) {
      json::array out;
      out.reserve(node.items().size());
      for (const auto& item : node.items()) out.push_back(convert(item));
      return out;
    }
    if (node.is_null()) return nullptr;
    json::object out;
    out.reserve(node.members().size());
    for (const auto& [key, value] : node.members())
      if (!out.emplace(key.text(), convert(value)).second)
        throw broken_pack({file_, key.line(), "key '" + key.text() + "' is given twice"});
    return out;
  }

 private:
  static json::value scalar(const yaml::node& node) {
    const std::string& s = node.text();
    if (node.is_quoted()) return json::value(s);
    if (s == "true") return true;
    if (s == "false") return false;
    // Codes begin with zeros and must stay text; 0.5 is no code.
    bool number_like = s == "0" || s.starts_with("0.") ||
                       (s[0] >= '1' && s[0] <= '9') || (s[0] == '-' && s.size() > 1);
    if (number_like) {
      std::int64_t integer;
      auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), integer);
      if (error == std::errc() && end == s.data() + s.size()) return integer;
      double real;
      auto [end2, error2] = std::from_chars(s.data(), s.data() + s.size(), real);
      if (error2 == std::errc() && end2 == s.data() + s.size()) return real;
    }
    return json::value(s);
  }

  const std::string& file_;
};

}  // namespace

broken_pack::broken_pack(finding f)
    : std::runtime_error(f.file + (f.line ? ":" + std::to_string(f.line) : "") + ": " + f.message),
      found(std::move(f)) {}

json::value parse_yaml(std::string_view text, const std::string& file_name) {
  if (text.size() > largest_file) throw broken_pack({file_name, 0, "larger than 4 MiB"});
  if (!text::is_utf8(text)) throw broken_pack({file_name, 0, "not UTF-8"});
  try {
    return converter(file_name).convert(yaml::read(text, {.depth = limits::json_depth}));
  } catch (const yaml::broken& e) {
    throw broken_pack({file_name, e.line, e.what()});
  }
}

}  // namespace madang::packs
