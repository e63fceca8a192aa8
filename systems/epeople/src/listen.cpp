// After the file of a case has moved: the row of e-People follows, the other voices of the matter
// are answered, and who stands behind a protected report is told without being named. Events come
// at least once, so all of this may happen twice.
#include <algorithm>

#include "bureau.hpp"

namespace madang::epeople {
namespace {

// The official who answered, as she would act now: for the voices that are answered with hers.
audit::actor actor_in(platform::house& home, const std::string& code) {
  audit::actor who;
  const auto post = home.people().find_post(code);
  if (!post) return who;
  const auto account = home.people().find_account(post->holder);
  who.person = post->holder;
  who.name = account ? account->name : "";
  who.post = post->code;
  who.post_title = post->title;
  who.agency = post->agency;
  who.agency_name = post->agency_name;
  who.office = post->office;
  who.roles = text::split(post->roles, ',');
  return who;
}

}  // namespace

void bureau::answer_voices(const cases::matter& lead) {
  audit::access why;
  why.who = actor_in(home, lead.post);
  // A voice lies where it was filed, whatever office its lead was passed to since.
  why.who.office.clear();
  const auto* k = kinds.find(lead.procedure);
  why.purpose = k->name;
  why.law = k->law;
  for (const auto& f : group(lead.key)) {
    if (f.is_lead()) continue;
    const auto file = files.find(f.matter);
    if (!file || !cases::is_open(file->state)) continue;
    // A question that is open to this voice is answered with the rest.
    if (file->state == cases::state::question) {
      audit::access herself = why;
      herself.who = {};
      herself.who.person = file->applicant;
      herself.who.name = file->applicant_name;
      (void)files.reply(herself, f.matter,
                        home.texts()("epeople.answered_with", home.pack().language()));
    }
    if (auto done = files.accept(why, f.matter, lead.reason); !done)
      log::warn("epeople.voice_unanswered", {{"why", done.why().code}});
  }
}

void bureau::tell_reporter(const filing& f, const cases::matter& m, const exchange::event& e) {
  if (!f.confidential) return;
  const auto person = reporters.person_behind(m.applicant);
  if (!person) return;
  // Nothing in the box says what it is about, not even that it is a report.
  notices::notice n{
      {}, *person, "", home.said("epeople.news"), home.said("epeople.news_body"), "/epeople/mine",
      "", e.at,    {}};
  home.box().put(std::move(n), e.key.str());
}

void bureau::after_case(const std::string& what, const exchange::event& e) {
  const auto key = id::parse(json::str(e.payload, "key"));
  const auto m = key ? files.find(*key) : std::nullopt;
  const auto f = key ? find(*key) : std::nullopt;
  if (!m || !f) return;
  if (what == "transferred")
    files.database().writing([&](store::write& tx) {
      tx.run("update filing set office = ?1, escalated = ?2 where lead = ?3", m->office,
             f->escalated || m->office == routes.ombudsman(), f->lead);
    });
  if (what == "withdrawn" || what == "returned")
    files.database().writing([&](store::write& tx) {
      tx.run("update filing set turn = null where matter = ?1", *key);
      // The other voices go on with the oldest of them.
      const auto heir = tx.one<id>(
          "select matter from filing where lead = ?1 and matter <> ?1 and turn is not null "
          "order by matter limit 1",
          *key);
      if (heir)
        tx.run("update filing set lead = ?1 where lead = ?2 and turn is not null", *heir, *key);
    });
  if (what == "accepted" && f->is_lead()) answer_voices(*m);
  if (what == "received")
    if (const auto draft = id::parse(json::str(json::at(e.payload, "facts"), "once")))
      if (const auto person =
              f->confidential ? reporters.person_behind(m->applicant) : m->applicant)
        reporters.drafts().discard(*draft, *person);
  tell_reporter(*f, *m, e);
}

void bureau::index_answers() {
  std::vector<search::document> all;
  files.database().reading([&](store::read& r) {
    r.each<published>("select " + store::columns<published>() + " from published",
                      [&](published&& p) {
                        search::document d;
                        d.key = p.matter.str();
                        d.title = words(p.title, p.title);
                        d.body = words(p.question + "\n" + p.answer, p.question + "\n" + p.answer);
                        d.facets = {{"kind", p.kind}};
                        all.push_back(std::move(d));
                      });
  });
  answers.replace(std::move(all));
}

void bureau::listen() {
  home.hub().listen("epeople", "epeople.published",
                    [this](const exchange::event&) { index_answers(); });
  for (const char* what : {"received", "asked", "accepted", "returned", "withdrawn", "transferred"})
    home.hub().listen(
        "epeople", "case." + std::string(what),
        [this, what = std::string(what)](const exchange::event& e) { after_case(what, e); });
  home.hub().listen("epeople", "epeople.joined", [this](const exchange::event& e) {
    const auto key = id::parse(json::str(e.payload, "key"));
    const auto m = key ? files.find(*key) : std::nullopt;
    const auto lead = id::parse(json::str(e.payload, "lead"));
    if (!m || !lead) return;
    const auto n = std::to_string(voices(*lead));
    notices::notice told{{},
                         m->applicant,
                         "",
                         home.said("epeople.joined_notice", {{"number", m->number}}),
                         home.said("epeople.joined_notice_body", {{"n", n}}),
                         "/epeople/matters/" + key->str(),
                         m->number,
                         e.at,
                         {}};
    home.box().put(std::move(told), e.key.str());
  });
  home.hub().listen("epeople", "epeople.reporter_opened", [this](const exchange::event& e) {
    const auto pseudonym = id::parse(json::str(e.payload, "pseudonym"));
    const auto person = pseudonym ? reporters.person_behind(*pseudonym) : std::nullopt;
    if (!person) return;
    notices::notice told{{},
                         *person,
                         "",
                         home.said("epeople.opened_notice"),
                         home.said("epeople.opened_notice_body"),
                         "/epeople/mine",
                         "",
                         e.at,
                         {}};
    home.box().put(std::move(told), e.key.str());
  });
}

}  // namespace madang::epeople
