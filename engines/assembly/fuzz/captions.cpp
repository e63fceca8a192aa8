// Captions and recordings from anybody: whatever the octets, what is read of them is bounded UTF-8,
// and no octet beyond them is looked at.
#include <cstdint>
#include <string_view>

#include "madang/assembly/recording.hpp"
#include "madang/base/check.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto type = assembly::type_of_recording(octets);
  check(type.empty() || type == "video/mp4" || type == "video/webm", "a type that is served");
  const auto read = assembly::read_captions(octets);
  if (!read) return 0;
  check(!read->empty() && read->size() <= assembly::most_cues, "bounded");
  for (const auto& c : *read) check(c.begins < c.ends && text::is_utf8(c.text), "a cue");
  for (const auto& p : assembly::transcript_of(*read))
    check(text::is_utf8(p.speaker) && text::is_utf8(p.text) && !p.text.empty(), "a passage");
  return 0;
}
