// From the draft of a decision to what is handed over.
#include <algorithm>
#include <set>

#include "bureau.hpp"

namespace madang::disclosure {
namespace {

constexpr std::size_t longest_text = 2000, longest_title = 150;

bool discloses(std::string_view outcome) { return outcome == "full" || outcome == "partial"; }

}  // namespace

outcome bureau::may_decide(store::read& r, const opened& o, const decision& d) {
  const auto rows = r.all<std::string>("select ground from withheld where matter = ?1", o.file.key);
  const auto marks = r.all<std::string>(
      "select ground from paper_mark where paper in "
      "(select key from paper where matter = ?1 and agency = ?2)",
      o.file.key, o.file.office);
  const bool holds_back = !rows.empty() || !marks.empty();
  if (d.outcome == "full" && holds_back) return refuse(kind::conflict, "disclosure.withheld");
  if (d.outcome == "partial" && !holds_back)
    return refuse(kind::conflict, "disclosure.nothing_withheld");
  if (d.outcome == "closed" && rows.empty()) return refuse(kind::invalid, "disclosure.no_ground");
  if (d.outcome == "partial" || d.outcome == "full")
    for (const auto& p : papers_of(o.file.key, o.file.office))
      if (const auto c = copy_of_paper(p.key); !c || !copy_is_fresh(*c))
        return refuse(kind::conflict, "disclosure.no_copy", "", {{"name", p.name}});
  for (const auto& h : hearings_of(o.file.key))
    if (h.answer.empty() && day() <= h.until)
      return refuse(kind::conflict, "disclosure.hearing_open", "", {{"until", h.until.str()}});
  if (o.file.objected && law.committee_on_objection && text::trim(d.committee).empty())
    return refuse(kind::invalid, "disclosure.no_committee", "committee");
  return nothing{};
}

outcome bureau::decide(const audit::access& why, id matter, const decision& d) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (d.outcome != "full" && d.outcome != "partial" && d.outcome != "closed" &&
      d.outcome != "absent")
    return refuse(kind::invalid, "disclosure.outcome", "outcome");
  // Pressed twice: it is decided as she decided it; somebody else is told who was first.
  const std::string said(text::trim(d.reason));
  const auto settle = [&]() -> outcome {
    return discloses(d.outcome) ? files.accept(why, matter, said)
                                : files.decline(why, matter, said);
  };
  if (!cases::is_open(o->file.state)) return settle();
  if (auto good = check_text(said, longest_text, "text"); !good) return good;
  if (!d.committee.empty())
    if (auto good = check_text(d.committee, longest_text, "committee"); !good) return good;
  auto may = files.database().reading([&](store::read& r) { return may_decide(r, *o, d); });
  if (!may) return may;
  const auto hearings = hearings_of(matter);
  const bool against =
      std::ranges::any_of(hearings, [](const hearing& h) { return h.answer == "objects"; });
  // Against the wish of a third party at least thirty days lie between (art. 21(3)).
  const date first = discloses(d.outcome) && against ? day().plus(law.between_days) : day();
  const date last = against ? first.plus(law.disclose_days) : day().plus(law.disclose_days);
  const date release = d.release.value_or(first);
  if (discloses(d.outcome) && (release < first || release > last))
    return refuse(kind::invalid, "disclosure.release", "release",
                  {{"from", first.str()}, {"until", last.str()}});
  const auto* rule = law.find_fee(o->row.form);
  if (d.quantity < 0 || d.quantity > 100'000)
    return refuse(kind::invalid, "forms.number", "quantity", {{"least", "0"}, {"most", "100000"}});
  fee f;
  f.matter = matter;
  f.form = o->row.form;
  if (discloses(d.outcome) && rule) {
    const auto* lower = law.find_reduction(o->row.reduction);
    const fee_sum sum = disclosure::fee_of(*rule, d.quantity, lower ? lower->percent : 0);
    f.quantity = d.quantity;
    f.full_sum = sum.full;
    f.sum = sum.reduced;
    f.reduction = lower ? lower->id : "";
  }
  f.state = f.sum > 0 ? "pending" : "none";
  f.author = signed_by(why.who, home.pack().language());
  f.at = now();
  files.database().writing([&](store::write& tx) {
    // The draft: it counts once the file has moved, in the transaction that moves it.
    tx.run(
        "update request set outcome = ?1, committee = ?2, release = ?3, stopped = 0 "
        "where matter = ?4 and exists (select 1 from matter where key = ?4 and state = 1)",
        d.outcome, std::string(text::trim(d.committee)),
        discloses(d.outcome) ? std::optional<date>(release) : std::nullopt, matter);
    tx.run(
        "delete from fee where matter = ?1 and state <> 'paid' "
        "and exists (select 1 from matter where key = ?1 and state = 1)",
        matter);
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) == 1 &&
        !tx.one<std::int64_t>("select 1 from fee where matter = ?1", matter))
      tx.insert("fee", f);
  });
  return settle();
}

// In the transaction that ends the case: the draft becomes the decision.
outcome bureau::ending(store::write& tx, const audit::access& why, const cases::matter& m,
                       cases::state to) {
  const auto row = tx.one<request>(
      "select " + store::columns<request>() + " from request where matter = ?1", m.key);
  if (!row) return refuse(kind::not_found, "case.not_found");
  if (to == cases::state::returned) return nothing{};
  const bool opens = to == cases::state::accepted;
  if (row->outcome.empty() || discloses(row->outcome) != opens)
    return refuse(kind::conflict, "disclosure.outcome", "outcome");
  tx.run(
      "update request set decided = coalesce(decided, ?1), in_time = coalesce(in_time, ?2) "
      "where matter = ?3",
      day(), day() <= m.due, m.key);
  if (opens)
    tx.run("update hearing set release = ?1 where matter = ?2 and answer = 'objects'",
           row->release.value_or(day()), m.key);
  json::object facts{{"outcome", row->outcome}, {"agency", m.office}};
  tell(tx, why, m, "decided", std::move(facts));
  return nothing{};
}

outcome bureau::withhold(const audit::access& why, id matter, std::string_view ground,
                         std::string_view what) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!law.find_ground(ground)) return refuse(kind::invalid, "disclosure.no_ground", "ground");
  if (auto good = check_text(what, 300, "what"); !good) return good;
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    withheld w{new_id(),
               matter,
               std::string(ground),
               std::string(text::trim(what)),
               {},
               signed_by(why.who, home.pack().language()),
               now()};
    // Sent twice it stands there once.
    if (tx.one<std::int64_t>(
            "select 1 from withheld where matter = ?1 and ground = ?2 and what = ?3", matter,
            w.ground, w.what))
      return nothing{};
    tx.insert("withheld", w);
    tell(tx, why, o->file, "withheld");
    return nothing{};
  });
}

outcome bureau::unwithhold(const audit::access& why, id matter, id which) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select state from matter where key = ?1", matter) != 1)
      return refuse(kind::conflict, "case.not_open", "",
                    {{"state", std::string(cases::name_of(o->file.state))}});
    if (tx.run("delete from withheld where key = ?1 and matter = ?2", which, matter) > 0)
      tell(tx, why, o->file, "unwithheld");
    return nothing{};
  });
}

outcome bureau::transfer(const audit::access& why, id matter, std::string_view agency,
                         std::string_view reason) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!is_agency(home.pack(), agency))
    return refuse(kind::invalid, "disclosure.no_agency", "office");
  return files.transfer(why, matter, agency, reason);
}

outcome bureau::pay(const audit::access& why, id matter) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto state = tx.one<std::string>("select state from fee where matter = ?1", matter);
    if (!state || *state == "none") return refuse(kind::conflict, "disclosure.no_fee");
    if (tx.run("update fee set state = 'paid', paid_to = ?1, paid_at = ?2 "
               "where matter = ?3 and state = 'pending'",
               signed_by(why.who, home.pack().language()), now(), matter) > 0)
      tell(tx, why, o->file, "paid");
    return nothing{};
  });
}

bool bureau::ready(const opened& o) {
  if (o.file.state != cases::state::accepted || !o.row.decided || o.row.stopped) return false;
  if (!o.row.release || day() < *o.row.release) return false;
  for (const auto& h : hearings_of(o.file.key))
    if (h.objected && h.ruling.empty()) return false;
  const auto f = fee_of(o.file.key);
  return !f || f->state != "pending";
}

outcome bureau::hand_over(const audit::access& why, id matter, std::string_view how) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (how != "post" && how != "visit") return refuse(kind::invalid, "forms.option", "how");
  if (!ready(*o)) return refuse(kind::conflict, "disclosure.not_ready");
  return files.database().writing([&](store::write& tx) -> outcome {
    handed h{new_id(),       matter,           {},
             o->row.subject, std::string(how), signed_by(why.who, home.pack().language()),
             now()};
    if (tx.one<std::int64_t>("select 1 from handed where matter = ?1 and how = ?2", matter, h.how))
      return nothing{};
    tx.insert("handed", h);
    tell(tx, why, o->file, "handed");
    return nothing{};
  });
}

// ---- what everybody may read ----

std::string bureau::without_names(std::string_view said, const cases::matter& m) const {
  std::vector<std::string> known{m.applicant_name};
  const auto language = home.pack().language();
  return names.hidden(said, names.find(said, known), [&](const std::string& what) {
    return std::string(home.texts()("disclosure.hidden_" + what, language));
  });
}

outcome bureau::publish(const audit::access& why, id matter, std::string_view title,
                        std::string_view question, std::string_view answer) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!o->row.decided || cases::is_open(o->file.state))
    return refuse(kind::conflict, "disclosure.not_decided");
  if (!o->row.openly) return refuse(kind::conflict, "disclosure.not_openly");
  if (auto good = check_text(title, longest_title, "title"); !good) return good;
  if (auto good = check_text(question, 4000, "question"); !good) return good;
  if (auto good = check_text(answer, 4000, "answer"); !good) return good;
  for (const auto part : {title, question, answer})
    if (!o->file.applicant_name.empty() &&
        part.find(o->file.applicant_name) != std::string_view::npos)
      return refuse(kind::invalid, "disclosure.names_applicant", "question");
  std::set<std::string> grounds;
  for (const auto& w : withheld_of(matter)) grounds.insert(w.ground);
  for (const auto& p : papers_of(matter, o->file.office))
    for (const auto& mk : marks_of(p.key)) grounds.insert(mk.ground);
  published p{matter,
              o->file.office,
              o->row.outcome,
              text::join({grounds.begin(), grounds.end()}, ","),
              std::string(text::trim(title)),
              std::string(text::trim(question)),
              std::string(text::trim(answer)),
              signed_by(why.who, home.pack().language()),
              now()};
  files.database().writing([&](store::write& tx) {
    tx.run("delete from published where matter = ?1", matter);
    tx.insert("published", p);
    tell(tx, why, o->file, "published");
  });
  index_answers();
  return nothing{};
}

void bureau::index_answers() {
  std::vector<search::document> all;
  files.database().reading([&](store::read& r) {
    r.each<published>("select " + store::columns<published>() + " from published",
                      [&](published&& p) {
                        all.push_back({p.matter.str(),
                                       {p.title, p.title},
                                       {p.question + "\n" + p.answer, p.question + "\n" + p.answer},
                                       {},
                                       {{"agency", p.agency}, {"outcome", p.outcome}},
                                       0});
                      });
  });
  answers.replace(std::move(all));
}

}  // namespace madang::disclosure
