#include "madang/pdf/object.hpp"

#include <algorithm>
#include <charconv>

namespace madang::pdf {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}
bool is_delimiter(char c) {
  return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
         c == '}' || c == '/' || c == '%';
}
bool is_regular(char c) { return !is_space(c) && !is_delimiter(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

const object* dictionary::find(std::string_view key) const {
  for (const auto& [k, v] : members)
    if (k == key) return &v;
  return nullptr;
}

bool dictionary::operator==(const dictionary& other) const {
  if (members.size() != other.members.size()) return false;
  return std::all_of(members.begin(), members.end(), [&](const auto& m) {
    const object* there = other.find(m.first);
    return there && *there == m.second;
  });
}

const dictionary* object::keys() const {
  if (const auto* d = as<dictionary>()) return d;
  const auto* s = as<stream>();
  return s ? &s->keys : nullptr;
}

void scanner::skip_space() {
  while (!done()) {
    if (is_space(here())) {
      ++at_;
    } else if (here() == '%') {
      while (!done() && here() != '\n' && here() != '\r') ++at_;
    } else {
      return;
    }
  }
}

bool scanner::skip_word(std::string_view word) {
  skip_space();
  if (at_ > all_.size() || all_.substr(at_, word.size()) != word) return false;
  const std::size_t end = at_ + word.size();
  if (end < all_.size() && is_regular(all_[end])) return false;
  at_ = end;
  return true;
}

std::optional<std::uint64_t> scanner::number() {
  skip_space();
  std::uint64_t v = 0;
  std::size_t n = 0;
  for (; !done() && is_digit(here()); ++at_, ++n) {
    if (n == 18) return {};
    v = v * 10 + static_cast<std::uint64_t>(here() - '0');
  }
  if (n == 0) return {};
  return v;
}

std::optional<object> scanner::next_operand() {
  references_ = false;
  auto o = read(0);
  references_ = true;
  return o;
}

std::optional<object> scanner::read(int depth) {
  if (depth > deepest) return {};
  skip_space();
  if (done()) return {};
  const char c = here();
  if (is_digit(c) || c == '+' || c == '-' || c == '.') return read_number();
  if (c == '/') return read_name();
  if (c == '(') return read_literal();
  if (c == '[') return read_array(depth);
  if (c == '<') {
    if (at_ + 1 < all_.size() && all_[at_ + 1] == '<') return read_dictionary(depth);
    return read_hex();
  }
  if (!is_regular(c)) return {};
  const std::size_t from = at_;
  while (!done() && is_regular(here())) ++at_;
  const std::string_view word = all_.substr(from, at_ - from);
  if (word == "true") return object{true};
  if (word == "false") return object{false};
  if (word == "null") return object{};
  if (word.size() > 32) return {};
  return object{keyword{std::string(word)}};
}

std::optional<object> scanner::read_number() {
  const std::size_t from = at_;
  while (!done() && is_regular(here())) ++at_;
  std::string_view word = all_.substr(from, at_ - from);
  if (word.starts_with('+')) word.remove_prefix(1);
  std::int64_t whole = 0;
  const char* end = word.data() + word.size();
  if (auto r = std::from_chars(word.data(), end, whole); r.ec == std::errc() && r.ptr == end) {
    if (!references_ || whole < 0 || whole > 0xffffffff) return object{whole};
    // "12 0 R" is one object; anything else leaves the place as it was.
    const std::size_t after = at_;
    if (auto generation = number(); generation && *generation <= 65535 && skip_word("R"))
      return object{reference{static_cast<std::uint32_t>(whole),
                              static_cast<std::uint32_t>(*generation)}};
    at_ = after;
    return object{whole};
  }
  double real = 0;
  auto r = std::from_chars(word.data(), end, real, std::chars_format::fixed);
  if (r.ec != std::errc() || r.ptr != end) return {};
  return object{real};
}

std::optional<object> scanner::read_name() {
  ++at_;
  std::string out;
  while (!done() && is_regular(here())) {
    if (here() == '#' && at_ + 2 < all_.size() && hex_value(all_[at_ + 1]) >= 0 &&
        hex_value(all_[at_ + 2]) >= 0) {
      out += static_cast<char>(hex_value(all_[at_ + 1]) * 16 + hex_value(all_[at_ + 2]));
      at_ += 3;
    } else {
      out += all_[at_++];
    }
    if (out.size() > 256) return {};
  }
  return object{name{std::move(out)}};
}

std::optional<object> scanner::read_literal() {
  text t;
  t.from = at_++;
  for (int open = 1; !done(); ++at_) {
    char c = here();
    if (c == '\\') {
      if (++at_ >= all_.size()) return {};
      c = here();
      if (c >= '0' && c <= '7') {
        int v = 0;
        for (int i = 0; i < 3 && !done() && here() >= '0' && here() <= '7'; ++i, ++at_)
          v = v * 8 + (here() - '0');
        --at_;
        t.octets += static_cast<char>(v);
        continue;
      }
      if (c == '\r' && at_ + 1 < all_.size() && all_[at_ + 1] == '\n') ++at_;
      if (c == '\r' || c == '\n') continue;
      static constexpr std::string_view letters = "nrtbf", meant = "\n\r\t\b\f";
      const std::size_t k = letters.find(c);
      t.octets += k == std::string_view::npos ? c : meant[k];
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open == 0) {
      t.to = ++at_;
      if (in_stream_) t.from = t.to = 0;
      return object{std::move(t)};
    }
    t.octets += c;
  }
  return {};
}

std::optional<object> scanner::read_hex() {
  text t;
  t.hex = true;
  t.from = at_++;
  int half = -1;
  for (; !done(); ++at_) {
    if (here() == '>') {
      if (half >= 0) t.octets += static_cast<char>(half * 16);
      t.to = ++at_;
      if (in_stream_) t.from = t.to = 0;
      return object{std::move(t)};
    }
    if (is_space(here())) continue;
    const int v = hex_value(here());
    if (v < 0) return {};
    if (half < 0) {
      half = v;
    } else {
      t.octets += static_cast<char>(half * 16 + v);
      half = -1;
    }
  }
  return {};
}

std::optional<object> scanner::read_array(int depth) {
  ++at_;
  array a;
  while (true) {
    skip_space();
    if (done() || a.size() > most_items) return {};
    if (here() == ']') {
      ++at_;
      return object{std::move(a)};
    }
    auto item = read(depth + 1);
    if (!item || item->as<keyword>()) return {};
    a.push_back(std::move(*item));
  }
}

std::optional<object> scanner::read_dictionary(int depth) {
  at_ += 2;
  dictionary d;
  while (true) {
    skip_space();
    if (done() || d.members.size() > 10'000) return {};
    if (here() == '>') {
      if (at_ + 1 >= all_.size() || all_[at_ + 1] != '>') return {};
      at_ += 2;
      // Two readers may take different ones of two equal keys: that is how files are made to look
      // different to a verifier.
      std::vector<std::string_view> keys;
      for (const auto& m : d.members) keys.push_back(m.first);
      std::sort(keys.begin(), keys.end());
      if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) return {};
      return object{std::move(d)};
    }
    if (here() != '/') return {};
    auto key = read_name();
    if (!key) return {};
    auto value = read(depth + 1);
    if (!value || value->as<keyword>()) return {};
    d.members.emplace_back(key->as<name>()->text, std::move(*value));
  }
}

}  // namespace madang::pdf
