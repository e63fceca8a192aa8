// Texts (10.3.4.3). Positions count characters (code points), from 1, or from the end below 0.
#include "madang/base/text.hpp"
#include "arguments.hpp"
#include "regex.hpp"

namespace madang::rules {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::int64_t characters(const std::string& s) {
  std::int64_t n = 0;
  for (char c : s) n += begins_character(c);
  return n;
}

// The octet where character `n` (from 0) begins.
std::size_t octet_of(const std::string& s, std::int64_t n) {
  std::size_t at = 0;
  for (; at < s.size(); ++at)
    if (begins_character(s[at]) && n-- == 0) return at;
  return s.size();
}

value substring(builtin_call& c) {
  const auto* s = text_at(c, 0);
  const decimal* from = number_at(c, 1);
  if (!s || !from || from->zero()) return c.fail();
  const auto start = from->rounded(0, decimal::rounding::down).to_int64();
  const std::int64_t all = characters(*s);
  if (!start || *start == 0 || *start > all || -*start > all) return c.fail();
  const std::int64_t first = *start > 0 ? *start - 1 : all + *start;
  std::int64_t length = all - first;
  if (c.given > 2) {
    const decimal* n = number_at(c, 2);
    const auto wanted = n ? n->rounded(0, decimal::rounding::down).to_int64() : std::nullopt;
    if (!wanted || *wanted < 1) return c.fail();
    length = std::min(length, *wanted);
  }
  const auto begin = octet_of(*s, first), end = octet_of(*s, first + length);
  return s->substr(begin, end - begin);
}

value string_length(builtin_call& c) {
  const auto* s = text_at(c, 0);
  return s ? value(characters(*s)) : c.fail();
}

value upper_case(builtin_call& c) {
  const auto* s = text_at(c, 0);
  if (!s) return c.fail();
  return text::upper_case(*s);
}

value lower_case(builtin_call& c) {
  const auto* s = text_at(c, 0);
  if (!s) return c.fail();
  return text::lower_case(*s);
}

value substring_before(builtin_call& c) {
  const auto *s = text_at(c, 0), *match = text_at(c, 1);
  if (!s || !match) return c.fail();
  const auto at = s->find(*match);
  return at == std::string::npos ? value("") : value(s->substr(0, at));
}

value substring_after(builtin_call& c) {
  const auto *s = text_at(c, 0), *match = text_at(c, 1);
  if (!s || !match) return c.fail();
  const auto at = s->find(*match);
  return at == std::string::npos ? value("") : value(s->substr(at + match->size()));
}

template <class F>
value of_two_texts(builtin_call& c, F f) {
  const auto *s = text_at(c, 0), *match = text_at(c, 1);
  return s && match ? value(f(*s, *match)) : c.fail();
}

value contains(builtin_call& c) {
  return of_two_texts(c, [](const auto& s, const auto& m) {
    return s.find(m) != std::string::npos;
  });
}
value starts_with(builtin_call& c) {
  return of_two_texts(c, [](const auto& s, const auto& m) { return s.starts_with(m); });
}
value ends_with(builtin_call& c) {
  return of_two_texts(c, [](const auto& s, const auto& m) { return s.ends_with(m); });
}

// The expression of an argument; null and a diagnostic when there is none.
std::shared_ptr<const regex> pattern_of(builtin_call& c, std::size_t pattern, std::size_t flags) {
  const auto* p = text_at(c, pattern);
  const value& f = single(argument(c, flags));
  const bool said = flags < c.given && !f.is_null();
  if (!p || (said && !f.is(kind::string))) return nullptr;
  return regex::compile(*p, said ? f.text() : "");
}

value matches_of(builtin_call& c) {
  const auto* s = text_at(c, 0);
  const auto p = pattern_of(c, 1, 2);
  if (!s || !p) return c.fail("feel.pattern");
  const auto found = p->found_in(*s);
  return found ? value(*found) : c.fail("feel.limit");
}

value replace_in(builtin_call& c) {
  const auto *s = text_at(c, 0), *with = text_at(c, 2);
  const auto p = pattern_of(c, 1, 3);
  if (!s || !with || !p) return c.fail("feel.pattern");
  auto out = p->replace(*s, *with);
  if (!out) return c.fail("feel.pattern");
  if (out->size() > c.e.limits.text) return c.fail("feel.limit");
  return std::move(*out);
}

value split_at(builtin_call& c) {
  const auto* s = text_at(c, 0);
  const auto p = pattern_of(c, 1, 9);
  if (!s || !p) return c.fail("feel.pattern");
  auto parts = p->split(*s);
  if (!parts) return c.fail("feel.limit");
  std::vector<value> out;
  for (auto& one : *parts) out.emplace_back(std::move(one));
  return value::list(std::move(out));
}

value string_join(builtin_call& c) {
  const auto list = list_at(c, 0);
  const value& between = single(argument(c, 1));
  if (!list || (!between.is_null() && !between.is(kind::string))) return c.fail();
  std::string out;
  bool first = true;
  for (const auto& one : *list) {
    if (one.is_null()) continue;
    if (!one.is(kind::string)) return c.fail();
    if (!first && between.is(kind::string)) out += between.text();
    first = false;
    out += one.text();
    if (out.size() > c.e.limits.text) return c.fail("feel.limit");
  }
  return out;
}

}  // namespace

void add_text_functions(builtin_list& l) {
  const auto add = [&](const char* name, std::vector<std::string> parameters, std::size_t required,
                       value (*run)(builtin_call&), const char* gives) {
    l.push_back(make_builtin(name, {{std::move(parameters), required, false, run}}, gives));
  };
  add("substring", {"string", "start position", "length"}, 2, substring, "string");
  add("string length", {"string"}, 1, string_length, "number");
  add("upper case", {"string"}, 1, upper_case, "string");
  add("lower case", {"string"}, 1, lower_case, "string");
  add("substring before", {"string", "match"}, 2, substring_before, "string");
  add("substring after", {"string", "match"}, 2, substring_after, "string");
  add("contains", {"string", "match"}, 2, contains, "boolean");
  add("starts with", {"string", "match"}, 2, starts_with, "boolean");
  add("ends with", {"string", "match"}, 2, ends_with, "boolean");
  add("matches", {"input", "pattern", "flags"}, 2, matches_of, "boolean");
  add("replace", {"input", "pattern", "replacement", "flags"}, 3, replace_in, "string");
  add("split", {"string", "delimiter"}, 2, split_at, "");
  add("string join", {"list", "delimiter"}, 1, string_join, "string");
}

}  // namespace madang::rules
