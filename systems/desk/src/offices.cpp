// Offices by name: nobody knows the codes of 3,500 towns by heart.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

struct office_line {
  std::string label, value, note;   // the town with what it lies in, its code twice
};
BOOST_DESCRIBE_STRUCT(office_line, (), (label, value, note))
struct offices_view {
  std::vector<office_line> items;
};
BOOST_DESCRIBE_STRUCT(offices_view, (), (items))

constexpr std::size_t most = 12;
constexpr std::size_t town_digits = 7;

// Each word begins a part of the name: "종로 사직" finds 서울특별시 종로구 사직동.
bool fits(const std::vector<std::string>& words_typed, std::string_view full_name) {
  const auto parts = text::split(text::fold(full_name), ' ');
  return std::ranges::all_of(words_typed, [&](const std::string& word) {
    return std::ranges::any_of(parts, [&](const auto& part) { return part.starts_with(word); });
  });
}

std::vector<std::string> offices_called(const context& c, std::string_view typed, reach how_far) {
  std::vector<std::string> wanted;
  for (const auto& word : text::split(text::fold(text::trim(typed)), ' '))
    if (!word.empty()) wanted.push_back(word);
  std::vector<std::string> out;
  if (wanted.empty()) return out;
  const auto look_through = [&](const auto& districts) {
    for (const auto& one : districts) {
      const words full = c.home.pack().full_name(one.code);
      const auto fit = [&](const auto& said) { return fits(wanted, said.second); };
      if (std::ranges::any_of(full.all(), fit)) out.push_back(one.code);
    }
  };
  if (how_far == reach::all) {
    look_through(c.home.pack().provinces());
    look_through(c.home.pack().municipalities());
  }
  look_through(c.home.pack().towns());
  return out;
}

http::response offices(context& c) {
  offices_view view;
  const reach how_far = c.request.capture("reach") == "all" ? reach::all : reach::towns;
  for (const auto& code : offices_called(c, text::head(c.request.param("q"), 80), how_far)) {
    if (view.items.size() == most) break;
    view.items.push_back({c.home.pack().full_name(code)(c.language), code, code});
  }
  return c.with_privacy(http::json_response(json::write(view)));
}

}  // namespace

std::string office_meant(const context& c, std::string_view chosen, std::string_view typed,
                         reach how_far) {
  for (const auto code : {chosen, typed})
    if ((how_far == reach::all || code.size() == town_digits) && c.home.pack().find_district(code))
      return std::string(code);
  const auto called = offices_called(c, text::head(typed, 80), how_far);
  if (called.size() == 1) return called.front();
  // The whole name is meant even where another town's begins the same.
  for (const auto& code : called) {
    const auto name = c.home.pack().full_name(code);
    for (const auto& [language, said] : name.all())
      if (text::fold(said) == text::fold(text::trim(typed))) return code;
  }
  return {};
}

void office_pages(house& h) {
  h.page("GET", "/desk/offices", needs::official, offices);
  h.page("GET", "/desk/offices/{reach}", needs::official, offices);
}

}  // namespace madang::desk
