#pragma once
#include "madang/platform/house.hpp"

// The counters of local administration (Saeol): permits and licences, each by its folder of the
// pack alone. A permit is a service with its questions, a process in BPMN that says which steps
// officials take before it is decided, and what is then entered in the register of licences.
//
// packs/<country>/permits/<id>.yaml says whose it is and what a licence says; <id>.bpmn, how it is
// handled. The decision on the case is the process's user task whose form is "decision"; it can be
// taken when the process stands there.
namespace madang::counters {

void join(platform::house& house);

}  // namespace madang::counters
