// A note from anybody: what is read is written again alike.
#include "madang/tlog/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (auto n = tlog::parse_note(in)) {
    check(n->str() == in, "a note has one form");
    if (auto c = tlog::parse_checkpoint(n->text))
      check(c->str() == n->text, "a checkpoint has one form");
  }
  if (auto v = tlog::parse_verifier(in)) check(v->str() == in, "a key has one form");
  return 0;
}
