// An archive of somebody's: what is read is written again alike, and auditing it never breaks.
#include "madang/elections/audit.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (auto a = elections::archive::parse(in)) {
    auto again = elections::archive::parse(a->str());
    check(again.ok() && again->members.size() == a->members.size(), "the same members");
  }
  (void)elections::audit(in);
  return 0;
}
