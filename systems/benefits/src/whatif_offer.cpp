// The same trial over the exchange: for the command line, and for an agency that answers for a law.
#include "workshop.hpp"

namespace madang::benefits {

// benefits.whatif {decision, as_of, model} or {decision, as_of, parameter, value}, value being a
// FEEL literal: answers when it is done. benefits.whatif_progress {}: 0 to 1.
void offer_whatif(house& h, std::shared_ptr<const office> o) {
  const auto done = std::make_shared<std::atomic<double>>(0);
  h.hub().offer_query("benefits.whatif_progress",
                      [done](const audit::access&, const json::value&) -> result<json::value> {
                        return json::value(done->load());
                      });
  h.hub().offer_query(
      "benefits.whatif",
      [&h, o, done](const audit::access& why, const json::value& in) -> result<json::value> {
        const auto day = date::parse(json::str(in, "as_of")).value_or(today(h.pack().zone()));
        const std::string decision(json::str(in, "decision")), model(json::str(in, "model"));
        rules::statutes draft = o->law.now();
        auto changed =
            model.empty() ? draft.set_parameter(json::str(in, "parameter"), day,
                                                rules::value_of_literal(json::str(in, "value")),
                                                "draft")
                          : draft.amend(decision, day, "draft.dmn", model);
        if (!changed) return changed.why();
        const std::atomic<bool> never{false};
        auto made = whatif(h, o->law, draft).run(why, decision, day, never, *done);
        if (!made) return made.why();
        json::value out = to_json(*made);
        out.as_object()["csv"] = as_csv(*made);
        return out;
      });
}

}  // namespace madang::benefits
