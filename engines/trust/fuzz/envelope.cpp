// Envelopes come from other agencies.
#include "madang/trust/envelope.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  constexpr std::string_view passphrase = "fuzz";
  static const trust::letter_box box =
      trust::new_letter_box(words("가", "a"), "a", passphrase, {1'700'000'000'000'000});
  static const trust::bytes good = *trust::enclose(trust::view_of("content"), box.certificate);
  // As it came, and as a change to one that was good: at the place and by the octets that it says.
  const auto foreign = trust::disclose({data, size}, box, passphrase);
  check(!foreign, "nobody else can seal to a key that was made just now");
  if (size < 3) return 0;
  trust::bytes bad = good;
  const std::size_t at = (std::size_t{data[0]} << 8 | data[1]) % bad.size();
  for (std::size_t i = 2; i < size && at + i - 2 < bad.size(); ++i) bad[at + i - 2] = data[i];
  const auto opened = trust::disclose(bad, box, passphrase);
  check(bool(opened) == (bad == good), "no octet can be another one");
  return 0;
}
