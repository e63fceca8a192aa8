// What agencies hold and make known of themselves (arts. 7 and 8), with how often it was asked for.
#include <algorithm>
#include <map>

#include "bureau.hpp"

namespace madang::disclosure {
namespace {

constexpr const char* lists_file = "disclosure/lists.yaml";

const std::string& select_listed() {
  static const std::string text = "select " + store::columns<listed>() + " from listed ";
  return text;
}

bool is_access(std::string_view s) { return s == "open" || s == "partial" || s == "closed"; }

}  // namespace

// What the pack lists is there from the first start; what an official removed stays removed.
void bureau::seed_lists() {
  if (!home.pack().has(lists_file)) return;
  const json::value all = home.pack().yaml(lists_file);
  if (!all.is_array()) throw packs::broken_pack({lists_file, 0, "a list of what agencies hold"});
  std::vector<listed> seeds;
  for (const auto& v : all.get_array()) {
    const words title = json::words_of(json::at(v, "title"));
    const words department = json::words_of(json::at(v, "department"));
    listed l;
    l.key = json::str(v, "id");
    l.agency = json::str(v, "agency");
    l.title = title("ko");
    l.title_en = title("en");
    l.department = department("ko");
    l.department_en = department("en");
    l.made = json::str(v, "made");
    l.cycle = json::str(v, "cycle");
    l.access = json::str(v, "access");
    l.ground = json::str(v, "ground");
    l.at = now();
    if (l.key.empty() || l.title.empty() || !is_agency(home.pack(), l.agency) ||
        !is_access(l.access) || (l.access != "open" && !law.find_ground(l.ground)))
      throw packs::broken_pack(
          {lists_file, 0,
           "'" + l.key + "' needs id, agency, title, access, and a ground unless open"});
    seeds.push_back(std::move(l));
  }
  files.database().writing([&](store::write& tx) {
    for (const auto& l : seeds)
      if (!tx.one<std::int64_t>("select 1 from listed where key = ?1", l.key))
        tx.insert("listed", l);
  });
}

std::vector<bureau::listed_line> bureau::list(const list_wanted& w) {
  std::vector<listed_line> out;
  const auto sought = text::split(text::fold(text::trim(w.text)), ' ');
  files.database().reading([&](store::read& r) {
    std::map<std::string, std::int64_t> wanted;
    r.each_row("select item, count(*) from request where item <> '' group by item", {},
               [&](const store::row& row) { wanted[std::string(row.text(0))] = row.integer(1); });
    for (auto& l : r.all<listed>(select_listed() + "where removed = 0 and (agency = ?1 or ?1 = '') "
                                                   "order by agency, title",
                                 w.agency)) {
      if (!w.access.empty() && l.access != w.access) continue;
      const std::string all =
          text::fold(l.title + " " + l.title_en + " " + l.department + " " + l.department_en);
      if (!std::ranges::all_of(sought, [&](const auto& s) { return all.find(s) != all.npos; }))
        continue;
      if (out.size() == static_cast<std::size_t>(w.limit)) break;
      const auto n = wanted[l.key];
      out.push_back({std::move(l), n});
    }
  });
  return out;
}

std::optional<bureau::listed_line> bureau::find_listed(std::string_view key) {
  if (key.empty()) return {};
  return files.database().reading([&](store::read& r) -> std::optional<listed_line> {
    auto l = r.one<listed>(select_listed() + "where key = ?1 and removed = 0", key);
    if (!l) return {};
    const auto n = r.one<std::int64_t>("select count(*) from request where item = ?1", key);
    return listed_line{std::move(*l), n.value_or(0)};
  });
}

std::vector<bureau::listed_line> bureau::most_wanted(int most) {
  auto all = list({});
  std::erase_if(all, [](const auto& l) { return l.wanted == 0; });
  std::ranges::stable_sort(all, std::ranges::greater{}, &listed_line::wanted);
  if (all.size() > static_cast<std::size_t>(most)) all.resize(static_cast<std::size_t>(most));
  return all;
}

outcome bureau::put_listed(const audit::access& why, listed l) {
  if (!why.who.official() || !why.who.has_role(law.role))
    return refuse(kind::forbidden, "case.not_yours");
  l.agency = why.who.agency;
  if (!is_agency(home.pack(), l.agency)) return refuse(kind::invalid, "disclosure.no_agency");
  l.title = text::trim(l.title);
  if (auto good = check_text(l.title, 150, "title"); !good) return good;
  if (auto good = check_text(l.department, 100, "department"); !good) return good;
  for (const auto* one : {&l.title_en, &l.department_en, &l.made, &l.cycle})
    if (!one->empty())
      if (auto good = check_text(*one, 150, "title_en"); !good) return good;
  if (!is_access(l.access)) return refuse(kind::invalid, "disclosure.access", "access");
  if (l.access == "open") l.ground.clear();
  else if (!law.find_ground(l.ground))
    return refuse(kind::invalid, "disclosure.no_ground", "ground");
  if (l.title_en.empty()) l.title_en = l.title;
  if (l.department_en.empty()) l.department_en = l.department;
  l.key = new_id().str();
  l.author = signed_by(why.who, home.pack().language());
  l.at = now();
  return files.database().writing([&](store::write& tx) -> outcome {
    // Sent twice it is listed once.
    if (tx.one<std::int64_t>(
            "select 1 from listed where agency = ?1 and title = ?2 and removed = 0", l.agency,
            l.title))
      return nothing{};
    tx.insert("listed", l);
    audit::append(tx, why, audit::action::changed, {}, "disclosure-list", l.key, "listed");
    return nothing{};
  });
}

outcome bureau::remove_listed(const audit::access& why, std::string_view key) {
  if (!why.who.official() || !why.who.has_role(law.role))
    return refuse(kind::forbidden, "case.not_yours");
  return files.database().writing([&](store::write& tx) -> outcome {
    if (tx.run("update listed set removed = 1 where key = ?1 and agency = ?2", key,
               why.who.agency) == 0)
      return refuse(kind::not_found, "disclosure.no_listed");
    audit::append(tx, why, audit::action::changed, {}, "disclosure-list", key, "removed");
    return nothing{};
  });
}

}  // namespace madang::disclosure
