#include "madang/packs/packs.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace madang::packs {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& file, const std::string& name) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw broken_pack({name, 0, "cannot be read"});
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

constexpr std::size_t deepest_pack = 4;

double number(const std::string& s) {
  double value = 0;
  std::from_chars(s.data(), s.data() + s.size(), value);
  return value;
}

std::string string_of(const json::value& v) {
  if (v.is_string()) return std::string(v.get_string());
  if (v.is_int64()) return std::to_string(v.get_int64());
  return {};
}

}  // namespace

table table::parse(std::string_view text, const std::string& file_name) {
  if (!text::is_utf8(text)) throw broken_pack({file_name, 0, "not UTF-8"});
  table out;
  bool header = true;
  int line = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++line;
    std::vector<std::string> cells(1);
    bool comment = text[at] == '#', quoted = false;
    for (; at < text.size(); ++at) {
      char c = text[at];
      if (quoted) {
        if (c == '"' && at + 1 < text.size() && text[at + 1] == '"') {
          cells.back() += '"';
          ++at;
        } else if (c == '"') {
          quoted = false;
        } else {
          cells.back() += c;
        }
      } else if (c == '"' && !comment) {
        quoted = true;
      } else if (c == ',' && !comment) {
        cells.emplace_back();
      } else if (c == '\n') {
        ++at;
        break;
      } else if (c != '\r') {
        cells.back() += c;
      }
    }
    if (quoted) throw broken_pack({file_name, line, "a quotation mark is not closed"});
    if (comment || (cells.size() == 1 && cells[0].empty())) continue;
    if (header) {
      for (std::size_t i = 0; i < cells.size(); ++i) out.columns_[cells[i]] = i;
      header = false;
    } else if (cells.size() != out.columns_.size()) {
      throw broken_pack({file_name, line,
                         "has " + std::to_string(cells.size()) + " cells, the header has " +
                             std::to_string(out.columns_.size())});
    } else {
      out.rows_.push_back(std::move(cells));
    }
  }
  return out;
}

const std::string& table::at(std::size_t row, std::string_view column) const {
  static const std::string none;
  auto found = columns_.find(column);
  return found == columns_.end() ? none : rows_.at(row).at(found->second);
}

pack::pack(fs::path own) : folders_{std::move(own)} {
  about_ = yaml("pack.yaml");
  if (!about_.is_object()) throw broken_pack({folder().string() + "/pack.yaml", 0, "is missing"});
  stand_on();
  provinces_ = read_districts("districts/provinces.csv");
  municipalities_ = read_districts("districts/municipalities.csv");
  towns_ = read_districts("districts/towns.csv");
  for (auto* level : {&provinces_, &municipalities_, &towns_})
    for (const auto& d : *level) by_code_[d.code] = &d;
  read_agencies();
  read_calendar();
}

void pack::stand_on() {
  std::string below(json::str(about_, "stands_on"));
  while (!below.empty()) {
    const std::string file = (folders_.back() / "pack.yaml").string();
    const fs::path next = (folders_.back() / below).lexically_normal();
    if (!fs::is_directory(next))
      throw broken_pack({file, 0, "stands_on: " + below + " is no folder; name one beside it"});
    for (const auto& above : folders_)
      if (fs::equivalent(above, next))
        throw broken_pack({file, 0, "stands_on: " + below + " leads back to itself; end it there"});
    if (folders_.size() >= deepest_pack)
      throw broken_pack({file, 0, "stands_on: packs stand four deep at most; join some"});
    folders_.push_back(next);
    const fs::path about = next / "pack.yaml";
    below = fs::exists(about)
                ? json::str(parse_yaml(slurp(about, about.string()), about.string()), "stands_on")
                : std::string_view();
  }
}

std::string pack::id() const { return std::string(json::str(about_, "id")); }
words pack::name() const { return json::words_of(json::at(about_, "name")); }
std::string pack::zone() const { return std::string(json::str(about_, "zone", "Etc/UTC")); }

std::vector<std::string> pack::languages() const {
  std::vector<std::string> out;
  if (const auto& all = json::at(about_, "languages"); all.is_array())
    for (const auto& one : all.get_array()) out.push_back(string_of(one));
  if (out.empty()) out.push_back("en");
  return out;
}

words pack::words_in(const table& t, std::size_t row) const {
  words out;
  for (const auto& said : languages())
    if (t.has(said)) out.set(said, t.at(row, said));
  return out;
}

std::vector<district> pack::read_districts(const std::string& file) {
  table t = csv(file);
  std::vector<district> out;
  out.reserve(t.size());
  for (std::size_t i = 0; i < t.size(); ++i) {
    out.push_back(
        {t.at(i, "code"), words_in(t, i), number(t.at(i, "lon")), number(t.at(i, "lat"))});
  }
  return out;
}

void pack::read_agencies() {
  json::value all = yaml("agencies.yaml");
  if (!all.is_array()) return;
  for (const auto& one : all.get_array()) {
    agency a{string_of(json::at(one, "code")), string_of(json::at(one, "parent")),
             string_of(json::at(one, "kind")), json::words_of(json::at(one, "name")),
             json::words_of(json::at(one, "duty")), string_of(json::at(one, "phone")), {}};
    if (const auto& units = json::at(one, "units"); units.is_array())
      for (const auto& u : units.get_array())
        a.units.push_back({string_of(json::at(u, "code")), json::words_of(json::at(u, "name"))});
    agencies_.push_back(std::move(a));
  }
}

void pack::read_calendar() {
  table t = csv("calendar/holidays.csv");
  for (std::size_t i = 0; i < t.size(); ++i) {
    auto day = date::parse(t.at(i, "date"));
    if (!day)
      throw broken_pack({"calendar/holidays.csv", 0, "'" + t.at(i, "date") + "' is no date"});
    calendar_.add_holiday(*day, t.at(i, t.has(language()) ? language() : "en"));
  }
}

const agency* pack::find_agency(std::string_view code) const {
  for (const auto& a : agencies_)
    if (a.code == code) return &a;
  return nullptr;
}

const district* pack::find_district(std::string_view code) const {
  auto found = by_code_.find(std::string(code));
  return found == by_code_.end() ? nullptr : found->second;
}

words pack::full_name(std::string_view code) const {
  for (const auto& a : agencies_) {
    if (a.code == code) return a.name;
    for (const auto& u : a.units) {
      if (u.code != code) continue;
      words out;
      for (const auto& [language, name] : u.name.all())
        out.set(language, language == "ko" ? a.name(language) + " " + name
                                           : name + ", " + a.name(language));
      return out;
    }
  }
  std::vector<const district*> chain;
  for (std::size_t digits : {2u, 5u, 7u})
    if (code.size() >= digits)
      if (const district* d = find_district(code.substr(0, digits))) chain.push_back(d);
  words out;
  for (const auto& language : languages()) {
    std::vector<std::string> parts;
    for (const auto* d : chain) parts.push_back(d->name(language));
    // Korean goes from the large to the small, English the other way.
    if (language != "ko") std::reverse(parts.begin(), parts.end());
    out.set(language, text::join(parts, language == "ko" ? " " : ", "));
  }
  return out;
}

pack::place pack::find(const std::string& relative) const {
  for (const auto& one : folders_)
    if (fs::path at = one / relative; fs::exists(at))
      return {at, &one == &folders_.front() ? relative : at.string()};
  return {{}, relative};
}

bool pack::has(const std::string& relative) const { return !find(relative).path.empty(); }

std::string pack::text(const std::string& relative) const {
  const place at = find(relative);
  return slurp(at.path, at.name);
}

json::value pack::yaml(const std::string& relative) const {
  const place at = find(relative);
  if (at.path.empty()) return nullptr;
  return parse_yaml(slurp(at.path, at.name), at.name);
}

table pack::csv(const std::string& relative) const {
  const place at = find(relative);
  if (at.path.empty()) return {};
  return table::parse(slurp(at.path, at.name), at.name);
}

std::vector<std::string> pack::list(const std::string& folder, std::string_view ending) const {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& one : folders_)
    for (const auto& entry : fs::directory_iterator(one / folder, ignored)) {
      std::string name = entry.path().filename().string();
      if (name.ends_with(ending)) out.push_back(folder + "/" + name);
    }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const std::map<std::string, words, std::less<>>& pack::codes(const std::string& name) const {
  std::lock_guard lock(codes_mutex_);
  auto found = codes_.find(name);
  if (found != codes_.end()) return found->second;
  table t = csv("codes/" + name + ".csv");
  auto& list = codes_[name];
  for (std::size_t i = 0; i < t.size(); ++i) list.emplace(t.at(i, "code"), words_in(t, i));
  return list;
}

}  // namespace madang::packs
