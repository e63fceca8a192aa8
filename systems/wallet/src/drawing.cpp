#include <qrencode.h>

#include "pages.hpp"

namespace madang::wallet {

using namespace html;

// One path of a square for each dark module; crisp at any size, and no picture to be fetched.
node qr_code(std::string_view text, std::string_view label) {
  std::unique_ptr<QRcode, void (*)(QRcode*)> code(
      QRcode_encodeData(static_cast<int>(text.size()),
                        reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L),
      QRcode_free);
  if (!code) return {};
  constexpr int quiet = 4;
  std::string path;
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if (code->data[y * code->width + x] & 1)
        path += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h1v1h-1z";
  const std::string size = std::to_string(code->width + 2 * quiet);
  return element("svg", cls("qr"), role("img"), aria("label", label),
                 attr("viewbox", "0 0 " + size + " " + size),
                 element("rect", attr("width", size), attr("height", size), attr("fill", "#fff")),
                 element("path", attr("d", path), attr("fill", "#000")));
}

}  // namespace madang::wallet
