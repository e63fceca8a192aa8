// One entry of the trail, with the proof that it stands in the log: for the person it is about, and
// for an auditor, whose look is itself an entry.
#include "pages.hpp"

#include "madang/tlog/proof.hpp"

namespace madang::transparency {
namespace {

using namespace html;

struct entry_view {
  std::string entry, database, state;      // state: waiting, sealed
  std::string statement, proof;            // as in the file; empty while it waits
  std::int64_t index = 0, size = 0;
  std::vector<std::string> witnesses;
};
BOOST_DESCRIBE_STRUCT(entry_view, (),
                      (entry, database, state, statement, proof, index, size, witnesses))

result<keeper::entry_proof> reached(context& c, const keeper& k) {
  const refusal none = refuse(kind::not_found, "transparency.no_entry");
  const auto key = id::parse(c.request.capture("entry"));
  if (!key) return none;
  store::acknowledgement::settle();
  auto found = k.prove(*key);
  if (!found) return found;
  const bool mine = found->entry.subject == c.actor.person ||
                    found->entry.subject == audit::everybody ||
                    found->entry.actor_person == c.actor.person;
  if (mine) {
    if (found->entry.hidden_until && now() < *found->entry.hidden_until) return none;
    return found;
  }
  if (!c.actor.has_role("auditor")) return c.hidden(none, "audit", *key);
  c.home.database("gov24").writing([&](store::write& tx) {
    audit::append(tx, c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs")),
                  audit::action::read, found->entry.subject, "audit", key->str());
  });
  return found;
}

entry_view view_of(const context& c, const keeper& k, const keeper::entry_proof& found) {
  entry_view v;
  v.entry = found.entry.key.str();
  v.database = found.database;
  v.state = found.proof ? "sealed" : "waiting";
  if (!found.proof) return v;
  v.proof = found.proof->str();
  v.statement = tlog::opening_of(*found.proof->extra)->statement;
  v.index = static_cast<std::int64_t>(found.proof->index);
  v.size = static_cast<std::int64_t>(found.proof->at.tree.size);
  if (auto judged = k.believed().judge(found.proof->at))
    for (const auto& w : judged->witnesses)
      for (const auto& known : k.witnesses())
        if (known.id == k.believed().witnesses()[w.who].name)
          v.witnesses.push_back(known.name(c.language));
  return v;
}

// "Resident register (persons): Born, Sex", in the reader's words.
std::string what_was(const context& c, const audit::entry& e) {
  const registers::schema* schema = nullptr;
  for (const auto* s : c.home.hub().schemas())
    if (s->id == e.record_of) schema = s;
  const std::string key = "data.record_" + e.record_of;
  std::string out = schema                     ? schema->name(c.language)
                    : c.home.texts().has(key) ? std::string(c.say(key))
                                               : e.record_of;
  std::vector<std::string> names;
  for (const auto& i : e.items.empty() ? std::vector<std::string>() : text::split(e.items, ',')) {
    const auto* item = schema ? schema->find(i) : nullptr;
    names.push_back(item ? item->name(c.language) : i);
  }
  return names.empty() ? out : out + ": " + text::join(names, ", ");
}

// The island checks in the browser, with nothing of the server's but the file and the policy.
node checker(const context& c, const std::string& at) {
  std::vector<node> steps;
  for (const char* step : {"commitment", "inclusion", "log", "witnesses"})
    steps.push_back(li(data("step", step), c.say("transparency.step_" + std::string(step))));
  return element("madang-proof", data("proof", at + "/proof"),
                 data("policy", "/transparency/policy"),
                 data("good", c.say("transparency.step_good")),
                 data("bad", c.say("transparency.step_bad")),
                 data("all-good", c.say("transparency.all_good")),
                 data("all-bad", c.say("transparency.all_bad")),
                 data("unreachable", c.say("transparency.not_fetched")),
                 button(type_("button"), cls("button primary"), flag("hidden"),
                        span(c.say("transparency.check_here"))),
                 ol(steps));
}

http::response show_entry(context& c, const keeper& k) {
  auto found = reached(c, k);
  if (!found) return c.refuse(found.why());
  const entry_view v = view_of(c, k, *found);
  return c.show(v, [&] {
    const std::string at = "/my/data/entries/" + v.entry;
    node body = all(h1(c.say("transparency.entry_title")), lead(c.say("transparency.entry_lead")));
    std::vector<row> rows;
    const auto add = [&](const char* label, node value) {
      rows.push_back({std::string(c.say(label)), std::move(value), ""});
    };
    const auto& e = found->entry;
    add("data.when", node(c.written(e.at)));
    add("data.who", node(std::string(json::str(e.actor, "name"))));
    add("data.what", all(badge(tone::neutral, c.say("data.action_" + std::string(
                                                        audit::name_of(e.what)))),
                         " ", what_was(c, e)));
    add("data.why", all(e.purpose(c.language), " ", e.reference,
                        div(cls("note"), e.law(c.language))));
    if (!found->proof) {
      add("transparency.state", badge(tone::info, c.say("transparency.waiting")));
      return c.page(c.say("transparency.entry_title"),
                    {{"/my/data", std::string(c.say("my.data"))}},
                    all(body, summary_list(c.shell(), rows), inset(p(c.say("transparency.wait")))),
                    {.noindex = true});
    }
    add("transparency.state", badge(tone::good, c.say("transparency.sealed")));
    add("transparency.place", node(c.fill("transparency.place_of",
                                          {{"n", text::grouped(v.index + 1)},
                                           {"size", text::grouped(v.size)}})));
    add("transparency.witnesses", node(text::join(v.witnesses, ", ")));
    body = all(body, summary_list(c.shell(), rows), h2(c.say("transparency.check_title")),
               p(c.say("transparency.check_what")), checker(c, at),
               button_row({link_button(at + "/proof", c.say("transparency.take_proof"),
                                       look::secondary),
                           link_button("/transparency", c.say("transparency.title"), look::quiet)}),
               disclosure(c.say("transparency.statement"), pre(code(cls("wrap"), v.statement))));
    return c.page(c.say("transparency.entry_title"), {{"/my/data", std::string(c.say("my.data"))}},
                  body, {.noindex = true});
  });
}

http::response send_proof(context& c, const keeper& k) {
  auto found = reached(c, k);
  if (!found) return c.refuse(found.why());
  if (!found->proof) return c.refuse(refuse(kind::unavailable, "tlog.beyond"));
  auto out = http::text_response(200, found->proof->str());
  out.with("Content-Disposition",
           "attachment; filename=\"" + found->entry.key.str() + ".tlog-proof\"");
  return c.with_privacy(std::move(out));
}

}  // namespace

void entry_pages(office k) {
  auto& h = k->home();
  h.page("GET", "/my/data/entries/{entry}", needs::sign_in,
         [k](context& c) { return show_entry(c, *k); });
  h.page("GET", "/my/data/entries/{entry}/proof", needs::sign_in,
         [k](context& c) { return send_proof(c, *k); });
}

namespace {

// log.append {log, source, first, entries: [base64]}: entries of a system's own, numbered by it.
result<json::value> append_for(keeper& k, const json::value& in) {
  tlog::batch b{std::string(json::str(in, "source")),
                static_cast<std::uint64_t>(json::num(in, "first", 1)), {}};
  if (const auto& all = json::at(in, "entries"); all.is_array())
    for (const auto& one : all.get_array())
      if (auto octets = text::from_base64(one.is_string() ? one.get_string() : ""))
        b.entries.push_back(std::move(*octets));
  if (auto good = k.enter(json::str(in, "log"), b); !good) return good.why();
  return json::value(json::object{});
}

// log.prove {log, source, number, extra}: the proof as a file, with what opens it (base64), or
// nothing while witnesses have not confirmed it.
result<json::value> prove_for(const keeper& k, const json::value& in) {
  const auto* l = k.find_log(json::str(in, "log"));
  if (!l) return refuse(kind::not_found, "transparency.no_log");
  json::object out{{"proof", ""}};
  const auto at = l->position_of(std::string(json::str(in, "source")),
                                 static_cast<std::uint64_t>(json::num(in, "number")));
  result<tlog::inclusion_proof> p = refuse(kind::not_found, "tlog.beyond");
  if (at) p = l->prove(*at);
  if (!p) return json::value(std::move(out));
  p->extra = text::from_base64(json::str(in, "extra"));
  out["proof"] = p->str();
  out["index"] = static_cast<std::int64_t>(p->index);
  return json::value(std::move(out));
}

}  // namespace

// transparency.sealed_until {}: whatever was entered before then has a proof.
void offer(office k) {
  k->home().hub().offer_command("log.append",
                                [k](const audit::access&, const json::value& in,
                                    std::string_view) { return append_for(*k, in); });
  k->home().hub().offer_query("log.prove", [k](const audit::access&, const json::value& in) {
    return prove_for(*k, in);
  });
  k->home().hub().offer_query("transparency.sealed_until",
                              [k](const audit::access&, const json::value&) -> result<json::value> {
                                return json::value(json::object{
                                    {"micros", k->sealed_until().micros}});
                              });
}

}  // namespace madang::transparency
