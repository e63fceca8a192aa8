#include "madang/trust/base45.hpp"

namespace madang::trust::base45 {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

int value_of(char c) {
  std::size_t at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string encode(view data) {
  std::string out;
  out.reserve(data.size() / 2 * 3 + 2);
  std::size_t i = 0;
  for (; i + 1 < data.size(); i += 2) {
    unsigned n = data[i] * 256u + data[i + 1];
    out += alphabet[n % 45];
    out += alphabet[n / 45 % 45];
    out += alphabet[n / 2025];
  }
  if (i < data.size()) {
    out += alphabet[data[i] % 45];
    out += alphabet[data[i] / 45];
  }
  return out;
}

std::optional<bytes> decode(std::string_view text) {
  if (text.size() % 3 == 1) return {};
  bytes out;
  out.reserve(text.size() / 3 * 2 + 1);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    int a = value_of(text[i]), b = value_of(text[i + 1]);
    if (a < 0 || b < 0) return {};
    if (i + 2 < text.size()) {
      int c = value_of(text[i + 2]);
      int n = a + b * 45 + c * 2025;
      if (c < 0 || n > 65535) return {};
      out.push_back(static_cast<std::uint8_t>(n >> 8));
      out.push_back(static_cast<std::uint8_t>(n));
    } else {
      int n = a + b * 45;
      if (n > 255) return {};
      out.push_back(static_cast<std::uint8_t>(n));
    }
  }
  return out;
}

}  // namespace madang::trust::base45
