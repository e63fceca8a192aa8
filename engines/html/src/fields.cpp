#include "madang/html/fields.hpp"

#include <algorithm>

#include "field_wiring.hpp"
#include "madang/base/json.hpp"
#include "madang/base/limits.hpp"
#include "madang/base/text.hpp"

namespace madang::html {
namespace detail {

std::vector<attribute> wiring(const field& f) {
  std::string described;
  if (!f.hint.empty()) described = f.name + "-hint";
  if (!f.error.empty()) described += (described.empty() ? "" : " ") + f.name + "-error";
  std::vector<attribute> out;
  if (!described.empty()) out.push_back(aria("describedby", described));
  if (!f.error.empty()) out.push_back(aria("invalid", "true"));
  return out;
}

node hint_and_error(const shell& s, const field& f) {
  return all(f.hint.empty() ? node() : p(cls("hint"), id_(f.name + "-hint"), f.hint),
             f.error.empty() ? node()
                             : p(cls("error"), id_(f.name + "-error"),
                                 span(cls("hidden"), s.say("field.error"), " "), f.error));
}

node label_text(const shell& s, const field& f) {
  return all(f.label, f.optional ? span(cls("optional"), " ", s.say("field.optional")) : node());
}

node label_of(const shell& s, const field& f, const std::string& control) {
  node said = label(for_(control), label_text(s, f));
  return f.heading ? h1(cls("question"), said) : div(cls("label"), said);
}

node group(const shell& s, const field& f, const node& controls, std::string_view kind) {
  node title = label_text(s, f);
  return fieldset(cls("field"), cls(kind), f.error.empty() ? attribute() : cls("bad"), wiring(f),
                  legend(f.heading ? h1(cls("question"), title) : title), hint_and_error(s, f),
                  controls);
}

node wrap(const shell& s, const field& f, const node& control) {
  return div(cls("field"), f.error.empty() ? attribute() : cls("bad"), label_of(s, f, f.name),
             hint_and_error(s, f), control);
}

std::string most_of(const field& f) {
  return std::to_string(f.most > 0 ? f.most : static_cast<int>(limits::answer_bytes));
}

}  // namespace detail

using namespace detail;

namespace {

attribute given(attribute_name name, const std::string& value) {
  return value.empty() ? attribute() : attr(name, value);
}

node text_input(const field& f) {
  std::string_view width = f.width == 0    ? ""
                           : f.width <= 4  ? "w4"
                           : f.width <= 8  ? "w8"
                           : f.width <= 20 ? "w20"
                                           : "w30";
  std::string_view kind = f.input_mode == "email" ? "email"
                          : f.input_mode == "tel" ? "tel"
                                                  : "text";
  return input(id_(f.name), name_(f.name), type_(kind), value_(f.value),
               given("autocomplete", f.autocomplete), given("inputmode", f.input_mode),
               attr("maxlength", most_of(f)), cls(width), wiring(f));
}

}  // namespace

node text_field(const shell& s, const field& f) { return wrap(s, f, text_input(f)); }

// Pasting and password managers are welcome (WCAG 2.2, 3.3.8); what was typed is never sent back.
node password_field(const shell& s, const field& f) {
  return wrap(s, f, input(id_(f.name), name_(f.name), type_("password"), cls("w20"),
                          attr("autocomplete",
                               f.autocomplete.empty() ? "current-password" : f.autocomplete),
                          attr("maxlength", most_of(f)), wiring(f)));
}

// Length is counted and told, not cut: typing past the end must be possible to be able to mend it.
node area_field(const shell& s, const field& f, int rows) {
  std::vector<attribute> wired = wiring(f);
  node control =
      textarea(id_(f.name), name_(f.name), attr("rows", std::int64_t(rows)), wired, f.value);
  if (f.most > 0) {
    std::string n = std::to_string(f.most);
    control = element(
        "madang-count", data("most", n), data("left", s.say("field.count_left")),
        data("over", s.say("field.count_over")), control,
        p(cls("hint count"), id_(f.name + "-count"), s.fill("field.count_most", {{"n", n}})));
  }
  return wrap(s, f, control);
}

namespace {

node choices(const field& f, const std::vector<choice>& list, std::string_view type,
             const std::vector<std::string>& checked) {
  std::vector<node> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const choice& c = list[i];
    std::string control = f.name + "-" + std::to_string(i + 1);
    bool on = std::find(checked.begin(), checked.end(), c.value) != checked.end();
    node hint;
    std::vector<attribute> described;
    if (!c.hint.empty()) {
      hint = p(cls("hint"), id_(control + "-hint"), c.hint);
      described.push_back(aria("describedby", control + "-hint"));
    }
    out.push_back(div(cls("choice"),
                      input(id_(control), type_(type), name_(f.name), value_(c.value),
                            flag("checked", on), described),
                      div(label(for_(control), c.label), hint)));
  }
  return div(cls("choices"), out);
}

}  // namespace

node radio_field(const shell& s, const field& f, const std::vector<choice>& list) {
  std::vector<std::string> on;
  if (!f.value.empty()) on.push_back(f.value);
  return group(s, f, choices(f, list, "radio", on), "radios");
}

node checkbox_field(const shell& s, const field& f, const std::vector<choice>& list,
                    const std::vector<std::string>& checked) {
  return group(s, f, choices(f, list, "checkbox", checked), "checkboxes");
}

node yes_no_field(const shell& s, const field& f) {
  node both = radio_field(
      s, f,
      {{"yes", std::string(s.say("field.yes")), ""}, {"no", std::string(s.say("field.no")), ""}});
  return div(cls("yes-no"), both);
}

node select_field(const shell& s, const field& f, const std::vector<choice>& list) {
  std::vector<node> options;
  options.push_back(option(value_(""), s.say("field.choose")));
  for (const choice& c : list)
    options.push_back(option(value_(c.value), flag("selected", c.value == f.value), c.label));
  return wrap(s, f, select(id_(f.name), name_(f.name), wiring(f), options));
}

node hidden_field(std::string_view name, std::string_view value) {
  return input(type_("hidden"), name_(name), value_(value));
}

node address_field(const shell& s, const field& f, std::string_view source) {
  node control = element(
      "madang-address", data("source", source), data("none", s.say("field.address_none")),
      data("some", s.say("part.search_some")), text_input(f), hidden_field(f.name + "_id", ""));
  return wrap(s, f, control);
}

node scan_field(const shell& s, const field& f, bool submit) {
  auto say = [&](const char* key) { return s.say(std::string("scan.") + key); };
  return wrap(
      s, f,
      all(element("madang-scan", data("into", f.name), submit ? data("submit", "") : attribute(),
                  data("camera", say("camera")), data("stop", say("stop")),
                  data("picture", say("picture")),
                  data("looking", say("looking")), data("none", say("none")),
                  data("unable", say("unable")), data("refused", say("refused"))),
          text_input(f)));
}

node paper_check(const std::vector<std::pair<std::string, std::string>>& words, const node& form) {
  std::string said = "{";
  for (const auto& [name, text] : words) {
    if (said.size() > 1) said += ',';
    json::append_string(said, name);
    said += ':';
    json::append_string(said, text);
  }
  return element("madang-paper", data("words", said + "}"), form);
}

node upload_field(const shell& s, const field& f, std::string_view accept, std::size_t most_bytes) {
  std::string megabytes = std::to_string(std::max<std::size_t>(most_bytes >> 20, 1));
  node control = element(
      "madang-upload", data("most", std::to_string(most_bytes)),
      data("drop", s.say("field.upload_drop")), data("remove", s.say("field.upload_remove")),
      data("large", s.fill("field.upload_large", {{"n", megabytes}})),
      input(id_(f.name), name_(f.name), type_("file"), attr("accept", accept), wiring(f)),
      p(cls("hint"), s.fill("field.upload_most", {{"n", megabytes}})));
  return wrap(s, f, control);
}

}  // namespace madang::html
