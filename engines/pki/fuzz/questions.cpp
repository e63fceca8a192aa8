// Anybody's questions to OCSP and to the time stamper: whatever comes, an answer goes out, and what
// is not known is not said to be good.
#include <filesystem>

#include "madang/pki/authority.hpp"

namespace {

using namespace madang;

std::shared_ptr<pki::authorities> made() {
  const auto folder = std::filesystem::temp_directory_path() / ("pki-fuzz-" + random_token(9));
  const pki::hierarchy_plan plan{
      "national",
      {"시험", "Test"},
      {"시험", "Test"},
      {{"one", "1.3.6.1.4.1.32473.1", {"하나", "One"}, {"하나", "One"}}}};
  auto all = pki::authorities::open_or_create(folder, "secret", {plan}, "http://ca.example");
  std::filesystem::remove_all(folder);
  return *all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const auto all = made();
  static const instant at{1'900'000'000'000'000};
  const auto answer = all->find("one")->ocsp(
      {data, size}, [](const std::string&) { return pki::status{}; }, at);
  check(!answer.der.empty() && !answer.kept, "an answer that nobody keeps");
  check(!all->stamper_of("national")->answer({data, size}, at).empty(), "an answer");
  return 0;
}
