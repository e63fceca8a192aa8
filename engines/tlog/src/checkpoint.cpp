#include "madang/tlog/checkpoint.hpp"

#include "base64.hpp"

namespace madang::tlog {

std::string checkpoint::str() const {
  std::string out = origin + "\n" + std::to_string(size) + "\n" + text::base64(root) + "\n";
  for (const auto& e : extensions) out += e + "\n";
  return out;
}

result<checkpoint> parse_checkpoint(std::string_view bytes) {
  const auto bad = refuse(kind::invalid, "tlog.checkpoint");
  if (bytes.empty() || bytes.back() != '\n') return bad;
  bytes.remove_suffix(1);
  const auto lines = text::split(bytes, '\n');
  if (lines.size() < 3) return bad;
  for (const auto& line : lines)
    if (line.empty()) return bad;
  const auto size = plain_decimal(lines[1]);
  const auto root = hash_of_base64(lines[2]);
  if (!size || !root) return bad;
  return checkpoint{lines[0], *size, *root, {lines.begin() + 3, lines.end()}};
}

result<signed_checkpoint> parse_signed_checkpoint(std::string_view bytes) {
  auto n = parse_note(bytes);
  if (!n) return n.why();
  auto tree = parse_checkpoint(n->text);
  if (!tree) return tree.why();
  return signed_checkpoint{std::move(*n), std::move(*tree)};
}

}  // namespace madang::tlog
