// The file of an application: the record of what the law gave when it was made, signed, and what it
// gives today.
#include "claims.hpp"

#include <algorithm>

#include "madang/documents/press.hpp"

namespace madang::benefits {

BOOST_DESCRIBE_STRUCT(evaluation, (), (matter, person, benefit, entitled, record, signature, at))
BOOST_DESCRIBE_STRUCT(award, (), (key, person, benefit, amount, starts, ends, matter))

json::value evaluation::read() const {
  auto parsed = json::parse(record);
  return parsed ? std::move(*parsed) : json::value();
}

std::optional<evaluation> evaluation_of(house& h, id matter) {
  return h.database("benefits").reading([&](store::read& r) {
    return r.one<evaluation>("select " + store::columns<evaluation>() +
                                 " from evaluation where matter = ?1",
                             matter);
  });
}

std::vector<award> awards_of(house& h, id person) {
  return h.database("benefits").reading([&](store::read& r) {
    return r.all<award>("select " + store::columns<award>() +
                            " from award where person = ?1 order by starts desc, key desc",
                        person);
  });
}

namespace {

constexpr int days_to_decide = 30;           // Basic Pension Act rule art. 10; working days

words in_all(const house& h, const std::function<std::string(const std::string&)>& f) {
  words out;
  for (const auto& language : h.pack().languages()) out.set(language, f(language));
  return out;
}

const rules::provision* provision_of(const office& o, const cases::matter& m) {
  return o.law.find(json::str(m.answers, "benefit"));
}

std::string origin_name(house& h, const std::string& origin, const std::string& language) {
  for (const auto* s : h.hub().schemas())
    if (s->id == origin) return s->name(language);
  return std::string(h.texts()("benefits.by_applicant", language));
}

cases::judgement judgement_of(house& h, const rules::provision& p, const rules::judged& j,
                              const char* rule) {
  return {h.said(rule),
          in_all(h, [&](const std::string& language) {
            return j.entitled ? amount_in_words(p, j.amount, language) + " · " + j.reason(language)
                              : j.reason(language);
          }),
          p.law, j.entitled};
}

// As the registers stand on the day the official looks.
result<rules::judged> judged_today(house& h, const office& o, const audit::access& why,
                                   const cases::matter& m, const rules::provision& p) {
  const date day = today(h.pack().zone());
  auto known_today = facts_from_registers(h, why, m.applicant, {day});
  if (!known_today) return known_today.why();
  rules::entries facts = std::move(*known_today);
  if (const auto& said = json::at(m.answers, "given"); said.is_object()) {
    auto given = benefits::facts_of(said.get_object());
    if (given)
      for (auto& [name, v] : *given) {
        const auto known = std::ranges::find(facts, name, &rules::entries::value_type::first);
        if (known == facts.end()) facts.emplace_back(name, std::move(v));
        else if (known->second.is_null()) known->second = std::move(v);
      }
  }
  return o.law.judge(p, facts, day);
}

result<cases::review> review(house& h, const office& o, const audit::access& why,
                             const cases::matter& m) {
  const auto* p = provision_of(o, m);
  const auto kept = evaluation_of(h, m.key);
  if (!p || !kept) return refuse(kind::not_found, "benefit.unknown");
  const json::value record = kept->read();
  cases::review out;
  const auto plain = [](std::string_view s) { return words(std::string(s), std::string(s)); };
  out.application = {
      {h.said("benefits.benefit"), p->name, {}, ""},
      {h.said("benefits.account"),
       plain(std::string(json::str(m.answers, "bank")) + " " +
             std::string(json::str(m.answers, "account"))),
       {}, ""}};
  if (const auto remarks = json::str(m.answers, "remarks"); !remarks.empty())
    out.application.push_back({h.said("benefits.remarks"), plain(remarks), {}, ""});
  if (const auto& inputs = json::at(record, "inputs"); inputs.is_array())
    for (const auto& one : inputs.get_array()) {
      if (json::str(one, "kind") != "fact") continue;
      const std::string fact(json::str(one, "name")), source(json::str(one, "source"));
      const auto* t = o.find_term(fact);
      const auto v = rules::value_of_literal(json::str(one, "value"));
      out.evidence.push_back(
          {t ? t->name : plain(fact),
           in_all(h, [&](const std::string& language) { return o.shown(fact, v, language); }),
           in_all(h, [&](const std::string& language) { return origin_name(h, source, language); }),
           ""});
    }
  auto then = rules::judged_in(o.law, record);
  if (then) out.rules.push_back(judgement_of(h, *p, *then, "benefits.rule_then"));
  if (!cases::is_open(m.state)) return out;
  auto now = judged_today(h, o, why, m, *p);
  if (now) out.rules.push_back(judgement_of(h, *p, *now, "benefits.rule_now"));
  return out;
}

// What is granted begins with the month of the application (Basic Pension Act art. 14 (1)).
outcome grant(const office& o, store::write& tx, const audit::access& why,
              const cases::matter& m, cases::procedure::consequences& follow) {
  const auto* p = provision_of(o, m);
  auto kept = tx.one<evaluation>("select " + store::columns<evaluation>() +
                                     " from evaluation where matter = ?1",
                                 m.key);
  if (!p || !kept) return refuse(kind::not_found, "benefit.unknown");
  const json::value record = kept->read();
  const date received = m.received, starts = *date::of(received.year(), received.month(), 1);
  tx.run("insert into award (key, person, benefit, amount, starts, ends, matter, told_until) "
         "values (?1, ?2, ?3, ?4, ?5, null, ?6, ?7)",
         new_id(), m.applicant, p->id, json::str(record, "amount"), starts, m.key, starts);
  tx.run("delete from standing where person = ?1 and benefit = ?2", m.applicant, p->id);
  audit::append(tx, why, audit::action::decided, m.applicant, "award", p->id, "granted");
  follow.facts = {{"benefit", p->id}, {"amount", json::str(record, "amount")}};
  tx.emit("benefits.granted", m.applicant.str(),
          {{"person", m.applicant.str()}, {"benefit", p->id},
           {"amount", json::str(record, "amount")}, {"starts", starts.str()},
           {"case", m.number}});
  return nothing{};
}

}  // namespace

void handle_claims(house& h, std::shared_ptr<const office> o) {
  cases::procedure p;
  p.id = procedure_id;
  p.name = h.said("benefits.case");
  p.law = h.said("law.social_security");
  p.role = "welfare_officer";
  p.working_days = days_to_decide;
  p.look = [&h, o](const auto& why, const auto& m) { return review(h, *o, why, m); };
  p.accept = [o](store::write& tx, const auto& why, const auto& m, auto& follow) {
    return grant(*o, tx, why, m, follow);
  };
  p.title = [&h, o](const cases::matter& m) {
    const auto* found = provision_of(*o, m);
    return in_all(h, [&](const std::string& language) {
      return h.texts().fill("benefits.case_of", language,
                            {{"name", found ? found->name(language) : std::string()}});
    });
  };
  p.computed = [&h](const cases::matter& m) -> std::optional<bool> {
    const auto kept = evaluation_of(h, m.key);
    return kept ? std::optional(kept->entitled) : std::nullopt;
  };
  p.enclosures = [&h](const cases::matter& m) {
    return std::vector<cases::enclosure>{
        {h.said("benefits.record"), "/benefits/records/" + m.key.str()}};
  };
  h.files_of("benefits").handle(std::move(p));
}

}  // namespace madang::benefits
