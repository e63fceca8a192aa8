#include "madang/distribution/distribution.hpp"
#include "courier.hpp"
#include "madang/exchange/elsewhere.hpp"

namespace madang::distribution {

void join(platform::house& h) {
  if (!h.pack().has("sharing/tasks.yaml")) return;
  auto o = std::make_shared<office>(h);
  pages(h, o);
  auto& hub = h.hub();
  hub.offer_query("distribution.box",
                  [o](const audit::access&, const json::value& in) { return o->box_of(in); });
  hub.offer_query("distribution.waiting",
                  [o](const audit::access& why, const json::value&) -> result<json::value> {
                    return json::value(o->waiting_at(why.who.agency));
                  });
  hub.offer_query("distribution.office", [o](const audit::access&, const json::value& in) {
    return o->about_us(in);
  });
  using verb = result<json::value> (office::*)(const audit::access&, const json::value&);
  for (auto [name, does] : {std::pair<const char*, verb>{"part", &office::take_part},
                            {"deliver", &office::take},
                            {"receipt", &office::heard_from}})
    hub.offer_command(std::string("distribution.") + name,
                      [o, does](const audit::access& why, const json::value& in,
                                std::string_view) { return ((*o).*does)(why, in); });
  for (const char* name : {"box", "office", "part", "deliver", "receipt"})
    exchange::address(std::string("distribution.") + name);
  hub.listen("distribution", "distribution.sent",
             [o](const exchange::event& e) { o->go_out(e.subject, "letter"); });
  hub.listen("distribution", "distribution.stated", [o](const exchange::event& e) {
    const std::string what(json::str(e.payload, "what"));
    if (what == "delivered") o->tell_receivers(e.subject);
    o->go_out(e.subject, what);
  });
  hub.listen("distribution", "distribution.heard", [o](const exchange::event& e) {
    o->tell_writer(e.subject, std::string(json::str(e.payload, "what")));
  });
  h.each_night({"distribution",
                [o]() -> std::optional<date> {
                  const auto last = o->expired_on();
                  return last.days ? std::optional(last) : std::nullopt;
                },
                [o](const std::atomic<bool>& stop) { return o->night(stop); }});
  h.each_night({"distribution.vault", [o] { return o->examined_on(); },
                [o](const std::atomic<bool>& stop) { return o->examine(stop); }});
  auto carries = std::make_shared<courier>(o);
  h.accompany({[o, carries] {
                 o->begin_demonstration();
                 carries->start();
               },
               [carries] { carries->stop(); }});
}

}  // namespace madang::distribution
