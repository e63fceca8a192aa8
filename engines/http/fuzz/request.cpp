// The bytes of a connection, fed as a session feeds them: whole, and cut at a place the input
// chooses. However they are cut, the same request must come out, or none. (A head that cannot
// become good may be refused at once or only when it is whole.)
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../src/reader.hpp"

namespace {

using madang::http::reader;

std::string outcome(std::string_view bytes, std::size_t cut) {
  reader from({2048, 20, 4096});
  std::size_t used = 0;
  for (const std::size_t end : {cut, bytes.size()}) {
    for (;;) {
      const auto before = used;
      const auto stage = from.at();
      used += from.feed(bytes.substr(used, end - used));
      if (used > end) std::abort();
      if (from.at() == reader::stage::bad) return "refused";
      if (from.at() == reader::stage::whole) {
        auto& r = from.read();
        if (r.path.empty() || r.path[0] != '/' || r.path.find("/../") != std::string::npos)
          std::abort();
        return r.method + " " + r.path + " " + std::to_string(r.headers.size()) + " " + r.body;
      }
      if (used == before && stage == from.at()) break;
    }
  }
  return "more";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 8192) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = bytes.size() * data[0] / 256;
  auto none = [](const std::string& o) { return o == "more" || o == "refused"; };
  const auto in_two = outcome(bytes, cut), at_once = outcome(bytes, bytes.size());
  if (in_two != at_once && !(none(in_two) && none(at_once))) std::abort();
  return 0;
}
