#include <algorithm>

#include "regions.hpp"

namespace madang::gov24 {
namespace {

// "Seongnam-si Bundang-gu" is looked for as it stands, by its parts, and by those without the
// ending that says what kind of district it is.
void add_names(std::vector<std::string>& to, const words& name) {
  for (const auto& [language, said] : name.all()) {
    const std::string whole = text::fold(said);
    to.push_back(whole);
    for (const auto& part : text::split(whole, ' ')) {
      if (part != whole) to.push_back(part);
      if (const auto end = part.find('-'); end != std::string::npos)
        to.push_back(part.substr(0, end));
    }
  }
}

bool any_begins(const std::vector<std::string>& names, std::string_view word) {
  return std::ranges::any_of(names, [&](const auto& n) { return n.starts_with(word); });
}

std::vector<std::string> words_of(std::string_view typed) {
  std::vector<std::string> out;
  // English says what lies in what with commas: "Jongno-gu, Seoul".
  for (const auto& word : text::split(text::replace_all(text::fold(typed), ",", " "), ' '))
    if (!text::trim(word).empty()) out.emplace_back(text::trim(word));
  return out;
}

}  // namespace

gazetteer::gazetteer(const house& h)
    : pack_(h.pack()), atlas_(h.atlas()) {
  const json::value about = pack_.yaml("pack.yaml");
  source_ = json::words_of(json::at(json::at(about, "districts"), "source"));
  office_ = json::words_of(json::at(json::at(about, "districts"), "office"));
  for (const auto* level : {&pack_.provinces(), &pack_.municipalities(), &pack_.towns()})
    for (const auto& d : *level) {
      entry e{&d, {d.code}, {}};
      add_names(e.names, d.name);
      for (auto up = atlas_.parent(d.code); !up.empty(); up = atlas_.parent(up))
        if (const auto* around = pack_.find_district(up)) add_names(e.around, around->name);
      entries_.push_back(std::move(e));
    }
}

std::shared_ptr<const spatial::drawing> gazetteer::map_of(const std::string& code) const {
  std::lock_guard lock(maps_mutex_);
  auto& kept = maps_[code];
  if (!kept) {
    std::vector<const spatial::shape*> shapes;
    for (const auto* d : atlas_.below(code)) shapes.push_back(&atlas_.find(d->code)->shape);
    kept = std::make_shared<const spatial::drawing>(spatial::draw(shapes));
  }
  return kept;
}

std::vector<const packs::district*> gazetteer::find(std::string_view typed) const {
  const auto words = words_of(typed);
  if (words.empty()) return {};
  std::string whole = text::join(words, " ");
  std::vector<const packs::district*> exact, begun;
  for (const auto& e : entries_) {
    const bool all = std::ranges::all_of(words, [&](const auto& w) {
      return any_begins(e.names, w) || any_begins(e.around, w);
    });
    if (!all || std::ranges::none_of(words, [&](const auto& w) { return any_begins(e.names, w); }))
      continue;
    // "서울 중구": every word says as much as it can of a name of its own.
    const bool named = std::ranges::any_of(e.names, [&](const auto& n) {
      return n == whole || std::ranges::find(words, n) != words.end();
    });
    (named ? exact : begun).push_back(e.district);
  }
  exact.insert(exact.end(), begun.begin(), begun.end());
  return exact;
}

std::int64_t gazetteer::towns_in(std::string_view code) const {
  std::int64_t n = 0;
  for (const auto* d : atlas_.below(code))
    n += kind_of(d->code) == "town" ? 1 : towns_in(d->code);
  return n;
}

std::string kind_of(std::string_view code) {
  return code.size() <= 2 ? "province" : code.size() <= 5 ? "municipality" : "town";
}

}  // namespace madang::gov24
