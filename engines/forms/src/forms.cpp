#include "madang/forms/forms.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "madang/packs/packs.hpp"

namespace madang::forms {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& message) {
  throw packs::broken_pack({file, 0, message});
}

std::vector<std::string> strings(const json::value& v) {
  std::vector<std::string> out;
  if (v.is_string()) out.emplace_back(v.get_string());
  if (v.is_array())
    for (const auto& one : v.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

std::optional<std::string> sent_value(const fields& sent, std::string_view name) {
  for (const auto& [key, value] : sent)
    if (key == name) return std::string(text::trim(value));
  return {};
}

std::optional<std::int64_t> whole(std::string_view s) {
  std::int64_t n = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc() || end != s.data() + s.size() || s.empty()) return {};
  return n;
}

const option* find_option(const std::vector<option>& options, std::string_view value) {
  for (const auto& o : options)
    if (o.value == value) return &o;
  return nullptr;
}

question parse_question(const json::value& v, const std::string& file) {
  static const std::map<std::string_view, ask> kinds = {
      {"radio", ask::radio},   {"checkboxes", ask::checkboxes}, {"select", ask::select},
      {"text", ask::text},     {"long_text", ask::long_text},   {"date", ask::date},
      {"yes_no", ask::yes_no}, {"number", ask::number},         {"address", ask::address},
      {"office", ask::office}};
  question q;
  q.id = json::str(v, "id");
  auto found = kinds.find(json::str(v, "ask"));
  if (q.id.empty() || found == kinds.end())
    fail(file, "question '" + q.id + "' needs an id and a known way to ask");
  q.how = found->second;
  q.title = json::words_of(json::at(v, "title"));
  if (q.title.empty()) fail(file, "question '" + q.id + "' has no title");
  q.hint = json::words_of(json::at(v, "hint"));
  q.part = json::words_of(json::at(v, "part"));
  q.optional = json::flag(v, "optional");
  if (const auto& options = json::at(v, "options"); options.is_array())
    for (const auto& o : options.get_array())
      q.options.push_back({std::string(json::str(o, "value")), json::words_of(json::at(o, "label")),
                           json::words_of(json::at(o, "hint"))});
  q.options_from = json::at(v, "options_from");
  if (const auto& when = json::at(v, "when"); when.is_object())
    for (const auto& c : when.get_object())
      q.when.push_back({std::string(c.key()), strings(c.value())});
  q.longest = static_cast<std::size_t>(json::num(v, "longest", 200));
  q.not_after_today = json::flag(v, "not_after_today");
  q.not_before_days = static_cast<int>(json::num(v, "not_before_days"));
  q.least = json::num(v, "least", 0);
  q.most = json::num(v, "most", 1'000'000'000);
  bool chooses = q.how == ask::radio || q.how == ask::checkboxes || q.how == ask::select;
  if (chooses && q.options.empty() && q.options_from.is_null())
    fail(file, "question '" + q.id + "' has nothing to choose from");
  return q;
}

result<json::value> date_answer(const question& q, const fields& sent, date today) {
  auto year = sent_value(sent, q.id + "_year"), month = sent_value(sent, q.id + "_month"),
       day = sent_value(sent, q.id + "_day");
  std::optional<date> d;
  std::string field = q.id;
  if (year || month || day) {
    field = q.id + "_year";
    if (year.value_or("").empty() && month.value_or("").empty() && day.value_or("").empty()) {
      if (q.optional) return json::value(nullptr);
      return refuse(kind::invalid, "forms.missing", field);
    }
    auto y = whole(year.value_or("")), m = whole(month.value_or("")), n = whole(day.value_or(""));
    if (y && m && n && *y < 10000 && *m < 100 && *n < 100)
      d = date::of(static_cast<int>(*y), static_cast<int>(*m), static_cast<int>(*n));
  } else if (auto iso = sent_value(sent, q.id); iso && !iso->empty()) {
    d = date::parse(*iso);
  } else {
    if (q.optional) return json::value(nullptr);
    return refuse(kind::invalid, "forms.missing", field);
  }
  if (!d) return refuse(kind::invalid, "forms.date", field);
  if (q.not_after_today && today < *d)
    return refuse(kind::invalid, "forms.date_future", field, {{"today", today.str()}});
  if (q.not_before_days && *d < today.plus(-q.not_before_days))
    return refuse(kind::invalid, "forms.date_past", field,
                  {{"days", std::to_string(q.not_before_days)}});
  return json::value(d->str());
}

result<json::value> choice_answer(const question& q, const std::vector<option>& options,
                                  const fields& sent) {
  if (q.how == ask::checkboxes) {
    json::array chosen;
    for (const auto& [key, value] : sent) {
      if (key != q.id) continue;
      if (!find_option(options, value)) return refuse(kind::invalid, "forms.option", q.id);
      if (std::find(chosen.begin(), chosen.end(), json::value(value)) == chosen.end())
        chosen.emplace_back(value);
    }
    if (chosen.empty() && !q.optional) return refuse(kind::invalid, "forms.missing", q.id);
    return json::value(chosen);
  }
  auto value = sent_value(sent, q.id);
  if (!value || value->empty()) {
    if (q.optional) return json::value(nullptr);
    return refuse(kind::invalid, "forms.missing", q.id);
  }
  if (!find_option(options, *value)) return refuse(kind::invalid, "forms.option", q.id);
  return json::value(*value);
}

// Chosen from the finder, or typed: the whole name, or as much of it as fits one alone.
result<json::value> office_answer(const question& q, const std::vector<option>& options,
                                  const fields& sent) {
  const auto chosen = sent_value(sent, q.id + "_id"), typed = sent_value(sent, q.id);
  if (chosen && find_option(options, *chosen)) return json::value(*chosen);
  if (!typed || text::trim(*typed).empty())
    return q.optional ? result<json::value>(json::value(nullptr))
                      : refuse(kind::invalid, "forms.missing", q.id);
  if (find_option(options, *typed)) return json::value(*typed);
  const std::string said = text::fold(text::trim(*typed));
  const option* fits = nullptr;
  int fitting = 0;
  for (const auto& o : options)
    for (const auto& [language, label] : o.label.all()) {
      const std::string name = text::fold(label);
      if (name == said) return json::value(o.value);
      if (name.find(said) == name.npos || fits == &o) continue;
      fits = &o;
      ++fitting;
    }
  if (fitting != 1) return refuse(kind::invalid, "forms.office", q.id);
  return json::value(fits->value);
}

result<json::value> text_answer(const question& q, const fields& sent) {
  auto value = sent_value(sent, q.id);
  if (!value || value->empty()) {
    if (q.optional) return json::value(nullptr);
    return refuse(kind::invalid, "forms.missing", q.id);
  }
  auto normal = text::normalise(*value);
  if (!normal) return refuse(kind::invalid, "forms.text", q.id);
  for (unsigned char c : *normal)
    if (c < 0x20 && c != '\n' && c != '\r' && c != '\t')
      return refuse(kind::invalid, "forms.text", q.id);
  if (normal->size() > limits::answer_bytes || text::length(*normal) > q.longest)
    return refuse(kind::invalid, "forms.too_long", q.id, {{"limit", std::to_string(q.longest)}});
  return json::value(*normal);
}

result<json::value> address_answer(const question& q, const fields& sent) {
  auto town = sent_value(sent, q.id + "_id");
  auto street = sent_value(sent, q.id);
  if (!street || street->empty()) return refuse(kind::invalid, "forms.missing", q.id);
  if (!town || town->empty() || town->size() > 10)
    return refuse(kind::invalid, "forms.address", q.id + "_id");
  auto normal = text::normalise(*street);
  if (!normal || text::length(*normal) > q.longest)
    return refuse(kind::invalid, "forms.too_long", q.id, {{"limit", std::to_string(q.longest)}});
  return json::value(json::object{{"town", *town}, {"text", *normal}});
}

}  // namespace

const question* form::find(std::string_view id) const {
  for (const auto& q : questions)
    if (q.id == id) return &q;
  return nullptr;
}

form parse_form(const json::value& questions, const std::string& file) {
  form f;
  if (!questions.is_array()) fail(file, "questions are a list");
  for (const auto& v : questions.get_array()) {
    question q = parse_question(v, file);
    if (f.find(q.id)) fail(file, "question '" + q.id + "' is asked twice");
    for (const auto& c : q.when)
      if (!f.find(c.question)) fail(file, "'" + q.id + "' depends on a question that comes later");
    f.questions.push_back(std::move(q));
  }
  return f;
}

bool applies(const question& q, const json::object& answers) {
  for (const auto& c : q.when) {
    auto given = answers.find(c.question);
    if (given == answers.end()) return false;
    auto values = strings(given->value());
    bool any = std::any_of(values.begin(), values.end(), [&](const std::string& v) {
      return std::find(c.values.begin(), c.values.end(), v) != c.values.end();
    });
    if (!any) return false;
  }
  return true;
}

const question* first_open(const form& f, const json::object& answers) {
  for (const auto& q : f.questions)
    if (applies(q, answers) && !answers.contains(q.id)) return &q;
  return nullptr;
}

const question* previous(const form& f, const question& q, const json::object& answers) {
  const question* before = nullptr;
  for (const auto& other : f.questions) {
    if (other.id == q.id) return before;
    if (applies(other, answers)) before = &other;
  }
  return nullptr;
}

std::pair<int, int> place(const form& f, const question& q, const json::object& answers) {
  int mine = 0, all = 0;
  for (const auto& other : f.questions) {
    if (!applies(other, answers)) continue;
    ++all;
    if (other.id == q.id) mine = all;
  }
  return {mine, all};
}

namespace {

// Only boxes that are ticked come more than once.
bool sent_twice(const question& q, const fields& sent) {
  for (const char* part : {"", "_id", "_year", "_month", "_day"})
    if (std::count_if(sent.begin(), sent.end(),
                      [&](const auto& f) { return f.first == q.id + part; }) > 1)
      return true;
  return false;
}

}  // namespace

result<json::value> answer(const question& q, const std::vector<option>& options,
                           const fields& sent, date today) {
  if (q.how != ask::checkboxes && sent_twice(q, sent))
    return refuse(kind::invalid, "form.repeated", q.id);
  switch (q.how) {
    case ask::radio:
    case ask::select:
    case ask::checkboxes: return choice_answer(q, options, sent);
    case ask::date: return date_answer(q, sent, today);
    case ask::address: return address_answer(q, sent);
    case ask::office: return office_answer(q, options, sent);
    case ask::yes_no: {
      auto value = sent_value(sent, q.id);
      if (!value || value->empty()) {
        if (q.optional) return json::value(nullptr);
        return refuse(kind::invalid, "forms.missing", q.id);
      }
      if (*value != "yes" && *value != "no") return refuse(kind::invalid, "forms.option", q.id);
      return json::value(*value);
    }
    case ask::number: {
      auto value = sent_value(sent, q.id);
      if (!value || value->empty()) {
        if (q.optional) return json::value(nullptr);
        return refuse(kind::invalid, "forms.missing", q.id);
      }
      auto n = whole(*value);
      if (!n || *n < q.least || *n > q.most)
        return refuse(kind::invalid, "forms.number", q.id,
                      {{"least", std::to_string(q.least)}, {"most", std::to_string(q.most)}});
      return json::value(*n);
    }
    default: return text_answer(q, sent);
  }
}

std::string shown(const question& q, const std::vector<option>& options, const json::value& answer,
                  std::string_view language) {
  if (answer.is_array()) {
    std::vector<std::string> labels;
    for (const auto& one : strings(answer))
      if (const option* o = find_option(options, one)) labels.push_back(o->label(language));
    return text::join(labels, ", ");
  }
  if (answer.is_object()) return std::string(json::str(answer, "text"));
  if (answer.is_int64()) return text::grouped(answer.get_int64());
  if (!answer.is_string()) return {};
  std::string said(answer.get_string());
  if (q.how == ask::date)
    if (auto d = date::parse(said)) return written(*d, language);
  if (const option* o = find_option(options, said)) return o->label(language);
  return said;
}

}  // namespace madang::forms
