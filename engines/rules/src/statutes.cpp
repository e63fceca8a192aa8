#include "madang/rules/statutes.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "madang/trust/bytes.hpp"

namespace madang::rules {
namespace {

[[noreturn]] void wrong(const std::string& file, const std::string& message, int line = 0) {
  throw packs::broken_pack({file, line, message});
}

// Of a key at the beginning of a line; 0: there is none.
int line_of(std::string_view text, std::string_view key) {
  int line = 0;
  for (const auto& one : text::split(text, '\n'))
    if (++line; one.starts_with(key) && one.substr(key.size()).starts_with(":")) return line;
  return 0;
}

std::string whom(const json::value& v, const packs::pack& pack, const std::string& file) {
  const std::string word(json::str(v, "for", "person"));
  if (word != "person" && word != "household" && word != "business")
    wrong(file, "\"for\" is person, household or business, not \"" + word + "\"",
          line_of(pack.text(file), "for"));
  return word;
}

date day_of(const json::value& v, const std::string& file) {
  auto out = date::parse(json::str(v, "from"));
  if (!out) wrong(file, "\"from\" must be a date: 2026-01-01");
  return *out;
}

std::map<std::string, words, std::less<>> reasons_in(const json::value& v) {
  std::map<std::string, words, std::less<>> out;
  if (v.is_object())
    for (const auto& m : v.get_object()) out[m.key()] = json::words_of(m.value());
  return out;
}

template <class V>
void order(std::vector<V>& versions, const std::string& file) {
  if (versions.empty()) wrong(file, "has no version");
  std::ranges::sort(versions, {}, &V::from);
  for (std::size_t i = 1; i < versions.size(); ++i)
    if (versions[i].from == versions[i - 1].from)
      wrong(file, "two versions hold from " + versions[i].from.str() + "; give one another date");
}

template <class V>
const V* in_force(const std::vector<V>& versions, date day) {
  const V* out = nullptr;
  for (const auto& v : versions)
    if (v.from <= day) out = &v;
  return out;
}

// "{monthly_income}" stands for the fact "monthly income"; numbers are grouped.
std::map<std::string, std::string> sayable(const entries& inputs, const explanation& how,
                                           const decimal& amount) {
  std::map<std::string, std::string> out;
  const auto put = [&](const std::string& name, const value& v) {
    const auto whole = v.is(kind::number) ? v.number().to_int64() : std::nullopt;
    out[text::replace_all(name, " ", "_")] = whole ? text::grouped(*whole) : v.str();
  };
  for (const auto& [name, v] : inputs) put(name, v);
  for (const auto& d : how.decisions) put(d.name, d.result);
  put("amount", value(amount));
  return out;
}

}  // namespace

const parameter::version* parameter::at(date day) const { return in_force(versions, day); }
const provision::version* provision::at(date day) const { return in_force(versions, day); }

statutes::statutes(const packs::pack& pack, std::string_view folder) : folder_(folder) {
  read_parameters(pack);
  reasons_ = reasons_in(pack.yaml(folder_ + "/reasons.yaml"));
  static const std::set<std::string, std::less<>> others = {"parameters", "facts", "reasons"};
  for (const auto& file : pack.list(folder_, ".yaml"))
    if (!others.contains(std::filesystem::path(file).stem().string())) read_provision(pack, file);
}

void statutes::read_parameters(const packs::pack& pack) {
  const std::string parameters_file = folder_ + "/parameters.yaml";
  const json::value all = pack.yaml(parameters_file);
  if (!all.is_array()) return;
  for (const auto& one : all.get_array()) {
    parameter p;
    p.id = json::str(one, "id");
    p.name = json::words_of(json::at(one, "name"));
    p.unit = json::words_of(json::at(one, "unit"));
    if (const auto& values = json::at(one, "values"); values.is_array())
      for (const auto& v : values.get_array()) {
        const std::string source(json::str(v, "source"));
        if (source.empty()) wrong(parameters_file, p.id + ": each value names its source");
        p.versions.push_back({day_of(v, parameters_file), of_json(json::at(v, "value")), source});
      }
    order(p.versions, parameters_file + " (" + p.id + ")");
    if (find_parameter(p.id)) wrong(parameters_file, p.id + " is there twice");
    parameters_.push_back(std::move(p));
  }
}

void statutes::read_provision(const packs::pack& pack, const std::string& file) {
  const json::value v = pack.yaml(file);
  provision p;
  p.id = json::str(v, "id");
  p.agency = json::str(v, "agency");
  p.period = json::str(v, "period", "month");
  p.for_whom = whom(v, pack, file);
  const std::pair<const char*, words*> texts[] = {{"name", &p.name}, {"law", &p.law},
      {"line", &p.line}, {"simplified", &p.simplified}, {"amount", &p.amount}};
  for (const auto& [name, to] : texts) {
    *to = json::words_of(json::at(v, name));
    if (to->empty()) wrong(file, std::string(name) + " is missing");
  }
  p.because = reasons_in(json::at(v, "because"));
  if (const auto& all = json::at(v, "versions"); all.is_array())
    for (const auto& one : all.get_array()) {
      auto version = read_version(pack, folder_ + "/" + std::string(json::str(one, "model")));
      version.from = day_of(one, file);
      p.versions.push_back(std::move(version));
    }
  order(p.versions, file);
  provisions_.push_back(std::move(p));
}

provision::version statutes::read_version(const packs::pack& pack,
                                          const std::string& name) const {
  const std::string text = pack.text(name), common = folder_ + "/common.dmn";
  std::vector<model::file> files = {{name, text}};
  if (pack.has(common)) files.push_back({common, pack.text(common)});
  auto m = model::load(files);
  if (!m) wrong(name, m.why().code);
  std::string hashed = text;
  for (const auto& e : (*m)->elements()) {
    const bool imported = e.space != (*m)->space();
    if (!e.mistakes.empty()) {
      const auto& facts = e.mistakes.front().facts;
      const auto line = facts.find("line"), near = facts.find("near");
      wrong(imported ? common : name,
            e.mistakes.front().code + " near " + (near == facts.end() ? "" : near->second),
            line == facts.end() ? 0 : std::atoi(line->second.c_str()));
    }
    if (imported && hashed.size() == text.size()) hashed += files[1].text;
  }
  if ((*m)->find("entitlement") < 0) wrong(name, "has no decision \"entitlement\"");
  return {{}, name, trust::sha256_hex(hashed), std::move(*m)};
}

const provision* statutes::find(std::string_view id) const {
  const auto found = std::ranges::find(provisions_, id, &provision::id);
  return found == provisions_.end() ? nullptr : &*found;
}

const parameter* statutes::find_parameter(std::string_view id) const {
  const auto found = std::ranges::find(parameters_, id, &parameter::id);
  return found == parameters_.end() ? nullptr : &*found;
}

result<judged> statutes::judge(const provision& p, const entries& facts, date as_of) const {
  const auto* version = p.at(as_of);
  if (!version) return refuse(madang::kind::not_found, "rules.not_in_force", p.id);
  judged out;
  out.version = version->from;
  out.hash = version->hash;
  decision_run run(*version->logic);
  for (const auto& e : version->logic->elements()) {
    if (e.kind != drg_element::what::input) continue;
    value v;
    if (const auto* known = find_parameter(e.name)) {
      const auto* held = known->at(as_of);
      if (!held)
        return refuse(madang::kind::not_found, "rules.not_in_force", e.name);
      v = held->is;
      out.sources[e.name] = held->source;
    } else {
      const auto given = std::ranges::find(facts, e.name, &entries::value_type::first);
      if (given != facts.end()) v = given->second;
    }
    out.inputs.emplace_back(e.name, v);
    run.set(e.name, std::move(v));
  }
  const auto day = calendar_date::of_days(as_of.days);
  evaluation e(date_time{day.value_or(calendar_date{}), {0, zone::utc()}});
  e.told = &out.how;
  const value decided = run.decide(e, "entitlement");
  const value* entitled = decided.is(kind::context) ? decided.member("entitled") : nullptr;
  if (!entitled || !entitled->is(kind::boolean))
    return refuse(madang::kind::unavailable, "rules.undecided", p.id,
                  {{"code", e.diagnostics.empty() ? "null" : e.diagnostics.front().code}});
  out.entitled = entitled->flag();
  if (const value* amount = decided.member("amount"); amount && amount->is(kind::number))
    out.amount = amount->number();
  if (const value* because = decided.member("because"); because && because->is(kind::string))
    out.because = because->text();
  for (const auto* reasons : {&p.because, &reasons_}) {
    const auto found = reasons->find(out.because);
    if (found == reasons->end()) continue;
    const auto said = sayable(out.inputs, out.how, out.amount);
    for (const char* language : {"ko", "en"})
      if (found->second.has(language))
        out.reason.set(language, text::fill(found->second(language), said));
    break;
  }
  return out;
}

}  // namespace madang::rules
