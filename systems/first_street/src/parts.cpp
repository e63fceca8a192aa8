#include "parts.hpp"

#include <algorithm>
#include <charconv>

namespace madang::first_street {

using namespace html;

namespace {

std::optional<std::size_t> number_of(std::string_view s) {
  std::size_t n = 0;
  const auto read = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || read.ec != std::errc() || read.ptr != s.data() + s.size()) return {};
  return n;
}

}  // namespace

date_parts parts_in(const context& c, const std::string& name) {
  return {std::string(c.field(name + "_year")), std::string(c.field(name + "_month")),
          std::string(c.field(name + "_day"))};
}

std::optional<date> day_of(const context& c, const std::string& name) {
  return html::date_of(parts_in(c, name));
}

std::optional<instant> moment_of(const context& c, const std::string& name) {
  const auto day = day_of(c, name);
  const std::string time(text::trim(c.field(name + "_time")));
  const auto cut = time.find(':');
  if (!day || cut == time.npos) return {};
  const auto hour = number_of(time.substr(0, cut)), minute = number_of(time.substr(cut + 1));
  if (!hour || !minute || *hour > 23 || *minute > 59) return {};
  return from_civil({*day, static_cast<int>(*hour), static_cast<int>(*minute), 0},
                    c.home.pack().zone());
}

field field_with(const context& c, const char* name, std::string_view label, std::string value,
                 const refusal* why, int most) {
  field f{.name = name, .label = std::string(label)};
  f.value = std::move(value);
  f.most = most;
  if (why && why->field == name) f.error = c.explain(*why);
  return f;
}

node category_field(const context& c, const voices::rule& r, const std::string& chosen,
                    const refusal* why) {
  std::vector<choice> all;
  for (const auto& k : r.categories)
    all.push_back(
        {k.id, k.name(c.language) + " (" + c.home.pack().full_name(k.agency)(c.language) + ")"});
  return select_field(
      c.shell(), field_with(c, "category", c.say("assembly.field_category"), chosen, why), all);
}

node alt_picture(const std::string& at, const upload& u) {
  return element("figure", img(src(at), attr("alt", u.alt), attr("loading", "lazy"),
                               attr("width", u.width), attr("height", u.height)));
}

std::string agency_words(const context& c, const street& s, std::string_view category) {
  return c.home.pack().full_name(s.agency_of(category))(c.language);
}

link home_link(const context& c) {
  return {"/first-street", std::string(c.say("first_street.title"))};
}

std::string_view octets_of_part(const context& c, std::string_view name) {
  for (const auto& part : c.files())
    if (part.name == name) return part.body;
  return {};
}

}  // namespace madang::first_street
