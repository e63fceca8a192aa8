// Any octets as a model: read, and when it can be run, run a little way; every state is written
// down and read again.
#include <cstdlib>

#include "madang/process/simulation.hpp"

using namespace madang;
using namespace madang::process;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto m = model::read({reinterpret_cast<const char*>(data), size});
  if (!m || !(*m)->mistakes().empty()) return 0;
  simulation world({*m}, instant{1'700'000'000'000'000});
  world.through_snapshots(true);
  int begun = 0;
  for (const int p : (*m)->processes())
    begun += world.start((*m)->at(p).id, {{"x", rules::value(7)}}).ok();
  if (begun == 0) return 0;
  for (int n = 0; n < 8; ++n) {
    world.advance(world.now().plus(std::chrono::hours(24)));
    for (std::size_t r = 0; r < std::min<std::size_t>(world.runs().size(), 4); ++r) {
      const auto waits = world.runs()[r].instance->waits;
      for (const auto& w : waits) {
        stimulus s;
        s.wait = w.number;
        s.kind = w.kind == wait::what::task || w.kind == wait::what::work
                     ? stimulus::what::complete
                     : w.kind == wait::what::message ? stimulus::what::message
                                                     : stimulus::what::signal;
        (void)world.give(r, s).ok();
        break;
      }
    }
  }
  if (world.snapshots_differ()) std::abort();
  return 0;
}
