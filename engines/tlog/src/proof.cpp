#include "madang/tlog/proof.hpp"

#include "base64.hpp"

namespace madang::tlog {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1";
constexpr std::size_t longest_path = 63;

// The next line, without its end; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return {};
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string inclusion_proof::str() const {
  std::string out = std::string(first_line) + "\n";
  if (extra) out += "extra " + text::base64(*extra) + "\n";
  out += "index " + std::to_string(index) + "\n";
  for (const auto& h : path) out += text::base64(h) + "\n";
  return out + "\n" + at.signed_note.str();
}

result<inclusion_proof> parse_proof(std::string_view file) {
  const auto bad = refuse(kind::invalid, "tlog.proof");
  if (file.size() > longest_proof) return bad;
  inclusion_proof out;
  auto line = take_line(file);
  if (line != first_line) return bad;
  line = take_line(file);
  if (line && line->starts_with("extra ")) {
    out.extra = strict_base64(line->substr(6));
    if (!out.extra) return bad;
    line = take_line(file);
  }
  if (!line || !line->starts_with("index ")) return bad;
  const auto index = plain_decimal(line->substr(6));
  if (!index) return bad;
  out.index = *index;
  while ((line = take_line(file)) && !line->empty()) {
    const auto h = hash_of_base64(*line);
    if (!h || out.path.size() == longest_path) return bad;
    out.path.push_back(*h);
  }
  if (!line) return bad;
  auto at = parse_signed_checkpoint(file);
  if (!at) return at.why();
  out.at = std::move(*at);
  return out;
}

result<judged_checkpoint> verify_proof(const inclusion_proof& p, const hash& leaf,
                                       const policy& believed) {
  auto judged = believed.judge(p.at);
  if (!judged) return judged;
  if (!verify_inclusion(p.index, p.at.tree.size, leaf, p.path, p.at.tree.root))
    return refuse(kind::invalid, "tlog.not_included");
  return judged;
}

hash commitment(view salt, std::string_view statement) {
  check(salt.size() == salt_size, "a salt has 32 octets");
  const view parts[] = {salt, trust::view_of(statement)};
  return trust::sha256(parts);
}

hash committed_leaf(view salt, std::string_view statement) {
  return leaf_hash(commitment(salt, statement));
}

trust::bytes extra_of(const opening& o) {
  trust::bytes out = o.salt;
  out.insert(out.end(), o.statement.begin(), o.statement.end());
  return out;
}

std::optional<opening> opening_of(view extra) {
  if (extra.size() <= salt_size) return {};
  opening out{{extra.begin(), extra.begin() + salt_size},
              std::string(text::chars_of(extra.subspan(salt_size)))};
  if (!text::is_utf8(out.statement)) return {};
  return out;
}

}  // namespace madang::tlog
