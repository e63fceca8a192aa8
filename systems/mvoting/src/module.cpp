#include <algorithm>

#include "madang/assembly/assembly.hpp"
#include "madang/assembly/invented.hpp"
#include "madang/mvoting/mvoting.hpp"
#include "station.hpp"

namespace madang::mvoting {

void join(platform::house& house) {
  constexpr const char *votes = "voices/vote.yaml", *polls = "voices/poll.yaml";
  if (!house.pack().has(votes) || !house.pack().has(polls)) return;
  std::vector<voices::rule> rules;
  for (const char* file : {votes, polls}) {
    rules.push_back(assembly::rule_of(house.pack(), file));
    if (std::ranges::any_of(rules.back().categories, [](const auto& k) { return k.level > 1; }))
      throw packs::broken_pack({file, 0, "votes are of level 0 or 1"});
    for (const char* stage : {"draft", "coming", "open", "ended"})
      if (!rules.back().find_stage(stage))
        throw packs::broken_pack({file, 0, std::string("there is no stage ") + stage});
  }
  const auto s = std::make_shared<station>(house, std::move(rules));
  list_pages(s);
  vote_pages(s);
  unseen_pages(s);
  making_pages(s);
  shown_pages(s);
  result_pages(s);
  screen_pages(s);
  desk_pages(s);
  assembly::watch_invented(house, "mvoting", [s] { return s->invented(); });
  house.accompany({[s] { s->start(); }, [s] { s->stop(); }});
}

}  // namespace madang::mvoting
