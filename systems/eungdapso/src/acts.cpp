// What crews, the centre and reporters do with a report. Each act is one transaction with the act
// on the file of the case, so that neither is ever ahead of the other.
#include <algorithm>

#include "center.hpp"

namespace madang::eungdapso {
namespace {

constexpr std::size_t longest_words = 2000;

outcome said(std::string_view words) {
  if (!text::is_utf8(words) || text::trim(words).empty())
    return refuse(kind::invalid, "case.text_missing", "text");
  if (text::length(words) > longest_words)
    return refuse(kind::invalid, "case.text_long", "text",
                  {{"limit", std::to_string(longest_words)}});
  return nothing{};
}

std::optional<report> row_of(store::read& r, id matter) {
  return r.one<report>("select " + store::columns<report>() + " from report where matter = ?1",
                       matter);
}

// The entry about what is kept beside the file, and the event; what is in the event names nobody.
void tell(store::write& tx, const audit::access& why, const report& r, id subject,
          const std::string& what, json::object facts = {}) {
  audit::access about = why;
  about.reference = r.number;
  audit::append(tx, about, audit::action::changed, subject, "street_report", r.number, what);
  facts["key"] = r.matter.str();
  facts["number"] = r.number;
  facts["office"] = r.office;
  facts["department"] = r.department;
  tx.emit("eungdapso." + what, r.matter.str(), facts);
}

// The reporter, whether she signed in or gave the code.
audit::access as_reporter(const audit::access& why, const cases::matter& m) {
  audit::access out = why;
  out.who = {};
  out.who.person = m.applicant;
  out.who.name = why.who.person == m.applicant ? why.who.name : m.applicant_name;
  return out;
}

}  // namespace

result<report> center::reach(const audit::actor& who, id matter) {
  auto row = find(matter);
  const auto m = row ? files.find(matter) : std::nullopt;
  if (!m || !files.may_handle(who, *m)) return refuse(kind::not_found, "case.not_found");
  return std::move(*row);
}

outcome center::take(const audit::access& why, id matter) {
  if (auto it = reach(why.who, matter); !it) return it.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    if (auto done = files.take(tx, why, matter); !done) return done;
    const auto r = row_of(tx, matter);
    if (r->state == "work") return nothing{};
    tx.run("update report set state = 'work', taken = ?1, updated = ?1 where matter = ?2", now(),
           matter);
    put_update(tx, *r, "work", "", true, "crew");
    tell(tx, why, *r, {}, "taken");
    return nothing{};
  });
}

outcome center::pass_on(const audit::access& why, id matter, std::string_view department,
                        std::string_view office, std::string_view reason) {
  auto it = reach(why.who, matter);
  if (!it) return it.why();
  const auto* to = kinds.find_department(department);
  if (!to) return refuse(kind::invalid, "report.no_department", "department");
  const std::string where(office.empty() ? std::string_view(it->office) : office);
  const auto* d = home.pack().find_district(where);
  if (!d || d->code.size() != 5) return refuse(kind::invalid, "report.no_office", "office");
  if (auto good = said(reason); !good) return good;
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (r->department == to->id && r->office == where)
      return refuse(kind::invalid, "report.same_unit", "department");
    if (auto done = files.transfer(tx, why, matter, where, reason); !done) return done;
    tx.run(
        "update report set department = ?1, office = ?2, passed = passed + 1, state = 'open', "
        "taken = null, updated = ?3 where matter = ?4",
        to->id, where, now(), matter);
    put_update(tx, *r, "open", "", true, "crew");
    tell(tx, why, *r, {}, "passed_on",
         {{"to_department", to->id}, {"to_office", where}, {"passed", r->passed + 1}});
    return nothing{};
  });
}

outcome center::put_picture(const audit::access& why, id matter, std::string_view part,
                            std::string_view octets) {
  auto it = reach(why.who, matter);
  if (!it) return it.why();
  if (part != "before" && part != "after") return refuse(kind::invalid, "picture.type", "part");
  auto clean = cleaned(octets);
  if (!clean) return clean.why();
  const auto* k = kinds.find(it->category);
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (!r->is_open()) return refuse(kind::conflict, "report.closed");
    keep(tx, matter, part, *clean, k && k->open_pictures, false, false, "crew");
    tx.run("update report set updated = ?1 where matter = ?2", now(), matter);
    tell(tx, why, *r, {}, "pictured", {{"part", part}});
    return nothing{};
  });
}

outcome center::finish(const audit::access& why, id matter, std::string_view words,
                       std::string_view after) {
  auto it = reach(why.who, matter);
  if (!it) return it.why();
  if (auto good = said(words); !good) return good;
  std::optional<clean_picture> shown;
  if (!after.empty()) {
    auto clean = cleaned(after);
    if (!clean) return clean.why();
    shown = std::move(*clean);
  }
  const auto* k = kinds.find(it->category);
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (auto done = files.accept(tx, why, matter, words); !done) return done;
    if (!r->is_open()) return nothing{};  // pressed twice
    const instant at = now();
    if (shown) keep(tx, matter, "after", *shown, k && k->open_pictures, false, false, "crew");
    tx.run(
        "update report set state = 'done', closed = ?1, kept = ?2, result = ?3, updated = ?1 "
        "where matter = ?4",
        at, at <= r->promised ? 1 : 0, words, matter);
    put_update(tx, *r, "done", words, true, "crew");
    tell(tx, why, *r, {}, "closed", {{"state", "done"}, {"kept", at <= r->promised}});
    return nothing{};
  });
}

outcome center::decline(const audit::access& why, id matter, std::string_view words) {
  auto it = reach(why.who, matter);
  if (!it) return it.why();
  if (auto good = said(words); !good) return good;
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (auto done = files.decline(tx, why, matter, words); !done) return done;
    if (!r->is_open()) return nothing{};
    const instant at = now();
    tx.run(
        "update report set state = 'declined', closed = ?1, kept = ?2, result = ?3, "
        "updated = ?1 where matter = ?4",
        at, at <= r->promised ? 1 : 0, words, matter);
    put_update(tx, *r, "declined", words, true, "crew");
    tell(tx, why, *r, {}, "closed", {{"state", "declined"}, {"kept", at <= r->promised}});
    return nothing{};
  });
}

outcome center::release(const audit::access& why, id matter, bool words,
                        const std::vector<id>& open) {
  const auto row = find(matter);
  if (!row || !may_release(why.who, *row)) return refuse(kind::not_found, "report.unknown");
  const auto all = pictures(matter);
  return files.database().writing([&](store::write& tx) -> outcome {
    tx.run("update report set words_open = ?1, updated = ?2 where matter = ?3", words ? 1 : 0,
           now(), matter);
    for (const auto& p : all)
      tx.run("update picture set open = ?1 where key = ?2",
             std::ranges::find(open, p.key) != open.end() ? 1 : 0, p.key);
    tell(tx, why, *row, {}, "released",
         {{"words", words}, {"pictures", static_cast<std::int64_t>(open.size())}});
    return nothing{};
  });
}

outcome center::reopen(const audit::access& why, id matter, std::string_view words) {
  if (auto good = said(words); !good) return good;
  const auto m = files.find(matter);
  if (!m) return refuse(kind::not_found, "report.unknown");
  const audit::access acting = as_reporter(why, *m);
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (auto done = files.reopen(tx, acting, matter, words); !done) return done;
    if (r->is_open()) return nothing{};
    const auto* k = kinds.find(r->category);
    const instant at = now();
    tx.run(
        "update report set state = 'open', taken = null, closed = null, kept = null, "
        "reopened = reopened + 1, promised = ?1, updated = ?2 where matter = ?3",
        at.plus(std::chrono::hours(k ? k->hours_for(r->answers) : 72)), at, matter);
    put_update(tx, *r, "open", words, false, "reporter");
    tell(tx, acting, *r, m->applicant, "reopened", {{"times", r->reopened + 1}});
    return nothing{};
  });
}

outcome center::withdraw(const audit::access& why, id matter) {
  const auto m = files.find(matter);
  if (!m) return refuse(kind::not_found, "report.unknown");
  const audit::access acting = as_reporter(why, *m);
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    // What others have joined is theirs too.
    if (r->voices > 1) return refuse(kind::conflict, "report.others");
    if (auto done = files.withdraw(tx, acting, matter); !done) return done;
    if (!r->is_open()) return nothing{};
    tx.run("update report set state = 'withdrawn', closed = ?1, updated = ?1 where matter = ?2",
           now(), matter);
    put_update(tx, *r, "withdrawn", "", false, "reporter");
    tell(tx, acting, *r, m->applicant, "withdrawn");
    return nothing{};
  });
}

outcome center::add_words(const audit::access& why, id matter, std::string_view words) {
  if (auto good = said(words); !good) return good;
  const auto m = files.find(matter);
  if (!m) return refuse(kind::not_found, "report.unknown");
  const audit::access acting = as_reporter(why, *m);
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto r = row_of(tx, matter);
    if (!r->is_open()) return refuse(kind::conflict, "report.closed");
    const auto last = tx.one<update>("select " + store::columns<update>() +
                                         " from report_update where matter = ?1 order by key desc "
                                         "limit 1",
                                     matter);
    if (last && last->author == "reporter" && last->words == words) return nothing{};
    tx.run("update report set updated = ?1 where matter = ?2", now(), matter);
    put_update(tx, *r, r->state, words, false, "reporter");
    tell(tx, acting, *r, m->applicant, "told_more");
    return nothing{};
  });
}

}  // namespace madang::eungdapso
