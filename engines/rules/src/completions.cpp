// What may be written next. A name may have blanks, so what stands before the cursor may be the
// beginning of one from any of the words before it on.
#include <algorithm>
#include <array>

#include "assistance_inside.hpp"
#include "builtins.hpp"
#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

constexpr std::size_t most = 200;
constexpr std::size_t words_back = 8;

constexpr std::array<std::string_view, 15> words = {
    "and", "between", "else",   "every", "false",     "for",  "function", "if",
    "in",  "null",    "return", "some",  "satisfies", "then", "true"};

std::string signature_text(const std::string& name, const std::vector<std::string>& parameters,
                           std::size_t required, bool variadic) {
  std::string out = name + "(";
  for (std::size_t i = 0; i < parameters.size(); ++i)
    out += (i ? ", " : "") + parameters[i] + (i >= required ? "?" : "");
  return out + (variadic ? "...)" : ")");
}

// The text in which the cursor stands: begins here, npos when it stands in none.
std::size_t open_text(std::string_view before) {
  std::size_t open = std::string_view::npos;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == '\\' && open != std::string_view::npos) ++i;
    else if (before[i] == '"') open = open == std::string_view::npos ? i : std::string_view::npos;
  }
  return open;
}

struct completing {
  const text_desk& desk;
  std::string_view text, before;
  std::vector<std::size_t> starts;           // of words, the farthest first
  std::vector<completion> out;

  void find_starts() {
    std::size_t at = 0;
    while (at < before.size()) {
      if (!is_name_start(before, at)) {
        ++at;
        continue;
      }
      starts.push_back(at);
      at = std::max(word_end(before, at), at + 1);
    }
    if (starts.size() > words_back) starts.erase(starts.begin(), starts.end() - words_back);
  }

  // Where what is there of a name begins; none: it does not go on with this one.
  std::optional<std::size_t> begun(const std::string& name) const {
    const std::string lower = text::lower_case(name);
    for (const auto start : starts) {
      const std::string_view rest = before.substr(start);
      std::string said = text::lower_case(normal_name(rest));
      // Behind a blank another word must follow.
      if (rest.back() == ' ' && said.size() < lower.size()) said += ' ';
      if (lower.size() >= said.size() && lower.starts_with(said)) return start;
    }
    const bool fresh = starts.empty() || word_end(before, starts.back()) < before.size();
    return fresh ? std::optional(before.size()) : std::nullopt;
  }

  void offer(const std::string& name, completion c) {
    const auto from = begun(name);
    if (!from || out.size() >= most) return;
    c.from = static_cast<int>(*from);
    c.to = static_cast<int>(before.size());
    out.push_back(std::move(c));
  }

  // ---- values ----

  void values_in_text(const std::vector<value>& values, std::size_t open) {
    const std::string_view said = before.substr(open + 1);
    // The mark that closes it goes too, when it is there.
    const bool closed = before.size() < text.size() && text[before.size()] == '"';
    for (const auto& v : values)
      if (v.is(kind::string) && v.text().starts_with(said))
        out.push_back({v.literal(), static_cast<int>(open),
                       static_cast<int>(before.size() + closed), "value", "string", ""});
  }
  void add_values(const std::vector<value>& values) {
    std::set<std::string> known;
    for (const auto& v : values) {
      const std::string literal = v.literal();
      if (!known.insert(literal).second) continue;
      const std::string name = v.is(kind::string) ? v.text() : literal;
      offer(name, {literal, 0, 0, "value", std::string(name_of(v.kind())), ""});
    }
  }

  // ---- names ----

  void add_names() {
    std::set<std::string> known;
    const auto& names = desk.site().names;
    for (auto n = names.rbegin(); n != names.rend(); ++n) {
      if (!known.insert(n->name).second) continue;
      completion c{n->name, 0, 0, "name", n->type->str(), ""};
      if (n->lies == named::where::global) describe(n->index, c);
      offer(n->name, std::move(c));
    }
  }
  void describe(int index, completion& c) const {
    const auto i = static_cast<std::size_t>(index);
    const drg_element& e = desk.in().elements[i];
    constexpr const char* kinds[] = {"input", "decision", "knowledge", "knowledge"};
    c.kind = kinds[static_cast<std::size_t>(e.kind)];
    const value& f = desk.in().functions[i];
    if (!f.is(kind::function)) return;
    std::vector<std::string> parameters;
    for (const auto& p : f.callee()->parameters) parameters.push_back(p.name);
    c.detail = signature_text(c.text, parameters, parameters.size(), false);
    c.text += '(';
  }

  void add_functions() {
    for (const auto& b : all_builtins()) {
      std::string detail;
      for (const auto& s : b->signatures) {
        if (!detail.empty()) detail += " | ";
        detail += signature_text(b->name, s.parameters, s.required, s.variadic);
      }
      const std::string key = "rules.builtin";
      offer(b->name, {b->name + "(", 0, 0, "function", std::move(detail),
                      key + "." + text::replace_all(b->name, " ", "_")});
    }
  }
  void add_words() {
    for (const auto word : words) {
      const std::string w(word);
      const auto from = begun(w);
      if (from && *from < before.size()) offer(w, {w, 0, 0, "word", "", ""});
    }
  }

  // ---- members ----

  // The dot before what is being written; none: it is no member.
  std::optional<std::size_t> dot() const {
    std::size_t at = before.size();
    while (at > 0 && (before[at - 1] == ' ' || word_end(before, at - 1) > at - 1 ||
                      (static_cast<unsigned char>(before[at - 1]) & 0xC0) == 0x80))
      --at;
    if (at == 0 || before[at - 1] != '.' || (at > 1 && before[at - 2] == '.')) return {};
    return at - 1;
  }

  static bool has_members(const type& t) {
    using how = type::how;
    return !t.fields.empty() || t.kind == how::date || t.kind == how::time ||
           t.kind == how::date_time || t.kind == how::months || t.kind == how::duration ||
           t.kind == how::range;
  }

  // The type of what stands before the dot: of the longest piece that has members.
  type_ptr type_before(std::size_t dot_at) const {
    for (const auto start : starts) {
      if (start >= dot_at) break;
      const auto made = desk.expression(before.substr(start, dot_at - start));
      if (!made.node || !made.unknown.empty()) continue;
      const type_ptr& t = made.node->type;
      if (has_members(t->kind == type::how::list ? *t->element : *t)) return t;
    }
    return nullptr;
  }

  void add_members(std::size_t dot_at, const type_ptr& whole) {
    const type& t = whole->kind == type::how::list ? *whole->element : *whole;
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto& [name, field] : t.fields) members.emplace_back(name, field->str());
    const auto more = [&](std::initializer_list<const char*> names, const char* of) {
      for (const char* n : names) members.emplace_back(n, of);
    };
    using how = type::how;
    if (t.kind == how::date || t.kind == how::date_time)
      more({"year", "month", "day", "weekday"}, "number");
    if (t.kind == how::time || t.kind == how::date_time)
      more({"hour", "minute", "second"}, "number");
    if (t.kind == how::months) more({"years", "months"}, "number");
    if (t.kind == how::duration) more({"days", "hours", "minutes", "seconds"}, "number");
    if (t.kind == how::range) more({"start", "end", "start included", "end included"}, "");
    std::erase_if(starts, [&](std::size_t s) { return s < dot_at; });
    for (const auto& [name, type] : members) offer(name, {name, 0, 0, "member", type, ""});
  }
};

}  // namespace

std::vector<completion> completions_at(const text_desk& desk, std::string_view text,
                                       std::size_t position, const std::vector<value>& values) {
  completing c{desk, text, text.substr(0, position), {}, {}};
  if (const auto open = open_text(c.before); open != std::string_view::npos) {
    c.values_in_text(values, open);
    return std::move(c.out);
  }
  c.find_starts();
  if (const auto dot = c.dot()) {
    if (const auto type = c.type_before(*dot)) c.add_members(*dot, type);
    return std::move(c.out);
  }
  c.add_values(values);
  c.add_names();
  c.add_functions();
  c.add_words();
  // What is begun comes before what could stand behind it.
  std::ranges::stable_sort(c.out, {}, &completion::from);
  return std::move(c.out);
}

}  // namespace madang::rules
