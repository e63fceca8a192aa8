#include "madang/documents/layout.hpp"

#include <algorithm>
#include <charconv>

#include "layout_model.hpp"
#include "madang/base/text.hpp"
#include "madang/base/yaml.hpp"
#include "madang/trust/bytes.hpp"
#include "template.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t longest_layout = 64 * 1024;
constexpr std::size_t most_blocks = 200, most_rows = 100, most_columns = 12;

// The compiler's own way out of nested reading; it never leaves this file.
struct fault {
  refusal why;
};

[[noreturn]] void fail(const yaml::node& at, const char* code, std::string found,
                       std::map<std::string, std::string> facts = {}) {
  facts["line"] = std::to_string(at.line());
  facts["found"] = std::string(text::head(text::is_utf8(found) ? found : "?", 60));
  throw fault{refuse(kind::invalid, code, {}, std::move(facts))};
}

std::string scalar(const yaml::node& n, const char* wanted) {
  if (!n.is_scalar()) fail(n, "layout.expected", "", {{"wanted", wanted}});
  return n.text();
}

double number(const yaml::node& n, double least, double most) {
  const std::string s = scalar(n, "number");
  double v = least - 1;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (error != std::errc() || end != s.data() + s.size() || !(v >= least && v <= most))
    fail(n, "layout.expected", s,
         {{"wanted", text_of_number(least) + " .. " + text_of_number(most)}});
  return v;
}

bool flag(const yaml::node& n) {
  const std::string s = scalar(n, "true, false");
  if (s != "true" && s != "false") fail(n, "layout.expected", s, {{"wanted", "true, false"}});
  return s == "true";
}

void want_map(const yaml::node& n, const char* wanted) {
  if (!n.is_map()) fail(n, "layout.expected", n.is_scalar() ? n.text() : "", {{"wanted", wanted}});
}
void want_list(const yaml::node& n, std::size_t most, const char* wanted) {
  if (!n.is_list() || n.items().size() > most || n.items().empty())
    fail(n, "layout.expected", "",
         {{"wanted", std::string(wanted) + ", 1 .. " + std::to_string(most)}});
}

void only_keys(const yaml::node& map, std::initializer_list<const char*> known) {
  std::vector<std::string> seen;
  for (const auto& entry : map.members()) {
    const std::string key = scalar(entry.first, "key");
    if (std::none_of(known.begin(), known.end(), [&](const char* k) { return key == k; }))
      fail(entry.first, "layout.unknown_key", key,
           {{"known", text::join({known.begin(), known.end()}, ", ")}});
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      fail(entry.first, "layout.twice", key, {{"key", key}});
    seen.push_back(key);
  }
}

const yaml::node& need(const yaml::node& map, const char* key) {
  const auto* n = map.find(key);
  if (!n || n->is_null()) fail(map, "layout.missing", "", {{"key", key}});
  return *n;
}

text_template read_template(const yaml::node& n) {
  const std::string s = scalar(n, "text");
  auto compiled = compile_template(s);
  if (!compiled) fail(n, compiled.why().code.c_str(), s, compiled.why().facts);
  return *compiled;
}

phrase read_phrase(const yaml::node& n) {
  phrase p;
  if (n.is_scalar()) {
    p.said[""] = read_template(n);
    return p;
  }
  want_map(n, "text, {ko: .., en: ..}");
  for (const auto& entry : n.members()) {
    const std::string language = scalar(entry.first, "language");
    if (language.size() < 2 || language.size() > 8)
      fail(entry.first, "layout.expected", language, {{"wanted", "ko, en"}});
    p.said[language] = read_template(entry.second);
  }
  if (p.empty()) fail(n, "layout.missing", "", {{"key", "ko"}});
  return p;
}

path read_path(const yaml::node& n) {
  const std::string s = scalar(n, "path");
  auto p = compile_path(s);
  if (!p) fail(n, "layout.template", s);
  return *p;
}

std::optional<condition> read_when(const yaml::node& map) {
  const auto* n = map.find("when");
  if (!n) return {};
  std::string s = scalar(*n, "path");
  condition c;
  if (s.starts_with("not ")) {
    c.negated = true;
    s.erase(0, 4);
  }
  auto p = compile_path(s);
  if (!p) fail(*n, "layout.template", s);
  c.path = *p;
  return c;
}

align read_align(const yaml::node& n) {
  const std::string s = scalar(n, "left, center, right");
  if (s == "left") return align::left;
  if (s == "center") return align::center;
  if (s == "right") return align::right;
  fail(n, "layout.expected", s, {{"wanted", "left, center, right"}});
}

void read_style(const yaml::node& map, text_style& s) {
  if (const auto* n = map.find("size")) s.size = number(*n, 6, 40);
  if (const auto* n = map.find("align")) s.align = read_align(*n);
  if (const auto* n = map.find("bold")) s.bold = flag(*n);
  if (const auto* n = map.find("grey")) s.grey = flag(*n);
  if (const auto* n = map.find("spacing")) s.spacing = number(*n, 0, 40);
}

heading_block read_heading(const yaml::node& map) {
  only_keys(map, {"heading", "size", "spacing", "when", "at"});
  heading_block b{read_phrase(need(map, "heading")), {22, align::center, true, false, 2}};
  read_style(map, b.style);
  return b;
}

text_block read_text(const yaml::node& map, const char* key, bool wraps) {
  only_keys(map, {key, "size", "align", "bold", "grey", "when", "at"});
  text_block b;
  b.text = read_phrase(need(map, key));
  b.wraps = wraps;
  read_style(map, b.style);
  return b;
}

facts_block read_facts(const yaml::node& map) {
  only_keys(map, {"facts", "when", "at"});
  const yaml::node& in = need(map, "facts");
  want_map(in, "columns, label_width, rows");
  only_keys(in, {"columns", "label_width", "rows"});
  facts_block b;
  if (const auto* n = in.find("columns")) b.columns = static_cast<int>(number(*n, 1, 4));
  if (const auto* n = in.find("label_width")) b.label_width = number(*n, 30, 200);
  const yaml::node& rows = need(in, "rows");
  want_list(rows, most_rows, "rows");
  for (const auto& row : rows.items()) {
    want_map(row, "label, value");
    only_keys(row, {"label", "value", "span", "when"});
    facts_row r{read_phrase(need(row, "label")), read_template(need(row, "value")), 1,
                read_when(row)};
    if (const auto* n = row.find("span")) r.span = static_cast<int>(number(*n, 1, b.columns));
    b.rows.push_back(std::move(r));
  }
  return b;
}

table_block read_table(const yaml::node& map) {
  only_keys(map, {"table", "when"});
  const yaml::node& in = need(map, "table");
  want_map(in, "rows, columns, empty");
  only_keys(in, {"rows", "columns", "empty"});
  table_block b;
  b.rows = read_path(need(in, "rows"));
  if (const auto* n = in.find("empty")) b.empty = read_phrase(*n);
  const yaml::node& columns = need(in, "columns");
  want_list(columns, most_columns, "columns");
  for (const auto& column : columns.items()) {
    want_map(column, "label, value, width, align");
    only_keys(column, {"label", "value", "width", "align"});
    table_column c;
    c.label = read_phrase(need(column, "label"));
    const yaml::node& value = need(column, "value");
    if (value.is_list()) {
      want_list(value, 6, "lines");
      for (const auto& line : value.items()) c.lines.push_back(read_template(line));
    } else {
      c.lines.push_back(read_template(value));
    }
    if (const auto* n = column.find("width")) c.width = number(*n, 0.1, 100);
    if (const auto* n = column.find("align")) c.align = read_align(*n);
    b.columns.push_back(std::move(c));
  }
  return b;
}

block read_block(const yaml::node& map) {
  want_map(map, "block");
  block b;
  auto has = [&](const char* key) { return map.find(key) != nullptr; };
  if (has("heading")) {
    b.is = read_heading(map);
  } else if (has("text")) {
    b.is = read_text(map, "text", false);
  } else if (has("paragraph")) {
    b.is = read_text(map, "paragraph", true);
  } else if (has("facts")) {
    b.is = read_facts(map);
  } else if (has("table")) {
    b.is = read_table(map);
  } else if (has("pictures")) {
    only_keys(map, {"pictures", "above", "when"});
    pictures_block pictures{read_path(need(map, "pictures")), {}};
    if (const auto* n = map.find("above")) pictures.above = read_phrase(*n);
    b.is = std::move(pictures);
  } else if (has("seal")) {
    only_keys(map, {"seal", "at"});
    b.is = seal_block{read_phrase(need(map, "seal"))};
  } else if (has("code")) {
    only_keys(map, {"code", "at"});
    b.is = code_block{read_phrase(need(map, "code"))};
  } else if (has("rule")) {
    only_keys(map, {"rule", "when", "at"});
    b.is = rule_block{number(need(map, "rule"), 0.2, 3)};
  } else if (has("space")) {
    only_keys(map, {"space", "when", "at"});
    b.is = space_block{number(need(map, "space"), 0, 400)};
  } else {
    std::string found = map.members().empty() ? "" : scalar(map.members()[0].first, "key");
    fail(map, "layout.unknown_key", found,
         {{"known", "heading, text, paragraph, facts, table, pictures, seal, code, rule, space"}});
  }
  b.when = read_when(map);
  if (const auto* n = map.find("at")) {
    if (scalar(*n, "bottom") != "bottom")
      fail(*n, "layout.expected", n->text(), {{"wanted", "bottom"}});
    b.at_bottom = true;
  }
  return b;
}

template <class T>
std::size_t count(const std::vector<block>& body) {
  return static_cast<std::size_t>(std::count_if(
      body.begin(), body.end(), [](const block& b) { return std::holds_alternative<T>(b.is); }));
}

void read_top(const yaml::node& top, layout::inside& out) {
  want_map(top, "name, title, body");
  only_keys(top, {"name", "title", "page", "body", "footer"});
  out.name = scalar(need(top, "name"), "name");
  const bool plain = !out.name.empty() && out.name.size() <= 40 &&
                     std::all_of(out.name.begin(), out.name.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                     });
  if (!plain) fail(need(top, "name"), "layout.expected", out.name, {{"wanted", "a-z, 0-9, -"}});
  const yaml::node& title = need(top, "title");
  want_map(title, "{ko: .., en: ..}");
  for (const auto& entry : title.members())
    out.title.set(scalar(entry.first, "language"), scalar(entry.second, "text"));
  if (const auto* page = top.find("page")) {
    want_map(*page, "margins");
    only_keys(*page, {"margins"});
    const yaml::node& margins = need(*page, "margins");
    if (!margins.is_list() || margins.items().size() != 4)
      fail(*page, "layout.expected", "", {{"wanted", "[top, right, bottom, left]"}});
    for (std::size_t i = 0; i < 4; ++i) out.margins[i] = number(margins.items()[i], 36, 120);
  }
  const yaml::node& body = need(top, "body");
  want_list(body, most_blocks, "blocks");
  for (const auto& b : body.items()) out.body.push_back(read_block(b));
  if (count<seal_block>(out.body) == 0) fail(body, "layout.no_seal", "", {{"key", "seal"}});
  if (count<seal_block>(out.body) > 1) fail(body, "layout.twice", "seal", {{"key", "seal"}});
  if (count<code_block>(out.body) > 1) fail(body, "layout.twice", "code", {{"key", "code"}});
  bool bottom = false;
  for (std::size_t i = 0; i < out.body.size(); ++i) {
    bottom = bottom || out.body[i].at_bottom;
    if (bottom && std::holds_alternative<table_block>(out.body[i].is))
      fail(body.items()[i], "layout.expected", "table", {{"wanted", "table before at: bottom"}});
    if (bottom && std::holds_alternative<pictures_block>(out.body[i].is))
      fail(body.items()[i], "layout.expected", "pictures",
           {{"wanted", "pictures before at: bottom"}});
  }
  if (const auto* n = top.find("footer")) out.footer = read_phrase(*n);
}

}  // namespace

result<layout> layout::compile(std::string_view text) {
  auto syntax = [](int line, std::string what) {
    return refuse(kind::invalid, "layout.syntax", {},
                  {{"line", std::to_string(line)}, {"found", std::move(what)}});
  };
  if (text.size() > longest_layout)
    return refuse(kind::too_large, "layout.too_large", {},
                  {{"line", "0"}, {"found", std::to_string(text.size())}});
  if (!text::is_utf8(text)) return syntax(0, "not UTF-8");
  if (text.find('\0') != std::string_view::npos) return syntax(0, "NUL");
  try {
    auto out = std::make_shared<inside>();
    read_top(yaml::read(text, {.nodes = 10'000, .depth = 16}), *out);
    out->version = trust::sha256_hex(text);
    return layout(std::move(out));
  } catch (const fault& f) {
    return f.why;
  } catch (const yaml::broken& e) {
    return syntax(e.line, std::string(text::head(e.what(), 80)));
  }
}

const std::string& layout::name() const { return in_->name; }
const words& layout::title() const { return in_->title; }
const std::string& layout::version() const { return in_->version; }

const text_template& phrase::in(const std::string& language) const {
  static const text_template nothing_said;
  for (std::string_view tag : {std::string_view(language), std::string_view(""),
                               std::string_view("en")})
    if (auto found = said.find(tag); found != said.end()) return found->second;
  return said.empty() ? nothing_said : said.begin()->second;
}

}  // namespace madang::documents
