#include "madang/process/machine.hpp"

namespace madang::process {

std::string_view name_of(element_kind k) {
  constexpr std::string_view names[] = {"process",
                                        "startEvent",
                                        "intermediateCatchEvent",
                                        "intermediateThrowEvent",
                                        "endEvent",
                                        "boundaryEvent",
                                        "task",
                                        "userTask",
                                        "serviceTask",
                                        "sendTask",
                                        "receiveTask",
                                        "businessRuleTask",
                                        "scriptTask",
                                        "callActivity",
                                        "subProcess",
                                        "eventSubProcess",
                                        "transaction",
                                        "adHocSubProcess",
                                        "exclusiveGateway",
                                        "parallelGateway",
                                        "inclusiveGateway",
                                        "eventBasedGateway"};
  return names[static_cast<int>(k)];
}

std::string_view name_of(trigger t) {
  constexpr std::string_view names[] = {"none",         "message", "timer",      "signal",
                                        "conditional",  "error",   "escalation", "cancel",
                                        "compensation", "link",    "terminate"};
  return names[static_cast<int>(t)];
}

std::string_view name_of(standing s) {
  constexpr std::string_view names[] = {"running", "completed", "cancelled", "failed"};
  return names[static_cast<int>(s)];
}

std::string_view name_of(wait::what w) {
  constexpr std::string_view names[] = {"timer", "message", "signal", "condition",
                                        "work",  "task",    "call"};
  return names[static_cast<int>(w)];
}

std::string_view name_of(stimulus::what w) {
  constexpr std::string_view names[] = {"start",    "timer", "message",  "signal",
                                        "complete", "error", "activate", "assign",
                                        "retry",    "skip",  "cancel"};
  return names[static_cast<int>(w)];
}

std::string_view name_of(passage::what w) {
  constexpr std::string_view names[] = {"entered", "completed", "cancelled", "failed", "taken"};
  return names[static_cast<int>(w)];
}

}  // namespace madang::process
