#include "template.hpp"

#include <charconv>

#include "madang/base/text.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t most_members = 8, longest_value = 4000;

const json::value* find(const path& p, const values& v) {
  const json::value* at = p.from_row ? v.row : &v.data;
  for (const std::string& member : p.members) {
    if (!at || !at->is_object()) return nullptr;
    at = at->get_object().if_contains(member);
  }
  return at;
}

bool is_count(const path& p) { return p.from_row && p.members.size() == 1 && p.members[0] == "#"; }
bool is_of_issue(const path& p) { return !p.from_row && p.members[0] == "issue"; }

std::string of_issue(const std::string& member, const issue& i) {
  if (member == "number") return i.number;
  if (member == "agency") return i.agency.in(i.language);
  if (member == "date") return written(in_zone(i.issued).date, i.language);
  if (member == "time") return written_time(i.issued, i.language);
  return {};
}

std::string plain(const json::value& v, const std::string& language) {
  switch (v.kind()) {
    case boost::json::kind::string: return std::string(v.get_string());
    case boost::json::kind::int64: return std::to_string(v.get_int64());
    case boost::json::kind::uint64: return std::to_string(v.get_uint64());
    case boost::json::kind::double_: return text_of_number(v.get_double());
    case boost::json::kind::bool_: return v.get_bool() ? "true" : "false";
    case boost::json::kind::object: return json::words_of(v).in(language);
    default: return {};
  }
}

result<std::string> formatted(const piece& p, const json::value& v, const std::string& language) {
  auto wrong = [&] { return refuse(kind::invalid, "document.format", p.path->written); };
  std::string s = plain(v, language);
  if (p.format == format::plain || s.empty()) return s;
  if (p.format == format::yes_no) {
    if (!v.is_bool()) return wrong();
    return v.get_bool() ? p.yes : p.no;
  }
  if (p.format == format::number) {
    if (v.is_double()) {
      const std::size_t dot = s.find('.');
      std::int64_t whole = 0;
      std::from_chars(s.data(), s.data() + s.size(), whole);
      return text::grouped(whole) + (dot == std::string::npos ? "" : s.substr(dot));
    }
    if (!v.is_int64()) return wrong();
    return text::grouped(v.get_int64());
  }
  if (p.format == format::mask) {
    auto kept = text::head(s, static_cast<std::size_t>(p.keep));
    return std::string(kept) + std::string(text::length(s) - text::length(kept), '*');
  }
  auto d = date::parse(std::string_view(s).substr(0, 10));
  if (!d) return wrong();
  if (p.format == format::date) return written(*d, language);
  std::string iso = d->str();
  return text::replace_all(std::move(iso), "-", ".");
}

std::optional<refusal> append(std::string& out, const piece& p, const values& v) {
  if (!p.path) {
    out += p.literal;
    return {};
  }
  if (is_count(*p.path)) {
    out += std::to_string(v.row_number);
    return {};
  }
  if (is_of_issue(*p.path)) {
    out += of_issue(p.path->members[1], v.issue);
    return {};
  }
  const json::value* found = find(*p.path, v);
  if (!found || found->is_null()) {
    if (p.optional) return {};
    return refuse(kind::invalid, "document.missing", p.path->written);
  }
  auto s = formatted(p, *found, v.issue.language);
  if (!s) return s.why();
  if (s->size() > longest_value) return refuse(kind::too_large, "document.format", p.path->written);
  out += *s;
  return {};
}

std::optional<refusal> read_format(std::string_view f, piece& p) {
  static constexpr const char* known = "date, short, number, mask:N, yesno:A/B";
  auto wrong = refuse(kind::invalid, "layout.format", {}, {{"known", known}});
  if (f == "date") {
    p.format = format::date;
  } else if (f == "short") {
    p.format = format::short_date;
  } else if (f == "number") {
    p.format = format::number;
  } else if (f.starts_with("mask:")) {
    p.format = format::mask;
    f.remove_prefix(5);
    auto [end, error] = std::from_chars(f.data(), f.data() + f.size(), p.keep);
    if (error != std::errc() || end != f.data() + f.size() || p.keep < 0 || p.keep > 100)
      return wrong;
  } else if (f.starts_with("yesno:")) {
    p.format = format::yes_no;
    auto parts = text::split(f.substr(6), '/');
    if (parts.size() != 2) return wrong;
    p.yes = parts[0];
    p.no = parts[1];
  } else {
    return wrong;
  }
  return {};
}

result<piece> read_piece(std::string_view inside) {
  piece p;
  const std::size_t bar = inside.find('|');
  std::string_view where = inside.substr(0, bar);
  if (where.ends_with('?')) {
    p.optional = true;
    where.remove_suffix(1);
  }
  p.path = compile_path(where);
  if (!p.path) return refuse(kind::invalid, "layout.template");
  if (bar != std::string_view::npos)
    if (auto bad = read_format(inside.substr(bar + 1), p)) return *bad;
  return p;
}

}  // namespace

std::string text_of_number(double v) {
  char buffer[64];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, v);
  return error == std::errc() ? std::string(buffer, end) : std::string();
}

std::optional<path> compile_path(std::string_view text) {
  path p;
  p.written = text;
  if (text.starts_with('.')) {
    p.from_row = true;
    text.remove_prefix(1);
  }
  p.members = text::split(text, '.');
  if (p.members.empty() || p.members.size() > most_members) return {};
  if (is_count(p)) return p;
  for (const std::string& m : p.members) {
    if (m.empty() || m.size() > 60) return {};
    for (char c : m)
      if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '_')) return {};
  }
  if (is_of_issue(p)) {
    static constexpr std::string_view known[] = {"number", "agency", "date", "time"};
    if (p.members.size() != 2 ||
        std::find(std::begin(known), std::end(known), p.members[1]) == std::end(known))
      return {};
  }
  return p;
}

result<text_template> compile_template(std::string_view text) {
  text_template out;
  std::string literal;
  auto close_literal = [&] {
    if (literal.empty()) return;
    piece p;
    p.literal = std::exchange(literal, {});
    out.push_back(std::move(p));
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '{' || text.substr(i).starts_with("{{")) {
      i += text[i] == '{';
      literal += text[i++];
      continue;
    }
    const std::size_t end = text.find('}', i);
    if (end == std::string_view::npos) return refuse(kind::invalid, "layout.template");
    close_literal();
    auto p = read_piece(text.substr(i + 1, end - i - 1));
    if (!p) return p.why();
    out.push_back(*p);
    i = end + 1;
  }
  close_literal();
  return out;
}

result<std::string> fill(const text_template& t, const values& v) {
  std::string out;
  for (const piece& p : t)
    if (auto bad = append(out, p, v)) return *bad;
  return out;
}

bool holds(const condition& c, const values& v) {
  const json::value* found = find(c.path, v);
  bool there = found && !found->is_null();
  if (there && found->is_bool()) there = found->get_bool();
  if (there && found->is_string()) there = !found->get_string().empty();
  if (there && found->is_array()) there = !found->get_array().empty();
  if (there && found->is_int64()) there = found->get_int64() != 0;
  return there != c.negated;
}

result<const json::array*> rows_at(const path& p, const values& v) {
  const json::value* found = find(p, v);
  const json::array* none = nullptr;
  if (!found || found->is_null()) return none;
  if (!found->is_array()) return refuse(kind::invalid, "document.format", p.written);
  const json::array* all = &found->get_array();
  return all;
}

}  // namespace madang::documents
