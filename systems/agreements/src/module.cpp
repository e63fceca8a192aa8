#include "madang/agreements/agreements.hpp"
#include "office.hpp"

namespace madang::agreements {

void join(platform::house& house) {
  if (!house.pack().has("agreements/members.yaml")) return;
  auto o = std::make_shared<office>(house);
  desk_pages(house, o);
  my_pages(house, o);
  public_pages(house, o);
  member_doors(house, o);
  details_doors(house, o);
  // {member, agreement}: does an agreement in force cover it? Asked by whoever answers members
  // elsewhere; everything but a plain yes is no.
  house.hub().offer_query(
      "agreements.covers", [o](const audit::access&, const json::value& in) -> result<json::value> {
        const auto* m = o->find_member(json::str(in, "member"));
        auto a = m ? o->in_force(*m, std::string(json::str(in, "agreement")))
                   : result<agreement>(refuse(kind::forbidden, "agreement.none"));
        if (!a) return a.why();
        return json::value(
            json::object{{"register", a->reg}, {"items", a->items}, {"ends", a->ends.str()}});
      });
}

}  // namespace madang::agreements
