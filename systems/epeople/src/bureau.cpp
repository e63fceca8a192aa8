#include "bureau.hpp"

#include <algorithm>

namespace madang::epeople {

std::span<const store::migration> migrations();

namespace {

const std::string& select() {
  static const std::string text = "select " + store::columns<filing>() + " from filing ";
  return text;
}

std::string with_alias(const std::string& columns) {
  return "f." + text::replace_all(columns, ", ", ", f.");
}

// About as many working days as the period has: for reminders and how far it may be lengthened.
int working_days_of(const period& p) {
  return p.count == "working" ? p.n : p.count == "days" ? p.n * 5 / 7 : p.n * 20;
}

// Leads that lie at an office (?1) and do not complain about the person (?2) or the post (?3).
constexpr const char* at_desk =
    " from filing f join matter m on m.key = f.matter where f.office = ?1 and f.lead = f.matter "
    "and not exists (select 1 from target t join filing v on v.matter = t.matter "
    "where v.lead = f.matter and ((t.person <> 0 and t.person = ?2) "
    "or (t.post <> '' and t.post = ?3)))";

constexpr const char* line_columns =
    "m.key, m.number, m.applicant_name, m.post, m.state, m.received, m.due, "
    "(select count(*) from filing v where v.lead = f.matter)";

}  // namespace

bureau::bureau(platform::house& h)
    : home(h),
      files(h.files_of("epeople")),
      kinds(h),
      routes(h.pack()),
      names(h.pack()),
      rewards(h.pack(), "epeople/rewards"),
      reporters(h) {
  files.database().migrate("epeople", migrations().first(1));
  handle_kinds();
}

void bureau::handle_kinds() {
  for (const auto& k : kinds.all()) {
    cases::procedure p;
    p.id = k.id;
    p.name = k.name;
    p.law = k.law;
    p.role = officer;
    p.working_days = working_days_of(k.usual);
    p.desk = "/desk/epeople";
    p.page = "/epeople/matters";
    p.due = [this, &k](const cases::matter& m) {
      return k.period_for(m.answers).due(m.received, home.pack().calendar());
    };
    p.barred = [this](const audit::actor& who, const cases::matter& m) { return barred(who, m); };
    p.look = [this](const audit::access& why, const cases::matter& m) { return look(why, m); };
    p.accept = [this](store::write& tx, const audit::access& why, const cases::matter& m, auto&) {
      return accept(tx, why, m);
    };
    files.handle(std::move(p));
  }
}

// ---- looking ----

std::optional<filing> bureau::find(id matter) {
  return files.database().reading(
      [&](store::read& r) { return r.one<filing>(select() + "where matter = ?1", matter); });
}

std::vector<filing> bureau::group(id lead) {
  return files.database().reading([&](store::read& r) {
    return r.all<filing>(select() + "where lead = ?1 order by matter", lead);
  });
}

std::int64_t bureau::voices(id lead) {
  return files.database().reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from filing where lead = ?1", lead).value_or(0);
  });
}

std::vector<target> bureau::targets(id lead) {
  return files.database().reading([&](store::read& r) {
    return r.all<target>("select " + store::columns<target>() +
                             " from target where matter in "
                             "(select matter from filing where lead = ?1) order by at",
                         lead);
  });
}

std::vector<translation> bureau::translations(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<translation>("select " + store::columns<translation>() +
                                  " from translation where matter = ?1 order by key",
                              matter);
  });
}

std::optional<reward> bureau::reward_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.one<reward>("select " + store::columns<reward>() + " from reward where matter = ?1",
                         matter);
  });
}

// How often it was passed on. Where it began at the commission, the first is finding the agency.
int bureau::transfers(id matter) {
  int n = 0;
  for (const auto& e : files.story(matter)) n += e.what == "transferred";
  const auto row = find(matter);
  return row && !row->routed && n > 0 ? n - 1 : n;
}

bool bureau::belongs_to(const cases::matter& m, const filing& f, id person) {
  return f.confidential ? reporters.is(m.applicant, person) : person && m.applicant == person;
}

audit::access bureau::acting(audit::access why, const cases::matter& m, const filing& f) const {
  if (f.confidential) why.who = reporters.mask(m.applicant);
  return why;
}

std::vector<queued> bureau::of_person(id person) {
  std::vector<id> applicants = reporters.pseudonyms_of(person);
  applicants.push_back(person);
  std::vector<queued> out;
  files.database().reading([&](store::read& r) {
    for (id applicant : applicants) {
      const std::string where =
          " from filing f join matter m on m.key = f.matter "
          "where m.applicant = ?1 order by f.matter desc limit 200";
      auto rows =
          r.all<filing>("select " + with_alias(store::columns<filing>()) + where, applicant);
      auto lines = r.all<file_line>(std::string("select ") + line_columns + where, applicant);
      for (std::size_t i = 0; i < rows.size(); ++i)
        out.push_back({std::move(rows[i]), std::move(lines[i])});
    }
  });
  std::ranges::sort(out, [](const auto& a, const auto& b) { return b.row.matter < a.row.matter; });
  return out;
}

// Somebody complained about never handles it: neither she in another post, nor another in hers.
// Everybody else handles what lies with her own agency.
bool bureau::barred(const audit::actor& who, const cases::matter& m) {
  const auto row = find(m.key);
  if (!row) return true;
  const auto lead = row->is_lead() ? std::optional<cases::matter>() : files.find(row->lead);
  if (who.agency != (lead ? lead->office : m.office)) return true;
  return concerns(who, row->lead) || std::ranges::any_of(targets(row->lead), [&](const target& t) {
           return (t.person && t.person == who.person) || (!t.post.empty() && t.post == who.post);
         });
}

bool bureau::concerns(const audit::actor& who, id lead) {
  for (const auto& f : group(lead))
    if (const auto m = files.find(f.matter); m && belongs_to(*m, f, who.person)) return true;
  return false;
}

std::vector<queued> bureau::queue(const audit::actor& who, std::size_t most, bool answered) {
  if (!who.official() || !who.has_role(officer) || who.agency.empty()) return {};
  std::vector<queued> out;
  const std::string where =
      std::string(at_desk) + (answered ? " and f.answered is not null "
                                         "order by f.answered desc, f.matter desc limit ?4"
                                       : " and f.turn is not null "
                                         "order by f.turn, f.matter limit ?4");
  const auto n = static_cast<std::int64_t>(most);
  files.database().reading([&](store::read& r) {
    auto rows = r.all<filing>("select " + with_alias(store::columns<filing>()) + where, who.agency,
                              who.person, who.post, n);
    auto lines = r.all<file_line>(std::string("select ") + line_columns + where, who.agency,
                                  who.person, who.post, n);
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.push_back({std::move(rows[i]), std::move(lines[i])});
  });
  std::erase_if(out, [&](const queued& q) { return concerns(who, q.row.matter); });
  return out;
}

std::int64_t bureau::waiting(const audit::actor& who) {
  if (!who.has_role(officer)) return 0;
  return files.database().reading([&](store::read& r) {
    return r
        .one<std::int64_t>(std::string("select count(*)") + at_desk + " and f.turn is not null",
                           who.agency, who.person, who.post)
        .value_or(0);
  });
}

result<bureau::opened> bureau::reach(const audit::actor& who, id matter) {
  const auto unknown = refuse(kind::not_found, "case.not_found");
  auto row = find(matter);
  auto file = row ? files.find(matter) : std::nullopt;
  if (!file || !files.may_handle(who, *file)) return unknown;
  return opened{std::move(*file), std::move(*row)};
}

// ---- what the file of a case asks us ----

result<cases::review> bureau::look(const audit::access&, const cases::matter& m) {
  const auto row = find(m.key);
  const auto* k = kinds.find(m.procedure);
  if (!row || !k) return refuse(kind::not_found, "case.not_found");
  cases::review out;
  for (const auto& q : k->form.questions) {
    const auto& answer = json::at(m.answers, q.id);
    if (answer.is_null()) continue;
    words shown;
    for (const auto& language : home.pack().languages())
      shown.set(language, forms::shown(q, options(*k, q, m.answers.as_object()), answer, language));
    out.application.push_back({q.title, shown, {}, ""});
  }
  const auto n = voices(row->lead);
  out.rules.push_back({home.said("epeople.rule_one_voice"),
                       home.said("epeople.voices", {{"n", std::to_string(n)}}), k->law, n == 1});
  out.rules.push_back(
      {home.said("epeople.rule_no_target"),
       home.said("epeople.targets", {{"n", std::to_string(targets(row->lead).size())}}),
       home.said("law.petitions_4"), targets(row->lead).empty()});
  return out;
}

outcome bureau::accept(store::write& tx, const audit::access& why, const cases::matter& m) {
  // Named since the page was opened: what was read before this transaction does not count.
  const auto named = tx.one<std::int64_t>(
      "select count(*) from target t join filing v on v.matter = t.matter where v.lead = "
      "(select lead from filing where matter = ?1) and ((t.person <> 0 and t.person = ?2) "
      "or (t.post <> '' and t.post = ?3))",
      m.key, why.who.person, why.who.post);
  if (named.value_or(0) > 0) return refuse(kind::not_found, "case.not_found");
  const date day = today(home.pack().zone());
  tx.run("update filing set turn = null, answered = ?1, in_time = ?2 where matter = ?3", day,
         day <= m.due, m.key);
  return nothing{};
}

}  // namespace madang::epeople
