#pragma once
#include <optional>
#include <string_view>
#include <vector>

// QR codes (ISO/IEC 18004), model 2, error correction M, alphanumeric mode, versions 1 to 20: what
// a code on paper is. Ours because libqrencode spends 150 us on choosing the mask, a fifth of the
// time a whole document takes; the rules of section 7.8.3 over rows kept as machine words take 10
// us. The library remains the judge in the tests, and prints texts that are not alphanumeric.
namespace madang::documents {

struct qr_symbol {
  int side = 0;
  int mask = 0;
  std::vector<unsigned char> cells;   // row by row; 1 is dark
};

// Nothing when the text has other letters than 0-9 A-Z " $%*+-./:" or is too long (970 of them).
std::optional<qr_symbol> draw_qr(std::string_view text);

// For tests: this mask (0 to 7) instead of the best.
std::optional<qr_symbol> draw_qr(std::string_view text, int mask);

}  // namespace madang::documents
