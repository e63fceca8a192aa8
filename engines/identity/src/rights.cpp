#include "madang/identity/rights.hpp"

#include <algorithm>
#include <set>

namespace madang::identity {
namespace {

std::vector<std::string> texts_of(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

// Refuses by the place where it stands.
struct reader {
  std::string wrong;

  void want(bool good, const std::string& where) {
    if (!good && wrong.empty()) wrong = where;
  }
  template <class F>
  void each(const json::value& v, const char* list, F&& take) {
    const auto& all = json::at(v, list);
    want(all.is_array(), list);
    if (!all.is_array()) return;
    std::set<std::string> seen;
    int n = 0;
    for (const auto& one : all.get_array()) {
      const std::string where = std::string(list) + "[" + std::to_string(n++) + "].";
      const std::string id(json::str(one, "id"));
      want(!id.empty() && seen.insert(id).second, where + "id");
      const words name = json::words_of(json::at(one, "name"));
      want(!name.empty(), where + "name");
      take(one, id, name, where);
    }
  }
};

bool below(std::string_view path, std::string_view page) {
  return path.starts_with(page) && (path.size() == page.size() || path[page.size()] == '/');
}

const auto* found_in(const auto& all, std::string_view id) {
  auto found = std::ranges::find_if(all, [&](const auto& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const right* rights::find(std::string_view id) const { return found_in(all, id); }
const role* rights::find_role(std::string_view id) const { return found_in(roles, id); }
const condition* rights::find_condition(std::string_view id) const {
  return found_in(conditions, id);
}

const right* rights::of_route(std::string_view route) const {
  const auto path = route.substr(std::min(route.find('/'), route.size()));
  const right* out = nullptr;
  std::size_t longest = 0;
  for (const auto& r : all)
    for (const auto& page : r.pages)
      if (below(path, page) && page.size() > longest) out = &r, longest = page.size();
  return out;
}

bool rights::give(const std::vector<std::string>& held, std::string_view right_id) const {
  return std::ranges::any_of(givers(right_id), [&](const role* r) {
    return std::ranges::find(held, r->id) != held.end();
  });
}

std::vector<const role*> rights::givers(std::string_view right_id) const {
  std::vector<const role*> out;
  for (const auto& r : roles)
    if (std::ranges::find(r.gives, right_id) != r.gives.end()) out.push_back(&r);
  return out;
}

bool rights::asks_fresh(std::string_view route) const {
  return route.starts_with("POST ") && std::ranges::any_of(fresh, [&](const auto& page) {
           return below(route.substr(5), page);
         });
}

int rights::level_of(const right& r) const {
  const auto by_data = levels.find(r.data);
  return std::max(r.level, by_data == levels.end() ? 1 : by_data->second);
}

int rights::level_of(const std::vector<std::string>& held) const {
  int out = 1;
  for (const auto& one : held)
    if (const auto* r = find_role(one))
      for (const auto& given : r->gives)
        if (const auto by_data = levels.find(find(given)->data); by_data != levels.end())
          out = std::max(out, by_data->second);
  return out;
}

result<rights> read_rights(const json::value& v) {
  rights out;
  reader in;
  out.everywhere = texts_of(json::at(v, "everywhere"));
  out.fresh = texts_of(json::at(v, "fresh"));
  for (const auto& page : out.fresh) in.want(page.starts_with('/'), "fresh");
  if (const auto& levels = json::at(v, "levels"); levels.is_object())
    for (const auto& one : levels.get_object()) {
      const std::string data(one.key());
      const bool good = std::ranges::find(data_classes, data) != std::end(data_classes) &&
                        one.value().is_int64() &&
                        (one.value().get_int64() == 1 || one.value().get_int64() == 2);
      in.want(good, "levels." + data);
      if (good) out.levels[data] = static_cast<int>(one.value().get_int64());
    }
  in.each(
      v, "conditions",
      [&](const json::value& one, const std::string& id, const words& name, const std::string&) {
        out.conditions.push_back({id, name, texts_of(json::at(one, "refusals"))});
      });
  in.each(v, "rights",
          [&](const json::value& one, const std::string& id, const words& name,
              const std::string& where) {
            right r{id,
                    name,
                    json::words_of(json::at(one, "law")),
                    std::string(json::str(one, "data")),
                    std::string(json::str(one, "condition")),
                    1,
                    texts_of(json::at(one, "pages"))};
            in.want(!r.law.empty(), where + "law");
            in.want(std::ranges::find(data_classes, r.data) != std::end(data_classes),
                    where + "data");
            in.want(r.condition.empty() || out.find_condition(r.condition), where + "condition");
            if (const auto& level = json::at(one, "level"); level.is_int64())
              r.level = static_cast<int>(level.get_int64());
            in.want(r.level == 1 || r.level == 2, where + "level");
            for (const auto& page : r.pages) in.want(page.starts_with('/'), where + "pages");
            out.all.push_back(std::move(r));
          });
  in.each(v, "roles",
          [&](const json::value& one, const std::string& id, const words& name,
              const std::string& where) {
            role r{id, name, true, texts_of(json::at(one, "gives"))};
            if (const auto& lent = json::at(one, "lent"); lent.is_bool()) r.lent = lent.get_bool();
            for (const auto& gives : r.gives) in.want(out.find(gives) != nullptr, where + "gives");
            out.roles.push_back(std::move(r));
          });
  if (!in.wrong.empty()) return refuse(kind::invalid, "access.rights", in.wrong);
  return out;
}

}  // namespace madang::identity
