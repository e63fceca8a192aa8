// What an authenticator wrote comes through anybody's browser.
#include "madang/signon/passkeys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  auto read = signon::read_authenticator_data({data, size});
  if (read) check(read->relying_party_hash.size() == 32, "a hash of 32 octets");
  if (read && read->key) check(!read->credential.empty(), "a key belongs to a credential");
  return 0;
}
