// Third parties (art. 21): told what of theirs is asked for, heard, and told of a decision against
// their wish before it is carried out. Who asks for it is nothing they are told.
#include <algorithm>

#include "bureau.hpp"

namespace madang::disclosure {
namespace {

constexpr std::size_t longest_text = 2000;

const std::string& select_hearing() {
  static const std::string text = "select " + store::columns<hearing>() + " from hearing ";
  return text;
}

// Hers is read and written by whoever handles the request: the record is about her.
void tell_party(store::write& tx, const audit::access& why, const hearing& h,
                const std::string& number, const char* what) {
  audit::access about = why;
  about.reference = number;
  audit::append(tx, about, audit::action::changed, h.person, "disclosure", number, what);
}

}  // namespace

result<bureau::third_party> bureau::find_party(const audit::access& why, std::string_view number) {
  const auto unknown = refuse(kind::not_found, "disclosure.no_person", "number");
  const std::string wanted(text::trim(number));
  if (wanted.empty() || wanted.size() > 20) return unknown;
  if (auto* persons = home.hub().registry_of("persons")) {
    auto found = persons->find(why, "persons", "resident_number", wanted);
    if (found && found->size() == 1)
      if (const auto person = id::parse(found->front().key))
        return third_party{*person, std::string(found->front().text("name"))};
  }
  if (auto* businesses = home.hub().registry_of("businesses")) {
    auto found = businesses->get(why, "businesses", text::replace_all(wanted, "-", ""));
    if (found)
      return third_party{found->reference("representative"), std::string(found->text("name"))};
  }
  return unknown;
}

outcome bureau::hear(const audit::access& why, id matter, id person, const std::string& name,
                     std::string_view about) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!person) return refuse(kind::not_found, "disclosure.no_person", "number");
  if (person == o->file.applicant)
    return refuse(kind::conflict, "disclosure.own_hearing", "number");
  if (auto good = check_text(about, 500, "about"); !good) return good;
  hearing h;
  h.key = new_id();
  h.matter = matter;
  h.person = person;
  h.name = name;
  h.about = text::trim(about);
  h.author = signed_by(why.who, home.pack().language());
  h.told = now();
  h.until = last_of_days(home.pack().calendar(), day(), law.hear_days);
  bool made = false;
  auto done = files.database().writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    if (tx.one<std::int64_t>("select 1 from hearing where matter = ?1 and person = ?2", matter,
                             person))
      return nothing{};
    tx.insert("hearing", h);
    tell_party(tx, why, h, o->file.number, "hearing");
    tell(tx, why, o->file, "heard");
    made = true;
    return nothing{};
  });
  if (done && made) tell_hearing(h, "asked", "hearing " + h.key.str());
  return done;
}

void bureau::tell_hearing(const hearing& h, const char* what, const std::string& source) {
  const html::texts::facts facts{{"about", h.about}};
  words title, body;
  for (const auto& language : home.pack().languages()) {
    html::texts::facts f = facts;
    f.emplace("until", written(h.until, language));
    if (h.release) f.emplace("release", written(*h.release, language));
    title.set(language, home.texts().fill("disclosure.party_" + std::string(what), language, f));
    body.set(language,
             home.texts().fill("disclosure.party_" + std::string(what) + "_body", language, f));
  }
  notices::notice n{{}, h.person, "", title, body, "/disclosure/hearings/" + h.key.str(),
                    "", now(),    {}};
  home.box().put(std::move(n), source);
}

std::optional<hearing> bureau::hearing_of(id person, id key) {
  if (!person) return {};
  return files.database().reading([&](store::read& r) {
    return r.one<hearing>(select_hearing() + "where key = ?1 and person = ?2", key, person);
  });
}

std::vector<hearing> bureau::hearings_with(id person) {
  return files.database().reading([&](store::read& r) {
    return r.all<hearing>(select_hearing() + "where person = ?1 order by key desc limit 100",
                          person);
  });
}

outcome bureau::answer_hearing(const audit::access& why, id key, bool agrees,
                               std::string_view said) {
  const auto h = hearing_of(why.who.person, key);
  if (!h) return refuse(kind::not_found, "disclosure.no_hearing");
  const auto o = find(h->matter);
  if (!o) return refuse(kind::not_found, "disclosure.no_hearing");
  if (!agrees || !text::trim(said).empty())
    if (auto good = check_text(said, longest_text, "text"); !good) return good;
  const std::string answer = agrees ? "agrees" : "objects", words(text::trim(said));
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto is = tx.one<hearing>(select_hearing() + "where key = ?1", key);
    if (is->answer == answer && is->said == words) return nothing{};
    if (!is->answer.empty()) return refuse(kind::conflict, "disclosure.answered");
    if (day() > is->until || !cases::is_open(o->file.state))
      return refuse(kind::conflict, "disclosure.hearing_late", "", {{"until", is->until.str()}});
    tx.run("update hearing set answer = ?1, said = ?2, answered = ?3 where key = ?4", answer, words,
           now(), key);
    tell_party(tx, why, *is, o->file.number, "hearing_answered");
    tx.emit("disclosure.hearing_answered", o->file.key.str(),
            {{"key", o->file.key.str()}, {"number", o->file.number}, {"answer", answer}});
    return nothing{};
  });
}

std::optional<date> bureau::third_may_object_until(const hearing& h) {
  const auto o = find(h.matter);
  if (!h.release || h.objected || !o || !o->file.decided || o->file.state != cases::state::accepted)
    return {};
  const date told = in_zone(*o->file.decided, home.pack().zone()).date;
  return last_of_days(home.pack().calendar(), told, law.third_objection_days);
}

outcome bureau::object_as_third(const audit::access& why, id key, std::string_view said) {
  const auto h = hearing_of(why.who.person, key);
  const auto o = h ? find(h->matter) : std::nullopt;
  if (!o) return refuse(kind::not_found, "disclosure.no_hearing");
  if (auto good = check_text(said, longest_text, "text"); !good) return good;
  if (h->objected && h->objection == text::trim(said)) return nothing{};
  const auto until = third_may_object_until(*h);
  if (!until || day() > *until) return refuse(kind::conflict, "disclosure.no_objection");
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.run("update hearing set objected = ?1, objection = ?2 "
               "where key = ?3 and objected is null",
               now(), std::string(text::trim(said)), key) == 0)
      return refuse(kind::conflict, "disclosure.no_objection");
    tell_party(tx, why, *h, o->file.number, "third_objection");
    tx.emit("disclosure.third_objected", o->file.key.str(),
            {{"key", o->file.key.str()}, {"number", o->file.number}});
    return nothing{};
  });
}

outcome bureau::rule(const audit::access& why, id matter, id key, bool stop) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto h =
        tx.one<hearing>(select_hearing() + "where key = ?1 and matter = ?2", key, matter);
    if (!h) return refuse(kind::not_found, "disclosure.no_hearing");
    if (!h->objected) return refuse(kind::conflict, "disclosure.no_objection");
    const std::string ruling = stop ? "stopped" : "kept";
    if (h->ruling == ruling) return nothing{};
    if (!h->ruling.empty()) return refuse(kind::conflict, "disclosure.answered");
    tx.run("update hearing set ruling = ?1 where key = ?2", ruling, key);
    if (stop) tx.run("update request set stopped = 1 where matter = ?1", matter);
    tell_party(tx, why, *h, o->file.number, "third_objection_ruled");
    tell(tx, why, o->file, "ruled", {{"ruling", ruling}});
    return nothing{};
  });
}

// A decision against her wish is told to the third party with the day on which it is carried out.
void bureau::listen() {
  home.hub().listen(system_name, "disclosure.decided", [this](const exchange::event& e) {
    const auto key = id::parse(json::str(e.payload, "key"));
    if (!key) return;
    for (const auto& h : hearings_of(*key))
      if (h.release) tell_hearing(h, "decided", e.key.str() + h.key.str());
  });
}

}  // namespace madang::disclosure
