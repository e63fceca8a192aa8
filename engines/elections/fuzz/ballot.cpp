// A ballot that somebody hands in, and the texts an election is opened from.
#include "madang/elections/poll.hpp"

namespace {
using namespace madang::elections;
const poll& one() {
  static const auto& opened = *new poll([] {
    const auto key = make_trustee_key(number(7));
    const election e{1,
                     "",
                     "fuzz",
                     std::string(group_name),
                     key.public_key,
                     {{{"a", "b"}, {}, 1, 1, "q"}, {{"c"}, true, 0, 1, "r"}},
                     "uuid",
                     {},
                     {}};
    return *poll::open(print(e), print_trustees({key}),
                       print_credentials({public_credential(number(9))}));
  }());
  return opened;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string in(reinterpret_cast<const char*>(data), size);
  if (auto b = json::parse_as<ballot>(in))
    check(print(*json::parse_as<ballot>(print(*b))) == print(*b), "one form");
  check(!one().judge(in).ok(), "nobody guesses a signature");
  (void)read_trustees(in);
  if (auto voters = read_credentials(in))
    for (const auto& v : *voters) (void)v.weight;
  (void)poll::open(in, print_trustees(one().trustees()), "[]");
  if (auto share = json::parse_as<partial_decryption>(in))
    (void)one().check_share({{{"1", "1"}}}, 0, *share);
  return 0;
}
