// What a ministry says of its answer on film: kept beside the words, which stay the answer.
#include <algorithm>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

// An answer of a public ask, by the address.
std::optional<id> meant(const context& c, forum& f, const ask& a) {
  const auto key = id::parse(c.request.capture("answer"));
  const auto all = f.book().replies(a.key);
  if (!key || std::ranges::find(all, *key, &voices::reply::key) == all.end()) return {};
  return key;
}

http::response send(context& c, forum& f) {
  const auto a = f.find(c);
  const auto reply = a && a->hidden.empty() ? meant(c, f, *a) : std::nullopt;
  const auto found = reply ? asked_part(c, f.answers(), *reply) : std::nullopt;
  if (!found) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  return by_range(c, f.answers(), *found);
}

http::response add(context& c, forum& f) {
  const auto a = f.find(c);
  const auto reply = a ? meant(c, f, *a) : std::nullopt;
  if (!reply) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (!f.owes(c.actor, *a)) return c.refuse(refuse(kind::forbidden, "voices.not_yours"));
  const auto done = f.record_answer(f.why(c, a->number), *a, *reply, uploaded_in(c));
  if (!done) return c.refuse(done.why());
  return c.go(f.where().desk + "/" + a->number);
}

}  // namespace

outcome forum::record_answer(const audit::access& why, const ask& a, id reply, const uploaded& u) {
  if (auto stated = why.stated(); !stated) return stated;
  if (u.recording.empty() && u.captions.empty())
    return refuse(kind::invalid, "shared_file.recording", "recording");
  if (auto good = recordings::judge(u); !good) return good;
  return house_.database(place_.system).writing([&](store::write& tx) -> outcome {
    recordings::put(tx, reply, u);
    audit::append(tx, why, audit::action::changed, a.author, "ask", a.key.str(),
                  "answer recording");
    return nothing{};
  });
}

std::string answer_address(const std::string& ask, id reply) {
  return ask + "/answers/" + reply.str();
}

node answer_recording(const context& c, const forum& f, const std::string& ask, id reply) {
  return recording_part(c, f.answers(), reply, answer_address(ask, reply),
                        c.say("assembly.answer_recording"));
}

void answer_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string one = "/{number}/answers/{answer}";
  const std::string at = f->where().path + one;
  for (const char* part : {"/recording", "/captions/{language}"})
    h.page("GET", at + part, needs::nobody, [f](context& c) { return send(c, *f); });
  h.page("POST", f->where().desk + one + "/recording", needs::official,
         [f](context& c) { return add(c, *f); });
}

}  // namespace madang::assembly
