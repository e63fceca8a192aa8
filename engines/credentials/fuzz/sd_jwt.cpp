// Presentations come from anybody's wallet.
#include "madang/credentials/dcql.hpp"
#include "madang/credentials/sd_jwt.hpp"
#include "madang/credentials/status_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  using namespace madang::credentials;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const trust::key k = trust::key::generate();
  static const std::vector<trust::jose::jwk> ours{trust::jose::jwk::of(k.verifier(), "k")};
  if (auto s = read_sd_jwt(text)) {
    check(s->str() == text, "a text has one reading");
    check(!verify_sd_jwt(*s, ours, {1'000'000}), "nobody signs for a key made a moment ago");
    (void)shown(*s, {"/name"});
  }
  auto v = json::parse(text);
  if (!v) return 0;
  if (auto s = read_sd_jwt(*v)) (void)verify_sd_jwt(*s, ours, {1'000'000});
  if (auto list = status_list::read(*v)) (void)list->get(size);
  auto q = read_dcql(*v);
  if (!v->is_object()) return 0;
  std::vector<std::string> disclosures;
  if (const auto& d = json::at(*v, "d"); d.is_array())
    for (const auto& one : d.get_array())
      if (one.is_string()) disclosures.emplace_back(one.get_string());
  if (auto open = open_claims(v->get_object(), disclosures))
    if (q) (void)places_for(q->credentials.front(), open->claims);
  return 0;
}
