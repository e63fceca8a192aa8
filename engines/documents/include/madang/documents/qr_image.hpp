#pragma once
#include <string>
#include <string_view>

namespace madang::documents {

// A QR code (ISO/IEC 18004, error correction M, octets) of any text as an SVG image, with the quiet
// zone of four modules. Empty when the text is too long (2,331 octets).
std::string qr_image(std::string_view text);

}  // namespace madang::documents
