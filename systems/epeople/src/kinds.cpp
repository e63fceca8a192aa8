#include "kinds.hpp"

#include <algorithm>

namespace madang::epeople {
namespace {

constexpr const char* file = "epeople/kinds.yaml";

[[noreturn]] void fail(const std::string& message) { throw packs::broken_pack({file, 0, message}); }

period period_of(const json::value& v) {
  period p{std::string(json::str(v, "count")), static_cast<int>(json::num(v, "n"))};
  if ((p.count != "working" && p.count != "days" && p.count != "months") || p.n < 1 || p.n > 400)
    fail("a period counts working, days or months, from 1 to 400");
  return p;
}

// The last day of a shorter month stands for a day that it has not (Civil Act art. 160(3)).
date months_after(date from, int n) {
  const int month = static_cast<int>(from.month()) - 1 + n;
  const int year = from.year() + month / 12;
  for (int day = static_cast<int>(from.day());; --day)
    if (auto d = date::of(year, month % 12 + 1, day)) return *d;
}

// A question as forms reads it: its words are texts, its options too.
json::value with_words(const platform::house& home, const json::value& v, const std::string& kind) {
  json::object q = v.as_object();
  const std::string id(json::str(v, "id"));
  const auto key_of = [&](const std::string& part) {
    const std::string own = "epeople.q." + id + "_" + part + "_" + kind;
    return home.texts().has(own) ? own : "epeople.q." + id + "_" + part;
  };
  q["title"] = json::from_words(said_to_all(home, key_of("title")));
  if (home.texts().has(key_of("hint")))
    q["hint"] = json::from_words(said_to_all(home, key_of("hint")));
  const auto& options = json::at(v, "options");
  if (options.is_string()) {
    q["options_from"] = json::object{{"list", options}};
    q.erase("options");
  } else if (options.is_array()) {
    json::array said;
    for (const auto& o : options.get_array())
      said.push_back(json::object{
          {"value", o},
          {"label", json::from_words(said_to_all(
                        home, "epeople.q." + id + "_is_" +
                                  text::replace_all(std::string(o.as_string()), "-", "_")))}});
    q["options"] = said;
  }
  return q;
}

}  // namespace

date period::due(date received, const calendar& days) const {
  if (count == "working") return days.add_working_days(received, n);
  date d = count == "days" ? received.plus(n) : months_after(received, n);
  while (!days.is_working_day(d)) d = d.plus(1);
  return d;
}

const period& filing_kind::period_for(const json::value& answers) const {
  for (const auto& e : when)
    if (json::str(answers, e.question) == e.is) return e.gives;
  return usual;
}

std::vector<std::string> all_languages(const platform::house& home) {
  auto out = home.pack().languages();
  for (const auto& one : home.visitor_languages()) out.push_back(one);
  return out;
}

words said_to_all(const platform::house& home, const std::string& key) {
  words out;
  for (const auto& language : all_languages(home))
    out.set(language, std::string(home.texts()(key, language)));
  return out;
}

kinds::kinds(const platform::house& home) {
  const json::value list = home.pack().yaml(file);
  if (!list.is_array()) fail("a list of kinds");
  for (const auto& v : list.get_array()) all_.push_back(read(home, v));
}

filing_kind kinds::read(const platform::house& home, const json::value& v) const {
  filing_kind k;
  k.id = json::str(v, "id");
  k.icon = json::str(v, "icon");
  k.begins = json::str(v, "begins");
  k.reward = json::str(v, "reward");
  k.confidential = json::flag(v, "confidential");
  k.law = json::words_of(json::at(v, "law"));
  if (k.id.empty() || k.law.empty()) fail("a kind needs an id and its law");
  k.name = said_to_all(home, "epeople.kind." + text::replace_all(k.id, "-", "_"));
  if (!is_office(home.pack(), k.begins)) fail(k.id + " begins at an office that is not there");
  k.usual = period_of(json::at(v, "period"));
  if (const auto& list = json::at(v, "when"); list.is_array())
    for (const auto& e : list.get_array())
      k.when.push_back(
          {std::string(json::str(e, "question")), std::string(json::str(e, "is")), period_of(e)});
  if (const auto& list = json::at(v, "within"); list.is_array())
    for (const auto& l : list.get_array())
      k.within.push_back(
          {std::string(json::str(l, "question")), static_cast<int>(json::num(l, "days"))});
  json::array questions;
  for (const auto& q : json::at(v, "questions").as_array())
    questions.push_back(with_words(home, q, text::replace_all(k.id, "-", "_")));
  k.form = forms::parse_form(questions, file);
  // Whether it was written in a visitor's language is no question: the draft knows it. The
  // country's own are read by its officials.
  for (const auto& q : json::at(v, "questions").as_array())
    if (json::flag(q, "foreign"))
      for (auto& one : k.form.questions)
        if (one.id == json::str(q, "id"))
          one.when.push_back({"language", home.visitor_languages()});
  return k;
}

const filing_kind* kinds::find(std::string_view id) const {
  auto found = std::ranges::find(all_, id, &filing_kind::id);
  return found == all_.end() ? nullptr : &*found;
}

words office_name(const packs::pack& pack, std::string_view code) {
  words name = pack.full_name(code);
  return name(pack.language()).empty() ? words(std::string(code), std::string(code)) : name;
}

bool is_office(const packs::pack& pack, std::string_view code) {
  if (pack.find_agency(code)) return true;
  if (const auto* d = pack.find_district(code)) return d->code.size() <= 5;
  return agency_of(pack, code) != code;
}

std::string agency_of(const packs::pack& pack, std::string_view code) {
  for (const auto& a : pack.agencies())
    for (const auto& u : a.units)
      if (u.code == code) return a.code;
  return std::string(code);
}

}  // namespace madang::epeople
