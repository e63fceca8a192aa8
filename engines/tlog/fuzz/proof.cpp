// A proof that somebody hands in, and what a log asks of a witness.
#include "madang/tlog/witness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (auto p = tlog::parse_proof(in)) {
    check(p->str() == in, "a proof has one form");
    const auto believed = tlog::policy::k_of(0, {}, {});
    check(!tlog::verify_proof(*p, {}, believed), "without known logs nothing is believed");
  }
  if (auto q = tlog::parse_add_checkpoint(in)) check(q->str() == in, "a request has one form");
  return 0;
}
