// The verbs of e-People over the exchange: the same acts as on the pages, for other agencies'
// programs.
#include "pages.hpp"

namespace madang::epeople {
namespace {

using exchange::hub;

id key_of(const json::value& in, std::string_view member = "key") {
  return id::parse(json::str(in, member)).value_or(id{});
}

result<json::value> done(const outcome& o) {
  if (!o) return o.why();
  return json::value(json::object{});
}

json::value facts_of(bureau& o, const cases::matter& m) {
  const auto f = o.find(m.key);
  return json::object{{"key", m.key.str()},
                      {"number", m.number},
                      {"kind", m.procedure},
                      {"office", m.office},
                      {"due", m.due.str()},
                      {"state", cases::name_of(m.state)},
                      {"applicant", m.applicant_name},
                      {"answer", m.reason},
                      {"lead", f ? f->lead.str() : m.key.str()},
                      {"turn", f && f->turn ? json::value(*f->turn) : json::value()},
                      {"escalated", f && f->escalated},
                      {"transfers", o.transfers(m.key)},
                      {"voices", f ? o.voices(f->lead) : 1}};
}

rules::entries entries_of(const json::value& facts) {
  rules::entries out;
  if (facts.is_object())
    for (const auto& m : facts.get_object()) {
      const std::string name = text::replace_all(std::string(m.key()), "_", " ");
      const auto& v = m.value();
      out.emplace_back(name, v.is_int64()    ? rules::value(v.get_int64())
                             : v.is_bool()   ? rules::value(v.get_bool())
                             : v.is_string() ? rules::value(std::string_view(v.get_string()))
                                             : rules::value());
    }
  return out;
}

void offer_filing(hub& hub, office o) {
  // {kind, answers, join?} -> {key, number, due, state}; the idempotency key is the draft's.
  hub.offer_command("epeople.file",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view once) -> result<json::value> {
                      const auto& answers = json::at(in, "answers");
                      if (!answers.is_object())
                        return refuse(kind::invalid, "json.type", "/answers");
                      const auto* k = o->kinds.find(json::str(in, "kind"));
                      if (!k) return refuse(kind::not_found, "epeople.no_kind");
                      audit::access acting = why;
                      acting.purpose = k->name;
                      acting.law = k->law;
                      auto m = o->file(acting, k->id, answers.as_object(),
                                       once.empty() ? random_token() : std::string(once),
                                       key_of(in, "join"));
                      if (!m) return m.why();
                      return facts_of(*o, *m);
                    });
  hub.offer_command("epeople.rate",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view) -> result<json::value> {
                      return done(o->rate(why, key_of(in), static_cast<int>(json::num(in, "stars")),
                                          json::str(in, "remark")));
                    });
  hub.offer_command("epeople.withdraw",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view) -> result<json::value> {
                      const auto m = o->files.find(key_of(in));
                      const auto f = o->find(key_of(in));
                      if (!m || !f || !o->belongs_to(*m, *f, why.who.person))
                        return refuse(kind::not_found, "case.not_found");
                      return done(o->files.withdraw(o->acting(why, *m, *f), m->key));
                    });
}

void offer_acts(hub& hub, office o) {
  const auto act = [&](const char* name, auto f) {
    hub.offer_command(name,
                      [o, f](const audit::access& why, const json::value& in,
                             std::string_view) -> result<json::value> { return f(*o, why, in); });
  };
  act("epeople.route", [](bureau& b, auto& why, auto& in) -> result<json::value> {
    auto to = b.route(why, key_of(in), json::str(in, "office"), json::str(in, "reason"));
    if (!to) return to.why();
    return json::value(json::object{{"office", *to}});
  });
  act("epeople.answer", [](bureau& b, auto& why, auto& in) {
    return done(b.answer(why, key_of(in), json::str(in, "text"), json::str(in, "translation")));
  });
  act("epeople.join", [](bureau& b, auto& why, auto& in) {
    return done(b.join(why, key_of(in), key_of(in, "lead")));
  });
  act("epeople.separate",
      [](bureau& b, auto& why, auto& in) { return done(b.separate(why, key_of(in))); });
  act("epeople.target", [](bureau& b, auto& why, auto& in) {
    return done(b.name_target(why, key_of(in), json::str(in, "post")));
  });
  act("epeople.translate", [](bureau& b, auto& why, auto& in) {
    return done(
        b.translate(why, key_of(in), "text", json::str(in, "language"), json::str(in, "text")));
  });
  act("epeople.publish", [](bureau& b, auto& why, auto& in) {
    return done(b.publish(why, key_of(in), json::str(in, "title"), json::str(in, "question"),
                          json::str(in, "answer")));
  });
  act("epeople.reward", [](bureau& b, auto& why, auto& in) -> result<json::value> {
    auto r = b.compute_reward(why, key_of(in), entries_of(json::at(in, "facts")));
    if (!r) return r.why();
    return json::value(json::object{{"entitled", r->entitled}, {"amount", r->amount}});
  });
  act("epeople.identity", [](bureau& b, auto& why, auto& in) -> result<json::value> {
    auto who = b.open_identity(why, key_of(in), json::str(in, "reason"));
    if (!who) return who.why();
    return json::value(json::object{{"name", who->name}});
  });
}

void offer_queries(hub& hub, office o) {
  // {text, place?} -> {suggestions: [{office, score, words}]}
  hub.offer_query(
      "epeople.suggest", [o](const audit::access&, const json::value& in) -> result<json::value> {
        json::array list;
        for (const auto& s : o->routes.suggest(json::str(in, "text"), json::str(in, "place"))) {
          json::array words;
          for (const auto& w : s.why) words.emplace_back(w.word);
          list.push_back(json::object{{"office", s.office}, {"score", s.score}, {"words", words}});
        }
        return json::value(json::object{{"suggestions", list}});
      });
  // What waits for the official who asks, in the order in which it is taken.
  hub.offer_query(
      "epeople.queue", [o](const audit::access& why, const json::value&) -> result<json::value> {
        json::array list, titles;
        for (const auto& q : o->queue(why.who)) {
          titles.emplace_back(q.row.title);
          list.push_back(json::object{{"key", q.row.matter.str()},
                                      {"number", q.file.number},
                                      {"title", q.row.title},
                                      {"applicant", q.file.applicant_name},
                                      {"voices", q.file.voices}});
        }
        return json::value(
            json::object{{"count", list.size()}, {"titles", titles}, {"filings", list}});
      });
  // {limit} -> {items}: answers made public without names, as other places say what is new.
  hub.offer_query(
      "epeople.lately", [o](const audit::access&, const json::value& in) -> result<json::value> {
        json::array items;
        const auto most = std::clamp<std::int64_t>(json::num(in, "limit", 50), 1, 100);
        for (const auto& p : published_answers(*o, "", "", static_cast<int>(most)))
          items.push_back(json::object{{"id", "epeople:" + p.matter.str()},
                                       {"title", p.title},
                                       {"summary", text::head(p.question, 200)},
                                       {"language", ""},
                                       {"href", "/epeople/answers/" + p.matter.str()},
                                       {"at", p.at.str()},
                                       {"ends", ""},
                                       {"topic", ""}});
        return json::value(json::object{{"items", std::move(items)}});
      });
  // {key}: one matter, for whoever handles it or filed it.
  hub.offer_query(
      "epeople.matter",
      [o](const audit::access& why, const json::value& in) -> result<json::value> {
        const auto m = o->files.find(key_of(in));
        const auto f = o->find(key_of(in));
        if (!m || !f ||
            (!o->belongs_to(*m, *f, why.who.person) && !o->files.may_handle(why.who, *m)))
          return refuse(kind::not_found, "case.not_found");
        return facts_of(*o, *m);
      });
}

}  // namespace

void offer(office o) {
  auto& hub = o->home.hub();
  offer_filing(hub, o);
  offer_acts(hub, o);
  offer_queries(hub, o);
}

}  // namespace madang::epeople
