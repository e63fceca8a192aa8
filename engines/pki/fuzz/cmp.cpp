// Messages of CMP, as anybody may send them.
#include <filesystem>

#include "madang/base/base.hpp"
#include "madang/pki/cmp.hpp"

namespace {

using namespace madang;

pki::cmp_responder& responder() {
  static const auto all = [] {
    const auto folder = std::filesystem::temp_directory_path() / ("cmp-fuzz-" + random_token(9));
    const pki::hierarchy_plan plan{"government",
                                   {"시험", "Test"},
                                   {"시험", "Test"},
                                   {{"one", "1.3.6.1.4.1.32473.1", {"하나", "One"}, {"하나", "One"}}}};
    auto opened = pki::authorities::open_or_create(folder, "secret", {plan}, "http://ca.example");
    std::filesystem::remove_all(folder);
    return *opened;
  }();
  static pki::cmp_responder made(
      *all->find("one"),
      {[](const std::string&) { return std::optional<trust::bytes>(); },
       [](const pki::cmp_wish&) -> result<trust::bytes> {
         check(false, "nobody is admitted here");
         return refuse(kind::forbidden, "pki.lint");
       },
       [](const pki::cmp_sender&, const std::string&, const std::string&) -> outcome {
         check(false, "nobody is admitted here");
         return nothing{};
       }});
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  // The corpus was written by `openssl cmp` at this time, and messages have to be fresh.
  set_clock([] { return *instant::parse("2026-11-28T09:00:00Z"); });
  (void)responder().answer({data, size});
  return 0;
}
