#pragma once
#include <string>
#include <vector>

#include "madang/process/engine.hpp"

// A process in words, for whoever does not see its diagram: its elements in the order of the flow,
// each once, what is inside a scope below it, events on an activity below that; with what became of
// each in one instance.
namespace madang::process {

struct outline_line {
  int depth = 0;
  int element = -1;
  std::string id, name;
  element_kind kind = element_kind::task;
  trigger event = trigger::none;
  // What leads here: names of conditional flows into it ("accepted"); empty: always.
  std::vector<std::string> when;
  enum class state : std::uint8_t { ahead, here, done, left, trouble } is = state::ahead;
  int times = 0;  // completed
};

// Names in the language, where the model says them in it.
std::vector<outline_line> outline(const model& m, int process, std::string_view language = {});
// With the path of an instance: its history and where it stands.
std::vector<outline_line> outline(const instance& i, const std::vector<history_step>& history,
                                  std::string_view language = {});

// What a drawing shows of an instance, by the ids of elements and flows. What waits for something
// but a person is told from where a person is expected; what was not come to, and will not be, from
// what is still ahead.
struct drawing_mark {
  enum class what : std::uint8_t { done, here, waits, trouble, left, skipped, taken };
  std::string id;
  what is = what::done;
};
std::vector<drawing_mark> marks_of(const instance& i, const std::vector<history_step>& history);
std::string_view name_of(drawing_mark::what w);

std::string_view name_of(outline_line::state s);

}  // namespace madang::process
