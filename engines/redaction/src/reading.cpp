#include "madang/redaction/reading.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <semaphore>

#include "confine.hpp"
#include "madang/base/text.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

constexpr const char* office = "/usr/lib/libreoffice/program/soffice.bin";
constexpr const char* voice = "/usr/bin/espeak-ng";
constexpr auto longest_wait = std::chrono::seconds(10);
constexpr int made_its_home = 81;  // soffice has set itself up and wants to be started again
constexpr double a4_width = 595.3, a4_height = 841.9;

// A folder that nobody else reads, gone with the object.
class workplace {
 public:
  workplace() {
    std::string name = (std::filesystem::temp_directory_path() / "madang-XXXXXX").string();
    if (::mkdtemp(name.data())) at_ = name;  // 0700
  }
  ~workplace() {
    std::error_code ignored;
    if (!at_.empty()) std::filesystem::remove_all(at_, ignored);
  }
  workplace(const workplace&) = delete;
  const std::filesystem::path& at() const { return at_; }

 private:
  std::filesystem::path at_;
};

std::string_view ending_of(std::string_view type) {
  if (type == "application/vnd.oasis.opendocument.text") return "odt";
  if (type == "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    return "docx";
  return {};
}

result<std::string> office_to_pdf(std::string_view octets, std::string_view ending) {
  const auto failed = refuse(kind::unavailable, "redaction.no_office");
  if (!std::filesystem::exists(office)) return failed;
  static std::counting_semaphore<2> places(2);
  if (!places.try_acquire_for(longest_wait)) return refuse(kind::unavailable, "redaction.busy");
  const std::unique_ptr<void, void (*)(void*)> leaves(&places, [](void*) { places.release(); });
  const workplace here;
  if (here.at().empty()) return failed;
  const std::string file = (here.at() / ("paper." + std::string(ending))).string();
  if (!(std::ofstream(file, std::ios::binary) << octets)) return failed;
  const std::vector<std::string> arguments{
      office, "-env:UserInstallation=file://" + here.at().string(), "--headless", "--norestore",
      "--nologo", "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export",
      "--outdir", here.at().string(), file};
  const bounds b{.memory = 4ull << 30, .output = 64u << 20, .seconds = 30, .folder = here.at()};
  auto done = run_confined(arguments, {}, b);
  if (done && done->status == made_its_home) done = run_confined(arguments, {}, b);
  if (!done)
    return done.why().code == "redaction.no_reader" ? refusal(failed) : refusal(done.why());
  std::ifstream made(here.at() / "paper.pdf", std::ios::binary);
  std::string pdf{std::istreambuf_iterator<char>(made), {}};
  if (done->status != 0 || pdf.empty()) return refuse(kind::invalid, "redaction.broken", "file");
  return pdf;
}

// On a page of A4, upright or lying as the picture is.
result<std::string> picture_to_pdf(std::string_view octets, std::string_view type,
                                   const printer& print) {
  auto seen = seen_in(octets, type);
  if (!seen) return seen.why();
  documents::scan s;
  for (auto& each : *seen) {
    const bool lies = each.columns > each.rows;
    const double most_wide = lies ? a4_height : a4_width, most_high = lies ? a4_width : a4_height;
    const double scale = std::min(most_wide / each.columns, most_high / each.rows);
    s.pages.push_back({each.columns * scale, each.rows * scale, std::move(each), {}});
  }
  return print(std::move(s));
}

// Syllables of Korean, U+AC00 to U+D7A3, as UTF-8 has them: EA B0 80 to ED 9E A3.
bool has_hangul(std::string_view text) {
  for (std::size_t i = 0; i + 3 <= text.size(); ++i)
    if (const auto c = text.substr(i, 3); c >= "\xEA\xB0\x80" && c <= "\xED\x9E\xA3") return true;
  return false;
}

void put_le32(std::string& wave, std::size_t at, std::size_t n) {
  for (int i = 0; i < 4; ++i)
    wave[at + static_cast<std::size_t>(i)] = static_cast<char>(n >> (8 * i) & 255u);
}

}  // namespace

bool has_pages(std::string_view type) {
  return type == "application/pdf" || type == "image/png" || type == "image/jpeg" ||
         !ending_of(type).empty();
}

result<std::string> as_pdf(std::string_view octets, std::string_view type,
                           const printer& print) {
  if (type == "application/pdf") return std::string(octets);
  if (const auto ending = ending_of(type); !ending.empty()) return office_to_pdf(octets, ending);
  return picture_to_pdf(octets, type, print);
}

result<std::string> words_of(std::string_view pdf, int page) {
  const auto letters = letters_of(pdf, page);
  if (!letters) return letters.why();
  std::string out, read;
  int line = -1;
  const auto end_line = [&] {
    const auto said = text::trim(read);
    if (!said.empty()) out += (out.empty() ? "" : "\n") + std::string(said);
    read.clear();
  };
  for (const auto& l : *letters) {
    if (l.line != line) end_line();
    line = l.line;
    read += l.text;
  }
  end_line();
  return out;
}

bool has_voice() { return std::filesystem::exists(voice) && has_fence(); }

result<std::string> spoken(std::string_view text) {
  const auto silent = refuse(kind::unavailable, "redaction.no_voice");
  const std::string said(text::head(text::trim(text), longest_speech));
  if (said.empty()) return refuse(kind::invalid, "redaction.nothing_said");
  if (!has_voice()) return silent;
  // It makes room for sending sound to a server before it is told not to.
  const workplace here;
  if (here.at().empty()) return silent;
  auto done = run_confined({voice, "-v", has_hangul(said) ? "ko" : "en", "-s", "150", "-b",
                            "1", "--stdout", "-f", "{}"},
                           said, {.seconds = 20, .folder = here.at()});
  if (!done) return done.why().code == "redaction.no_reader" ? refusal(silent) : done.why();
  std::string wave = std::move(done->out);
  constexpr std::size_t header = 44;
  if (done->status != 0 || wave.size() <= header || !wave.starts_with("RIFF")) return silent;
  // It writes to a pipe before it knows how long it will be.
  put_le32(wave, 4, wave.size() - 8);
  put_le32(wave, header - 4, wave.size() - header);
  return wave;
}

}  // namespace madang::redaction
