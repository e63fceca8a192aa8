#include "madang/assembly/recording.hpp"

#include <algorithm>
#include <charconv>

#include "madang/html/html.hpp"

namespace madang::assembly {

std::span<const store::migration> migrations();

namespace {

using namespace html;

constexpr std::int64_t most_at_once = 2 << 20;

std::uint64_t big_endian(std::string_view s, std::size_t at, std::size_t octets) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < octets; ++i) n = n << 8 | static_cast<unsigned char>(s[at + i]);
  return n;
}

// Boxes one behind the other (ISO/IEC 14496-12 section 4.2): size, name; 1: a size of 64 bits
// follows; 0: to the end.
bool is_mp4(std::string_view s) {
  bool first = true, moov = false, mdat = false;
  for (std::size_t at = 0; at < s.size(); first = false) {
    const std::size_t left = s.size() - at;
    if (left < 8) return false;
    const auto name = s.substr(at + 4, 4);
    std::uint64_t size = big_endian(s, at, 4), least = 8;
    if (size == 1) {
      if (left < 16) return false;
      size = big_endian(s, at + 8, 8), least = 16;
    } else if (size == 0) {
      size = left;
    }
    if (size < least || size > left || first != (name == "ftyp")) return false;
    moov |= name == "moov";
    mdat |= name == "mdat";
    at += static_cast<std::size_t>(size);
  }
  return moov && mdat;
}

// A number of EBML (RFC 8794 section 4): how long it is stands in its first octet.
std::optional<std::uint64_t> vint_at(std::string_view s, std::size_t& at) {
  if (at >= s.size()) return {};
  const auto first = static_cast<unsigned char>(s[at]);
  std::size_t length = 1;
  while (length <= 8 && !(first & (0x80u >> (length - 1)))) ++length;
  if (length > 8 || at + length > s.size()) return {};
  const std::uint64_t n = big_endian(s, at, length) & ~(std::uint64_t{1} << (7 * length));
  at += length;
  return n;
}

constexpr std::string_view ebml_head = "\x1A\x45\xDF\xA3", segment_head = "\x18\x53\x80\x67";

bool is_webm(std::string_view s) {
  if (!s.starts_with(ebml_head)) return false;
  std::size_t at = ebml_head.size();
  const auto size = vint_at(s, at);
  if (!size || *size > s.size() - at) return false;
  const auto header = s.substr(at, static_cast<std::size_t>(*size));
  if (!s.substr(at + header.size()).starts_with(segment_head)) return false;
  for (std::size_t i = 0; i < header.size();) {
    const auto id_begins = i;
    if (!vint_at(header, i)) return false;
    const auto name = header.substr(id_begins, i - id_begins);
    const auto length = vint_at(header, i);
    if (!length || *length > header.size() - i) return false;
    const auto value = header.substr(i, static_cast<std::size_t>(*length));
    if (name == "\x42\x82") return value == "webm";          // DocType
    i += value.size();
  }
  return false;
}

void put_part(store::write& tx, id owner, std::string_view part, std::string_view language,
              std::string_view type, std::string_view octets) {
  tx.run("delete from recording where owner = ?1 and part = ?2 and language = ?3", owner, part,
         language);
  tx.run("insert into recording (key, owner, part, language, type, size, octets) "
         "values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
         new_id(), owner, part, language, type, static_cast<std::int64_t>(octets.size()),
         store::bytes(octets.begin(), octets.end()));
}

std::optional<std::int64_t> number_of(std::string_view s) {
  std::int64_t n = 0;
  const auto read = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || s[0] == '-' || read.ec != std::errc() || read.ptr != s.data() + s.size())
    return {};
  return n;
}

// The first and last octet of "bytes=0-99", "bytes=100-", "bytes=-100". Several ranges, other
// units and what is ill-formed are passed over (section 14.2); nothing there: {size, size - 1}.
std::optional<std::pair<std::int64_t, std::int64_t>> range_of(std::string_view asked,
                                                              std::int64_t size) {
  const auto dash = asked.find('-');
  if (!asked.starts_with("bytes=") || asked.find(',') != asked.npos || dash == asked.npos)
    return {};
  const auto first = number_of(asked.substr(6, dash - 6)), last = number_of(asked.substr(dash + 1));
  if (!first && last) return std::pair(size - std::min(*last, size), size - 1);
  if (!first || (last && *last < *first) || (!last && dash + 1 != asked.size())) return {};
  return std::pair(std::min(*first, size), last ? std::min(*last, size - 1) : size - 1);
}

std::string captions_words(const platform::context& c, const std::string& text,
                           const std::string& language) {
  const std::string name(c.say("shell.language_" + language));
  return c.fill("assembly." + text, {{"language", name}});
}

}  // namespace

using namespace html;
using platform::context;

std::string type_of_recording(std::string_view octets) {
  if (is_mp4(octets)) return "video/mp4";
  return is_webm(octets) ? "video/webm" : "";
}

recordings::recordings(store::database& db) : db_(db) { db_.migrate("assembly", migrations()); }

outcome recordings::judge(const uploaded& u) {
  if (!u.recording.empty() && (u.recording.size() > limits::upload_bytes ||
                               type_of_recording(u.recording).empty()))
    return refuse(kind::invalid, "shared_file.recording", "recording");
  for (const auto& [language, octets] : u.captions)
    if (auto read = read_captions(octets); !read) {
      refusal why = read.why();
      if (!language.empty()) why.field += "_" + language;
      return why;
    }
  return nothing{};
}

void recordings::put(store::write& tx, id owner, const uploaded& u) {
  if (!u.recording.empty())
    put_part(tx, owner, "recording", "", type_of_recording(u.recording), u.recording);
  for (const auto& [language, octets] : u.captions)
    put_part(tx, owner, "captions", language, "text/vtt; charset=utf-8", octets);
}

void recordings::remove(store::write& tx, id owner) {
  tx.run("delete from recording where owner = ?1", owner);
}

std::vector<kept_part> recordings::of(id owner) const {
  return db_.reading([&](store::read& q) {
    return q.all<kept_part>("select " + store::columns<kept_part>() +
                                " from recording where owner = ?1 order by part desc, key",
                            owner);
  });
}

std::optional<kept_part> recordings::recording(id owner) const {
  for (auto& p : of(owner))
    if (p.part == "recording") return std::move(p);
  return {};
}

std::optional<kept_part> recordings::captions(id owner, std::string_view language,
                                              std::string_view country) const {
  for (auto& p : of(owner))
    if (p.part == "captions" && (p.language.empty() ? country : p.language) == language)
      return std::move(p);
  return {};
}

// PostgreSQL's substr takes integers, not bigints.
std::string recordings::octets(id key, std::int64_t from, std::int64_t length) const {
  const auto found = db_.reading([&](store::read& q) {
    return q.one<store::bytes>("select substr(octets, cast(?2 as integer), cast(?3 as integer)) "
                               "from recording where key = ?1",
                               key, from + 1, length);
  });
  return found ? std::string(found->begin(), found->end()) : std::string();
}

transcript recordings::said(id owner, std::string_view language, std::string_view country) const {
  auto best = captions(owner, language, country);
  if (!best)
    for (auto& p : of(owner))
      if (p.part == "captions") best = std::move(p);
  if (!best) return {};
  const auto cues = read_captions(octets(best->key, 0, best->size));
  const std::string in = best->language.empty() ? std::string(country) : best->language;
  return {in, cues ? transcript_of(*cues) : std::vector<passage>()};
}

recorded recorded_at(const context& c, const recordings& all, id owner, const std::string& at) {
  recorded out;
  const std::string country = c.home.pack().language();
  for (const auto& part : all.of(owner))
    if (part.part == "recording") {
      out.recording = at + "/recording";
      out.recording_type = part.type;
    } else {
      out.captions.push_back(at + "/captions/" + (part.language.empty() ? country : part.language));
    }
  out.transcript = all.said(owner, c.language, country).passages;
  return out;
}

std::optional<kept_part> asked_part(const context& c, const recordings& all, id owner) {
  const auto language = c.request.capture("language");
  return language.empty() ? all.recording(owner)
                          : all.captions(owner, language, c.home.pack().language());
}

http::response by_range(const context& c, const recordings& all, const kept_part& part) {
  const std::string tag = "\"" + part.key.str() + "\"";
  http::response out;
  out.content_type = part.type;
  // As it is: a range is of what was uploaded, not of what the edge would make of it.
  out.with("Accept-Ranges", "bytes")
      .with("ETag", tag)
      .with("Content-Encoding", "identity")
      .with("Content-Security-Policy", "sandbox; default-src 'none'");
  const auto only_if = c.request.header("if-range");
  const auto range = only_if.empty() || only_if == tag
                         ? range_of(c.request.header("range"), part.size)
                         : std::nullopt;
  if (!range) {
    out.body = all.octets(part.key, 0, part.size);
    return out;
  }
  const auto [first, asked] = *range;
  if (first > asked) {
    out.status = 416;
    out.with("Content-Range", "bytes */" + std::to_string(part.size));
    return out;
  }
  const auto last = std::min(asked, first + most_at_once - 1);
  out.status = 206;
  out.with("Content-Range", fmt::format("bytes {}-{}/{}", first, last, part.size));
  out.body = all.octets(part.key, first, last - first + 1);
  return out;
}

node recording_part(const context& c, const recordings& all, id owner, const std::string& at,
                    std::string_view title) {
  const auto kept = all.of(owner);
  const bool there = std::ranges::find(kept, "recording", &kept_part::part) != kept.end();
  if (!there) return {};
  std::vector<node> tracks, lines;
  const std::string country = c.home.pack().language();
  for (const auto& p : kept) {
    if (p.part != "captions") continue;
    const std::string& language = p.language.empty() ? country : p.language;
    const bool first = language == c.language;
    tracks.push_back(element("track", attr("kind", "captions"), flag("default", first),
                             attr("srclang", language),
                             attr("label", captions_words(c, "captions", language)),
                             src(at + "/captions/" + language)));
  }
  const auto text = all.said(owner, c.language, country);
  for (const auto& one : text.passages)
    lines.push_back(p(span(cls("note"), one.at), " ",
                      one.speaker.empty() ? node() : node(strong(one.speaker + ": ")), one.text));
  const node said = lines.empty() ? node(p(cls("note"), c.say("assembly.no_transcript")))
                                  : html::all(h3(c.say("assembly.transcript")),
                                            div(cls("stack"), attr("lang", text.language),
                                                join(lines)));
  return section(cls("stack"),
                 element("video", cls("video"), flag("controls"), attr("preload", "metadata"),
                         src(at + "/recording"), aria("label", title), tracks),
                 said,
                 p(a(href(at + "/recording"), flag("download"),
                     c.say("assembly.recording_file"))));
}

uploaded uploaded_in(const context& c) {
  uploaded u;
  for (const auto& f : c.files()) {
    if (f.body.empty()) continue;
    if (f.name == "recording") u.recording = f.body;
    for (const auto& language : c.home.pack().languages())
      if (f.name == "captions_" + language) u.captions[language] = f.body;
  }
  return u;
}

node recording_fields(const context& c, const refusal* why) {
  const auto made = [&](const std::string& name, std::string_view label, std::string_view hint) {
    field f{.name = name, .label = std::string(label)};
    f.hint = hint;
    f.optional = true;
    if (why && why->field == name) f.error = c.explain(*why);
    return f;
  };
  std::vector<node> parts{upload_field(
      c.shell(), made("recording", c.say("assembly.field_recording"),
                      c.say("assembly.hint_recording")),
      ".mp4,.webm,video/mp4,video/webm", limits::upload_bytes)};
  for (const auto& language : c.home.pack().languages())
    parts.push_back(upload_field(c.shell(),
                                 made("captions_" + language,
                                      captions_words(c, "field_captions", language),
                                      c.say("assembly.hint_captions")),
                                 ".vtt,text/vtt", captions_octets));
  return join(parts);
}

}  // namespace madang::assembly
