#include "counter.hpp"
#include "madang/counters/counters.hpp"

namespace madang::counters {

std::span<const store::migration> migrations();

namespace {

void end_process(counter& c, const exchange::event& e) {
  const permit* p = c.find(json::str(e.payload, "procedure"));
  if (!p) return;
  const std::string number(json::str(e.payload, "number"));
  audit::access why{audit::system_actor("counters"), p->name, p->law, number};
  auto told = c.database().writing([&](store::write& tx) {
    return c.processes().message(tx, why, closed_message, number, {}, e.key.str());
  });
  if (!told) throw std::runtime_error("counters: " + told.why().code);
}

}  // namespace

void join(platform::house& h) {
  if (!h.keeps("counters")) return;
  auto permits = read_permits(h.pack());
  if (permits.empty()) return;
  h.registers_of("counters").database().migrate("counters", migrations());
  const auto c = std::make_shared<counter>(h, std::move(permits));
  h.hub().offer_command("counters.apply",
                        [c](const audit::access& why, const json::value& in,
                            std::string_view once) { return c->apply(why, in, once); });
  for (const char* end : {"case.refused", "case.returned", "case.withdrawn"})
    h.hub().listen("counters", end, [c](const exchange::event& e) { end_process(*c, e); });
  task_pages(h, c);
  licence_pages(h, c);
  incident_pages(h, c);
  model_pages(h, c);
  draft_pages(h, c);
  migration_pages(h, c);
  analytics_pages(h, c);
}

}  // namespace madang::counters
