#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/html/fields.hpp"
#include "madang/platform/context.hpp"
#include "madang/store/store.hpp"

// Recordings that a place shows: an MP4 or WebM of at most limits::upload_bytes, its captions, and
// what is said in it as text, which is made from the captions so that the two never differ.
namespace madang::assembly {

// ---- captions: WebVTT (W3C, 4 April 2019) ----
struct cue {
  std::int64_t begins = 0, ends = 0;         // milliseconds
  std::string speaker;                       // of a voice span; empty: not said
  std::string text;                          // without its tags; lines end with '\n'
};
inline constexpr std::size_t captions_octets = 1u << 20, most_cues = 20'000;
// Refusal shared_file.captions_line {line}: not WebVTT there. Notes, styles, regions are passed
// over. Refusal shared_file.captions: too large, no UTF-8, without a cue, or not WebVTT at all.
result<std::vector<cue>> read_captions(std::string_view octets);

struct passage {
  std::string at;                            // when it begins: "1:02:03" or "2:03"
  std::string speaker, text;
};
BOOST_DESCRIBE_STRUCT(passage, (), (at, speaker, text))
struct transcript {
  std::string language;                      // empty: that of the country
  std::vector<passage> passages;
};
// What one speaker says without a pause of two seconds is one passage.
std::vector<passage> transcript_of(const std::vector<cue>& all);

// "video/mp4" when the octets are whole boxes with an ftyp, a moov and an mdat (ISO/IEC 14496-12);
// "video/webm" when they begin with an EBML header of that document type (RFC 8794, RFC 9559) and
// its segment; else empty. What is inside is the player's to judge: it is served as what it is
// called, without sniffing, and runs nothing.
std::string type_of_recording(std::string_view octets);

// ---- what is kept ----
struct uploaded {
  std::string recording;                     // octets; empty: stays as it is
  std::map<std::string, std::string> captions;         // by language, empty: the country's
};

struct kept_part {
  id key, owner;
  std::string part, language, type;          // part: recording, captions
  std::int64_t size = 0;                     // octets
};
BOOST_DESCRIBE_STRUCT(kept_part, (), (key, owner, part, language, type, size))

class recordings {
 public:
  // Makes its table. The database outlives this.
  explicit recordings(store::database& db);

  // Refusals, with the field: shared_file.recording (recording), and those of read_captions
  // (captions_LANGUAGE, or captions).
  static outcome judge(const uploaded& u);
  // In the place of what was there of each part; it has been judged, and the caller enters it in
  // the audit.
  static void put(store::write& tx, id owner, const uploaded& u);
  // All of its parts; the caller enters it in the audit.
  static void remove(store::write& tx, id owner);

  std::vector<kept_part> of(id owner) const;
  std::optional<kept_part> recording(id owner) const;
  // `country`: its language, whose captions may be kept without one.
  std::optional<kept_part> captions(id owner, std::string_view language,
                                    std::string_view country) const;
  // `length` octets from `from` on, or as many as there are.
  std::string octets(id key, std::int64_t from, std::int64_t length) const;
  // Of the captions in `language`, or in whichever there are; empty without any.
  transcript said(id owner, std::string_view language, std::string_view country) const;

 private:
  store::database& db_;
};

// What a page tells programs of a recording.
struct recorded {
  std::string recording, recording_type;     // its address and type; empty: there is none
  std::vector<std::string> captions;         // addresses
  std::vector<passage> transcript;
};
BOOST_DESCRIBE_STRUCT(recorded, (), (recording, recording_type, captions, transcript))
// `at` as of recording_part.
recorded recorded_at(const platform::context& c, const recordings& all, id owner,
                     const std::string& at);

// The part that the address asks for: captions where it captures a {language}, else the recording.
std::optional<kept_part> asked_part(const platform::context& c, const recordings& all, id owner);
// Octets by one range (RFC 9110 section 14), at most two MiB at once, as players ask for them.
http::response by_range(const platform::context& c, const recordings& all, const kept_part& part);

// The player with its captions, what is said beneath it, and the file. `at`: the address that ends
// with /recording and /captions/LANGUAGE; nothing without a recording. The page that shows it lets
// media in (shown::media).
html::node recording_part(const platform::context& c, const recordings& all, id owner,
                          const std::string& at, std::string_view title);

// What a form posted under `recording` and `captions_LANGUAGE`.
uploaded uploaded_in(const platform::context& c);
// The fields for it.
html::node recording_fields(const platform::context& c, const refusal* why = nullptr);

}  // namespace madang::assembly
