// A hash chain that a stranger wrote, with a result that leads into it.
#include "madang/xroad/hash_chain.hpp"

#include <cstdint>

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string s(reinterpret_cast<const char*>(data), size);
  xroad::chain_question q;
  q.result = s;
  q.resolve = [](const std::string&) { return std::optional<std::string>("x"); };
  (void)xroad::verify_chain(q);
  q.result =
      "<h:HashChainResult xmlns:h=\"http://cyber.ee/hashchain\" "
      "xmlns=\"http://www.w3.org/2000/09/xmldsig#\" URI=\"/c.xml#STEP0\"><DigestMethod "
      "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue>AA=="
      "</DigestValue></h:HashChainResult>";
  q.resolve = [&](const std::string& uri) {
    return std::optional<std::string>(uri == "/c.xml" ? s : "x");
  };
  (void)xroad::verify_chain(q);
  return 0;
}
