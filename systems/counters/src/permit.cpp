#include "permit.hpp"

namespace madang::counters {

std::vector<permit> read_permits(const packs::pack& pack) {
  std::vector<permit> out;
  for (const auto& file : pack.list("permits", ".yaml")) {
    const json::value v = pack.yaml(file);
    permit p;
    p.id = json::str(v, "id");
    p.prefix = json::str(v, "prefix");
    p.name = json::words_of(json::at(v, "name"));
    p.law = json::words_of(json::at(v, "law"));
    p.deed = json::words_of(json::at(v, "deed"));
    p.role = json::str(v, "role");
    p.working_days = static_cast<int>(json::num(v, "working_days", 3));
    p.years = static_cast<int>(json::num(v, "years", 0));
    p.title = json::str(v, "title");
    p.place = json::str(v, "place");
    if (const auto& d = json::at(v, "details"); d.is_array())
      for (const auto& one : d.as_array()) p.details.emplace_back(one.as_string());
    for (const auto& [what, is] : {std::pair("id", &p.id), std::pair("prefix", &p.prefix),
                                   std::pair("role", &p.role), std::pair("title", &p.title)})
      if (is->empty()) throw packs::broken_pack({file, 0, std::string(what) + " is missing"});
    if (!pack.has("permits/" + p.id + ".bpmn"))
      throw packs::broken_pack({file, 0, "there is no " + p.id + ".bpmn beside it"});
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace madang::counters
