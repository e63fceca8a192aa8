// The verbs of Eungdapso over the exchange: the same acts as on the pages, for other systems'
// programs.
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

id key_of(const json::value& in) { return id::parse(json::str(in, "key")).value_or(id{}); }

double degrees(const json::value& in, std::string_view name) {
  const auto& v = json::at(in, name);
  return v.is_double() ? v.get_double() : v.is_int64() ? static_cast<double>(v.get_int64()) : 999;
}

json::value facts_of(const report& r) {
  return json::object{{"key", r.matter.str()},
                      {"number", r.number},
                      {"category", r.category},
                      {"department", r.department},
                      {"office", r.office},
                      {"town", r.town},
                      {"exact", r.exact},
                      {"channel", r.channel},
                      {"state", r.state},
                      {"urgency", r.urgency},
                      {"hours", (r.promised.micros - r.filed.micros) / 3'600'000'000},
                      {"voices", r.voices},
                      {"passed", r.passed},
                      {"reopened", r.reopened},
                      {"kept", r.kept ? json::value(*r.kept) : json::value()},
                      {"result", r.result}};
}

result<json::value> after(center& o, const outcome& done, id key) {
  if (!done) return done.why();
  const auto r = o.find(key);
  return r ? facts_of(*r) : json::value(json::object{});
}

using exchange::hub;

forms::fields answers_in(const json::value& in) {
  forms::fields out;
  if (const auto& answers = json::at(in, "answers"); answers.is_object())
    for (const auto& m : answers.get_object()) {
      if (m.value().is_string()) out.emplace_back(m.key(), m.value().get_string());
      if (m.value().is_array())
        for (const auto& one : m.value().get_array())
          if (one.is_string()) out.emplace_back(m.key(), one.get_string());
    }
  return out;
}

void offer_filing(hub& hub, office o) {
  // {category, at?: {lat, lon}, town?, place?, words?, answers, channel?} -> what is known of it.
  hub.offer_command("eungdapso.file",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view once) -> result<json::value> {
                      telling t;
                      t.category = json::str(in, "category");
                      if (const auto& at = json::at(in, "at"); at.is_object())
                        t.at = place{degrees(at, "lat"), degrees(at, "lon")};
                      t.town = json::str(in, "town");
                      t.place = json::str(in, "place");
                      t.words = json::str(in, "words");
                      t.channel = json::str(in, "channel", "message");
                      t.language = o->home.pack().language();
                      t.answers = answers_in(in);
                      t.once = json::str(in, "once", once);
                      auto done = o->file(why, t);
                      if (!done) return done.why();
                      return facts_of(done->row);
                    });
}

void offer_acts(hub& hub, office o) {
  const auto act = [&](const char* name, auto f) {
    hub.offer_command(name,
                      [o, f](const audit::access& why, const json::value& in, std::string_view)
                          -> result<json::value> { return after(*o, f(*o, why, in), key_of(in)); });
  };
  act("eungdapso.take", [](center& b, auto& why, auto& in) { return b.take(why, key_of(in)); });
  act("eungdapso.pass", [](center& b, auto& why, auto& in) {
    return b.pass_on(why, key_of(in), json::str(in, "department"), json::str(in, "office"),
                     json::str(in, "reason"));
  });
  act("eungdapso.done", [](center& b, auto& why, auto& in) {
    return b.finish(why, key_of(in), json::str(in, "text"));
  });
  act("eungdapso.decline", [](center& b, auto& why, auto& in) {
    return b.decline(why, key_of(in), json::str(in, "text"));
  });
  act("eungdapso.join", [](center& b, auto& why, auto& in) -> outcome {
    auto n =
        b.join(why, key_of(in), json::str(in, "words"), "", std::string(json::str(in, "once")));
    return n ? outcome(nothing{}) : outcome(n.why());
  });
}

// Whoever asks is the reporter, by her account or code.
void offer_hers(hub& hub, office o) {
  const auto hers = [&](const char* name, auto f) {
    hub.offer_command(name,
                      [o, f](const audit::access& why, const json::value& in,
                             std::string_view) -> result<json::value> {
                        const auto r = o->find(key_of(in));
                        if (!r || !o->is_hers(*r, why.who, json::str(in, "code")))
                          return refuse(kind::not_found, "report.unknown");
                        return after(*o, f(*o, why, in), r->matter);
                      });
  };
  hers("eungdapso.reopen", [](center& b, auto& why, auto& in) {
    return b.reopen(why, key_of(in), json::str(in, "text"));
  });
  hers("eungdapso.withdraw",
       [](center& b, auto& why, auto& in) { return b.withdraw(why, key_of(in)); });
}

void offer_queries(hub& hub, office o) {
  // What there is to do for the crew that asks.
  hub.offer_query("eungdapso.work",
                  [o](const audit::access& why, const json::value&) -> result<json::value> {
                    json::array list;
                    for (const auto& r : o->work_of(why.who)) list.push_back(facts_of(r));
                    return json::value(json::object{{"count", list.size()}, {"reports", list}});
                  });
  // {lat, lon, category} -> open reports near a place.
  hub.offer_query(
      "eungdapso.near", [o](const audit::access&, const json::value& in) -> result<json::value> {
        json::array list;
        for (const auto& n :
             o->near({degrees(in, "lat"), degrees(in, "lon")}, json::str(in, "category")))
          list.push_back(json::object{{"number", n.row.number},
                                      {"category", n.row.category},
                                      {"metres", static_cast<std::int64_t>(n.metres + 0.5)}});
        return json::value(json::object{{"count", list.size()}, {"reports", list}});
      });
}

}  // namespace

void offer(office o) {
  auto& hub = o->home.hub();
  offer_filing(hub, o);
  offer_acts(hub, o);
  offer_hers(hub, o);
  offer_queries(hub, o);
}

}  // namespace madang::eungdapso
