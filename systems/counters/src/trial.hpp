#pragma once
#include <string>
#include <vector>

#include "counter.hpp"
#include "madang/process/simulation.hpp"

// Internal: a draft of a procedure tried out in a time of its own, as its author says it line by
// line:
//
//   start {answers: {area: 80}}        variables of the process, a FEEL context
//   work licence.enter {licence: "1"}  what local work answers from here on; {} when nothing is
//   said decision NAME {entitled: true}     instead of the law, which else decides complete ELEMENT
//   {..}              a step of a person, or work that waits message "case closed" "KEY" {..} after
//   P3D                          time moves; timers fire
namespace madang::counters {

struct trial_result {
  struct line {
    std::string what, element;  // "entered", "completed" ...; id
    instant at;
  };
  std::vector<line> path;
  std::vector<process::drawing_mark> marks;
  std::vector<std::string> waits;  // ids of elements where it stands
  std::string standing, variables;
  std::optional<refusal> stopped;  // trial.line, trial.failed {line, code}
};

trial_result try_out(const counter& office, const std::string& bpmn, std::string_view lines,
                     instant begin);

}  // namespace madang::counters
