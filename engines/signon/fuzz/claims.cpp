// The parameter `claims` of a stranger, and what it picks of what is there.
#include "madang/signon/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  static const json::value there = *json::parse(
      R"({"verification": {"trust_framework": "f", "time": "2026-11-28T00:00:00Z",
          "evidence": [{"type": "electronic_record", "record": {"type": "r"}}]},
          "claims": {"name": "n", "birthdate": "1988-04-12"}})");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto asked = signon::read_claims(text);
  if (!asked) return 0;
  check(asked->verified_names().size() <= size, "no more names than octets");
  for (const auto& one : asked->verified)
    if (auto part = signon::as_asked(one, there, instant{}))
      check(json::print(*part).size() <= json::print(there).size() + 40,
            "nothing is told that is not there");
  return 0;
}
