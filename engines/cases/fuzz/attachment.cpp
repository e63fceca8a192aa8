// Whatever octets come: they are of an allowed kind or refused, and their name is harmless.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "madang/cases/attachment.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  auto judged = madang::cases::judge_file(octets);
  if (judged && (judged->type.empty() || judged->ending.empty())) std::abort();
  const std::string name = madang::cases::tidy_name(octets, "txt");
  for (char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\' || c == '"') std::abort();
  if (!name.ends_with(".txt") || name == ".txt") std::abort();
  return 0;
}
