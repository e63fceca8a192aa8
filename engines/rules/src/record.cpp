// Records of decisions. Everything that the result depends on is in the record or named by its
// hash, so the same record follows from it wherever the model is kept.
#include <algorithm>

#include "madang/rules/feel.hpp"
#include "madang/rules/statutes.hpp"

namespace madang::rules {
namespace {

constexpr const char* form = "madang-decision-record-1";
constexpr std::size_t most_inputs = 1000, longest_value = 100'000;

refusal wrong(const char* item) {
  return refuse(madang::kind::invalid, "rules.record_wrong", item, {{"item", item}});
}

struct kept_decision {
  const provision* about = nullptr;
  const provision::version* version = nullptr;
  date as_of;
  entries inputs;
  std::map<std::string, std::string> sources;
  decision_origin origin;
};

result<kept_decision> read_record(const statutes& law, const json::value& record) {
  kept_decision out;
  if (json::str(record, "form") != form) return wrong("form");
  out.about = law.find(json::str(record, "provision"));
  if (!out.about) return wrong("provision");
  const auto hash = json::str(record, "model");
  for (const auto* all : {&out.about->versions, &out.about->replaced}) {
    const auto version = std::ranges::find(*all, hash, &provision::version::hash);
    if (version == all->end()) continue;
    out.version = &*version;
    break;
  }
  if (!out.version)
    return refuse(madang::kind::not_found, "rules.model_unknown", "model",
                  {{"hash", std::string(hash)}});
  const auto as_of = date::parse(json::str(record, "as_of"));
  const auto known = instant::parse(json::str(record, "as_known"));
  if (!as_of || !known) return wrong("as_of");
  out.as_of = *as_of;
  out.origin.known = *known;
  const auto& kept = json::at(record, "inputs");
  if (!kept.is_array() || kept.get_array().size() > most_inputs) return wrong("inputs");
  for (const auto& one : kept.get_array()) {
    const std::string name(json::str(one, "name"));
    out.inputs.emplace_back(name, value_of_literal(json::str(one, "value")));
    auto& to = json::str(one, "kind") == "parameter" ? out.sources : out.origin.of_facts;
    to[name] = json::str(one, "source");
  }
  return out;
}

result<judged> decide_again(const statutes& law, const kept_decision& k) {
  auto again = law.judge_again(*k.about, *k.version, k.inputs, k.as_of);
  if (again) again->sources = k.sources;
  return again;
}

}  // namespace

json::value record_of(const provision& p, const judged& j, date as_of, const decision_origin& o) {
  json::array inputs;
  for (const auto& [name, v] : j.inputs) {
    const auto source = j.sources.find(name);
    const auto origin = o.of_facts.find(name);
    inputs.push_back(json::object{
        {"name", name},
        {"value", v.literal()},
        {"kind", source != j.sources.end() ? "parameter" : "fact"},
        {"source", source != j.sources.end()      ? source->second
                   : origin != o.of_facts.end() ? origin->second
                                                : std::string()}});
  }
  return json::object{{"form", form},
                      {"provision", p.id},
                      {"law", json::from_words(p.law)},
                      {"version", j.version.str()},
                      {"model", j.hash},
                      {"as_of", as_of.str()},
                      {"as_known", o.known.str()},
                      {"zone_data", zone_data_version()},
                      {"inputs", std::move(inputs)},
                      {"explanation", to_json(j.how)},
                      {"entitled", j.entitled},
                      {"amount", j.amount.str()},
                      {"because", j.because}};
}

result<judged> judged_in(const statutes& law, const json::value& record) {
  auto kept = read_record(law, record);
  if (!kept) return kept.why();
  return decide_again(law, *kept);
}

result<json::value> replay(const statutes& law, const json::value& record) {
  auto kept = read_record(law, record);
  if (!kept) return kept.why();
  auto again = decide_again(law, *kept);
  if (!again) return again.why();
  return record_of(*kept->about, *again, kept->as_of, kept->origin);
}

value value_of_literal(std::string_view literal) {
  if (literal.size() > longest_value) return {};
  auto read = compile(literal);
  if (!read) return {};
  evaluation e(date_time{calendar_date{}, {0, zone::utc()}});
  return read->run(e);
}

}  // namespace madang::rules
