#include "categories.hpp"

#include <algorithm>

namespace madang::eungdapso {
namespace {

constexpr const char* file = "eungdapso/categories.yaml";
constexpr const char* departments_file = "eungdapso/departments.yaml";

[[noreturn]] void fail(const char* in, const std::string& message) {
  throw packs::broken_pack({in, 0, message});
}

}  // namespace

bool category::is_urgent(const json::value& answers) const {
  return urgent && json::str(answers, urgent->question) == urgent->is;
}

int category::hours_for(const json::value& answers) const {
  return is_urgent(answers) ? urgent->hours : promised_hours;
}

int category::urgency_for(const json::value& answers) const {
  return is_urgent(answers) ? 1 : urgency;
}

categories::categories(const packs::pack& pack) {
  const json::value units = pack.yaml(departments_file);
  if (!units.is_array()) fail(departments_file, "a list of departments");
  for (const auto& v : units.get_array())
    departments_.push_back({std::string(json::str(v, "id")), json::words_of(json::at(v, "name"))});
  const json::value list = pack.yaml(file);
  if (!list.is_array() || list.get_array().empty()) fail(file, "a list of categories");
  for (const auto& v : list.get_array()) {
    category k;
    k.id = json::str(v, "id");
    k.group = json::str(v, "group");
    k.department = json::str(v, "department");
    k.name = json::words_of(json::at(v, "name"));
    k.about = json::words_of(json::at(v, "about"));
    k.urgency = static_cast<int>(json::num(v, "urgency", 3));
    k.promised_hours = static_cast<int>(json::num(v, "promised_hours", 72));
    k.open_pictures = json::str(v, "pictures") == "open";
    if (k.id.empty() || k.name.empty()) fail(file, "a category needs an id and a name");
    if (find(k.id)) fail(file, "two categories are called " + k.id);
    if (!find_department(k.department)) fail(file, k.id + " names a department that is not there");
    if (k.promised_hours < 1 || k.urgency < 1 || k.urgency > 3)
      fail(file, k.id + ": promised_hours from 1, urgency from 1 to 3");
    k.form = forms::parse_form(json::at(v, "questions"), file);
    if (const auto& s = json::at(v, "sooner"); s.is_object()) {
      k.urgent =
          category::sooner{std::string(json::str(s, "question")), std::string(json::str(s, "is")),
                           static_cast<int>(json::num(s, "hours", 24))};
      if (!k.form.find(k.urgent->question)) fail(file, k.id + ": sooner names no question of it");
    }
    all_.push_back(std::move(k));
  }
}

const category* categories::find(std::string_view id) const {
  auto found = std::ranges::find(all_, id, &category::id);
  return found == all_.end() ? nullptr : &*found;
}

const department* categories::find_department(std::string_view id) const {
  auto found = std::ranges::find(departments_, id, &department::id);
  return found == departments_.end() ? nullptr : &*found;
}

result<json::object> answered(const category& k, const forms::fields& sent, date today) {
  json::object out;
  for (const auto& q : k.form.questions) {
    if (!forms::applies(q, out)) continue;
    auto one = forms::answer(q, q.options, sent, today);
    if (!one) return one.why();
    if (!one->is_null()) out[q.id] = *one;
  }
  return out;
}

}  // namespace madang::eungdapso
