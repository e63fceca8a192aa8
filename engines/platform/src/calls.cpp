#include "madang/platform/calls.hpp"

namespace madang::platform {
namespace {

id id_in(const json::value& v, const char* member) {
  return id::parse(json::str(v, member)).value_or(id{});
}

// Whoever calls says why; who acts is the system that called.
audit::access access_of(const json::value& call) {
  return {audit::system_actor(json::str(call, "from")), json::words_of(json::at(call, "purpose")),
          json::words_of(json::at(call, "law")), std::string(json::str(call, "business"))};
}

process::served served_of(const json::value& call) {
  return {std::string(json::str(call, "from")), id_in(call, "instance"),
          json::num(call, "activity")};
}

// A refusal here would be one of infrastructure: the event comes again.
void must(const outcome& done) {
  if (!done) throw std::runtime_error("a call between systems: " + done.why().code);
}

}  // namespace

void carry_calls(exchange::hub& hub, store::database& db, const std::string& system,
                 process::engine& e) {
  const std::string who = "process." + system;
  hub.listen(who, "process.call", [&db, &e, system](const exchange::event& event) {
    const json::value& call = event.payload;
    if (json::str(call, "system") != system) return;
    must(db.writing([&](store::write& tx) {
      return e.begin_for(tx, access_of(call), served_of(call), json::str(call, "process"),
                         process::variables_of_json(json::at(call, "variables")),
                         json::str(call, "business"));
    }));
  });
  hub.listen(who, "process.call_cancelled", [&db, &e](const exchange::event& event) {
    must(db.writing([&](store::write& tx) {
      return e.cancel_for(tx, access_of(event.payload), served_of(event.payload));
    }));
  });
  hub.listen(who, "process.returned", [&db, &e, system](const exchange::event& event) {
    const json::value& back = event.payload;
    if (json::str(back, "system") != system) return;
    must(db.writing([&](store::write& tx) {
      return e.returned(tx, access_of(back), id_in(back, "instance"), json::num(back, "activity"),
                        json::str(back, "error"),
                        process::variables_of_json(json::at(back, "variables")));
    }));
  });
}

}  // namespace madang::platform
