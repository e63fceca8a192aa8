// The acts of officials on one request, each a form of its page; what is refused is said there.
#include "pages.hpp"

namespace madang::disclosure {
namespace {

const std::string at = "/desk/disclosure/{matter}";

template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    auto it = reached(c, *o);
    if (!it) return c.refuse(it.why());
    outcome done = f(*o, o->access(c.actor, it->file.number), it->file.key, c);
    if (!done) return show_request(c, *o, &done.why());
    // What was passed on is not hers to see any more.
    return c.go(o->reach(c.actor, it->file.key) ? "/desk/disclosure/" + it->file.key.str()
                                                : "/desk/disclosure");
  };
}

std::int64_t number_in(const context& c, std::string_view name) {
  const auto s = c.field(name);
  if (s.empty() || s.size() > 6 || s.find_first_not_of("0123456789") != s.npos) return -1;
  return std::atoll(std::string(s).c_str());
}

// Without script the name is typed: as much as fits one alone.
std::string agency_meant(const context& c, std::string_view chosen, std::string_view typed) {
  for (const auto code : {chosen, typed})
    if (is_agency(c.home.pack(), code)) return std::string(code);
  forms::question q;
  q.id = "office";
  q.how = forms::ask::office;
  std::vector<forms::option> all;
  for (const auto& a : c.home.pack().agencies()) all.push_back({a.code, a.name, {}});
  for (const auto& m : c.home.pack().municipalities())
    all.push_back({m.code, c.home.pack().full_name(m.code), {}});
  auto meant = forms::answer(q, all, {{"office", std::string(typed)}}, today(c.home.pack().zone()));
  return meant && meant->is_string() ? std::string(meant->get_string()) : std::string();
}

template <class F>
void on(office o, const char* name, F f) {
  o->home.page("POST", at + "/" + name, needs::official, act(o, f));
}

void deciding_acts(office o) {
  on(o, "decide", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    const auto said = text::trim(c.field("release"));
    const auto release = date::parse(said);
    if (!said.empty() && !release) return refuse(kind::invalid, "forms.date", "decide-release");
    const bool none = text::trim(c.field("quantity")).empty();
    return b.decide(
        why, key,
        {std::string(c.field("outcome")), std::string(c.field("text")),
         std::string(c.field("committee")), release, none ? 0 : number_in(c, "quantity")});
  });
  on(o, "withhold", [](bureau& b, const auto& why, id key, context& c) {
    return b.withhold(why, key, c.field("ground"), c.field("what"));
  });
  on(o, "unwithhold", [](bureau& b, const auto& why, id key, context& c) {
    return b.unwithhold(why, key, id::parse(c.field("which")).value_or(id{}));
  });
  on(o, "hear", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    auto party = b.find_party(why, c.field("number"));
    if (!party) return party.why();
    return b.hear(why, key, party->person, party->name, c.field("about"));
  });
  on(o, "rule", [](bureau& b, const auto& why, id key, context& c) {
    return b.rule(why, key, id::parse(c.field("hearing")).value_or(id{}), c.field("stop") == "yes");
  });
}

void handling_acts(office o) {
  on(o, "ask", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.ask(why, key, c.field("text"));
  });
  on(o, "extend", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.extend(why, key, static_cast<int>(number_in(c, "days")), c.field("text"));
  });
  on(o, "transfer", [](bureau& b, const auto& why, id key, context& c) {
    return b.transfer(why, key, agency_meant(c, c.field("office_id"), c.field("office")),
                      c.field("text"));
  });
  on(o, "return", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.give_back(why, key, c.field("text"));
  });
  on(o, "note", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.put_note(why, key, c.field("text"));
  });
  on(o, "pay", [](bureau& b, const auto& why, id key, context&) { return b.pay(why, key); });
  on(o, "hand", [](bureau& b, const auto& why, id key, context& c) {
    return b.hand_over(why, key, c.field("how"));
  });
  on(o, "publish", [](bureau& b, const auto& why, id key, context& c) {
    return b.publish(why, key, c.field("title"), c.field("question"), c.field("answer"));
  });
}

void paper_acts(office o) {
  on(o, "papers", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    for (const auto& f : c.files())
      if (!f.filename.empty()) {
        auto made = b.add_paper(why, key, f.filename, f.body);
        if (!made) return made.why();
        return nothing{};
      }
    return refuse(kind::invalid, "attachment.empty", "file");
  });
  on(o, "papers/attached", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    auto made = b.add_attachment(why, key, id::parse(c.field("attachment")).value_or(id{}));
    if (!made) return made.why();
    return nothing{};
  });
}

}  // namespace

void desk_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/desk/disclosure", needs::official, [o](context& c) { return show_queue(c, *o); });
  h.page("GET", at, needs::official, [o](context& c) { return show_request(c, *o); });
  platform::file_pages(
      h, at + "/files/{file}", needs::official,
      [o](context& c) -> result<platform::case_reached> {
        auto it = reached(c, *o);
        if (!it) return it.why();
        return platform::case_reached{
            &o->files, it->file.key, o->access(c.actor, it->file.number),
            {{"/desk/disclosure", std::string(c.say("disclosure.desk"))},
             {"/desk/disclosure/" + it->file.key.str(), it->file.number}}};
      });
  deciding_acts(o);
  handling_acts(o);
  paper_acts(o);
}

}  // namespace madang::disclosure
