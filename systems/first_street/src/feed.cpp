#include "feed.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "madang/html/node.hpp"
#include "madang/xml/xml.hpp"

namespace madang::first_street {
namespace {

constexpr std::string_view atom = "http://www.w3.org/2005/Atom";
constexpr std::string_view rss1 = "http://purl.org/rss/1.0/";
constexpr std::string_view dublin_core = "http://purl.org/dc/elements/1.1/";

std::string bounded(std::string_view s, std::size_t most) {
  return std::string(text::head(s, most));
}

std::string text_of(const xml::node& parent, std::string_view space, std::string_view name) {
  const auto* found = parent.child(space, name);
  return found ? std::string(text::trim(found->all_text())) : std::string();
}

std::string address_of(std::string_view s) {
  const auto found = text::trim(s);
  const bool web = found.starts_with("https://") || found.starts_with("http://");
  if (!web || found.size() > longest_address || !html::is_safe_address(found)) return {};
  return std::string(found);
}

// What has no address leads nowhere.
void keep(feed& out, feed_entry e) {
  if (e.link.empty() || out.entries.size() >= most_entries) return;
  if (e.id.empty() || e.id.size() > longest_address) e.id = e.link;
  e.title = bounded(plain_text(e.title), longest_title);
  e.summary = bounded(plain_text(e.summary), longest_summary);
  if (e.title.empty()) e.title = bounded(e.summary.empty() ? e.link : e.summary, longest_title);
  out.entries.push_back(std::move(e));
}

feed read_atom(const xml::node& root) {
  feed out;
  out.title = bounded(plain_text(text_of(root, atom, "title")), longest_title);
  for (const auto& n : root.children) {
    if (!n.is(atom, "entry")) continue;
    feed_entry e;
    e.id = text_of(n, atom, "id");
    e.title = text_of(n, atom, "title");
    e.summary = text_of(n, atom, "summary");
    if (e.summary.empty()) e.summary = text_of(n, atom, "content");
    for (const auto& l : n.children)
      if (l.is(atom, "link") && e.link.empty() &&
          (l.get("rel").empty() || l.get("rel") == "alternate"))
        e.link = address_of(l.get("href"));
    e.at = instant::parse(text_of(n, atom, "published"));
    if (!e.at) e.at = instant::parse(text_of(n, atom, "updated"));
    keep(out, std::move(e));
  }
  return out;
}

void read_item(feed& out, const xml::node& n, std::string_view space) {
  feed_entry e;
  e.id = text_of(n, space, "guid");
  e.title = text_of(n, space, "title");
  e.summary = text_of(n, space, "description");
  e.link = address_of(text_of(n, space, "link"));
  if (const auto* guid = n.child(space, "guid");
      guid && e.link.empty() && guid->get("isPermaLink") != "false")
    e.link = address_of(e.id);
  e.at = mail_date(text_of(n, space, "pubDate"));
  if (!e.at) e.at = instant::parse(text_of(n, dublin_core, "date"));
  keep(out, std::move(e));
}

// RSS 2.0 has its items in the channel, RSS 1.0 beside it.
feed read_rss(const xml::node& channel, const xml::node& items, std::string_view space) {
  feed out;
  out.title = bounded(plain_text(text_of(channel, space, "title")), longest_title);
  for (const auto& n : items.children)
    if (n.is(space, "item")) read_item(out, n, space);
  return out;
}

// A reference without its "&" and ";": the five of XML, the commonest of HTML, and numbers.
std::optional<std::string> resolved(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> named[] = {
      {"amp", "&"},   {"lt", "<"},    {"gt", ">"},     {"quot", "\""},
      {"apos", "'"},  {"nbsp", " "},  {"hellip", "…"}, {"middot", "·"},
      {"lsquo", "‘"}, {"rsquo", "’"}, {"ldquo", "“"},  {"rdquo", "”"}};
  for (const auto& [n, said] : named)
    if (n == name) return std::string(said);
  if (!name.starts_with('#')) return {};
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t c = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
  if (error != std::errc() || end != name.data() + name.size()) return {};
  if (c < 0x20 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return std::string(" ");
  std::string out;
  const auto put = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
  return out;
}

std::optional<int> number_of(std::string_view s) {
  int out = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  if (s.empty() || error != std::errc() || end != s.data() + s.size()) return {};
  return out;
}

std::optional<int> minutes_of_zone(std::string_view z) {
  if (z == "GMT" || z == "UT" || z == "UTC" || z == "Z") return 0;
  if (z == "KST") return 9 * 60;
  if (z.size() != 5 || (z[0] != '+' && z[0] != '-')) return {};
  const auto hours = number_of(z.substr(1, 2)), minutes = number_of(z.substr(3, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  return (*hours * 60 + *minutes) * (z[0] == '-' ? -1 : 1);
}

std::vector<std::string_view> words_of(std::string_view s) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < s.size() && out.size() < 8;) {
    const auto end = std::min(s.find(' ', i), s.size());
    if (end > i) out.push_back(s.substr(i, end - i));
    i = end + 1;
  }
  return out;
}

}  // namespace

std::string plain_text(std::string_view markup) {
  std::string out;
  bool blank = false;
  const auto add = [&](std::string_view s) {
    for (const char c : s) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        blank = !out.empty();
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) continue;
      if (blank) out += ' ';
      blank = false;
      out += c;
    }
  };
  for (std::size_t i = 0; i < markup.size();) {
    const char c = markup[i];
    // A "<" that begins no tag is a sign like others.
    const char after = i + 1 < markup.size() ? markup[i + 1] : ' ';
    const bool tag = c == '<' && (after == '/' || after == '!' || after == '?' ||
                                  std::isalpha(static_cast<unsigned char>(after)));
    const auto end = tag ? markup.find('>', i) : c == '&' ? markup.find(';', i) : markup.npos;
    if (tag && end != markup.npos) {
      add(" ");
      i = end + 1;
      continue;
    }
    if (c == '&' && end != markup.npos && end - i <= 10) {
      if (const auto said = resolved(markup.substr(i + 1, end - i - 1))) {
        add(*said);
        i = end + 1;
        continue;
      }
    }
    add(markup.substr(i, 1));
    ++i;
  }
  return out;
}

std::optional<instant> mail_date(std::string_view s) {
  static constexpr std::array<std::string_view, 12> months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto w = words_of(s);
  if (!w.empty() && w.front().ends_with(',')) w.erase(w.begin());
  if (w.size() != 5) return {};
  const auto month = std::ranges::find(months, w[1]);
  const auto day = number_of(w[0]);
  auto year = number_of(w[2]);
  const auto time = text::split(w[3], ':');
  const auto zone = minutes_of_zone(w[4]);
  if (month == months.end() || !day || !year || time.size() < 2 || time.size() > 3 || !zone)
    return {};
  if (w[2].size() == 2) *year += *year < 50 ? 2000 : 1900;  // RFC 5322 section 4.3
  const auto hour = number_of(time[0]), minute = number_of(time[1]);
  const auto second = time.size() == 3 ? number_of(time[2]) : std::optional<int>(0);
  const auto on = *year < 1900 || *year > 9999
                      ? std::optional<date>()
                      : date::of(*year, static_cast<int>(month - months.begin()) + 1, *day);
  if (!on || !hour || !minute || !second || *hour < 0 || *hour > 23 || *minute < 0 ||
      *minute > 59 || *second < 0 || *second > 60)
    return {};
  const std::int64_t seconds =
      std::int64_t{on->days} * 86'400 + *hour * 3'600 + (*minute - *zone) * 60 + *second;
  return instant{seconds * 1'000'000};
}

result<feed> read_feed(std::string_view octets) {
  if (octets.size() > feed_octets) return refuse(kind::too_large, "feed.too_large");
  const auto read = xml::parse(octets, {.octets = feed_octets, .depth = 40, .nodes = 60'000});
  if (!read) return refuse(kind::invalid, "feed.broken");
  const auto& root = read->root;
  if (root.is(atom, "feed")) return read_atom(root);
  if (root.is("", "rss"))
    if (const auto* channel = root.child("", "channel")) return read_rss(*channel, *channel, "");
  if (root.name == "RDF")
    if (const auto* channel = root.child(rss1, "channel")) return read_rss(*channel, root, rss1);
  return refuse(kind::invalid, "feed.unknown");
}

}  // namespace madang::first_street
