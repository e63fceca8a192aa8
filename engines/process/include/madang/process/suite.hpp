#pragma once
#include <filesystem>
#include <string>
#include <vector>

// Text cases of how processes run: a model, what happens to it in a time that is told, and where
// its tokens then must have been. BPMN has no published suite of execution; this is one that any
// engine could play. The form of a file, line by line ("#" begins a remark):
//
//   case   what it shows, as a sentence
//   model                              BPMN until the line "end": whole, or what stands in
//     <startEvent id="s"/> ...           <definitions>, or in one process; then what stands beside
//   end                                  it (messages ...) follows after a line "--". BPMN is the
//                                        default namespace, zeebe: and m: (ours) are declared
//   work   TYPE gives {FEEL context}   what work of that type answers; more lines of one type are
//   work   TYPE throws CODE {..}         answered one after the other, the last again and again
//   work   TYPE fails | waits          fails: an incident; waits: somebody finishes it later
//   decision NAME gives VALUE
//   start  [PROCESS] [{..}]            variables as a FEEL context
//   start fails CODE                   ... and is refused
//   deploy fails CODE at ELEMENT       what is said of the model; nothing is started
//   after  P3D                         time moves
//   complete ELEMENT [{..}] [by WHO]   a task, or work that waits
//   error  ELEMENT CODE                work that waits comes back with an error
//   message NAME [KEY] [{..}]          KEY is FEEL
//   signal NAME [{..}]
//   activate ELEMENT [{..}]            in an ad-hoc sub-process
//   assign {..} | retry ELEMENT | skip ELEMENT [{..}] | cancel
//   refused CODE                       of the line before
//   then   done A B C                  completed since the last "then done", in this order
//   then   gone A B                    cancelled since then, in any order
//   then   waits A B                   what stands there and waits (tasks, events, work), sorted
//   then   variables {..}              at least these, of the process
//   then   running | completed | cancelled | failed
//   then   incident ELEMENT CODE       stands still there
//   then   called PROCESS STANDING     the last instance of another process
//   then   due ELEMENT DATE-TIME       when a timer is due
//   then   runs N                      instances there have been
//
// "then done" speaks of all instances, in the order of the steps.
// After each step every instance is written down and read again.
namespace madang::process {

struct suite_failure {
  std::string file, name, what;
  int line = 0;
};
struct suite_outcome {
  int cases = 0;
  std::vector<suite_failure> failures;
};

// Every *.case of a folder, in the order of names; or one file.
suite_outcome run_suite(const std::filesystem::path& where);

}  // namespace madang::process
