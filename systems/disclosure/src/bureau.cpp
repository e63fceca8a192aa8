#include "bureau.hpp"

#include <algorithm>

namespace madang::disclosure {

std::span<const store::migration> migrations();

namespace {

std::string select(const std::string& columns, const char* table) {
  return "select " + columns + " from " + table + " ";
}

std::string with_alias(const std::string& columns) {
  return "r." + text::replace_all(columns, ", ", ", r.");
}

// The questions of the service, which say in words what was answered.
const forms::form* form_of(const platform::house& home) {
  const auto* d = home.catalogue().find_definition(procedure_id);
  return d ? &d->form : nullptr;
}

}  // namespace

std::string signed_by(const audit::actor& who, const std::string& language) {
  return who.official()
             ? who.agency_name(language) + " " + who.post_title(language) + " " + who.name
             : who.name;
}

outcome check_text(std::string_view s, std::size_t longest, const char* field) {
  if (!text::is_utf8(s) || text::trim(s).empty())
    return refuse(kind::invalid, "case.text_missing", field);
  if (text::length(s) > longest)
    return refuse(kind::invalid, "case.text_long", field, {{"limit", std::to_string(longest)}});
  return nothing{};
}

void tell(store::write& tx, const audit::access& why, const cases::matter& m, const char* what,
          json::object facts) {
  audit::access about = why;
  about.reference = m.number;
  audit::append(tx, about, audit::action::changed, m.applicant, "disclosure", m.number, what);
  facts["key"] = m.key.str();
  facts["number"] = m.number;
  tx.emit("disclosure." + std::string(what), m.key.str(), facts);
}

bool is_agency(const packs::pack& pack, std::string_view code) {
  if (pack.find_agency(code)) return true;
  return std::ranges::any_of(pack.municipalities(), [&](const auto& m) { return m.code == code; });
}

bureau::bureau(platform::house& h)
    : home(h), files(h.files_of(system_name)), law(read_law(h.pack())), names(h.pack()) {
  files.database().migrate(system_name, migrations());
  handle();
  seed_lists();
}

audit::access bureau::access(const audit::actor& who, const std::string& number) const {
  return {who, law.name, law.act, number};
}

void bureau::handle() {
  cases::procedure p;
  p.id = procedure_id;
  p.name = law.name;
  p.law = law.act;
  p.role = law.role;
  p.working_days = law.decide_days;
  p.extension_days = law.extend_days;
  p.desk = "/desk/disclosure";
  p.page = "/disclosure/requests";
  p.due = [this](const cases::matter& m) {
    return last_of_working(home.pack().calendar(), m.received,
                           m.objected ? law.object_decide_days : law.decide_days);
  };
  p.barred = [](const audit::actor& who, const cases::matter& m) { return who.agency != m.office; };
  // Against whatever did not disclose all (art. 18(1)); it is the committee that looks again, so
  // the same official may write what it found.
  p.objection = {law.object_days, law.object_decide_days, false, [this](const cases::matter& m) {
                   if (m.state != cases::state::accepted && m.state != cases::state::refused)
                     return false;
                   const auto o = find(m.key);
                   return o && o->row.decided && o->row.outcome != "full";
                 }};
  p.title = [](const cases::matter& m) {
    const std::string subject(json::str(m.answers, "subject"));
    return words(subject, subject);
  };
  p.look = [this](const audit::access&, const cases::matter& m) -> result<cases::review> {
    cases::review out;
    if (const auto* form = form_of(home))
      for (const auto& q : form->questions) {
        const auto& answer = json::at(m.answers, q.id);
        if (answer.is_null()) continue;
        words said;
        for (const auto& language : home.pack().languages())
          said.set(language, q.how == forms::ask::office && answer.is_string()
                                 ? home.pack().full_name(answer.get_string())(language)
                                 : forms::shown(q, q.options, answer, language));
        out.application.push_back({q.title, said, {}, ""});
      }
    return out;
  };
  // What a decision does is done in `ending`, which it has in common with a refusal.
  p.accept = [](store::write&, const audit::access&, const cases::matter&,
                cases::procedure::consequences&) -> outcome { return nothing{}; };
  p.ending = [this](store::write& tx, const audit::access& why, const cases::matter& m,
                    cases::state to) { return ending(tx, why, m, to); };
  files.handle(std::move(p));
}

// ---- requests ----

result<cases::matter> bureau::file(const audit::access& asked, const json::value& answers,
                                   std::string_view once) {
  const std::string agency(json::str(answers, "agency"));
  if (!is_agency(home.pack(), agency))
    return refuse(kind::invalid, "disclosure.no_agency", "agency");
  const std::string subject(text::trim(json::str(answers, "subject")));
  if (auto good = check_text(subject, 200, "subject"); !good) return good.why();
  if (auto good = check_text(json::str(answers, "text"), 4000, "text"); !good) return good.why();
  const std::string form(json::str(answers, "form"));
  if (!law.find_fee(form)) return refuse(kind::invalid, "forms.option", "form");
  request r;
  r.subject = subject;
  r.form = form;
  r.delivery = json::str(answers, "delivery");
  if (const auto reason = json::str(answers, "reduction"); law.find_reduction(reason))
    r.reduction = reason;
  if (const auto item = find_listed(json::str(answers, "item"));
      item && item->what.agency == agency)
    r.item = item->what.key;
  r.openly = json::str(answers, "openly") == "yes";
  const audit::access why = access(asked.who, asked.reference);
  return files.database().writing([&](store::write& tx) -> result<cases::matter> {
    auto m = files.open(
        tx, why,
        {procedure_id, why.who.person, why.who.name, agency, answers, {}, std::string(once)});
    if (!m || tx.one<std::int64_t>("select 1 from request where matter = ?1", m->key)) return m;
    r.matter = m->key;
    r.filed = m->received;
    tx.insert("request", r);
    tell(tx, why, *m, "filed", {{"agency", agency}});
    return m;
  });
}

std::optional<bureau::opened> bureau::find(id matter) {
  auto row = files.database().reading([&](store::read& r) {
    return r.one<request>(select(store::columns<request>(), "request") + "where matter = ?1",
                          matter);
  });
  auto file = row ? files.find(matter) : std::nullopt;
  if (!file) return {};
  return opened{std::move(*file), std::move(*row)};
}

result<bureau::opened> bureau::reach(const audit::actor& who, id matter) {
  auto o = find(matter);
  if (!o || !files.may_handle(who, o->file)) return refuse(kind::not_found, "case.not_found");
  return std::move(*o);
}

result<bureau::opened> bureau::own(id person, id matter) {
  auto o = find(matter);
  if (!o || !person || o->file.applicant != person)
    return refuse(kind::not_found, "case.not_found");
  return std::move(*o);
}

std::vector<bureau::opened> bureau::queue(const audit::actor& who, bool answered, int most) {
  std::vector<opened> out;
  if (!who.official() || !who.has_role(law.role) || who.agency.empty()) return out;
  const auto rows = files.database().reading([&](store::read& r) {
    return r.all<request>(
        "select " + with_alias(store::columns<request>()) +
            " from request r join matter m on m.key = r.matter where m.office = ?1 and " +
            (answered ? "m.state not in (1, 2) order by m.decided desc, m.key desc limit ?2"
                      : "m.state in (1, 2) order by m.due, m.key limit ?2"),
        who.agency, most);
  });
  for (const auto& row : rows)
    if (auto file = files.find(row.matter); file && files.may_handle(who, *file))
      out.push_back({std::move(*file), row});
  return out;
}

std::int64_t bureau::waiting(const audit::actor& who) {
  if (!who.has_role(law.role)) return 0;
  return files.database().reading([&](store::read& r) {
    return r
        .one<std::int64_t>(
            "select count(*) from request r join matter m on m.key = r.matter "
            "where m.office = ?1 and m.state in (1, 2) and m.applicant <> ?2",
            who.agency, who.person)
        .value_or(0);
  });
}

std::vector<withheld> bureau::withheld_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<withheld>(
        select(store::columns<withheld>(), "withheld") + "where matter = ?1 order by key", matter);
  });
}
std::optional<fee> bureau::fee_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.one<fee>(select(store::columns<fee>(), "fee") + "where matter = ?1", matter);
  });
}
std::vector<handed> bureau::handed_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<handed>(
        select(store::columns<handed>(), "handed") + "where matter = ?1 order by key", matter);
  });
}
std::vector<hearing> bureau::hearings_of(id matter) {
  return files.database().reading([&](store::read& r) {
    return r.all<hearing>(
        select(store::columns<hearing>(), "hearing") + "where matter = ?1 order by key", matter);
  });
}

}  // namespace madang::disclosure
