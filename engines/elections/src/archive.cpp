#include "madang/elections/archive.hpp"

#include <array>
#include <cstring>

namespace madang::elections {
namespace {

constexpr std::size_t block = 512;
constexpr std::string_view header_name = "BELENIOS";
constexpr std::string_view data_suffix = ".data.json", event_suffix = ".event.json";

struct header {
  int version = 1;
  std::string timestamp;
};
BOOST_DESCRIBE_STRUCT(header, (), (version, timestamp))

// Fields of a header of tar, version 7: name 0-99, mode 100-107, owner and group to 123, size
// 124-135, time 136-147, checksum 148-155, type 156; the rest is zero.
constexpr std::size_t at_mode = 100, at_owner = 108, at_group = 116, at_size = 124, at_time = 136,
                      at_sum = 148, at_type = 156;

std::string octal(std::uint64_t n, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; n /= 8) out[i] = char('0' + n % 8);
  return out;
}

unsigned sum_of(std::string_view head) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < block; ++i)
    sum += i >= at_sum && i < at_type ? unsigned(' ') : static_cast<unsigned char>(head[i]);
  return sum;
}

void append(std::string& out, std::string_view name, std::string_view text, std::int64_t time) {
  std::string head(block, '\0');
  auto put = [&](std::size_t at, std::string_view s) { head.replace(at, s.size(), s); };
  put(0, name);
  put(at_mode, octal(0644, 7));
  put(at_owner, octal(0, 7));
  put(at_group, octal(0, 7));
  put(at_size, octal(text.size(), 11));
  put(at_time, octal(std::uint64_t(time), 11));
  put(at_type, "0");
  put(at_sum, octal(sum_of(head), 6) + std::string("\0 ", 2));
  out += head;
  out += text;
  out.append((block - text.size() % block) % block, '\0');
}

std::optional<std::uint64_t> read_octal(std::string_view field) {
  std::uint64_t n = 0;
  bool any = false;
  for (const char c : field) {
    if (c == '\0' || c == ' ') break;
    if (c < '0' || c > '7') return {};
    n = n * 8 + std::uint64_t(c - '0');
    any = true;
  }
  return any ? std::optional(n) : std::nullopt;
}

refusal bad_form() { return refuse(kind::invalid, "elections.archive_form"); }

}  // namespace

std::string archive::add_data(std::string text) {
  std::string ref = reference(text);
  members.push_back({false, std::move(text)});
  return ref;
}

std::string archive::add_event(std::string_view type, std::optional<std::string> payload) {
  const event e{last_event_, height_++, std::string(type), std::move(payload)};
  members.push_back({true, print(e)});
  return *(last_event_ = reference(members.back().text));
}

std::string archive::str() const {
  std::string out;
  append(out, header_name, print(header{1, std::to_string(begun)}), begun);
  for (const auto& m : members) {
    std::string name = reference(m.text);
    name += m.is_event ? event_suffix : data_suffix;
    append(out, name, m.text, begun);
  }
  return out;  // without the blocks of zeros at the end: the file may grow
}

result<archive> archive::parse(std::string_view octets) {
  archive out;
  bool first = true, ended = false;
  while (!octets.empty()) {
    if (octets.size() < block) return bad_form();
    const auto head = octets.substr(0, block);
    octets.remove_prefix(block);
    if (head.find_first_not_of('\0') == std::string_view::npos) {
      ended = true;
      continue;
    }
    const auto size = read_octal(head.substr(at_size, 12));
    const auto sum = read_octal(head.substr(at_sum, 8));
    const bool plain = head[at_type] == '0' || head[at_type] == '\0';
    if (ended || !size || !sum || *sum != sum_of(head) || !plain) return bad_form();
    const std::size_t room = (*size + block - 1) / block * block;
    if (*size > octets.size() || room > octets.size()) return bad_form();
    const auto text = octets.substr(0, *size);
    if (octets.substr(*size, room - *size).find_first_not_of('\0') != std::string_view::npos)
      return bad_form();
    octets.remove_prefix(room);
    const auto name = head.substr(0, std::min(head.find('\0'), at_mode));
    if (std::exchange(first, false)) {
      auto h = json::parse_as<header>(text);
      if (name != header_name || !h || h->version != 1) return bad_form();
      out.begun = std::strtoll(h->timestamp.c_str(), nullptr, 10);
      continue;
    }
    const bool is_event = name.ends_with(event_suffix);
    if (!is_event && !name.ends_with(data_suffix)) return bad_form();
    const auto named = name.substr(0, name.find('.'));
    if (named != reference(text)) return refuse(kind::invalid, "elections.archive_hash");
    out.members.push_back({is_event, std::string(text)});
  }
  if (first) return bad_form();
  return out;
}

}  // namespace madang::elections
