// A snapshot somebody has touched: refused, or an instance that can be moved without harm.
#include "madang/process/simulation.hpp"

using namespace madang;
using namespace madang::process;

namespace {

std::shared_ptr<const model> sample() {
  static const auto m = *model::read(R"(<definitions targetNamespace="t"
 xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="p" isExecutable="true">
<startEvent id="s"/><parallelGateway id="g"/><userTask id="a"><multiInstanceLoopCharacteristics>
<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
<userTask id="b"/><inclusiveGateway id="j"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
<sequenceFlow id="f2" sourceRef="g" targetRef="a"/>
<sequenceFlow id="f3" sourceRef="g" targetRef="b"/>
<sequenceFlow id="f4" sourceRef="a" targetRef="j"/>
<sequenceFlow id="f5" sourceRef="b" targetRef="j"/>
<sequenceFlow id="f6" sourceRef="j" targetRef="e"/></process></definitions>)");
  return m;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto v = json::parse({reinterpret_cast<const char*>(data), size});
  if (!v) return 0;
  auto i = instance_of(*v, sample());
  if (!i) return 0;
  (void)to_json(*i);
  return 0;
}
