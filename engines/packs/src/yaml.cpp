#include <yaml-cpp/yaml.h>

#include <charconv>

#include "madang/packs/packs.hpp"

namespace madang::packs {
namespace {

constexpr std::size_t largest_file = 4u << 20;
constexpr std::size_t most_nodes = 200'000;

class converter {
 public:
  explicit converter(const std::string& file) : file_(file) {}

  json::value convert(const YAML::Node& node, std::size_t depth) {
    if (depth > limits::json_depth) fail(node, "nested too deep");
    if (++nodes_ > most_nodes) fail(node, "too many values in one file");
    switch (node.Type()) {
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: {
        json::array out;
        for (const auto& item : node) out.push_back(convert(item, depth + 1));
        return out;
      }
      case YAML::NodeType::Map: {
        json::object out;
        for (const auto& member : node) {
          if (!member.first.IsScalar()) fail(member.first, "a key must be plain text");
          const std::string& key = member.first.Scalar();
          if (out.contains(key)) fail(member.first, "key '" + key + "' is given twice");
          out[key] = convert(member.second, depth + 1);
        }
        return out;
      }
      default: return nullptr;
    }
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, const std::string& message) {
    throw broken_pack({file_, node.Mark().line + 1, message});
  }

  static json::value scalar(const YAML::Node& node) {
    const std::string& s = node.Scalar();
    if (node.Tag() == "!") return json::value(s);   // quoted
    if (s == "true") return true;
    if (s == "false") return false;
    if (s == "null" || s == "~" || s.empty()) return nullptr;
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
  std::size_t nodes_ = 0;
};

}  // namespace

broken_pack::broken_pack(finding f)
    : std::runtime_error(f.file + (f.line ? ":" + std::to_string(f.line) : "") + ": " + f.message),
      found(std::move(f)) {}

json::value parse_yaml(std::string_view text, const std::string& file_name) {
  if (text.size() > largest_file) throw broken_pack({file_name, 0, "larger than 4 MiB"});
  if (!text::is_utf8(text)) throw broken_pack({file_name, 0, "not UTF-8"});
  // yaml-cpp recurses over the text itself, so depth is bounded before it starts.
  std::size_t open = 0, deepest = 0;
  for (char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++open);
    if ((c == ']' || c == '}') && open) --open;
  }
  if (deepest > 200) throw broken_pack({file_name, 0, "nested too deep"});
  try {
    YAML::Node root = YAML::Load(std::string(text));
    return converter(file_name).convert(root, 0);
  } catch (const YAML::Exception& e) {
    throw broken_pack({file_name, e.mark.line + 1, e.msg});
  }
}

}  // namespace madang::packs
