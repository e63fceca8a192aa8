#include "rows.hpp"

#include "numbers.hpp"
#include "places.hpp"

namespace madang::population {
namespace {

// What stands for a name in a form. text::fill wants a map, which would be made anew for each of
// millions of addresses.
void append_fact(std::string& out, std::string_view name, const parameters& figures, const site& s,
                 int nth, std::string_view language) {
  const auto m =
      static_cast<std::size_t>(figures.towns[static_cast<std::size_t>(s.town)].municipality);
  if (name == "province") {
    out += figures.province_of[m](language);
  } else if (name == "municipality") {
    out += figures.municipalities[m]->name(language);
  } else if (name == "town") {
    out += figures.towns[static_cast<std::size_t>(s.town)].place->name(language);
  } else if (name == "street") {
    out += figures.streets[static_cast<std::size_t>(s.street)](language);
  } else if (name == "number") {
    out += std::to_string(s.number);
  } else if (name == "building" && s.apartment >= 0) {
    out += figures.apartments[static_cast<std::size_t>(s.apartment)](language);
  } else if (name == "house") {
    out += std::to_string(s.house);
  } else if (name == "unit") {
    out += std::to_string(unit_of(nth, s.floors));
  }
}

}  // namespace

table::table(registers::registry& registry, const std::string& reg, instant recorded)
    : registry_(registry),
      schema_([&]() -> const registers::schema& {
        const auto* found = registry.find_schema(reg);
        check(found != nullptr, "a register that is loaded has a schema");
        return *found;
      }()),
      recorded_(recorded),
      values_(schema_.items.size()) {}

int table::slot(std::string_view item) const {
  for (std::size_t i = 0; i < schema_.items.size(); ++i)
    if (schema_.items[i].id == item) return static_cast<int>(i);
  return -1;
}

void table::write(store::write& tx, std::string_view key, date from) {
  registry_.load_row(tx, schema_, key, values_, from, recorded_);
  std::fill(values_.begin(), values_.end(), store::parameter());
  ++written_;
}

std::string name_of(const parameters& figures, const person& p) {
  return called_by(figures.forms.name,
                   figures.called.surnames[static_cast<std::size_t>(p.surname)].said,
                   figures.called.given[static_cast<std::size_t>(p.given)].said);
}

std::string latin_of(const parameters& figures, const person& p) {
  return called_by(figures.forms.latin,
                   figures.called.surnames[static_cast<std::size_t>(p.surname)].latin,
                   figures.called.given[static_cast<std::size_t>(p.given)].latin);
}

std::string address_of(const parameters& figures, const site& s, int nth,
                       std::string_view language) {
  const words& form = s.apartment >= 0 && nth >= 0 ? figures.forms.flat : figures.forms.house;
  const std::string& pattern = form(language);
  std::string out;
  out.reserve(120);
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      out += pattern[i++];
      continue;
    }
    append_fact(out, std::string_view(pattern).substr(i + 1, end - i - 1), figures, s, nth,
                language);
    i = end + 1;
  }
  return out;
}

std::string parcel_of(const parameters& figures, int in, int main, int sub, bool mountain) {
  return parcel_number(figures.towns[static_cast<std::size_t>(in)].place->code, mountain, main,
                       sub);
}

instant recorded_at(const parameters& figures) {
  return from_civil({figures.as_of, 0, 0, 0}, figures.pack.zone());
}

}  // namespace madang::population
