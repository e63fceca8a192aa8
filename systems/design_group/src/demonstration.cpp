// Projects that an invented nation has worked on, so that lists, filters and pages have something
// to show. The number follows the size of the population; the same seed gives the same.
#include <algorithm>
#include <charconv>
#include <random>

#include "studio.hpp"

namespace madang::design_group {
namespace {

constexpr const char* subjects_file = "participation/design-demonstration.yaml";
constexpr std::int64_t fewest = 12, most = 900, usual_scale = 1000;
constexpr int members_each = 10;

// "1:1000" -> 1000
std::int64_t scale_of(std::string_view population) {
  const auto cut = population.find(':');
  const auto digits = population.substr(cut == population.npos ? 0 : cut + 1);
  std::int64_t n = usual_scale;
  std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return std::max<std::int64_t>(n, 1);
}

// Names as the synthetic population draws them, from the same lists.
struct name_lists {
  packs::table surnames, given;
  explicit name_lists(const packs::pack& pack)
      : surnames(pack.csv("names/surnames.csv")), given(pack.csv("names/given.csv")) {}
  std::string draw(std::mt19937_64& chance, const std::string& language) const {
    if (surnames.size() == 0 || given.size() == 0) return {};
    const auto of = [&](const packs::table& t) { return t.at(chance() % t.size(), language); };
    const std::string last = of(surnames);
    return last + of(given);
  }
};

// Persons of a demonstration project: numbers before any that is given out (ids are in the order of
// time since 2020, node and counter below), so that none is anybody's.
constexpr std::int64_t first_person = 1'000;

struct maker {
  const packs::pack& pack;
  const json::array& subjects;
  const std::vector<stage>& stages;
  const voices::rule& rule;
  name_lists names;
  std::mt19937_64 chance;
  instant until;
  std::map<std::int64_t, std::int64_t> serial = {};

  std::string said(const json::value& v, const char* name) const {
    return json::words_of(json::at(v, name))(pack.language());
  }
  project next(std::int64_t i);
  void fill(store::write& tx, const assembly::circles& circles, const project& p, std::int64_t i);
};

project maker::next(std::int64_t i) {
  const auto& subject = subjects[static_cast<std::size_t>(i) % subjects.size()];
  const instant at = until.plus(-std::chrono::hours(24 * (30 + chance() % 1'400)));
  const int year = in_zone(at, pack.zone()).date.year();
  std::string title = said(subject, "title");
  const auto& towns = pack.municipalities();
  if (i >= static_cast<std::int64_t>(subjects.size()) && !towns.empty())
    title = towns[chance() % towns.size()].name(pack.language()) + " · " + title;
  const auto* k = rule.find_category(json::str(subject, "category"));
  if (!k) throw packs::broken_pack({subjects_file, 0, "no category of " + title});
  project p{new_id(),
            fmt::format("{}-{:06}", year, ++serial[year]),
            title,
            said(subject, "problem"),
            k->id,
            k->agency,
            year,
            stages[chance() % stages.size()].id,
            id{first_person + i * members_each},
            at,
            {},
            {},
            {}};
  p.folded = text::fold(p.title + " " + p.problem);
  return p;
}

void maker::fill(store::write& tx, const assembly::circles& circles, const project& p,
                 std::int64_t i) {
  const auto& subject = subjects[static_cast<std::size_t>(i) % subjects.size()];
  tx.insert("project", p);
  static constexpr const char* kinds[] = {"official", "expert", "citizen"};
  for (int n = 0; n < members_each; ++n)
    circles.found(tx, {p.key, id{first_person + i * members_each + n},
                       kinds[n < 2               ? n
                             : chance() % 4 == 0 ? chance() % 2
                                                 : 2],
                       names.draw(chance, pack.language()), false, p.made});
  const auto put = [&](const char* kind, const std::string& title, const std::string& body,
                       json::value steps) {
    item it{new_id(),
            p.key,
            kind,
            stages.front().id,
            title,
            body,
            std::move(steps),
            {},
            {},
            false,
            {},
            false,
            true,
            p.lead,
            p.made,
            {}};
    tx.insert("item", it);
  };
  if (const auto& notes = json::at(subject, "notes"); notes.is_array())
    for (const auto& n : notes.get_array())
      put("note", said(n, "title"), said(n, "body"), json::array{});
  if (const auto& steps = json::at(subject, "journey"); steps.is_array()) {
    json::array all;
    for (const auto& s : steps.get_array())
      all.push_back(json::object{{"what", said(s, "what")},
                                 {"thought", said(s, "thought")},
                                 {"feeling", json::num(s, "feeling")}});
    put("journey_map", said(subject, "journey_title"), {}, std::move(all));
  }
  for (const auto& s : stages) {
    tx.insert("movement", movement{new_id(), p.key, s.id, {}, p.lead, p.made});
    if (s.id == p.stage) break;
  }
}

}  // namespace

void studio::begin_demonstration() {
  const auto& pack = house_.pack();
  if (!house_.chosen().demonstration || !pack.has(subjects_file)) return;
  const json::value subjects = pack.yaml(subjects_file);
  if (!subjects.is_array() || subjects.get_array().empty()) return;
  const std::int64_t wanted =
      std::clamp(fewest * usual_scale / scale_of(house_.chosen().population), fewest, most);
  maker m{pack,  subjects.get_array(), stages_,
          rule_, name_lists(pack),     std::mt19937_64(house_.chosen().seed),
          now()};
  // Whole or not at all: a part of it would look like all of it.
  db_.writing([&](store::write& tx) {
    if (tx.one<std::int64_t>("select count(*) from project").value_or(0) > 0) return;
    m.chance.seed(house_.chosen().seed);
    m.serial.clear();
    for (std::int64_t i = 0; i < wanted; ++i) m.fill(tx, circles_, m.next(i), i);
  });
}

}  // namespace madang::design_group
