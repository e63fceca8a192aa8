// WebVTT as captions need it, and what is said in them as text.
#include <algorithm>
#include <array>
#include <charconv>

#include "madang/assembly/recording.hpp"

namespace madang::assembly {
namespace {

constexpr std::int64_t pause = 2'000, most_hours = 99;

bool all_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}

// "hh:mm:ss.ttt" or "mm:ss.ttt" (section 4.1), in milliseconds.
std::optional<std::int64_t> time_of(std::string_view s) {
  const auto dot = s.rfind('.');
  if (dot == s.npos || s.size() - dot != 4) return {};
  auto parts = text::split(s.substr(0, dot), ':');
  parts.push_back(std::string(s.substr(dot + 1)));
  if (parts.size() < 3 || parts.size() > 4) return {};
  if (parts.size() == 3) parts.insert(parts.begin(), "00");
  std::array<std::int64_t, 4> n{};
  for (std::size_t i = 0; i < 4; ++i) {
    if (!all_digits(parts[i]) || parts[i].size() < 2 || parts[i].size() > 3) return {};
    std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), n[i]);
  }
  if (n[0] > most_hours || n[1] > 59 || n[2] > 59) return {};
  return ((n[0] * 60 + n[1]) * 60 + n[2]) * 1000 + n[3];
}

// "00:01.000 --> 00:04.000 line:0": the two times; settings are the player's.
std::optional<cue> timing_of(std::string_view line) {
  const auto arrow = line.find("-->");
  if (arrow == line.npos) return {};
  const auto begins = time_of(text::trim(line.substr(0, arrow)));
  const auto rest = text::trim(line.substr(arrow + 3));
  const auto ends = time_of(rest.substr(0, rest.find_first_of(" \t")));
  if (!begins || !ends || *begins >= *ends) return {};
  return cue{*begins, *ends, {}, {}};
}

// A reference of section 4.2.2: those that captions are written with.
std::pair<std::string_view, std::size_t> reference_at(std::string_view s) {
  static constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},
      {"&nbsp;", " "}, {"&lrm;", ""}, {"&rlm;", ""}};
  for (const auto& [written, means] : known)
    if (s.starts_with(written)) return {means, written.size()};
  return {s.substr(0, 1), 1};
}

// Tags away, references read, the first voice as the speaker (section 4.2.2).
void read_payload(cue& c, std::string_view payload) {
  for (std::size_t i = 0; i < payload.size();) {
    if (payload[i] == '<') {
      const auto end = std::min(payload.find('>', i), payload.size());
      const auto tag = payload.substr(i + 1, end - i - 1);
      const auto blank = tag.find_first_of(" \t");
      const bool voice = tag.starts_with("v ") || tag.starts_with("v.") || tag.starts_with("v\t");
      if (voice && blank != tag.npos && c.speaker.empty())
        c.speaker = text::trim(tag.substr(blank));
      i = std::min(end + 1, payload.size());
    } else if (payload[i] == '&') {
      const auto [means, length] = reference_at(payload.substr(i));
      c.text += means;
      i += length;
    } else {
      c.text += payload[i++];
    }
  }
  c.text = text::trim(c.text);
}

std::string shown(std::int64_t at) {
  const auto s = at / 1000;
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                   : fmt::format("{}:{:02}", s / 60, s % 60);
}

refusal wrong_line(std::size_t at) {
  return refuse(kind::invalid, "shared_file.captions_line", "captions",
                {{"line", std::to_string(at + 1)}});
}

bool is_header(std::string_view line) {
  return line == "WEBVTT" || line.starts_with("WEBVTT ") || line.starts_with("WEBVTT\t");
}

bool is_passed_over(std::string_view line) {
  for (const std::string_view word : {"NOTE", "STYLE", "REGION"})
    if (line == word || line.starts_with(std::string(word) + " ")) return true;
  return false;
}

}  // namespace

result<std::vector<cue>> read_captions(std::string_view octets) {
  const auto none = [] { return refuse(kind::invalid, "shared_file.captions", "captions"); };
  if (octets.starts_with("\xEF\xBB\xBF")) octets.remove_prefix(3);
  if (octets.size() > captions_octets || !text::is_utf8(octets)) return none();
  std::string whole = text::replace_all(std::string(octets), "\r\n", "\n");
  std::ranges::replace(whole, '\r', '\n');
  const auto lines = text::split(whole, '\n');
  if (lines.empty() || !is_header(lines.front())) return none();
  std::vector<cue> out;
  std::size_t at = 1;
  while (at < lines.size() && !lines[at].empty()) ++at;      // the rest of the header
  while (at < lines.size()) {
    if (lines[at].empty()) {
      ++at;
      continue;
    }
    const bool over = is_passed_over(lines[at]);
    // A name may stand above the times.
    if (!over && lines[at].find("-->") == std::string::npos && ++at >= lines.size())
      return wrong_line(at - 1);
    std::optional<cue> c;
    if (!over && !(c = timing_of(lines[at]))) return wrong_line(at);
    std::string payload;
    for (++at; at < lines.size() && !lines[at].empty(); ++at)
      payload += (payload.empty() ? "" : "\n") + lines[at];
    if (!c) continue;
    read_payload(*c, payload);
    if (out.size() == most_cues) return none();
    out.push_back(std::move(*c));
  }
  if (out.empty()) return none();
  return out;
}

std::vector<passage> transcript_of(const std::vector<cue>& all) {
  std::vector<passage> out;
  std::int64_t ended = 0;
  std::string speaker;
  for (const auto& c : all) {
    if (c.text.empty()) continue;
    const std::string said = text::replace_all(c.text, "\n", " ");
    const bool on = !out.empty() && c.speaker == speaker && c.begins < ended + pause;
    if (on) out.back().text += " " + said;
    else out.push_back({shown(c.begins), c.speaker, said});
    speaker = c.speaker;
    ended = c.ends;
  }
  return out;
}

}  // namespace madang::assembly
