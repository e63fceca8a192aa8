#include "madang/elections/format.hpp"

#include <openssl/evp.h>

#include <charconv>

#include "madang/trust/bytes.hpp"

namespace madang::elections {

std::string print_trustees(const std::vector<trustee_key>& keys) {
  std::string out = "[";
  for (const auto& key : keys) {
    if (out.size() > 1) out += ',';
    out += R"(["Single",)" + print(key) + "]";
  }
  return out + "]";
}

result<std::vector<trustee_key>> read_trustees(std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed) return parsed.why();
  std::vector<trustee_key> out;
  if (!parsed->is_array()) return refuse(kind::invalid, "elections.trustees");
  for (const auto& item : parsed->get_array()) {
    const auto* pair = item.if_array();
    if (!pair || pair->size() != 2 || (*pair)[0] != "Single")
      return refuse(kind::unsupported, "elections.trustees");
    auto key = json::read<trustee_key>((*pair)[1]);
    if (!key) return key.why();
    out.push_back(std::move(*key));
  }
  if (out.empty()) return refuse(kind::invalid, "elections.trustees");
  return out;
}

std::string print_credentials(const std::vector<std::string>& credentials) {
  std::string out = "[";
  for (const auto& c : credentials) {
    if (out.size() > 1) out += ',';
    out += '"' + c + '"';
  }
  return out + "]";
}

result<std::vector<voter_key>> read_credentials(std::string_view text) {
  const refusal bad = refuse(kind::invalid, "elections.credentials");
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return bad;
  text = text.substr(1, text.size() - 2);
  std::vector<voter_key> out;
  while (!text.empty()) {
    const auto end = text.find('"', 1);
    if (text.front() != '"' || end == std::string_view::npos) return bad;
    const auto entry = text.substr(1, end - 1);
    const auto comma = entry.find(',');
    voter_key key{std::string(entry.substr(0, comma)), 1};
    if (comma != std::string_view::npos) {
      const auto weight = entry.substr(comma + 1);
      std::uint32_t w = 0;
      const auto [stop, error] = std::from_chars(weight.data(), weight.data() + weight.size(), w);
      if (error != std::errc() || stop != weight.data() + weight.size() || weight.front() == '0')
        return bad;
      key.weight = w;
    }
    out.push_back(std::move(key));
    text.remove_prefix(end + 1);
    if (text.empty()) break;
    if (text.front() != ',' || text.size() == 1) return bad;
    text.remove_prefix(1);
  }
  return out;
}

std::string reference(std::string_view text) { return trust::sha256_hex(text); }

std::string fingerprint(std::string_view text) {
  const auto digest = trust::sha256(text);
  unsigned char out[64];
  const int size = EVP_EncodeBlock(out, digest.data(), int(digest.size()));
  std::string base64(reinterpret_cast<const char*>(out), std::size_t(size));
  base64.resize(base64.find_last_not_of('=') + 1);
  return base64;
}

}  // namespace madang::elections
