// What officials and citizens do with what was filed. Each act is one transaction.
#include <algorithm>

#include "bureau.hpp"

namespace madang::epeople {
namespace {

constexpr std::size_t longest_text = 4000, longest_title = 150;

outcome check_text(std::string_view s, std::size_t longest, const char* field) {
  if (!text::is_utf8(s) || text::trim(s).empty())
    return refuse(kind::invalid, "case.text_missing", field);
  if (text::length(s) > longest)
    return refuse(kind::invalid, "case.text_long", field, {{"limit", std::to_string(longest)}});
  return nothing{};
}

std::string signed_by(const audit::actor& who, const std::string& language) {
  return who.official()
             ? who.agency_name(language) + " " + who.post_title(language) + " " + who.name
             : who.name;
}

// The entry and the event of an act on a filing; what is in the event names nobody.
void tell(store::write& tx, const audit::access& why, const cases::matter& m, const char* what,
          json::object facts = {}) {
  audit::access about = why;
  about.reference = m.number;
  audit::append(tx, about, audit::action::changed, m.applicant, "filing", m.number, what);
  facts["key"] = m.key.str();
  facts["number"] = m.number;
  tx.emit("epeople." + std::string(what), m.key.str(), facts);
}

}  // namespace

result<std::string> bureau::route(const audit::access& why, id matter, std::string_view office,
                                  std::string_view reason) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!o->row.is_lead()) return refuse(kind::conflict, "epeople.not_lead");
  if (!is_office(home.pack(), office)) return refuse(kind::invalid, "epeople.no_office", "office");
  // Beginning at the commission it is not passed on but given to somebody for the first time.
  const auto* k = kinds.find(o->row.kind);
  const bool first = !o->row.routed && o->file.office == k->begins && transfers(matter) == 0 &&
                     std::ranges::none_of(files.story(matter),
                                          [](const auto& e) { return e.what == "transferred"; });
  std::string to(office);
  if (!first && transfers(matter) + 1 >= routes.transfers()) to = routes.ombudsman();
  std::string because(text::trim(reason));
  if (because.empty() && first)
    because = home.texts().fill("epeople.routed_to", home.pack().language(),
                                {{"office", office_name(home.pack(), to)(home.pack().language())}});
  if (auto done = files.transfer(why, matter, to, because); !done) return done.why();
  return to;
}

outcome bureau::join(const audit::access& why, id matter, id lead) {
  auto a = reach(why.who, matter);
  if (!a) return a.why();
  auto b = reach(why.who, lead);
  if (!b) return b.why();
  if (matter == lead) return refuse(kind::invalid, "epeople.join_self", "lead");
  if (a->row.kind != b->row.kind || a->row.confidential)
    return refuse(kind::invalid, "epeople.join_kind", "lead");
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto open = tx.one<std::int64_t>(
        "select count(*) from filing where matter in (?1, ?2) and turn is not null and lead = "
        "matter",
        matter, lead);
    if (open.value_or(0) != 2) return refuse(kind::conflict, "epeople.join_closed", "lead");
    tx.run("update filing set lead = ?1 where lead = ?2", lead, matter);
    tell(tx, why, a->file, "joined", {{"lead", lead.str()}, {"lead_number", b->file.number}});
    return nothing{};
  });
}

outcome bureau::separate(const audit::access& why, id matter) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto joined = tx.one<std::int64_t>(
        "select count(*) from filing where matter = ?1 and turn is not null and lead <> matter",
        matter);
    if (joined.value_or(0) == 0) return refuse(kind::conflict, "epeople.not_joined");
    tx.run("update filing set lead = matter where matter = ?1", matter);
    tell(tx, why, o->file, "separated");
    return nothing{};
  });
}

outcome bureau::name_target(const audit::access& why, id matter, std::string_view post) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  const auto found = home.people().find_post(post);
  if (!found) return refuse(kind::invalid, "epeople.no_post", "post");
  return files.database().writing([&](store::write& tx) -> outcome {
    const auto there = tx.one<std::int64_t>(
        "select count(*) from target where matter = ?1 and post = ?2", matter, post);
    if (there.value_or(0) > 0) return nothing{};
    tx.insert("target", target{matter, std::string(post), found->holder, "", now()});
    tell(tx, why, o->file, "target_named", {{"post", post}});
    return nothing{};
  });
}

outcome bureau::translate(const audit::access& why, id matter, std::string_view part,
                          std::string_view language, std::string_view said) {
  if (auto good = check_text(said, longest_text, "text"); !good) return good;
  const auto known = all_languages(home);
  if (std::ranges::find(known, language) == known.end() || (part != "text" && part != "answer"))
    return refuse(kind::invalid, "epeople.no_language", "language");
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  return files.database().writing([&](store::write& tx) -> outcome {
    tx.run("delete from translation where matter = ?1 and part = ?2 and language = ?3", matter,
           part, language);
    tx.insert("translation",
              translation{new_id(), matter, std::string(part), std::string(language),
                          std::string(said), signed_by(why.who, home.pack().language()), now()});
    tell(tx, why, o->file, "translated", {{"part", part}, {"language", language}});
    return nothing{};
  });
}

outcome bureau::answer(const audit::access& why, id matter, std::string_view said,
                       std::string_view in_other) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (!o->row.is_lead()) return refuse(kind::conflict, "epeople.not_lead");
  if (text::trim(said).empty()) return refuse(kind::invalid, "case.text_missing", "text");
  // Kept first and shown only with the answer: an answer that is refused leaves it for the next.
  if (!text::trim(in_other).empty())
    if (auto done = translate(why, matter, "answer", o->row.language, in_other); !done) return done;
  return files.accept(why, matter, said);
}

outcome bureau::publish(const audit::access& why, id matter, std::string_view title,
                        std::string_view question, std::string_view answered) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  if (o->row.confidential) return refuse(kind::conflict, "epeople.protected");
  if (!o->row.openly) return refuse(kind::conflict, "epeople.not_open_to_all");
  if (o->file.state != cases::state::accepted)
    return refuse(kind::conflict, "epeople.not_answered");
  for (const auto& [said, longest, field] :
       {std::tuple{title, longest_title, "title"}, std::tuple{question, longest_text, "question"},
        std::tuple{answered, longest_text, "answer"}})
    if (auto good = check_text(said, longest, field); !good) return good;
  return files.database().writing([&](store::write& tx) -> outcome {
    tx.run("delete from published where matter = ?1", matter);
    tx.insert("published",
              published{matter, o->row.kind, o->file.office, std::string(text::trim(title)),
                        std::string(text::trim(question)), std::string(text::trim(answered)),
                        signed_by(why.who, home.pack().language()), now()});
    tell(tx, why, o->file, "published");
    return nothing{};
  });
}

result<reward> bureau::compute_reward(const audit::access& why, id matter,
                                      const rules::entries& facts) {
  auto o = reach(why.who, matter);
  if (!o) return o.why();
  const auto* k = kinds.find(o->row.kind);
  const auto* provision = k->reward.empty() ? nullptr : rewards.find(k->reward);
  if (!provision) return refuse(kind::conflict, "epeople.no_reward");
  const date day = today(home.pack().zone());
  auto judged = rewards.judge(*provision, facts, day);
  if (!judged) return judged.why();
  rules::decision_origin origin;
  origin.known = now();
  for (const auto& [name, value] : facts) origin.of_facts[name] = "agency";
  reward r{matter,
           judged->entitled,
           judged->amount.str(),
           json::print(rules::record_of(*provision, *judged, day, origin)),
           signed_by(why.who, home.pack().language()),
           now()};
  auto kept = files.database().writing([&](store::write& tx) -> outcome {
    tx.run("delete from reward where matter = ?1", matter);
    tx.insert("reward", r);
    tell(tx, why, o->file, "reward_computed",
         {{"entitled", r.entitled}, {"amount", r.amount}, {"because", judged->because}});
    return nothing{};
  });
  if (!kept) return kept.why();
  return r;
}

result<reporter> bureau::open_identity(const audit::access& why, id matter,
                                       std::string_view reason) {
  // The guardian need not handle the report, and whoever handles it is not the guardian by that.
  const auto row = find(matter);
  const auto file = row ? files.find(matter) : std::nullopt;
  if (!file || !row->confidential) return refuse(kind::not_found, "case.not_found");
  if (!why.who.has_role(guardian)) return refuse(kind::forbidden, "epeople.guardian_only");
  const auto named = targets(row->lead);
  if (std::ranges::any_of(named, [&](const target& t) {
        return (t.person && t.person == why.who.person) ||
               (!t.post.empty() && t.post == why.who.post);
      }))
    return refuse(kind::not_found, "case.not_found");
  audit::access about = why;
  about.reference = file->number;
  return reporters.open(about, file->applicant, reason);
}

outcome bureau::rate(const audit::access& asked, id matter, int stars, std::string_view remark) {
  const auto row = find(matter);
  const auto file = row ? files.find(matter) : std::nullopt;
  if (!file || !belongs_to(*file, *row, asked.who.person))
    return refuse(kind::not_found, "case.not_found");
  return files.rate(acting(asked, *file, *row), matter, stars, remark);
}

}  // namespace madang::epeople
