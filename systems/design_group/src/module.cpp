#include <thread>

#include "madang/design_group/design_group.hpp"
#include "studio.hpp"

namespace madang::design_group {

void join(platform::house& house) {
  if (!house.pack().has("participation/design.yaml")) return;
  auto s = std::make_shared<studio>(house, house.database("design"));
  open_pages(s);
  working_pages(s);
  lead_pages(s);
  // Beside what opens: nine hundred projects would hold it up.
  auto filling = std::make_shared<std::thread>();
  house.accompany({[s, filling] {
                     *filling = std::thread([s] {
                       try {
                         s->begin_demonstration();
                       } catch (const std::exception& e) {
                         log::warn("design.demonstration", {{"what", e.what()}});
                       }
                     });
                   },
                   [filling] {
                     if (filling->joinable()) filling->join();
                   }});
}

}  // namespace madang::design_group
