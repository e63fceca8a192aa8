// The verbs of information disclosure over the exchange: the same acts as on the pages.
#include "pages.hpp"

namespace madang::disclosure {
namespace {

using exchange::hub;

id key_of(const json::value& in, std::string_view member = "key") {
  return id::parse(json::str(in, member)).value_or(id{});
}

result<json::value> done(const outcome& o) {
  if (!o) return o.why();
  return json::value(json::object{});
}

json::value facts_of(bureau& o, const bureau::opened& it, bool official) {
  json::object out{{"key", it.file.key.str()}, {"number", it.file.number},
                   {"agency", it.file.office}, {"received", it.file.received.str()},
                   {"due", it.file.due.str()}, {"state", cases::name_of(it.file.state)},
                   {"reason", it.file.reason}, {"ready", o.ready(it)}};
  // A draft of a decision is none.
  const bool decided = it.row.decided && !cases::is_open(it.file.state);
  out["outcome"] = decided ? it.row.outcome : "";
  if (decided && it.row.release) out["release"] = it.row.release->str();
  if (const auto f = o.fee_of(it.file.key); f && decided)
    out["fee"] = json::object{{"full", f->full_sum}, {"sum", f->sum}, {"state", f->state}};
  if (official || decided) {
    json::array grounds;
    for (const auto& w : o.withheld_of(it.file.key)) grounds.emplace_back(w.ground);
    out["grounds"] = grounds;
  }
  if (official) out["applicant"] = it.file.applicant_name;
  json::array copies;
  if (official || o.ready(it))
    for (const auto& c : o.copies_of(it.file.key)) copies.emplace_back(c.key.str());
  out["copies"] = copies;
  out["handed"] = o.handed_of(it.file.key).size();
  return out;
}

template <class F>
void act(hub& hub, office o, const char* name, F f) {
  hub.offer_command(name,
                    [o, f](const audit::access& asked, const json::value& in,
                           std::string_view) -> result<json::value> {
                      return f(*o, o->access(asked.who, asked.reference), in);
                    });
}

void offer_requests(hub& hub, office o) {
  hub.offer_command("disclosure.apply",
                    [o](const audit::access& why, const json::value& in,
                        std::string_view once) -> result<json::value> {
                      auto m = o->file(why, json::at(in, "answers"),
                                       once.empty() ? random_token() : std::string(once));
                      if (!m) return m.why();
                      return json::value(json::object{{"key", m->key.str()},
                                                      {"number", m->number},
                                                      {"due", m->due.str()},
                                                      {"state", cases::name_of(m->state)}});
                    });
  hub.offer_query("disclosure.request",
                  [o](const audit::access& why, const json::value& in) -> result<json::value> {
                    auto it = o->find(key_of(in));
                    if (!it) return refuse(kind::not_found, "case.not_found");
                    if (o->files.may_handle(why.who, it->file)) return facts_of(*o, *it, true);
                    if (!o->own(why.who.person, it->file.key))
                      return refuse(kind::not_found, "case.not_found");
                    return facts_of(*o, *it, false);
                  });
  hub.offer_query("disclosure.queue",
                  [o](const audit::access& why, const json::value&) -> result<json::value> {
                    json::array list;
                    for (const auto& q : o->queue(why.who, false))
                      list.push_back(facts_of(*o, q, true));
                    return json::value(json::object{{"count", list.size()}, {"requests", list}});
                  });
  // {limit} -> {items}: answers made public without names, as other places say what is new.
  hub.offer_query(
      "disclosure.lately", [o](const audit::access&, const json::value& in) -> result<json::value> {
        const auto most = std::clamp<std::int64_t>(json::num(in, "limit", 50), 1, 100);
        const auto all = o->files.database().reading([&](store::read& r) {
          return r.all<published>("select " + store::columns<published>() +
                                      " from published order by at desc, matter desc limit ?1",
                                  most);
        });
        json::array items;
        for (const auto& p : all)
          items.push_back(json::object{{"id", "disclosure:" + p.matter.str()},
                                       {"title", p.title},
                                       {"summary", text::head(p.question, 200)},
                                       {"language", ""},
                                       {"href", "/disclosure/answers/" + p.matter.str()},
                                       {"at", p.at.str()},
                                       {"ends", ""},
                                       {"topic", ""}});
        return json::value(json::object{{"items", std::move(items)}});
      });
  // What a third party is told of a hearing.
  hub.offer_query("disclosure.hearings",
                  [o](const audit::access& why, const json::value&) -> result<json::value> {
                    json::array list;
                    for (const auto& h : o->hearings_with(why.who.person))
                      list.push_back(json::object{
                          {"key", h.key.str()},
                          {"about", h.about},
                          {"until", h.until.str()},
                          {"answer", h.answer},
                          {"release", h.release ? json::value(h.release->str()) : json::value()}});
                    return json::value(json::object{{"count", list.size()}, {"hearings", list}});
                  });
}

void offer_acts(hub& hub, office o) {
  act(hub, o, "disclosure.decide", [](bureau& b, const auto& why, auto& in) {
    return done(b.decide(why, key_of(in),
                         {std::string(json::str(in, "outcome")), std::string(json::str(in, "text")),
                          std::string(json::str(in, "committee")),
                          date::parse(json::str(in, "release")), json::num(in, "quantity")}));
  });
  act(hub, o, "disclosure.withhold", [](bureau& b, const auto& why, auto& in) {
    return done(b.withhold(why, key_of(in), json::str(in, "ground"), json::str(in, "what")));
  });
  act(hub, o, "disclosure.transfer", [](bureau& b, const auto& why, auto& in) {
    return done(b.transfer(why, key_of(in), json::str(in, "agency"), json::str(in, "text")));
  });
  act(hub, o, "disclosure.pay",
      [](bureau& b, const auto& why, auto& in) { return done(b.pay(why, key_of(in))); });
  act(hub, o, "disclosure.hand_over", [](bureau& b, const auto& why, auto& in) {
    return done(b.hand_over(why, key_of(in), json::str(in, "how")));
  });
  act(hub, o, "disclosure.hear", [](bureau& b, const auto& why, auto& in) -> result<json::value> {
    const id person = key_of(in, "person");
    if (person) return done(b.hear(why, key_of(in), person, "", json::str(in, "about")));
    auto party = b.find_party(why, json::str(in, "number"));
    if (!party) return party.why();
    return done(b.hear(why, key_of(in), party->person, party->name, json::str(in, "about")));
  });
  // `hearing`: without one, the third party's latest.
  const auto hers = [](bureau& b, const audit::access& why, const json::value& in) {
    if (const id key = key_of(in, "hearing")) return key;
    const auto all = b.hearings_with(why.who.person);
    return all.empty() ? id{} : all.front().key;
  };
  act(hub, o, "disclosure.answer_hearing", [hers](bureau& b, const auto& why, auto& in) {
    return done(
        b.answer_hearing(why, hers(b, why, in), json::flag(in, "agrees"), json::str(in, "text")));
  });
  act(hub, o, "disclosure.object_as_third", [hers](bureau& b, const auto& why, auto& in) {
    return done(b.object_as_third(why, hers(b, why, in), json::str(in, "text")));
  });
  // Of a request: without `hearing`, the first to which somebody objected.
  act(hub, o, "disclosure.rule", [](bureau& b, const auto& why, auto& in) {
    id which = key_of(in, "hearing");
    for (const auto& h : b.hearings_of(key_of(in)))
      if (!which && h.objected) which = h.key;
    return done(b.rule(why, key_of(in), which, json::flag(in, "stop")));
  });
  act(hub, o, "disclosure.publish", [](bureau& b, const auto& why, auto& in) {
    return done(b.publish(why, key_of(in), json::str(in, "title"), json::str(in, "question"),
                          json::str(in, "answer")));
  });
}

// {key, name, text}: a text as a paper; PDFs come by the page.
void offer_papers(hub& hub, office o) {
  act(hub, o, "disclosure.add_text",
      [](bureau& b, const auto& why, auto& in) -> result<json::value> {
        auto made =
            b.add_paper(why, key_of(in), json::str(in, "name"), std::string(json::str(in, "text")));
        if (!made) return made.why();
        return json::value(json::object{{"paper", made->str()}});
      });
  act(hub, o, "disclosure.mark", [](bureau& b, const auto& why, auto& in) -> result<json::value> {
    auto n = b.mark_words(why, key_of(in), key_of(in, "paper"), json::str(in, "words"),
                          json::str(in, "ground"));
    if (!n) return n.why();
    return json::value(json::object{{"marked", *n}});
  });
  act(hub, o, "disclosure.copy", [](bureau& b, const auto& why, auto& in) -> result<json::value> {
    auto made = b.make_copy(why, key_of(in), key_of(in, "paper"));
    if (!made) return made.why();
    return json::value(json::object{{"copy", made->str()}});
  });
  // The same of every paper of a request.
  act(hub, o, "disclosure.mark_all",
      [](bureau& b, const auto& why, auto& in) -> result<json::value> {
        auto it = b.reach(why.who, key_of(in));
        if (!it) return it.why();
        int marked = 0;
        for (const auto& p : b.papers_of(it->file.key, it->file.office)) {
          auto n = b.mark_words(why, it->file.key, p.key, json::str(in, "words"),
                                json::str(in, "ground"));
          if (!n) return n.why();
          marked += *n;
        }
        return json::value(json::object{{"marked", marked}});
      });
  act(hub, o, "disclosure.copy_all",
      [](bureau& b, const auto& why, auto& in) -> result<json::value> {
        auto it = b.reach(why.who, key_of(in));
        if (!it) return it.why();
        std::int64_t made = 0;
        for (const auto& p : b.papers_of(it->file.key, it->file.office)) {
          auto copy = b.make_copy(why, it->file.key, p.key);
          if (!copy) return copy.why();
          ++made;
        }
        return json::value(json::object{{"copies", made}});
      });
  act(hub, o, "disclosure.fetch", [](bureau& b, const auto& why, auto& in) -> result<json::value> {
    const auto it = b.find(key_of(in));
    if (!it) return refuse(kind::not_found, "case.not_found");
    const auto copies = b.copies_of(it->file.key);
    if (copies.empty()) return refuse(kind::not_found, "attachment.not_found");
    const id which = key_of(in, "copy") ? key_of(in, "copy") : copies.front().key;
    auto got = b.fetch_copy(why, it->file.key, which, !why.who.official());
    if (!got) return got.why();
    const bool said = got->what.type == "text/plain";
    return json::value(json::object{{"name", got->what.name},
                                    {"type", got->what.type},
                                    {"sha256", got->what.hash},
                                    {"text", said ? json::value(got->octets) : json::value()}});
  });
}

}  // namespace

void offer(office o) {
  auto& hub = o->home.hub();
  offer_requests(hub, o);
  offer_acts(hub, o);
  offer_papers(hub, o);
}

}  // namespace madang::disclosure
