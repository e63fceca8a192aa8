// Requests for certificates and certificates themselves, as people paste and upload them.
#include "madang/pki/authority.hpp"
#include "madang/pki/path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const trust::view octets{data, size};
  if (auto request = pki::read_request(octets))
    check(!request->key.empty(), "a key that was proven");
  if (auto facts = pki::read_facts(octets)) {
    check(text::is_utf8(facts->subject) && text::is_utf8(facts->common_name), "text");
    pki::path_question q;
    q.end = facts->der;
    q.anchors = {facts->der};
    q.check_revocation = false;
    q.at = facts->from;
    (void)pki::validate(q);
    (void)pki::lint(facts->der, facts->der, pki::profile::person);
  }
  return 0;
}
