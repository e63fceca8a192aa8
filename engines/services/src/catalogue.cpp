#include "madang/services/catalogue.hpp"

namespace madang::services {
namespace {

std::vector<std::string> strings(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

entry parse_entry(const json::value& v, const std::string& category, const std::string& file) {
  entry e;
  e.id = json::str(v, "id");
  e.agency = json::str(v, "agency");
  e.category = category;
  e.name = json::words_of(json::at(v, "name"));
  e.summary = json::words_of(json::at(v, "summary"));
  e.who = json::words_of(json::at(v, "who"));
  e.needed = json::words_of(json::at(v, "needed"));
  e.fee = json::words_of(json::at(v, "fee"));
  e.time = json::words_of(json::at(v, "time"));
  if (const auto& law = json::at(v, "law"); law.is_array())
    for (const auto& one : law.get_array()) e.law.push_back(json::words_of(one));
  e.search_words = strings(json::at(v, "words"));
  e.popular = static_cast<int>(std::clamp<std::int64_t>(json::num(v, "popular", 0), 0, 9));
  e.events = strings(json::at(v, "events"));
  if (e.id.empty() || e.name.empty() || e.summary.empty())
    throw packs::broken_pack({file, 0, "service '" + e.id + "' needs an id, a name and a summary"});
  return e;
}

definition parse_definition(const json::value& v, const std::string& file) {
  definition d;
  d.id = json::str(v, "id");
  d.form = forms::parse_form(json::at(v, "questions"), file);
  d.start = json::words_of(json::at(v, "start"));
  d.sees = json::words_of(json::at(v, "sees"));
  d.good_to_know = json::words_of(json::at(v, "good_to_know"));
  d.minutes = static_cast<int>(json::num(v, "minutes", 1));
  d.purpose = json::words_of(json::at(v, "purpose"));
  d.law = json::words_of(json::at(v, "law"));
  d.evidence = json::at(v, "evidence");
  d.issue = json::at(v, "issue");
  d.procedure = json::at(v, "procedure");
  d.follow = strings(json::at(v, "follow"));
  if (d.purpose.empty() || d.law.empty())
    throw packs::broken_pack({file, 0, "a service says its purpose and its law"});
  if (d.issue.is_null() == d.procedure.is_null())
    throw packs::broken_pack({file, 0, "a service either issues a document or opens a case"});
  return d;
}

}  // namespace

catalogue::catalogue(const packs::pack& pack) : pack_(pack) {
  for (const auto& file : pack_.list("services/catalogue", ".yaml")) {
    const std::string category = std::filesystem::path(file).stem().string();
    json::value all = pack_.yaml(file);
    if (!all.is_array()) throw packs::broken_pack({file, 0, "is a list of services"});
    for (const auto& v : all.get_array()) {
      entry e = parse_entry(v, category, file);
      if (!by_id_.emplace(e.id, entries_.size()).second)
        throw packs::broken_pack({file, 0, "service '" + e.id + "' is described twice"});
      entries_.push_back(std::move(e));
    }
  }
  for (const auto& file : pack_.list("services", ".yaml")) {
    if (file == "services/categories.yaml") continue;
    definition d = parse_definition(pack_.yaml(file), file);
    if (!by_id_.count(d.id))
      throw packs::broken_pack({file, 0, "'" + d.id + "' is not in the catalogue"});
    std::string key = d.id;
    definitions_.emplace(std::move(key), std::move(d));
  }
  if (json::value all = pack_.yaml("services/categories.yaml"); all.is_array())
    for (const auto& v : all.get_array())
      categories_.push_back({std::string(json::str(v, "id")), std::string(json::str(v, "icon")),
                             json::words_of(json::at(v, "name"))});
  if (json::value all = pack_.yaml("life_events.yaml"); all.is_array())
    for (const auto& v : all.get_array())
      events_.push_back({std::string(json::str(v, "id")), std::string(json::str(v, "icon")),
                         json::words_of(json::at(v, "name")),
                         json::words_of(json::at(v, "line")), strings(json::at(v, "services"))});
}

const entry* catalogue::find(std::string_view id) const {
  auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &entries_[found->second];
}

const definition* catalogue::find_definition(std::string_view id) const {
  auto found = definitions_.find(id);
  return found == definitions_.end() ? nullptr : &found->second;
}

const category* catalogue::find_category(std::string_view id) const {
  for (const auto& c : categories_)
    if (c.id == id) return &c;
  return nullptr;
}

const life_event* catalogue::find_event(std::string_view id) const {
  for (const auto& e : events_)
    if (e.id == id) return &e;
  return nullptr;
}

}  // namespace madang::services
