#include "madang/html/icon.hpp"

#include <algorithm>
#include <array>

// Drawn on a grid of 24 with a line of 1.8 and round ends, so that they look of one hand at 20 px.
namespace madang::html {
namespace {

struct drawing {
  std::string_view name;
  trusted paths;
};

constexpr std::array<drawing, 41> drawings = {{
    {"baby",
     R"(<circle cx="12" cy="12" r="8.5"/><path d="M9 10.5h.01M15 10.5h.01M9.2 14.5a4 4)"
     R"( 0 0 0 5.6 0M12 3.5c-1.6 1.2-1.4 3 .4 3.2"/>)"},
    {"back", R"(<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>)"},
    {"bell",
     R"(<path d="M6.5 10a5.5 5.5 0 0 1 11 0c0 5 2 6 2 7h-15c0-1 2-2 2-7M10 20a2.2 2.2 0)"
     R"( 0 0 4 0"/>)"},
    {"book",
     R"(<path d="M12 6.5C10 5 7 4.5 3.5 4.800v13C7 17.5 10 18 12 19.5c2-1.5 5-2)"
     R"( 8.5-1.700v-13C17 4.5 14 5 12 6.5v13"/>)"},
    {"briefcase",
     R"(<rect x="3.5" y="7.5" width="17" height="12" rx="2"/><path d="M9 7.5V5.5a1.5)"
     R"( 1.5 0 0 1 1.5-1.5h3A1.5 1.5 0 0 1 15 5.5v2M3.5 12.5h17M12 11.5v2"/>)"},
    {"building", R"(<path d="M5 20.5v-16h9v16M14 9.5h5v11M3 20.5h18M8 8h3M8 12h3M8 16h3"/>)"},
    {"bus",
     R"(<rect x="4.5" y="4" width="15" height="13.5" rx="2.5"/><path d="M4.5 11.5h15M8)"
     R"( 14.700h.01M16 14.700h.01M7.5 17.5v2M16.5 17.5v2"/>)"},
    {"calendar",
     R"(<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10h16M8.5)"
     R"( 3.5v4M15.5 3.5v4"/>)"},
    {"camera",
     R"(<rect x="3.5" y="7" width="17" height="12.5" rx="2"/><path d="m8.5 7)"
     R"( 1.5-2.5h4L15.5 7"/><circle cx="12" cy="13" r="3.5"/>)"},
    {"car",
     R"(<path d="M4 16.5v-4l2-5.5a2 2 0 0 1 1.9-1.5h8.200A2 2 0 0 1 18 7l2 5.5v4zM4)"
     R"( 12.5h16M7.5 16.5v2.200M16.5 16.5v2.200M7.5 14.5h.01M16.5 14.5h.01"/>)"},
    {"check", R"(<path d="m5 12.5 4.5 4.5L19 7.5"/>)"},
    {"chevron", R"(<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>)"},
    {"clock", R"(<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>)"},
    {"contrast",
     R"(<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17")"
     R"( fill="currentColor"/>)"},
    {"copy",
     R"(<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V6a2)"
     R"( 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5"/>)"},
    {"download", R"(<path d="M12 4v11M7.5 10.7 12 15.200l4.5-4.5M4.5 19.5h15"/>)"},
    {"external",
     R"(<path d="M13.5 4.5h6v6M19.5 4.5l-8 8M10 5.5H6a1.5 1.5 0 0 0-1.5 1.5v11A1.5 1.5)"
     R"( 0 0 0 6 19.5h11a1.5 1.5 0 0 0 1.5-1.5v-4"/>)"},
    {"eye",
     R"(<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5)"
     R"( 12"/><circle cx="12" cy="12" r="3"/>)"},
    {"flower",
     R"(<circle cx="12" cy="8" r="2"/><path d="M12 6a2.7 2.7 0 1 1 2 2 2.7 2.7 0 1 1-2)"
     R"( 2 2.7 2.7 0 1 1-2-2 2.7 2.7 0 1 1 2-2M12 12.5v8M12 19c0-2.5 2-4 4.5-4 0 2.5-2)"
     R"( 4-4.5 4"/>)"},
    {"globe",
     R"(<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.5 2.5 3.5 5.5 3.5)"
     R"( 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.5-3.5-8.5s1-6 3.5-8.5"/>)"},
    {"hands",
     R"(<path d="M12 10.5C9.5 8.8 8.5 7.5 8.5 6a2 2 0 0 1 3.5-1.300A2 2 0 0 1 15.5 6c0)"
     R"( 1.5-1 2.8-3.5 4.5M3.5 13.5h3l4 1.5h2.5a1.3 1.3 0 0 1 0 2.600H10M3.5 19.5h3l4 1)"
     R"( 8.5-3.200a1.4 1.4 0 0 0-1.2-2.600L14 16"/>)"},
    {"heart",
     R"(<path d="M12 19.5C6.5 16 3.5 12.7 3.5 9.200A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1)"
     R"( 8.5 2.200c0 3.5-3 6.8-8.5 10.300M7.5 11.5h2.300l1.5-2.3 1.8 4.5)"
     R"( 1.2-2.200h2.2"/>)"},
    {"help",
     R"(<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.700a2.5 2.5 0 1 1 3.7)"
     R"( 2.200c-.8.5-1.2 1-1.2 2M12 16.700h.01"/>)"},
    {"house", R"(<path d="M4 11 12 4l8 7M6 9.5V19.5h12V9.5M10 19.5v-5.5h4v5.5"/>)"},
    {"info", R"(<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8h.01"/>)"},
    {"leaf",
     R"(<path d="M5 19.5c0-8 4-13 14.5-14.5C19.5 14 15.5 18 9 17.5M5 19.5c1.5-4 4-6.5 8-8.5"/>)"},
    {"lock",
     R"(<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0)"
     R"( 1 8 0v2.5M12 14.5v2"/>)"},
    {"menu", R"(<path d="M4 7h16M4 12h16M4 17h16"/>)"},
    {"person",
     R"(<circle cx="12" cy="8" r="3.7"/><path d="M4.5 20c.6-4 3.5-6 7.5-6s6.9 2 7.5 6"/>)"},
    {"print",
     R"(<path d="M7.5 8.5v-5h9v5M7.5 17H5a1 1 0 0 1-1-1v-6a1.5 1.5 0 0 1 1.5-1.5h13A1.5)"
     R"( 1.5 0 0 1 20 10v6a1 1 0 0 1-1 1h-2.5M7.5 14h9v6.5h-9z"/>)"},
    {"rings",
     R"(<circle cx="8.7" cy="14" r="5.2"/><circle cx="15.3" cy="14" r="5.2"/><path)"
     R"( d="m13.5 5 1.8-1.800L17.1 5l-1.8 2.200z"/>)"},
    {"scales",
     R"(<path d="M12 4v16M8 20h8M5 7l7-1.5L19 7M5 7l-2.5 6.5a2.7 2.7 0 0 0 5 0zM19)"
     R"( 7l-2.5 6.5a2.7 2.7 0 0 0 5 0z"/>)"},
    {"school",
     R"(<path d="m2.5 9.5 9.5-4.5 9.5 4.5-9.5 4.5zM6.5 11.5v5c1.5 1.5 3.3 2 5.5 2s4-.5)"
     R"( 5.5-2v-5M21.5 9.5v5"/>)"},
    {"search", R"(<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.5 15.5 4.5 4.5"/>)"},
    {"shield",
     R"(<path d="M12 3.5 5 6v5.5c0 4.5 2.8 7.5 7 9 4.2-1.5 7-4.5 7-9V6zM9 11.700l2.3)"
     R"( 2.3 4-4.2"/>)"},
    {"shop",
     R"(<path d="M5 11v8.5h14V11M4 10l1.5-5.5h13L20 10a2.7 2.7 0 0 1-5.3 0 2.7 2.7 0 0)"
     R"( 1-5.4 0A2.7 2.7 0 0 1 4 10M10 19.5v-4.5h4v4.5"/>)"},
    {"sunset",
     R"(<path d="M6.5 16a5.5 5.5 0 0 1 11 0M3 16h18M7 19.5h10M12 4v3M4.5 8.5l2)"
     R"( 1.800M19.5 8.5l-2 1.8"/>)"},
    {"ticket",
     R"(<path d="M3.5 9V6.5h17V9a3 3 0 0 0 0 6v2.5h-17V15a3 3 0 0 0 0-6M14.5 9v.01M14.5)"
     R"( 12v.01M14.5 15v.01"/>)"},
    {"upload", R"(<path d="M12 16V5M7.5 9.3 12 4.800l4.5 4.5M4.5 19.5h15"/>)"},
    {"warning", R"(<path d="M12 4 2.8 19.5h18.400zM12 10v4.5M12 17h.01"/>)"},
    {"won",
     R"(<circle cx="12" cy="12" r="8.5"/><path d="m7.5 9 2.2 6.5L12 9l2.3 6.5L16.5 9M7)"
     R"( 11.700h10"/>)"},
}};

static_assert(std::is_sorted(drawings.begin(), drawings.end(),
                             [](const drawing& a, const drawing& b) { return a.name < b.name; }));

}  // namespace

node icon(std::string_view name) {
  auto found = std::lower_bound(drawings.begin(), drawings.end(), name,
                                [](const drawing& d, std::string_view n) { return d.name < n; });
  if (found == drawings.end() || found->name != name) return {};
  return element("svg", cls("icon"), attr("viewbox", "0 0 24 24"), attr("fill", "none"),
                 attr("stroke", "currentColor"), attr("stroke-width", "1.8"),
                 attr("stroke-linecap", "round"), attr("stroke-linejoin", "round"),
                 aria("hidden", "true"), attr("focusable", "false"), raw(found->paths));
}

std::vector<std::string_view> icon_names() {
  std::vector<std::string_view> names;
  for (const drawing& d : drawings) names.push_back(d.name);
  return names;
}

node logo() {
  return raw(R"(<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">)"
             R"(<path class="yard" d="M4 4h24v7h-6V9.5H9.5v13H22V21h6v7H4z"/>)"
             R"(<path class="hearth" d="M13 13h6v6h-6z"/></svg>)");
}

}  // namespace madang::html
