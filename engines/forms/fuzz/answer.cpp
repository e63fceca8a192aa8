// Whatever a form sends, an answer is one that its question allows: it can be shown again, is text
// of the length that was asked for, and nothing is taken that stands in no list.
#include <cstdlib>

#include "madang/forms/forms.hpp"
#include "madang/packs/packs.hpp"

namespace {

using namespace madang;

const forms::form& asked() {
  static constexpr const char* text = R"(
- id: kind
  ask: radio
  title: {ko: 종류, en: Kind}
  options: [{value: whole, label: 등본}, {value: part, label: 초본}]
- id: show
  ask: checkboxes
  optional: true
  title: {ko: 표시, en: Show}
  options: [{value: a, label: A}, {value: b, label: B}]
- {id: moved, ask: date, not_after_today: true, not_before_days: 30, title: {ko: 날, en: Day}}
- {id: note, ask: text, optional: true, longest: 5, title: {ko: 메모, en: Note}}
)";
  static const forms::form f = forms::parse_form(packs::parse_yaml(text, "fuzz"), "fuzz");
  return f;
}

// Lines of "name=value".
forms::fields sent(std::string_view text) {
  forms::fields out;
  while (!text.empty() && out.size() < 64) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto equals = std::min(line.find('='), line.size());
    out.emplace_back(line.substr(0, equals),
                     equals < line.size() ? line.substr(equals + 1) : std::string_view());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void judge(const forms::question& q, const json::value& answer) {
  (void)forms::shown(q, q.options, answer, "ko");
  if (answer.is_null()) return;
  if (q.id == "note" &&
      (text::length(answer.as_string()) > 5 || !text::is_utf8(answer.as_string())))
    std::abort();
  if (q.id == "kind" && answer.as_string() != "whole" && answer.as_string() != "part") std::abort();
  if (q.id == "moved" && !date::parse(answer.as_string())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = sent({reinterpret_cast<const char*>(data), size});
  for (const auto& q : asked().questions)
    if (auto made = forms::answer(q, q.options, fields, *date::parse("2026-11-23")))
      judge(q, *made);
  return 0;
}
