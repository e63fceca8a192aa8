#include "audience.hpp"

#include <algorithm>

namespace madang::mvoting {
namespace {

constexpr std::int64_t oldest = 150;

std::string text_of(exchange::hub& hub, const audit::access& why, const char* reg,
                    const std::string& key, const char* item) {
  auto* registry = key.empty() ? nullptr : hub.registry_of(reg);
  if (!registry) return {};
  const auto found =
      registry->get(why, reg, key, registers::present(), std::vector<std::string>{item});
  return found ? std::string(found->text(item)) : std::string();
}

// What a district may be called: alone, or with what it lies in.
bool is_called(const packs::pack& pack, const packs::district& d, std::string_view folded) {
  return std::ranges::any_of(pack.languages(), [&](const std::string& language) {
    return text::fold(d.name(language)) == folded ||
           text::fold(pack.full_name(d.code)(language)) == folded;
  });
}

}  // namespace

outcome judge(const packs::pack& pack, const audience& a) {
  if (a.from < 0 || a.to < 0 || a.from > oldest || a.to > oldest || (a.to && a.from > a.to))
    return refuse(kind::invalid, "vote.ages", "age_from");
  if (!a.sex.empty() && !pack.codes("sexes").contains(a.sex))
    return refuse(kind::invalid, "vote.sex", "sex");
  if (!a.work.empty() && !pack.codes("work_states").contains(a.work))
    return refuse(kind::invalid, "vote.work", "work");
  return nothing{};
}

result<std::vector<std::string>> areas_named(const packs::pack& pack, std::string_view names) {
  std::vector<std::string> out;
  for (const auto& part : text::split(names, ',')) {
    const auto wanted = text::trim(part);
    if (wanted.empty()) continue;
    const std::string folded = text::fold(wanted);
    std::vector<std::string> found;
    if (pack.find_district(wanted)) found.push_back(std::string(wanted));
    for (const auto* all : {&pack.provinces(), &pack.municipalities(), &pack.towns()}) {
      if (!found.empty()) break;
      for (const auto& d : *all)
        if (is_called(pack, d, folded)) found.push_back(d.code);
    }
    if (found.size() != 1)
      return refuse(kind::invalid, "vote.area", "areas",
                    {{"name", std::string(text::head(wanted, 60))}});
    if (std::ranges::find(out, found.front()) == out.end()) out.push_back(found.front());
  }
  return out;
}

facts facts_of(exchange::hub& hub, const audit::access& why, id person, const audience& a,
               date on) {
  facts f;
  auto* registry = hub.registry_of("persons");
  if (!registry) return f;
  const auto found = registry->get(why, "persons", person.str(), registers::present(),
                                   std::vector<std::string>{"born", "sex", "household"});
  if (!found) return f;
  f.known = true;
  f.sex = found->text("sex");
  if (const auto born = date::parse(found->text("born"))) f.age = age(*born, on);
  f.town = text_of(hub, why, "households", std::string(found->text("household")), "town");
  if (!a.work.empty()) f.work = text_of(hub, why, "circumstances", person.str(), "work");
  return f;
}

outcome may(const audience& a, const facts& f) {
  if (a.everybody()) return nothing{};
  const auto no = [](const char* code) { return refuse(kind::forbidden, code); };
  if (!f.known) return no("vote.not_resident");
  if (!a.areas.empty() && std::ranges::none_of(a.areas, [&](const std::string& code) {
        return f.town.starts_with(code);
      }))
    return no("vote.not_area");
  if ((a.from && f.age < a.from) || (a.to && f.age > a.to)) return no("vote.not_age");
  if (!a.sex.empty() && f.sex != a.sex) return no("vote.not_sex");
  if (!a.work.empty() && f.work != a.work) return no("vote.not_work");
  return nothing{};
}

std::string group_of(const facts& f) {
  if (!f.known || f.town.size() < 2) return "none";
  return fmt::format("{}-{}-{}", f.town.substr(0, 2), f.age / 10 * 10, f.sex);
}

}  // namespace madang::mvoting
