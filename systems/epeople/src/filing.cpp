// What happens when somebody files: answers are checked again, an office is found, the identity of
// a protected reporter is put away, and the case is opened with all that e-People knows of it in
// one transaction.
#include <algorithm>
#include <set>

#include "bureau.hpp"

namespace madang::epeople {
namespace {

constexpr std::size_t suggested_offices = 4;
constexpr int candidates = 200;

// An answer as a form would have sent it.
forms::fields sent_as(const forms::question& q, const json::value& answer) {
  forms::fields out;
  if (answer.is_string()) out.emplace_back(q.id, std::string(answer.get_string()));
  if (answer.is_int64()) out.emplace_back(q.id, std::to_string(answer.get_int64()));
  if (answer.is_array())
    for (const auto& one : answer.get_array())
      if (one.is_string()) out.emplace_back(q.id, std::string(one.get_string()));
  return out;
}

std::string said_text(const json::value& answers) {
  std::string out(json::str(answers, "title"));
  for (const char* id : {"text", "better"})
    if (auto more = json::str(answers, id); !more.empty()) out += "\n" + std::string(more);
  return out;
}

std::string office_of(const filing_kind& k, const json::value& answers) {
  const auto agency = json::str(answers, "agency");
  if (agency.empty() || agency == "commission") return k.begins;
  if (agency == "other") return std::string(json::str(answers, "agency_other"));
  return std::string(agency);
}

}  // namespace

std::int64_t next_turn(date filed, std::int64_t last_own) {
  return std::max<std::int64_t>(filed.days, last_own + 1);
}

std::vector<suggestion> bureau::suggested(const json::value& answers) const {
  // A translation, where there is one, speaks the language that the rules know.
  return routes.suggest(said_text(answers) + "\n" + std::string(json::str(answers, "translation")),
                        json::str(answers, "place"), suggested_offices);
}

std::vector<forms::option> bureau::options(const filing_kind&, const forms::question& q,
                                           const json::object& answers) const {
  const auto list = json::str(q.options_from, "list");
  if (list.empty()) return q.options;
  const auto& pack = home.pack();
  std::vector<forms::option> out;
  if (list == "agencies")
    for (const auto& a : pack.agencies()) out.push_back({a.code, a.name, {}});
  if (list == "municipalities")
    for (const auto& m : pack.municipalities()) out.push_back({m.code, pack.full_name(m.code), {}});
  if (list != "suggested") return out;
  for (const auto& s : suggested(json::value(answers))) {
    std::vector<std::string> because;
    for (const auto& w : s.why)
      if (because.size() < 4 && std::ranges::find(because, w.word) == because.end())
        because.push_back(w.word);
    words hint;
    for (const auto& language : all_languages(home))
      hint.set(language, home.texts().fill("epeople.because_words", language,
                                           {{"words", text::join(because, ", ")}}));
    out.push_back({s.office, office_name(pack, s.office), hint});
  }
  out.push_back({"other", said_to_all(home, "epeople.agency_other"), {}});
  out.push_back({"commission", said_to_all(home, "epeople.agency_commission"),
                 said_to_all(home, "epeople.agency_commission_hint")});
  return out;
}

result<json::object> bureau::checked(const filing_kind& k, const json::object& answers) const {
  const auto languages = all_languages(home);
  json::object out;
  const std::string language(json::str(json::value(answers), "language"));
  out["language"] =
      std::ranges::find(languages, language) == languages.end() ? home.pack().language() : language;
  const date now = today(home.pack().zone());
  for (const auto& q : k.form.questions) {
    if (!forms::applies(q, out)) continue;
    // Of suggested offices any may be chosen that there is: what was suggested when it was asked
    // may not be suggested any more, and need not be looked for again.
    const bool suggests = json::str(q.options_from, "list") == "suggested";
    auto open = suggests ? std::vector<forms::option>{{"other", {}, {}}, {"commission", {}, {}}}
                         : options(k, q, out);
    if (q.how == forms::ask::yes_no) open = {{"yes", {}, {}}, {"no", {}, {}}};
    const auto chosen = json::str(json::value(answers), q.id);
    if (suggests && is_office(home.pack(), chosen)) open.push_back({std::string(chosen), {}, {}});
    auto good = forms::answer(q, open, sent_as(q, json::at(json::value(answers), q.id)), now);
    if (!good) return good.why();
    out[q.id] = *good;
  }
  for (const auto& l : k.within)
    if (auto d = date::parse(json::str(json::value(out), l.question)); d && *d < now.plus(-l.days))
      return refuse(kind::invalid, "epeople.too_late", l.question,
                    {{"days", std::to_string(l.days)}});
  return out;
}

// Officials who are named by name or post: the names of those who hold posts are known.
std::vector<target> bureau::named_in(const json::value& answers, id matter) {
  std::string said;
  for (const char* id : {"official_who", "who"})
    if (auto more = json::str(answers, id); !more.empty()) said += " " + std::string(more);
  std::vector<target> out;
  if (said.empty()) return out;
  for (const auto& p : home.people().posts()) {
    const auto holder = p.holder ? home.people().find_account(p.holder) : std::nullopt;
    const bool by_name =
        holder && (said.find(holder->name) != std::string::npos ||
                   (!holder->latin.empty() && said.find(holder->latin) != std::string::npos));
    const bool by_post = std::ranges::any_of(home.pack().languages(), [&](const auto& language) {
      return said.find(p.agency_name(language) + " " + p.title(language)) != std::string::npos;
    });
    if (by_name || by_post)
      out.push_back({matter, p.code, by_name || p.holder ? p.holder : id{},
                     std::string(text::head(text::trim(said), 200)), now()});
  }
  return out;
}

outcome bureau::may_join(const filing_kind& k, id lead) {
  const auto row = find(lead);
  const auto file = files.find(lead);
  if (!row || !file || row->kind != k.id || row->confidential || !row->is_lead() ||
      !cases::is_open(file->state))
    return refuse(kind::conflict, "epeople.join_closed", "lead");
  return nothing{};
}

result<cases::matter> bureau::file(const audit::access& asked, std::string_view kind_id,
                                   const json::object& given, const std::string& once, id join) {
  const auto* k = kinds.find(kind_id);
  if (!k) return refuse(kind::not_found, "epeople.no_kind");
  auto answers = checked(*k, given);
  if (!answers) return answers.why();
  const std::string office = office_of(*k, json::value(*answers));
  if (!is_office(home.pack(), office)) return refuse(kind::invalid, "epeople.no_office", "agency");
  if (join && !files.find_once(once))
    if (auto good = may_join(*k, join); !good) return good.why();
  audit::access why = asked;
  std::int64_t last_of_writer = 0;
  if (k->confidential) {
    last_of_writer = reporters.last_turn(asked.who.person);
    why.who = reporters.mask(reporters.reserve(asked, k->id, once));
  }
  const audit::access acting = why;
  auto opened = files.database().writing([&](store::write& tx) -> result<cases::matter> {
    auto m = files.open(tx, acting,
                        {k->id, acting.who.person, acting.who.name, office, *answers, {}, once});
    if (m && !tx.one<std::int64_t>("select 1 from filing where matter = ?1", m->key))
      file_away(tx, acting, *k, *m, *answers, last_of_writer, join);
    return m;
  });
  if (opened && k->confidential)
    if (auto row = find(opened->key); row && row->turn)
      reporters.keep_turn(acting.who.person, *row->turn);
  return opened;
}

void bureau::file_away(store::write& tx, const audit::access& why, const filing_kind& k,
                       const cases::matter& m, const json::object& given,
                       std::int64_t last_of_writer, id join) {
  const json::value answers(given);
  filing f;
  f.matter = m.key;
  f.kind = k.id;
  f.title = json::str(answers, "title");
  f.language = json::str(answers, "language");
  f.place = json::str(answers, "place");
  f.office = m.office;
  f.confidential = k.confidential;
  f.openly = json::str(answers, "openly") == "yes";
  f.routed = m.office != k.begins;
  f.lead = join ? join : m.key;
  f.filed = m.received;
  if (!k.confidential)
    last_of_writer = tx.one<std::int64_t>(
                           "select coalesce(max(f.turn), 0) from filing f join matter m "
                           "on m.key = f.matter where m.applicant = ?1 and f.office = ?2",
                           m.applicant, f.office)
                         .value_or(0);
  f.turn = next_turn(f.filed, last_of_writer);
  tx.insert("filing", f);
  const auto keys = band_keys(shingles(said_text(answers)));
  for (std::size_t band = 0; band < keys.size(); ++band)
    tx.run("insert into likeness (band, hash, matter) values (?1, ?2, ?3)",
           static_cast<std::int64_t>(band), keys[band], m.key);
  for (const auto& t : named_in(answers, m.key)) tx.insert("target", t);
  audit::access about = why;
  about.reference = m.number;
  audit::append(tx, about, audit::action::changed, m.applicant, "filing", m.number, k.id);
  tx.emit("epeople.filed", m.key.str(),
          {{"key", m.key.str()},
           {"number", m.number},
           {"kind", k.id},
           {"office", f.office},
           {"lead", f.lead.str()}});
}

std::vector<similar> bureau::alike_to(std::string_view said, std::string_view kind_id, id but,
                                      std::size_t most) {
  const auto mine = shingles(said);
  const auto keys = band_keys(mine);
  std::set<id> near;
  std::vector<similar> out;
  files.database().reading([&](store::read& r) {
    for (std::size_t band = 0; band < keys.size(); ++band)
      for (auto matter : r.all<id>("select matter from likeness where hash = ?1 and band = ?2 "
                                   "order by matter desc limit ?3",
                                   keys[band], static_cast<std::int64_t>(band), candidates))
        near.insert(matter);
  });
  for (id matter : near) {
    const auto row = find(matter);
    if (!row || row->kind != kind_id || row->lead == but || matter == but) continue;
    const auto file = files.find(matter);
    if (!file || !cases::is_open(file->state)) continue;
    const std::string theirs = said_text(file->answers);
    const double score = likeness(mine, shingles(theirs));
    if (score < alike) continue;
    if (std::ranges::find(out, row->lead, &similar::matter) != out.end()) continue;
    const auto lead = row->is_lead() ? row : find(row->lead);
    if (!lead) continue;
    out.push_back({lead->matter, score, shared_words(said, theirs), voices(lead->matter), *lead});
  }
  std::ranges::sort(out, [](const auto& a, const auto& b) { return b.score < a.score; });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace madang::epeople
