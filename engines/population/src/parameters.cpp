#include "parameters.hpp"

#include <charconv>

namespace madang::population {
namespace {

constexpr const char* figures_file = "population.yaml";

const json::value& list_of(const json::value& v, const char* name) {
  const json::value& list = json::at(v, name);
  if (!list.is_array() || list.get_array().empty())
    broken(figures_file, std::string(name) + " must be a list that is not empty");
  return list;
}

int figure(const json::value& v, const char* name) {
  const json::value& n = json::at(v, name);
  if (!n.is_int64() || n.get_int64() < 0 || n.get_int64() > 1'000'000'000)
    broken(figures_file, std::string(name) + " must be a whole number");
  return static_cast<int>(n.get_int64());
}

steps steps_of(const json::value& v, const char* name) {
  steps out;
  int last = -1;
  for (const auto& step : list_of(v, name).get_array()) {
    const int from = figure(step, "from");
    if (from <= last) broken(figures_file, std::string(name) + " must rise");
    out.add(last = from, figure(step, "value"));
  }
  return out;
}

double number_in(const packs::table& t, std::size_t row, const char* column, double otherwise) {
  const std::string& s = t.at(row, column);
  double value = otherwise;
  std::from_chars(s.data(), s.data() + s.size(), value);
  return value;
}

packs::table need(const packs::pack& p, const char* file, const char* column) {
  packs::table t = p.csv(file);
  if (t.size() == 0 || !t.has(column))
    broken(file, std::string("needs rows, and a column ") + column);
  return t;
}

std::vector<words> named_rows(const packs::pack& p, const char* file) {
  packs::table t = need(p, file, p.language().c_str());
  std::vector<words> out(t.size());
  for (std::size_t i = 0; i < t.size(); ++i)
    for (const auto& language : p.languages())
      if (t.has(language)) out[i].set(language, t.at(i, language));
  return out;
}

coded coded_rows(const packs::pack& p, const char* file) {
  packs::table t = need(p, file, "code");
  coded out;
  for (std::size_t i = 0; i < t.size(); ++i) {
    out.codes.push_back(t.at(i, "code"));
    out.called.push_back(t.at(i, p.language()));
    out.chances.add(number_in(t, i, "weight", 1));
  }
  return out;
}

// Which entry of a list of suffixes a name ends with.
const json::value& by_suffix(const json::value& list, std::string_view name) {
  for (const auto& one : list.get_array())
    if (name.ends_with(json::str(one, "suffix"))) return one;
  broken(figures_file, "a list by suffix must end with the empty suffix");
}

}  // namespace

void broken(const std::string& file, const std::string& message) {
  throw packs::broken_pack({file, 0, message});
}

int steps::at(int x) const {
  int value = 0;
  for (const auto& [from, v] : steps_) {
    if (from > x) break;
    value = v;
  }
  return value;
}

const std::string* coded::find(std::string_view wanted) const {
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] == wanted || called[i] == wanted) return &codes[i];
  return nullptr;
}

names::names(const packs::pack& p) {
  const std::string language = p.language();
  packs::table t = need(p, "names/surnames.csv", language.c_str());
  const json::value seats = json::at(p.yaml(figures_file), "clan_seats");
  for (std::size_t i = 0; i < t.size(); ++i) {
    surname s{t.at(i, language), t.at(i, "latin"), {}};
    if (const auto& list = json::at(seats, s.said); list.is_array())
      for (const auto& seat : list.get_array()) s.seats.emplace_back(seat.as_string());
    surnames.push_back(std::move(s));
    surname_wheel_.add(number_in(t, i, "count", 1));
  }
  t = need(p, "names/given.csv", language.c_str());
  for (auto& years : by_year_) years.resize(last_year - first_year + 1);
  for (std::size_t i = 0; i < t.size(); ++i) {
    given.push_back({t.at(i, language), t.at(i, "latin")});
    const int from = static_cast<int>(number_in(t, i, "from", first_year));
    const int to = static_cast<int>(number_in(t, i, "to", last_year));
    for (int y = std::max(from, first_year); y <= std::min(to, last_year); ++y) {
      auto& year = by_year_[t.at(i, "sex") == "f"][static_cast<std::size_t>(y - first_year)];
      year.which.push_back(static_cast<int>(i));
      year.chances.add(number_in(t, i, "weight", 1));
    }
  }
  for (auto& years : by_year_) {
    // A year without names of its own borrows those of its neighbour.
    for (std::size_t y = 1; y < years.size(); ++y)
      if (years[y].which.empty()) years[y] = years[y - 1];
    for (std::size_t y = years.size() - 1; y-- > 0;)
      if (years[y].which.empty()) years[y] = years[y + 1];
    if (years[0].which.empty()) broken("names/given.csv", "needs names of both sexes");
  }
}

int names::pick_given(random& r, bool female, int year) const {
  const auto& from =
      by_year_[female]
              [static_cast<std::size_t>(std::clamp(year, first_year, last_year) - first_year)];
  return from.which[static_cast<std::size_t>(from.chances.pick(r))];
}

int names::find_surname(std::string_view said, std::string_view latin) const {
  for (std::size_t i = 0; i < surnames.size(); ++i)
    if (surnames[i].said == said && surnames[i].latin == latin) return static_cast<int>(i);
  return -1;
}

int names::find_given(std::string_view said, std::string_view latin) const {
  for (std::size_t i = 0; i < given.size(); ++i)
    if (given[i].said == said && given[i].latin == latin) return static_cast<int>(i);
  return -1;
}

void names::add(const cast_person& p) {
  if (find_surname(p.surname, p.latin_surname) < 0) {
    surname made{p.surname, p.latin_surname, {}};
    for (const auto& known : surnames)  // the same name, written otherwise in Latin letters
      if (known.said == p.surname && made.seats.empty()) made.seats = known.seats;
    surnames.push_back(std::move(made));
  }
  if (find_given(p.name, p.latin_name) < 0) given.push_back({p.name, p.latin_name});
}

bool keeps(const packs::pack& p, const std::string& reg) {
  return p.has("registers/" + reg + ".yaml");
}

parameters::parameters(const packs::pack& p)
    : pack(p), language(p.language()), called(p), cast(read_cast(p)) {
  const json::value v = p.yaml(figures_file);
  if (!v.is_object()) broken(figures_file, "is missing");
  read_figures(v);
  read_numbers(v);
  read_forms(json::at(v, "forms"));
  read_towns(v);
  read_tables();
  if (keeps(p, "vehicles")) read_vehicles(v);
  if (keeps(p, "businesses")) read_businesses(v);
  if (keeps(p, "parcels")) read_land(v);
  if (keeps(p, "circumstances")) read_livelihood(json::at(v, "livelihood"));
  for (const auto& h : cast.households)
    for (const auto& one : h.members) called.add(one);
  for (const auto& one : cast.deceased) called.add(one);
}

void parameters::read_figures(const json::value& v) {
  auto day = date::parse(json::str(v, "as_of"));
  if (!day) broken(figures_file, "as_of must be a date");
  as_of = *day;
  people = figure(v, "people");
  for (const bool female : {false, true})
    for (const auto& group : list_of(v, "pyramid").get_array()) {
      groups.push_back({figure(group, "from"), female});
      group_chances.add(figure(group, female ? "f" : "m"));
    }
  const auto& shares = list_of(v, "household_sizes").get_array();
  if (shares.size() != std::size(sizes)) broken(figures_file, "household_sizes has five figures");
  for (std::size_t i = 0; i < shares.size(); ++i)
    sizes[i] = static_cast<int>(shares[i].to_number<std::int64_t>());
  const std::pair<const char*, steps*> tables[] = {
      {"married_women", &married_women}, {"widowed_women", &widowed_women},
      {"widowed_men", &widowed_men},     {"divorced_women", &divorced_women},
      {"children", &children},           {"mother_age", &mother_age},
      {"mothers_alive", &mothers_alive}, {"with_parents", &with_parents},
      {"with_child", &with_child}};
  for (const auto& [name, table] : tables) *table = steps_of(v, name);
}

void parameters::read_numbers(const json::value& v) {
  const std::pair<const char*, int*> numbers[] = {{"mother_age_spread", &mother_age_spread},
                                                  {"husband_older", &husband_older},
                                                  {"husband_spread", &husband_spread},
                                                  {"stay_near", &stay_near},
                                                  {"owner_occupied", &owner_occupied},
                                                  {"apartment_units", &apartment_units}};
  for (const auto& [name, number] : numbers) *number = figure(v, name);
  if (apartment_units < 1) broken(figures_file, "apartment_units must be 1 or more");
}

void parameters::read_livelihood(const json::value& v) {
  const std::pair<const char*, steps*> tables[] = {{"employed", &livelihood.employed},
                                                   {"wage", &livelihood.wage},
                                                   {"pension", &livelihood.pension},
                                                   {"disabled", &livelihood.disabled},
                                                   {"university", &livelihood.university}};
  for (const auto& [name, table] : tables) *table = steps_of(v, name);
  const std::pair<const char*, int*> numbers[] = {{"self_employed", &livelihood.self_employed},
                                                  {"lost_job", &livelihood.lost_job},
                                                  {"wage_spread", &livelihood.wage_spread},
                                                  {"severe", &livelihood.severe},
                                                  {"property", &livelihood.property},
                                                  {"rent", &livelihood.rent},
                                                  {"renting", &livelihood.renting}};
  for (const auto& [name, number] : numbers) *number = figure(v, name);
}

void parameters::read_forms(const json::value& f) {
  const std::pair<const char*, words*> texts[] = {{"lot", &forms.lot},
                                                  {"mountain_lot", &forms.mountain_lot},
                                                  {"house", &forms.house},
                                                  {"flat", &forms.flat}};
  for (const auto& [name, text] : texts) *text = json::words_of(json::at(f, name));
  if (forms.house.empty() || forms.flat.empty())
    broken(figures_file, "forms says how a house and a flat are addressed");
  forms.name = name_form(pack, "name");
  forms.latin = name_form(pack, "latin");
}

std::string name_form(const packs::pack& p, const char* which) {
  const json::value v = p.yaml(figures_file);
  return std::string(json::str(json::at(v, "forms"), which, "{given} {surname}"));
}

std::string called_by(std::string_view form, const std::string& surname,
                      const std::string& given) {
  std::string out;   // millions are called, so no map is made to fill the form from
  out.reserve(form.size() + surname.size() + given.size());
  while (!form.empty()) {
    const bool family = form.starts_with("{surname}");
    if (family || form.starts_with("{given}")) {
      out += family ? surname : given;
      form.remove_prefix(form.find('}') + 1);
    } else {
      out += form.front();
      form.remove_prefix(1);
    }
  }
  return out;
}

void parameters::read_codes(const json::value& v) {
  const auto from_table = [&](const char* name, const coded& table, const char* file) {
    const std::string* found = table.find(json::str(v, name));
    if (!found) broken(file, "has no row for " + std::string(json::str(v, name)));
    return *found;
  };
  plot = from_table("plot", land_categories, "land/categories.csv");
  forest = from_table("forest", land_categories, "land/categories.csv");
  flat_structure = from_table("flat_structure", structures, "land/structures.csv");
  const auto use = [&](std::string_view wanted) {
    const auto& uses = pack.codes("building_uses");
    for (const auto& [code, name] : uses)
      if (code == wanted || name(language) == wanted) return code;
    broken("codes/building_uses.csv", "has no row for " + std::string(wanted));
  };
  house_use = use(json::str(v, "house_use"));
  flat_use = use(json::str(v, "flat_use"));
  for (const auto& one : list_of(v, "shop_uses").get_array())
    shop_uses.push_back(use(one.as_string()));
}

void parameters::read_towns(const json::value& v) {
  std::map<std::string, int, std::less<>> by_code;
  for (const auto& m : pack.municipalities()) {
    by_code.emplace(m.code, static_cast<int>(municipalities.size()));
    municipalities.push_back(&m);
    const packs::district* province = pack.find_district(m.code.substr(0, 2));
    if (!province) broken("districts/municipalities.csv", m.code + " lies in no province");
    province_of.push_back(province->name);
  }
  const int spread = figure(v, "town_spread");
  for (const auto& t : pack.towns()) {
    auto found = by_code.find(t.code.substr(0, std::min<std::size_t>(5, t.code.size())));
    if (found == by_code.end() || t.code.size() != 7)
      broken("districts/towns.csv", t.code + " must have 7 digits and lie in a municipality");
    const json::value& kind = by_suffix(list_of(v, "towns"), t.name(language));
    const json::value& around =
        by_suffix(list_of(v, "municipalities"), pack.find_district(found->first)->name(language));
    // Towns of a kind differ, always in the same way.
    random own(std::stoull(t.code), 1, 0);
    const double factor = 1 + (own.unit() * 2 - 1) * spread / 1000;
    towns.push_back({&t, found->second, factor * figure(kind, "weight") * figure(around, "factor"),
                     figure(kind, "apartments"), figure(kind, "land"), figure(kind, "price")});
    town_chances.add(towns.back().weight);
  }
  if (towns.empty()) broken("districts/towns.csv", "is missing");
}

void parameters::read_tables() {
  streets = named_rows(pack, "addresses/streets.csv");
  apartments = named_rows(pack, "addresses/apartments.csv");
}

void parameters::read_vehicles(const json::value& v) {
  vehicles = figure(v, "vehicles");
  for (const auto& s : list_of(v, "plate_syllables").get_array())
    syllables.emplace_back(s.as_string());
  packs::table t = need(pack, "vehicles/models.csv", language.c_str());
  for (std::size_t i = 0; i < t.size(); ++i) {
    models.push_back({t.at(i, language), t.at(i, "en"), t.at(i, "fuel"),
                      static_cast<int>(number_in(t, i, "cc", 0))});
    model_chances.add(number_in(t, i, "weight", 1));
  }
}

void parameters::read_businesses(const json::value& v) {
  businesses = figure(v, "businesses");
  packs::table t = need(pack, "businesses/types.csv", "code");
  for (std::size_t i = 0; i < t.size(); ++i) {
    trade one{t.at(i, "code"), t.at(i, language), {}};
    std::string listed = text::replace_all(t.at(i, "words_" + language), ";", " ");
    for (const auto& word : text::split(text::replace_all(listed, "|", " "), ' '))
      if (!word.empty()) one.words.push_back(word);
    if (one.words.empty()) one.words.push_back(one.said);
    trades.push_back(std::move(one));
    trade_chances.add(number_in(t, i, "weight", 1));
  }
}

void parameters::read_land(const json::value& v) {
  parcels = figure(v, "parcels");
  land_categories = coded_rows(pack, "land/categories.csv");
  structures = coded_rows(pack, "land/structures.csv");
  read_codes(json::at(v, "codes"));
}

}  // namespace madang::population
