#include "madang/platform/question.hpp"

namespace madang::platform {
namespace {

using namespace html;

std::vector<choice> choices_of(const std::vector<forms::option>& options,
                               std::string_view language) {
  std::vector<choice> out;
  for (const auto& o : options) out.push_back({o.value, o.label(language), o.hint(language)});
  return out;
}

std::vector<std::string> checked_of(const json::value& answer) {
  std::vector<std::string> out;
  if (answer.is_array())
    for (const auto& one : answer.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

date_parts parts_sent(const http::pairs& sent, const std::string& id) {
  date_parts p;
  for (const auto& [name, value] : sent) {
    if (name == id + "_year") p.year = value;
    if (name == id + "_month") p.month = value;
    if (name == id + "_day") p.day = value;
  }
  return p;
}

}  // namespace

bool chooses(forms::ask how) {
  return how == forms::ask::radio || how == forms::ask::checkboxes || how == forms::ask::select;
}

std::string control_id(const context& c, const forms::question& q) {
  if (q.how == forms::ask::date) return date_field_id(c.shell(), q.id);
  const bool choice = q.how == forms::ask::radio || q.how == forms::ask::checkboxes ||
                      q.how == forms::ask::yes_no;
  return choice ? choice_field_id(q.id) : q.id;
}

html::node control(const context& c, const forms::question& q,
                   const std::vector<forms::option>& options, const json::value& answer,
                   const std::string& error, bool heading) {
  field f;
  f.name = q.id;
  f.label = q.title(c.language);
  f.hint = q.hint(c.language);
  f.error = error;
  f.heading = heading;
  f.optional = q.optional;
  f.most = static_cast<int>(q.longest);
  if (answer.is_string()) f.value = std::string(answer.get_string());
  if (answer.is_int64()) f.value = std::to_string(answer.get_int64());
  if (!error.empty() && !chooses(q.how)) f.value = std::string(c.field(q.id));
  switch (q.how) {
    case forms::ask::radio: return radio_field(c.shell(), f, choices_of(options, c.language));
    case forms::ask::select: return select_field(c.shell(), f, choices_of(options, c.language));
    case forms::ask::checkboxes:
      return checkbox_field(c.shell(), f, choices_of(options, c.language), checked_of(answer));
    case forms::ask::yes_no: return yes_no_field(c.shell(), f);
    case forms::ask::long_text: return area_field(c.shell(), f);
    case forms::ask::address:
      if (answer.is_object()) f.value = std::string(json::str(answer, "text"));
      return address_field(c.shell(), f, "/addresses");
    case forms::ask::office: {
      if (error.empty() && !f.value.empty()) f.value = forms::shown(q, options, answer, c.language);
      return address_field(c.shell(), f, json::str(q.options_from, "source"));
    }
    case forms::ask::date: {
      date_parts parts = parts_sent(c.form(), q.id);
      if (error.empty() && answer.is_string())
        if (auto d = date::parse(answer.get_string())) parts = parts_of(*d);
      return date_field(c.shell(), f, parts);
    }
    case forms::ask::number: f.input_mode = "numeric"; [[fallthrough]];
    default: return text_field(c.shell(), f);
  }
}

}  // namespace madang::platform
