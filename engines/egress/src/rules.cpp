#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "madang/base/text.hpp"
#include "madang/egress/egress.hpp"

namespace madang::egress {
namespace {

constexpr std::pair<purpose, std::string_view> names[] = {{purpose::acme, "acme"},
                                                          {purpose::mail, "mail"},
                                                          {purpose::sign_on, "sign-on"},
                                                          {purpose::text_message, "text-message"},
                                                          {purpose::witness, "witness"},
                                                          {purpose::exchange, "exchange"},
                                                          {purpose::feed, "feed"}};
constexpr int four = 96;  // bits before the octets of an IPv4 address

bool within(const address& a, const address& network, int bits) {
  for (int i = 0; i < bits; ++i) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> (i % 8));
    if ((a[i / 8] & mask) != (network[i / 8] & mask)) return false;
  }
  return true;
}

struct block {
  const char* network;
  int bits;
};
// IANA IPv4 Special-Purpose Address Registry, and multicast (RFC 5771).
constexpr block not_public_4[] = {{"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10},
                                  {"127.0.0.0", 8},    {"169.254.0.0", 16}, {"172.16.0.0", 12},
                                  {"192.0.0.0", 24},   {"192.0.2.0", 24},   {"192.88.99.0", 24},
                                  {"192.168.0.0", 16}, {"198.18.0.0", 15},  {"198.51.100.0", 24},
                                  {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4}};
// Of global unicast (2000::/3): protocol assignments with Teredo, documentation, 6to4.
constexpr block not_public_6[] = {
    {"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};

std::optional<int> number(std::string_view s, int least, int most) {
  int out = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  if (error != std::errc() || end != s.data() + s.size() || out < least || out > most) return {};
  return out;
}

bool is_name(std::string_view s) {
  return !s.empty() && s.size() <= 253 && s.front() != '.' && s.back() != '.' &&
         std::ranges::all_of(s, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

}  // namespace

std::string_view name_of(purpose p) {
  return std::ranges::find(names, p, &std::pair<purpose, std::string_view>::first)->second;
}

std::optional<address> address_of(std::string_view text) {
  const std::string s(text);
  address out{};
  if (inet_pton(AF_INET6, s.c_str(), out.data()) == 1) return out;
  out[10] = out[11] = 0xFF;
  if (inet_pton(AF_INET, s.c_str(), out.data() + 12) == 1) return out;
  return {};
}

bool is_public(const address& a) {
  static const address mapped = *address_of("::ffff:0:0"), global = *address_of("2000::");
  const bool is_four = within(a, mapped, four);
  if (!is_four && !within(a, global, 3)) return false;
  for (const auto& b : is_four ? std::span<const block>(not_public_4) : not_public_6)
    if (within(a, *address_of(b.network), b.bits + (is_four ? four : 0))) return false;
  return true;
}

std::optional<rules::place> rules::place_of(std::string_view entry) {
  place out;
  if (const auto equals = entry.find('='); equals != entry.npos) {
    for (const auto& [p, name] : names)
      if (name == entry.substr(0, equals)) out.only = p;
    if (!out.only) return {};
    entry.remove_prefix(equals + 1);
  }
  std::string_view port;
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    if (end == entry.npos) return {};
    port = entry.substr(end + 1);
    entry = entry.substr(1, end - 1);
    if (!port.empty() && !port.starts_with(':')) return {};
  } else if (std::ranges::count(entry, ':') == 1) {
    port = entry.substr(entry.find(':'));
    entry = entry.substr(0, entry.find(':'));
  }
  if (!port.empty()) {
    const auto n = number(port.substr(1), 1, 65535);
    if (!n) return {};
    out.port = *n;
  }
  if (entry == "public") {
    out.anybody = true;
    return out;
  }
  const auto slash = entry.find('/');
  if (const auto network = address_of(entry.substr(0, slash))) {
    const bool is_four = entry.find(':') == entry.npos;
    const int most = is_four ? 32 : 128;
    const auto bits =
        slash == entry.npos ? std::optional(most) : number(entry.substr(slash + 1), 0, most);
    if (!bits) return {};
    out.network = *network;
    out.bits = *bits + (is_four ? four : 0);
    return out;
  }
  out.name = entry.starts_with("*.") ? entry.substr(1) : entry;
  if (!is_name(entry.starts_with("*.") ? entry.substr(2) : entry)) return {};
  return out;
}

result<rules> rules::read(const std::vector<std::string>& entries) {
  rules out;
  for (const auto& said : entries) {
    const std::string entry = text::lower_case(text::trim(said));
    const auto bare = entry.substr(entry.find('=') == entry.npos ? 0 : entry.find('=') + 1);
    if (bare == "loopback" || bare.starts_with("loopback:")) {
      const auto purpose = entry.substr(0, entry.size() - bare.size());
      const auto port = bare.substr(std::string_view("loopback").size());
      for (const auto* network : {"[127.0.0.0/8]", "[::1]"}) {
        const auto p = place_of(purpose + network + port);
        if (!p) return refuse(kind::invalid, "egress.entry", "outgoing", {{"entry", said}});
        out.places_.push_back(*p);
      }
      continue;
    }
    const auto p = place_of(entry);
    if (!p) return refuse(kind::invalid, "egress.entry", "outgoing", {{"entry", said}});
    out.places_.push_back(*p);
  }
  return out;
}

bool rules::allow(purpose why, std::string_view host, int port, const address& to) const {
  const bool everybodys = is_public(to);
  return std::ranges::any_of(places_, [&](const place& p) {
    if (p.only && *p.only != why) return false;
    if (p.port && p.port != port) return false;
    if (p.anybody) return everybodys;
    if (p.name.empty()) return within(to, p.network, p.bits);
    return everybodys && (p.name.starts_with('.') ? host.ends_with(p.name) : host == p.name);
  });
}

}  // namespace madang::egress
