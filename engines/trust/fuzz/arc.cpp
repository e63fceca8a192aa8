// What somebody asks a credential with, what she gets, and what she shows: from anybody.
#include <algorithm>

#include "madang/base/base.hpp"
#include "madang/trust/arc.hpp"

namespace {
using namespace madang::trust;
const arc::issuer& key() {
  static const auto& one = *new arc::issuer(arc::issuer::generate());
  return one;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using madang::check;
  const view in(data, size);
  static const auto ask = arc::request(view_of("fuzz"));
  if (const auto made = key().respond(in))
    check(made->size() == arc::response_size, "an answer of one length");
  check(!arc::finalize(key().public_key(), ask.request, ask.secrets, in), "nobody guesses one");
  check(!key().verify(view_of("fuzz"), view_of("ask"), in), "nor a presentation");
  if (const auto other = arc::issuer::from_octets(in))
    check(std::ranges::equal(other->octets(), in), "there is one way to write a key");
  return 0;
}
