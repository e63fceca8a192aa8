// Any query against a small index: what is marked lies within the title, on borders of letters.
#include <cstdlib>

#include "madang/base/text.hpp"
#include "madang/search/index.hpp"

namespace {

madang::search::index& services() {
  static auto* made = [] {
    auto* out = new madang::search::index;
    std::vector<madang::search::document> all(3);
    all[0].key = "a", all[0].title = {"주민등록표 등본 2020년", "Copy of Registration"};
    all[1].key = "b", all[1].title = {"㈜여권 KTX", "Straße ﬁle"}, all[1].keywords = {"ขอสำเนา"};
    all[2].key = "c", all[2].title = {"ㄱㅏ 각", "o'zbek"}, all[2].facets = {{"x", "y"}};
    out->replace(std::move(all));
    return out;
  }();
  return *made;
}

void look(const std::string& title, madang::search::range r) {
  if (r.begin > r.end || r.end > title.size()) std::abort();
  if (!madang::text::is_utf8(title.substr(r.begin, r.end - r.begin))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::search;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* language : {"ko", "en"}) {
    const auto found = services().query({text, language, 0, 10, {}});
    if (found.complete > found.total || found.total > 3) std::abort();
    for (const auto& h : found.hits)
      for (const auto r : h.matched) look(h.title, r);
    for (const auto& s : services().suggest(text, language, 5)) look(s.title, s.matched);
  }
  (void)match_expression(text, store_kind::sqlite);
  (void)match_expression(text, store_kind::postgres);
  return 0;
}
