// A flood of petitions on the whole house: ten writers of a thousand filings each, then two hundred
// others with one. Shown are the others' mean place in the desk's order beside their mean place
// without the flood, and what filing and opening the desk cost. SQLite in a fresh folder.
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "../systems/epeople/src/bureau.hpp"
#include "madang/base/log.hpp"

using namespace madang;
using clock_type = std::chrono::steady_clock;

namespace {

double seconds(clock_type::time_point since) {
  return std::chrono::duration<double>(clock_type::now() - since).count();
}

audit::access by(id person) {
  audit::access why;
  why.who.person = person;
  why.who.name = "writer";
  why.purpose = {"시험", "bench"};
  why.law = {"시험", "bench"};
  return why;
}

void file(epeople::bureau& b, id person, int n) {
  const auto done = b.file(by(person), "petition",
                           {{"language", "ko"},
                            {"about", "other"},
                            {"title", "도로 " + std::to_string(n)},
                            {"text", "도로가 꺼졌습니다. 번호 " + std::to_string(n * 7919)},
                            {"agency", "molit"},
                            {"official", "no"},
                            {"openly", "no"}},
                           random_token());
  if (!done) std::printf("refused: %s\n", done.why().code.c_str());
}

double mean_place_of_others(int others, bool flood, double& per_second, double& open_ms) {
  const auto folder = std::filesystem::temp_directory_path() / ("petitions-" + new_id().str());
  double mean = 0;
  {
    platform::settings s;
    s.data = folder.string();
    s.pack = MADANG_SOURCE "/packs/korea";
    s.web = MADANG_SOURCE "/web/dist";
    s.nightly = false;
    platform::house house(s);
    epeople::bureau b(house);
    const auto begun = clock_type::now();
    int filed = 0;
    if (flood) {
      std::vector<id> writers;
      for (int i = 0; i < 10; ++i) writers.push_back(new_id());
      for (int i = 0; i < 1000; ++i)
        for (id w : writers) file(b, w, filed++);
    }
    std::vector<id> mine;
    for (int i = 0; i < others; ++i) {
      mine.push_back(new_id());
      file(b, mine.back(), filed++);
    }
    per_second = filed / seconds(begun);
    audit::actor official;
    official.person = new_id();
    official.post = "molit.bench";
    official.agency = "molit";
    official.roles = {epeople::officer};
    const auto opened = clock_type::now();
    b.queue(official, 50);
    open_ms = seconds(opened) * 1000;
    const auto line = b.queue(official, 20'000);
    double sum = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (const auto m = b.files.find(line[i].row.matter);
          std::ranges::find(mine, m->applicant) != mine.end())
        sum += static_cast<double>(i + 1);
    mean = sum / others;
  }
  std::filesystem::remove_all(folder);
  return mean;
}

}  // namespace

int main() {
  log::set_level(log::level::error);
  constexpr int others = 200;
  double rate = 0, open_ms = 0, flood_rate = 0, flood_ms = 0;
  const double without = mean_place_of_others(others, false, rate, open_ms);
  const double with = mean_place_of_others(others, true, flood_rate, flood_ms);
  std::printf("                 mean place   filings/s   desk of 50\n");
  std::printf("200 writers      %10.1f   %9.0f   %7.1f ms\n", without, rate, open_ms);
  std::printf("and 10 x 1,000   %10.1f   %9.0f   %7.1f ms\n", with, flood_rate, flood_ms);
  std::printf("the others wait %.2f %% longer (limit 10 %%)\n", (with / without - 1) * 100);
  return with < without * 1.10 ? 0 : 1;
}
