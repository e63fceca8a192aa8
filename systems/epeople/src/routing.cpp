#include "routing.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace madang::epeople {
namespace {

constexpr double of_rule = 3, of_name = 5, of_unit = 2, of_duty = 1, of_local = 4, of_place = 1;
// A word of a duty that so many agencies use says nothing.
constexpr std::size_t most_sharing = 3;

std::vector<std::string> strings(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

bool is_latin(std::string_view s) {
  return std::ranges::all_of(s, [](unsigned char c) { return c < 0x80; });
}

// Long words are more particular than short ones: Hangul counts by syllables, Latin by three
// letters.
double particular(std::string_view word) {
  const auto points = static_cast<double>(text::length(word));
  const double syllables = is_latin(word) ? points / 3 : points;
  return std::clamp(0.7 + 0.15 * syllables, 0.8, 1.6);
}

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Latin words stand alone (or in the plural); Hangul is found within what it is compounded with.
bool stands_in(std::string_view text, std::string_view word) {
  if (!is_latin(word)) return text.find(word) != std::string_view::npos;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    auto end = at + word.size();
    if (end < text.size() && text[end] == 's') ++end;
    const bool free_before = at == 0 || !is_word_character(text[at - 1]);
    const bool free_after = end >= text.size() || !is_word_character(text[end]);
    if (free_before && free_after) return true;
  }
  return false;
}

std::string without_particle(std::string word, const std::vector<std::string>& particles) {
  while (!word.empty() && (word.back() == '.' || word.back() == ',')) word.pop_back();
  for (const auto& p : particles)
    if (word.size() > p.size() + 3 && word.ends_with(p))
      return word.substr(0, word.size() - p.size());
  return word;
}

}  // namespace

router::router(const packs::pack& pack) : pack_(pack) {
  const json::value rules = pack.yaml("epeople/routing.yaml");
  ombudsman_ = json::str(rules, "ombudsman");
  transfers_ = static_cast<int>(json::num(rules, "transfers", 3));
  read_words(rules);
  read_agencies(rules);
}

void router::add(std::string_view word, std::string_view office, const char* from, double weight) {
  term t{text::fold(word), std::string(word), std::string(office), from, weight * particular(word)};
  if (text::length(t.folded) >= 2) terms_.push_back(std::move(t));
}

void router::read_words(const json::value& rules) {
  const auto& words = json::at(rules, "words");
  if (words.is_object())
    for (const auto& agency : words.get_object()) {
      if (!pack_.find_agency(agency.key()))
        throw packs::broken_pack(
            {"epeople/routing.yaml", 0,
             "words for '" + std::string(agency.key()) + "', which agencies.yaml has not"});
      for (const auto& w : strings(agency.value())) add(w, agency.key(), "word", of_rule);
    }
  for (const auto& w : strings(json::at(rules, "local")))
    local_.push_back({text::fold(w), w, "", "local", of_local * particular(w)});
}

void router::read_agencies(const json::value& rules) {
  const auto particles = strings(json::at(rules, "particles"));
  const auto verbs = strings(json::at(rules, "verbs"));
  const auto listed = strings(json::at(rules, "common"));
  std::set<std::string> common(listed.begin(), listed.end());
  std::map<std::string, std::set<std::string>> of_duties;
  for (const auto& a : pack_.agencies()) {
    for (const auto& [language, name] : a.name.all()) add(name, a.code, "name", of_name);
    for (const auto& u : a.units)
      for (const auto& [language, name] : u.name.all())
        if (language == pack_.language() && !common.count(without_particle(name, particles)))
          add(name, a.code, "unit", of_unit);
    for (const auto& w : text::split(a.duty(pack_.language()), ' ')) {
      const std::string word = without_particle(w, particles);
      const bool verb = std::ranges::any_of(
          verbs, [&](const auto& ending) { return std::string_view(word).ends_with(ending); });
      if (text::length(word) >= 2 && !verb && !common.count(word)) of_duties[word].insert(a.code);
    }
  }
  for (const auto& [word, agencies] : of_duties)
    if (agencies.size() <= most_sharing)
      for (const auto& code : agencies)
        add(word, code, "duty", of_duty / static_cast<double>(agencies.size()));
}

// The municipality that the text names. A name that several provinces have needs its province.
std::string router::place_in(std::string_view folded) const {
  std::vector<std::string> found;
  std::size_t longest = 0;
  for (const auto& m : pack_.municipalities())
    for (const auto& [language, name] : m.name.all()) {
      const std::string called = text::fold(name);
      if (text::length(called) < 2 || !stands_in(folded, called)) continue;
      if (called.size() > longest) {
        found.clear();
        longest = called.size();
      }
      if (called.size() == longest && (found.empty() || found.back() != m.code))
        found.push_back(m.code);
    }
  if (found.size() <= 1) return found.empty() ? std::string() : found.front();
  for (const auto& code : found) {
    const auto* province = pack_.find_district(std::string_view(code).substr(0, 2));
    if (!province) continue;
    const std::string ko = text::fold(province->name(pack_.language()));
    if (stands_in(folded, text::head(ko, 2)) || stands_in(folded, text::fold(province->name("en"))))
      return code;
  }
  return {};
}

std::vector<suggestion> router::suggest(std::string_view said, std::string_view place,
                                        std::size_t most) const {
  const std::string folded = text::replace_all(text::fold(said), "\n", " ");
  std::map<std::string, suggestion> by_office;
  const auto count = [&](const std::string& office, routing_reason why) {
    auto& s = by_office[office];
    s.office = office;
    s.score += why.points;
    s.why.push_back(std::move(why));
  };
  for (const auto& t : terms_)
    if (stands_in(folded, t.folded)) count(t.office, {t.shown, t.from, t.points});
  const std::string where = place.empty() ? place_in(folded) : std::string(place);
  if (const auto* district = pack_.find_district(where); district && !where.empty()) {
    for (const auto& t : local_)
      if (stands_in(folded, t.folded)) count(where, {t.shown, t.from, t.points});
    // A place alone does not make a matter local.
    if (by_office.count(where)) count(where, {district->name(pack_.language()), "place", of_place});
  }
  std::vector<suggestion> out;
  for (auto& [office, s] : by_office) {
    std::ranges::stable_sort(s.why,
                             [](const auto& a, const auto& b) { return b.points < a.points; });
    out.push_back(std::move(s));
  }
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return b.score < a.score; });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace madang::epeople
