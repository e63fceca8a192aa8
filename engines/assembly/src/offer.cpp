// What other systems ask and tell of a place by name. All of it is public on its pages too.
#include <algorithm>

#include "forum.hpp"

namespace madang::assembly {
namespace {

constexpr std::int64_t most_lately = 200;

json::object said_of(forum& f, const ask& a) {
  const auto& s = f.book().stage_of(a);
  json::array replies;
  for (const auto& r : f.book().replies(a.key)) {
    const auto* d = f.rule().find_verdict(r.verdict);
    replies.push_back(json::object{{"agency", r.agency},
                                   {"body", r.body},
                                   {"at", r.at.str()},
                                   {"recording", f.answers().recording(r.key)
                                                     ? answer_address(f.path_of(a), r.key) +
                                                           "/recording"
                                                     : std::string()},
                                   {"verdict", r.verdict},
                                   {"verdict_name", json::from_words(d ? d->name : words())}});
  }
  return {{"number", a.number},
          {"href", f.path_of(a)},
          {"title", a.title},
          {"agency", a.agency},
          {"stage", a.stage},
          {"stage_name", json::from_words(s.name)},
          {"due", a.due.micros ? a.due.str() : ""},
          {"by_text", said_on_paper(f, a).has_value()},
          {"replies", std::move(replies)}};
}

json::value lately(forum& f, const json::value& in) {
  voices::book::wanted w{.rule = f.rule().id};
  for (const auto& s : f.rule().stages)
    if (s.listed) w.stages.push_back(s.id);
  w.limit = static_cast<int>(std::clamp<std::int64_t>(json::num(in, "limit", 50), 1, most_lately));
  const auto found = f.book().list(w);
  const auto counts = f.book().counted(found, main_saying(f));
  json::array items;
  for (const auto& a : found)
    items.push_back(json::object{
        {"id", f.where().system + ":" + a.number},
        {"number", a.number},
        {"title", a.title},
        {"summary", text::head(a.body, 200)},
        {"language", a.language},
        {"href", f.path_of(a)},
        {"at", a.filed.str()},
        {"ends", a.ends == forever ? "" : a.ends.str()},
        {"topic", a.category},
        {"stage_name", json::from_words(f.book().stage_of(a).name)},
        {"count", counts.at(a.key)}});
  return json::object{{"items", std::move(items)}};
}

// A voice that comes by another way than the pages; who speaks is the actor.
result<json::value> say(forum& f, const audit::access& why, const json::value& in) {
  const auto a = f.book().find(f.rule().id, json::str(in, "number"));
  if (!a || !a->hidden.empty() || !why.who.signed_in())
    return refuse(kind::not_found, "voices.unknown");
  const auto s = said_on_paper(f, *a);
  if (!s) return refuse(kind::conflict, "voices.closed");
  const id who = why.who.person;
  const outcome done = json::flag(in, "undo")
                           ? f.book().take_back(who, *a, *s, now())
                           : f.book().say(who, *a, *s, f.bucket_of(why, who), now());
  if (!done) return done.why();
  return json::value(true);
}

}  // namespace

void offer(const shared_forum& f) {
  auto& hub = f->home().hub();
  const std::string& system = f->where().system;
  hub.offer_query(system + ".lately",
                  [f](const audit::access&, const json::value& in) -> result<json::value> {
                    return lately(*f, in);
                  });
  hub.offer_query(system + ".ask",
                  [f](const audit::access&, const json::value& in) -> result<json::value> {
                    const auto source = json::str(in, "source");
                    const auto a = source.empty()
                                       ? f->book().find(f->rule().id, json::str(in, "number"))
                                       : f->book().find_source(f->rule().id, source);
                    if (!a || !a->hidden.empty()) return refuse(kind::not_found, "voices.unknown");
                    return json::value(said_of(*f, *a));
                  });
  hub.offer_query(system + ".adoption",
                  [f](const audit::access&, const json::value&) -> result<json::value> {
                    return adoption_said(*f);
                  });
  hub.offer_command(system + ".say",
                    [f](const audit::access& why, const json::value& in, std::string_view) {
                      return say(*f, why, in);
                    });
  hub.offer_command(
      system + ".file",
      [f](const audit::access& why, const json::value& in,
          std::string_view) -> result<json::value> {
        if (json::str(in, "source").empty())
          return refuse(kind::invalid, "voices.body", "source", {{"most", "1"}});
        auto a = f->book().file(why, f->rule().id,
                                {.title = std::string(json::str(in, "title")),
                                 .body = std::string(json::str(in, "body")),
                                 .language = std::string(json::str(in, "language")),
                                 .category = std::string(json::str(in, "category")),
                                 .source = std::string(json::str(in, "source"))},
                                now());
        if (!a) return a.why();
        return json::value(said_of(*f, *a));
      });
}

}  // namespace madang::assembly
