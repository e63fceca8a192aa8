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

date day_of(const json::value& v, const std::string& file, int line = 0) {
  auto out = date::parse(json::str(v, "from"));
  if (!out) wrong(file, "\"from\" must be a date, such as 2026-01-01", line);
  return *out;
}

// Where the things of a list of parameters stand: a parameter where a line begins with "-", its
// values where "from:" follows. 0: not written as people write it.
class places {
 public:
  explicit places(std::string_view text) : lines_(text::split(text, '\n')) {}

  int parameter(std::size_t n) const {
    return nth(0, n, [](const std::string& line) { return line.starts_with("-"); });
  }
  // Of the parameter that begins on the line.
  int value(int begins, std::size_t n) const {
    if (begins == 0) return 0;
    return nth(static_cast<std::size_t>(begins) - 1, n, [](const std::string& line) {
      return line.find("from:") != std::string::npos;
    });
  }

 private:
  int nth(std::size_t begin, std::size_t n, bool (*is)(const std::string&)) const {
    for (std::size_t i = begin; i < lines_.size(); ++i)
      if (is(lines_[i]) && n-- == 0) return static_cast<int>(i) + 1;
    return 0;
  }
  std::vector<std::string> lines_;
};

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
  const std::string common = folder_ + "/common.dmn";
  if (pack.has(common)) common_ = {common, pack.text(common)};
  read_parameters(pack);
  reasons_ = reasons_in(pack.yaml(folder_ + "/reasons.yaml"));
  static const std::set<std::string, std::less<>> others = {"parameters", "facts", "reasons"};
  for (const auto& file : pack.list(folder_, ".yaml"))
    if (!others.contains(std::filesystem::path(file).stem().string())) read_provision(pack, file);
}

void statutes::read_parameters(const packs::pack& pack) {
  const std::string file = folder_ + "/parameters.yaml";
  const json::value all = pack.yaml(file);
  if (!all.is_array()) return;
  const places at(pack.text(file));
  for (std::size_t i = 0; i < all.get_array().size(); ++i)
    read_parameter(all.get_array()[i], file, at.parameter(i), [&](std::size_t n) {
      return at.value(at.parameter(i), n);
    });
}

// `line_of`: where the n-th value stands.
void statutes::read_parameter(const json::value& one, const std::string& file, int line,
                              const std::function<int(std::size_t)>& line_of) {
  parameter p;
  p.id = json::str(one, "id");
  if (p.id.empty()) wrong(file, "a parameter has no \"id\"; give it the name of its input", line);
  if (find_parameter(p.id)) wrong(file, p.id + " is there twice; leave one of them out", line);
  p.name = json::words_of(json::at(one, "name"));
  p.unit = json::words_of(json::at(one, "unit"));
  const auto& values = json::at(one, "values");
  if (!values.is_array() || values.get_array().empty())
    wrong(file, p.id + " has no value; give \"values: [{from, value, source}]\"", line);
  for (std::size_t n = 0; n < values.get_array().size(); ++n) {
    const auto& v = values.get_array()[n];
    const date from = day_of(v, file, line_of(n));
    const std::string source(json::str(v, "source"));
    if (source.empty())
      wrong(file, p.id + ": the value names no \"source\", the notice that sets it", line_of(n));
    if (json::at(v, "value").is_null())
      wrong(file, p.id + ": no \"value\" from " + from.str() + " on", line_of(n));
    for (const auto& before : p.versions)
      if (before.from == from)
        wrong(file, p.id + ": two values from " + from.str() + " on; give one another date",
              line_of(n));
    p.versions.push_back({from, of_json(json::at(v, "value")), source});
  }
  std::ranges::sort(p.versions, {}, &parameter::version::from);
  parameters_.push_back(std::move(p));
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

// A model is compiled with what stands in common.dmn beside it.
result<provision::version> statutes::compiled(const std::string& name,
                                              const std::string& text) const {
  std::vector<model::file> files = {{name, text}};
  if (!common_.text.empty()) files.push_back(common_);
  auto m = model::load(files);
  if (!m) return m.why();
  std::string hashed = text;
  for (const auto& e : (*m)->elements()) {
    const bool imported = e.space != (*m)->space();
    if (!e.mistakes.empty()) {
      auto facts = e.mistakes.front().facts;
      facts["file"] = imported ? common_.name : name;
      facts["element"] = e.name;
      return refuse(madang::kind::invalid, e.mistakes.front().code, e.name, std::move(facts));
    }
    if (imported && hashed.size() == text.size()) hashed += common_.text;
  }
  if ((*m)->find("entitlement") < 0)
    return refuse(madang::kind::invalid, "rules.no_entitlement", "", {{"file", name}});
  return provision::version{{}, name, trust::sha256_hex(hashed),
                            std::make_shared<const std::string>(text), std::move(*m)};
}

provision::version statutes::read_version(const packs::pack& pack, const std::string& name) const {
  auto made = compiled(name, pack.text(name));
  if (made) return std::move(*made);
  const auto& why = made.why();
  const auto fact = [&](const char* key) {
    const auto found = why.facts.find(key);
    return found == why.facts.end() ? std::string() : found->second;
  };
  wrong(fact("file").empty() ? name : fact("file"), why.code + " near " + fact("near"),
        std::atoi(fact("line").c_str()));
}

outcome statutes::amend(std::string_view provision, date from, const std::string& name,
                        const std::string& text) {
  const auto found = std::ranges::find(provisions_, provision, &rules::provision::id);
  if (found == provisions_.end())
    return refuse(madang::kind::not_found, "rules.no_provision", std::string(provision));
  auto made = compiled(name, text);
  if (!made) return made.why();
  made->from = from;
  const auto same_day = std::ranges::find(found->versions, from, &provision::version::from);
  if (same_day != found->versions.end()) {
    if (same_day->hash != made->hash) found->replaced.push_back(std::move(*same_day));
    found->versions.erase(same_day);
  }
  found->versions.push_back(std::move(*made));
  std::ranges::sort(found->versions, {}, &rules::provision::version::from);
  return nothing{};
}

outcome statutes::set_parameter(std::string_view id, date from, value is,
                                const std::string& source) {
  const auto found = std::ranges::find(parameters_, id, &parameter::id);
  if (found == parameters_.end())
    return refuse(madang::kind::not_found, "rules.no_parameter", std::string(id));
  std::erase_if(found->versions, [&](const auto& v) { return v.from == from; });
  found->versions.push_back({from, std::move(is), source});
  std::ranges::sort(found->versions, {}, &parameter::version::from);
  return nothing{};
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
  entries inputs;
  std::map<std::string, std::string> sources;
  for (const auto& e : version->logic->elements()) {
    if (e.kind != drg_element::what::input) continue;
    // An imported model has inputs of its own, which are the same facts.
    if (std::ranges::find(inputs, e.name, &entries::value_type::first) != inputs.end()) continue;
    value v;
    if (const auto* known = find_parameter(e.name)) {
      const auto* held = known->at(as_of);
      if (!held)
        return refuse(madang::kind::not_found, "rules.not_in_force", e.name);
      v = held->is;
      sources[e.name] = held->source;
    } else {
      const auto given = std::ranges::find(facts, e.name, &entries::value_type::first);
      if (given != facts.end()) v = given->second;
    }
    inputs.emplace_back(e.name, std::move(v));
  }
  auto out = judge_again(p, *version, inputs, as_of);
  if (out) out->sources = std::move(sources);
  return out;
}

result<judged> statutes::judge_again(const provision& p, const provision::version& v,
                                     const entries& inputs, date as_of) const {
  judged out;
  out.version = v.from;
  out.hash = v.hash;
  out.inputs = inputs;
  decision_run run(*v.logic);
  int number = -1;
  for (const auto& e : v.logic->elements()) {
    ++number;
    if (e.kind != drg_element::what::input) continue;
    const auto given = std::ranges::find(inputs, e.name, &entries::value_type::first);
    if (given != inputs.end()) run.set(number, given->second);
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
