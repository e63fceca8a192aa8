// 100,000 synthetic services in memory: time to build, memory, and time to answer and to complete.
// Limit: a query under 10 ms. Beside it the same titles scanned for the words, as a database
// without an index would.
//
//   search_bench [documents = 100000]
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "../engines/search/tests/titles.hpp"
#include "madang/search/index.hpp"

namespace {

using namespace madang;
using steady = std::chrono::steady_clock;

double ms_since(steady::time_point began) {
  return std::chrono::duration<double, std::milli>(steady::now() - began).count();
}

void say(const char* name, std::vector<double>& ms) {
  std::sort(ms.begin(), ms.end());
  std::printf("%-24s p50 %7.3f ms  p95 %7.3f ms  max %7.3f ms\n", name, ms[ms.size() / 2],
              ms[ms.size() * 95 / 100], ms.back());
}

std::vector<search::document> services(const std::vector<std::string>& titles) {
  std::vector<search::document> out(titles.size());
  for (std::size_t i = 0; i < titles.size(); ++i) {
    auto& d = out[i];
    d.key = std::to_string(i);
    d.title = words(titles[i], "Service number " + std::to_string(i));
    d.body.set("ko", titles[(i * 7919) % titles.size()] + "에 관하여 신청할 수 있습니다. 처리 기간은 3일입니다.");
    d.keywords = {titles[(i * 104729) % titles.size()].substr(0, 18)};
    d.facets = {{"agency", std::to_string(i % 50)}};
  }
  return out;
}

}  // namespace

int main(int count, char** given) {
  const auto titles = synthetic_titles(count > 1 ? std::stoul(given[1]) : 100'000);
  search::index in;
  auto all = services(titles);
  const auto began = steady::now();
  in.replace(std::move(all));
  const auto built = ms_since(began);
  std::printf("%zu services built in %.0f ms (%.0f a second), %.0f MiB\n", in.size(), built,
              1e3 * static_cast<double>(in.size()) / built,
              static_cast<double>(in.bytes()) / (1 << 20));
  std::vector<double> query, filtered, scan, suggest;
  for (int round = 0; round < 20; ++round) {
    auto queries = fourteen_queries();
    queries.push_back("지방세 환급 처리결과 조회");   // hardly complete anywhere: the second look
    for (const auto& q : queries) {
      auto at = steady::now();
      const auto found = in.query({q, "ko", 0, 20, {}});
      query.push_back(ms_since(at));
      if (round == 0)
        std::printf("  %-28s %6zu complete %6zu in all %8.3f ms\n", q.c_str(), found.complete,
                    found.total, query.back());
      at = steady::now();
      (void)in.query({q, "ko", 0, 20, {{"agency", "7"}}});
      filtered.push_back(ms_since(at));
      if (round > 1) continue;
      at = steady::now();
      std::size_t n = 0;
      for (const auto& t : titles) n += holds_all(t, q);
      scan.push_back(ms_since(at));
    }
    for (const char* typed : {"ㄷ", "도로점", "등", "ㅈㅁㄷㄹ", "service n", "rjscnr", "2020년 제"}) {
      const auto at = steady::now();
      (void)in.suggest(typed, "ko");
      suggest.push_back(ms_since(at));
    }
  }
  say("query", query);
  say("query with a facet", filtered);
  say("suggest", suggest);
  say("scan of titles only", scan);
}
