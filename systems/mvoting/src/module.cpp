#include "madang/assembly/assembly.hpp"
#include "madang/mvoting/mvoting.hpp"
#include "station.hpp"

namespace madang::mvoting {

void join(platform::house& house) {
  constexpr const char *votes = "voices/vote.yaml", *polls = "voices/poll.yaml";
  if (!house.pack().has(votes) || !house.pack().has(polls)) return;
  std::vector<voices::rule> rules;
  for (const char* file : {votes, polls}) {
    rules.push_back(assembly::rule_of(house.pack(), file));
    for (const char* stage : {"draft", "coming", "open", "ended"})
      if (!rules.back().find_stage(stage))
        throw packs::broken_pack({file, 0, std::string("there is no stage ") + stage});
  }
  const auto s = std::make_shared<station>(house, std::move(rules));
  list_pages(s);
  vote_pages(s);
  making_pages(s);
  result_pages(s);
  screen_pages(s);
  desk_pages(s);
  house.accompany({[s] { s->start(); }, [s] { s->stop(); }});
}

}  // namespace madang::mvoting
