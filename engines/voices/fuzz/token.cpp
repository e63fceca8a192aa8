// What a token says, from anybody: what is read is written the same way.
#include "madang/voices/tokens.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const trust::view prepared(data, size);
  if (const auto said = voices::token_message::parse(prepared)) {
    const auto words = prepared.subspan(trust::blind_rsa::randomizer_size);
    check(said->str() == std::string_view(reinterpret_cast<const char*>(words.data()),
                                          words.size()),
          "there is one way to write what a token says");
  }
  check(voices::pseudonym_of(prepared).size() == 64, "a pseudonym of 64 digits");
  return 0;
}
