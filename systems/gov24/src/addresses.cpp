// The address finder: real addresses of the building register, which are nobody's data. Understood
// are a road ("솟대길 50"), a town ("역삼1동"), and either after the names of what it lies in. A
// country without a building register has nothing to find; there an address that names its town
// ("5 Lantern Street, Old Quay") is enough.
#include "pages.hpp"

namespace madang::gov24 {
namespace {

struct place {
  std::string label, value, note;   // the address, its town's code, its town
};
BOOST_DESCRIBE_STRUCT(place, (), (label, value, note))
struct places {
  std::vector<place> items;
};
BOOST_DESCRIBE_STRUCT(places, (), (items))

constexpr std::size_t most = 12;

bool begins(const words& name, std::string_view folded) {
  return std::ranges::any_of(
      name.all(), [&](const auto& said) { return text::fold(said.second).starts_with(folded); });
}

// Does a part of "경기도 성남시 분당구" begin so? One letter says nothing yet.
bool part_begins(const words& full, std::string_view folded) {
  if (text::length(folded) < 2) return false;
  for (const auto& [language, said] : full.all())
    for (const auto& part : text::split(said, ' '))
      if (text::fold(part).starts_with(folded)) return true;
  return false;
}

// "…로 50, 햇살숲가 111동 1102호": "…로 50, 햇살숲가". Which dwelling it is, is asked for apart.
std::string building_of(std::string_view address) {
  if (address.find(',') == std::string_view::npos) return std::string(address);
  for (const std::string_view counter : {"호", "동"}) {
    const auto space = address.rfind(' ');
    if (space == std::string_view::npos || !address.ends_with(counter)) break;
    address = address.substr(0, space);
  }
  while (address.ends_with(',')) address.remove_suffix(1);
  return std::string(address);
}

bool names_a_place(const packs::pack& pack, const std::string& word) {
  const std::string folded = text::fold(word);
  return std::ranges::any_of(pack.municipalities(), [&](const auto& m) {
    return part_begins(pack.full_name(m.code), folded);
  });
}

class finder {
 public:
  explicit finder(context& c)
      : c_(c),
        land_(c.home.hub().registry_of("buildings")),
        why_(c.access(c.home.said("purpose.address"), c.home.said("law.address"))) {}

  places find(std::string_view typed) {
    for (const auto& word : text::split(typed, ' '))
      if (!text::trim(word).empty()) words_.push_back(word);
    if (!land_ || text::length(typed) < 2) return {};
    by_town();
    if (found_.items.empty()) by_road();
    return std::move(found_);
  }

 private:
  // The first word that names towns; the others stand anywhere in the address.
  void by_town() {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      const std::string folded = text::fold(words_[w]);
      if (text::length(folded) < 2) continue;
      for (const auto& town : c_.home.pack().towns()) {
        if (found_.items.size() >= most) return;
        if (!begins(town.name, folded)) continue;
        const words full = c_.home.pack().full_name(town.code);
        take(land_->find(why_, "buildings", "town", town.code, registers::present(), open_items,
                         200),
             [&](std::string_view address) { return others_fit(w, address, full); });
      }
      if (!found_.items.empty()) return;
    }
  }

  // Words that name a province or municipality narrow; the rest begins what stands after it.
  void by_road() {
    std::vector<std::string> where;
    std::string rest;
    for (const auto& word : words_) {
      if (rest.empty() && names_a_place(c_.home.pack(), word)) {
        where.push_back(text::fold(word));
      } else {
        rest += (rest.empty() ? "" : " ") + word;
      }
    }
    if (rest.empty()) return;
    for (const auto& m : c_.home.pack().municipalities()) {
      if (found_.items.size() >= most) return;
      const words full = c_.home.pack().full_name(m.code);
      if (!std::ranges::all_of(where, [&](const auto& w) { return part_begins(full, w); }))
        continue;
      const std::string begin = full(c_.home.pack().language()) + " " + rest;
      take(land_->starting(why_, "buildings", "address", begin, registers::present(), open_items,
                           100),
           [](std::string_view) { return true; });
    }
  }

  bool others_fit(std::size_t town_word, std::string_view address, const words& full) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (i != town_word && address.find(words_[i]) == std::string_view::npos &&
          !part_begins(full, text::fold(words_[i])))
        return false;
    return true;
  }

  template <class Fits>
  void take(const result<std::vector<registers::record>>& records, Fits fits) {
    if (!records) return;
    for (const auto& b : *records) {
      if (found_.items.size() >= most) return;
      const std::string town(b.text("town"));
      if (!fits(b.text("address"))) continue;
      std::string building = building_of(b.text("address"));
      const bool there = std::ranges::any_of(
          found_.items, [&](const place& p) { return p.label == building; });
      if (!there)
        found_.items.push_back(
            {std::move(building), town, c_.home.pack().full_name(town)(c_.language)});
    }
  }

  inline static const std::vector<std::string> open_items = {"address", "town"};
  context& c_;
  registers::registry* land_;
  audit::access why_;
  std::vector<std::string> words_;
  places found_;
};

// Do the words of a name stand among those typed, one after the other?
bool names(const std::vector<std::string>& typed, const std::string& name) {
  const std::vector<std::string> wanted = text::split(text::fold(name), ' ');
  return !std::ranges::search(typed, wanted).empty();
}

// The town that the words name: "분당구 정자1동 10". None when two towns are called so and nothing
// says which.
std::string town_of(const context& c, std::string_view address) {
  const std::vector<std::string> typed =
      text::split(text::replace_all(text::fold(address), ",", ""), ' ');
  std::vector<std::string> fitting;
  for (const auto& town : c.home.pack().towns()) {
    const words full = c.home.pack().full_name(town.code);
    if (std::ranges::none_of(town.name.all(),
                             [&](const auto& said) { return names(typed, said.second); }))
      continue;
    const auto contradicts = [&](const std::string& word) {
      return names_a_place(c.home.pack(), word) && !part_begins(full, text::fold(word));
    };
    if (std::ranges::none_of(typed, contradicts)) fitting.push_back(town.code);
  }
  return fitting.size() == 1 ? fitting.front() : std::string();
}

http::response addresses(context& c) {
  const std::string typed(text::trim(text::head(c.request.param("q"), 80)));
  return c.with_privacy(http::json_response(json::write(finder(c).find(typed))));
}

}  // namespace

std::optional<settled_address> settle_address(context& c, std::string_view typed) {
  places found = finder(c).find(typed);
  for (const auto& p : found.items)
    if (p.label == typed) return settled_address{p.label, p.value};
  std::string town = town_of(c, typed);
  if (town.empty()) return {};
  return settled_address{std::string(typed), std::move(town)};
}

void address_pages(house& h) { h.page("GET", "/addresses", needs::nobody, addresses); }

}  // namespace madang::gov24
