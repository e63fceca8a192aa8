#include <algorithm>
#include <cmath>

#include "confine.hpp"
#include "madang/base/text.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

constexpr const char* program = "/usr/bin/mutool";  // mupdf-tools
constexpr std::size_t most_samples = 96u << 20;     // A1 at print_dpi in colour is 74 MB
constexpr int most_columns = 1240, most_rows = 1754;  // A4 at print_dpi
constexpr double touches = 0.15;  // of a letter's width and height: less beneath a mark is a brush
constexpr int faintest = 24;      // of 255: the least difference that an eye takes for ink
constexpr double label_size = 9;

struct asked {
  std::vector<std::string> options;
  std::string pages;  // empty: all
};

result<std::string> draw(std::string_view pdf, const asked& what, const bounds& b) {
  // ISO 32000-1 annex H, note 13 of the implementation notes: the header is within 1024 octets.
  if (pdf.substr(0, 1024).find("%PDF-") == pdf.npos)
    return refuse(kind::invalid, "redaction.not_pdf", "file");
  std::vector<std::string> arguments{program, "draw", "-q", "-o", "-"};
  arguments.insert(arguments.end(), what.options.begin(), what.options.end());
  arguments.emplace_back("{}");
  if (!what.pages.empty()) arguments.push_back(what.pages);
  auto done = run_confined(std::move(arguments), pdf, b);
  if (!done) return done.why();
  if (done->status != 0 || done->out.empty()) {
    const bool locked = done->said.find("password") != std::string::npos ||
                        done->said.find("crypt") != std::string::npos;
    const bool full = done->said.find("malloc") != std::string::npos;
    return refuse(kind::invalid,
                  locked ? "redaction.locked"
                  : full ? "redaction.stopped"
                         : "redaction.broken",
                  "file");
  }
  return std::move(done->out);
}

bool good_page(int page) { return page >= 1 && page <= static_cast<int>(most_pages); }

double shared(double a, double a_long, double b, double b_long) {
  return std::min(a + a_long, b + b_long) - std::max(a, b);
}

bool beneath(const place& letter, const place& mark) {
  return letter.page == mark.page &&
         shared(letter.x, letter.width, mark.x, mark.width) > touches * letter.width &&
         shared(letter.y, letter.height, mark.y, mark.height) > touches * letter.height;
}

// Points to samples.
struct area {
  int left = 0, top = 0, right = 0, bottom = 0;  // right and bottom are outside
};
area samples_of(const raster& r, const sheet& s, const place& at) {
  const double across = r.columns / s.width, down = r.rows / s.height;
  const auto within = [](double v, int most) {
    return static_cast<int>(std::clamp(v, 0.0, static_cast<double>(most)));
  };
  return {within(std::floor(at.x * across), r.columns), within(std::floor(at.y * down), r.rows),
          within(std::ceil((at.x + at.width) * across), r.columns),
          within(std::ceil((at.y + at.height) * down), r.rows)};
}

void blacken(raster& r, const area& a) {
  for (int y = a.top; y < a.bottom; ++y) {
    const std::size_t row = 3 * static_cast<std::size_t>(y) * static_cast<std::size_t>(r.columns);
    std::fill(r.samples.begin() + static_cast<std::ptrdiff_t>(row) + 3 * a.left,
              r.samples.begin() + static_cast<std::ptrdiff_t>(row) + 3 * a.right, '\0');
  }
}

// Is something to be seen there, rather than one even colour? What is written in the colour of its
// ground, or under something that covers it, is not on the paper that was judged.
bool shows_ink(const raster& r, const area& a) {
  int darkest = 255, lightest = 0;
  for (int y = a.top; y < a.bottom; ++y)
    for (int x = a.left; x < a.right; ++x) {
      const std::size_t at =
          3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(r.columns) +
               static_cast<std::size_t>(x));
      const auto of = [&](std::size_t i) {
        return static_cast<int>(static_cast<unsigned char>(r.samples[at + i]));
      };
      const int grey = (of(0) * 54 + of(1) * 183 + of(2) * 19) >> 8;  // ITU-R BT.709
      darkest = std::min(darkest, grey);
      lightest = std::max(lightest, grey);
    }
  return lightest - darkest >= faintest;
}

void join_letters(const std::vector<letter>& kept, std::vector<documents::scanned_word>& out) {
  bool open = false;
  int line = -1;
  place word;
  std::string said;
  const auto close = [&] {
    if (open) out.push_back({word.x, word.y, word.width, word.height, said, false});
    open = false;
    said.clear();
  };
  for (const auto& l : kept) {
    const bool blank = text::trim(l.text).empty() || l.text == "\xC2\xA0";
    // A letter that went lies between, or it is the next column.
    const bool apart = open && std::abs(l.at.x - (word.x + word.width)) > l.at.height * 0.6;
    if (blank || l.line != line || apart) close();
    line = l.line;
    if (blank) continue;
    if (!open) {
      word = l.at;
      open = true;
    } else {
      const double right = std::max(word.x + word.width, l.at.x + l.at.width);
      const double bottom = std::max(word.y + word.height, l.at.y + l.at.height);
      word.x = std::min(word.x, l.at.x);
      word.y = std::min(word.y, l.at.y);
      word.width = right - word.x;
      word.height = bottom - word.y;
    }
    said += l.text;
  }
  close();
}

outcome check_marks(const std::vector<sheet>& sheets, const std::vector<mark>& marks) {
  if (marks.size() > most_marks)
    return refuse(kind::invalid, "redaction.many_marks", "",
                  {{"most", std::to_string(most_marks)}});
  for (const auto& m : marks) {
    const place& p = m.at;
    const bool numbers = std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.width) &&
                         std::isfinite(p.height) && p.width > 0 && p.height > 0;
    if (!numbers || p.page < 1 || static_cast<std::size_t>(p.page) > sheets.size())
      return refuse(kind::invalid, "redaction.outside", "page");
    const sheet& s = sheets[static_cast<std::size_t>(p.page) - 1];
    if (shared(p.x, p.width, 0, s.width) <= 0 || shared(p.y, p.height, 0, s.height) <= 0)
      return refuse(kind::invalid, "redaction.outside", "page");
  }
  return nothing{};
}

result<documents::scanned_page> take_out_of_page(std::string_view pdf, int page, const sheet& s,
                                                 const std::vector<mark>& marks) {
  auto ppm = draw(pdf, {{"-F", "ppm", "-r", std::to_string(print_dpi)}, std::to_string(page)},
                  {.output = most_samples + 64});
  if (!ppm) return ppm.why();
  raster seen;
  if (!read_ppm(*ppm, most_samples, seen)) return refuse(kind::invalid, "redaction.broken", "file");
  auto letters = letters_of(pdf, page);
  if (!letters) return letters.why();
  documents::scanned_page out{s.width, s.height, {}, {}};
  std::vector<letter> kept;
  for (auto& l : *letters) {
    const bool gone =
        std::ranges::any_of(marks, [&](const mark& m) { return beneath(l.at, m.at); });
    const bool blank = text::trim(l.text).empty();
    if (!gone && (blank || shows_ink(seen, samples_of(seen, s, l.at))))
      kept.push_back(std::move(l));
  }
  join_letters(kept, out.words);
  for (const auto& m : marks) {
    if (m.at.page != page) continue;
    blacken(seen, samples_of(seen, s, m.at));
    const double size = std::min({label_size, m.at.height * 0.9, m.at.width * 0.5});
    if (size >= 2 && !m.label.empty())
      out.words.push_back({m.at.x + 1, m.at.y + (m.at.height - size) / 2,
                           size * 0.55 * static_cast<double>(m.label.size()), size, m.label, true});
  }
  out.seen = documents::pack_picture(seen.columns, seen.rows, seen.samples);
  return out;
}

std::string without_blanks(std::string_view s) {
  std::string out;
  for (const char c : text::fold(s))
    if (static_cast<unsigned char>(c) > ' ') out += c;
  return out;
}

}  // namespace

result<std::vector<sheet>> sheets_of(std::string_view pdf) {
  auto said = draw(pdf, {{"-F", "stext"}, {}}, {});
  if (!said) return said.why();
  auto out = read_sheets(*said);
  if (out.empty()) return refuse(kind::invalid, "redaction.broken", "file");
  if (out.size() > most_pages)
    return refuse(kind::too_large, "redaction.too_long", "file",
                  {{"most", std::to_string(most_pages)}});
  for (const auto& s : out)
    if (s.width < 1 || s.height < 1 || s.width > largest_side || s.height > largest_side)
      return refuse(kind::too_large, "redaction.too_large", "file");
  return out;
}

result<std::string> picture_of(std::string_view pdf, int page, int dpi) {
  if (!good_page(page) || dpi < 20 || dpi > 300)
    return refuse(kind::not_found, "redaction.no_page", "page");
  return draw(pdf, {{"-F", "png", "-r", std::to_string(dpi)}, std::to_string(page)}, {});
}

result<std::vector<letter>> letters_of(std::string_view pdf, int page) {
  if (!good_page(page)) return refuse(kind::not_found, "redaction.no_page", "page");
  auto said = draw(pdf, {{"-F", "stext"}, std::to_string(page)}, {});
  if (!said) return said.why();
  return read_letters(*said, page);
}

result<std::vector<place>> find_in(std::string_view pdf, std::string_view wanted) {
  std::vector<place> out;
  const std::string sought = without_blanks(wanted);
  if (sought.empty()) return out;
  auto sheets = sheets_of(pdf);
  if (!sheets) return sheets.why();
  for (int page = 1; page <= static_cast<int>(sheets->size()); ++page) {
    auto letters = letters_of(pdf, page);
    if (!letters) return letters.why();
    std::string all;
    std::vector<std::size_t> owner;  // octet -> letter
    for (std::size_t i = 0; i < letters->size(); ++i) {
      all += without_blanks((*letters)[i].text);
      owner.resize(all.size(), i);
    }
    for (std::size_t at = 0; (at = all.find(sought, at)) != all.npos; at += sought.size()) {
      int line = -1;
      for (std::size_t i = owner[at]; i <= owner[at + sought.size() - 1]; ++i) {
        const letter& l = (*letters)[i];
        if (text::trim(l.text).empty()) continue;
        if (l.line != line) {
          if (out.size() >= most_marks)
            return refuse(kind::invalid, "redaction.many_marks", "",
                          {{"most", std::to_string(most_marks)}});
          out.push_back(l.at);
          line = l.line;
          continue;
        }
        place& p = out.back();
        const double right = std::max(p.x + p.width, l.at.x + l.at.width);
        const double bottom = std::max(p.y + p.height, l.at.y + l.at.height);
        p.x = std::min(p.x, l.at.x);
        p.y = std::min(p.y, l.at.y);
        p.width = right - p.x;
        p.height = bottom - p.y;
      }
    }
  }
  return out;
}

std::string words_at(const std::vector<letter>& letters, const place& at) {
  std::string out;
  int line = -1;
  for (const auto& l : letters) {
    if (!beneath(l.at, at)) continue;
    if (!out.empty() && l.line != line) out += ' ';
    line = l.line;
    out += l.text;
  }
  return std::string(text::trim(out));
}

result<std::vector<documents::scanned_page>> take_out(std::string_view pdf,
                                                      const std::vector<mark>& marks) {
  auto sheets = sheets_of(pdf);
  if (!sheets) return sheets.why();
  if (auto good = check_marks(*sheets, marks); !good) return good.why();
  std::vector<documents::scanned_page> out;
  for (std::size_t i = 0; i < sheets->size(); ++i) {
    auto page = take_out_of_page(pdf, static_cast<int>(i) + 1, (*sheets)[i], marks);
    if (!page) return page.why();
    out.push_back(std::move(*page));
  }
  return out;
}

result<std::vector<documents::picture>> seen_in(std::string_view octets, std::string_view type) {
  std::vector<documents::picture> out;
  const auto keep = [&](const std::string& pnm) -> outcome {
    raster seen;
    if (!read_ppm(pnm, most_samples, seen))
      return refuse(kind::invalid, "redaction.broken", "file");
    const raster small = shrunk(std::move(seen), most_columns, most_rows);
    out.push_back(documents::pack_picture(small.columns, small.rows, small.samples));
    return nothing{};
  };
  if (type == "application/pdf") {
    const auto sheets = sheets_of(octets);
    if (!sheets) return sheets.why();
    const std::vector<std::string> within_a4{"-F", "ppm", "-w", std::to_string(most_columns), "-h",
                                             std::to_string(most_rows)};
    for (std::size_t page = 1; page <= sheets->size(); ++page) {
      auto ppm = draw(octets, {within_a4, std::to_string(page)}, {.output = most_samples + 64});
      if (!ppm) return ppm.why();
      if (auto good = keep(*ppm); !good) return good.why();
    }
    return out;
  }
  std::vector<std::string> reader;
  if (type == "image/jpeg") reader = {"/usr/bin/jpegtopnm", "-quiet", "{}"};
  else if (type == "image/png")
    reader = {"/usr/bin/pngtopnm", "-quiet", "-mix", "-background=white", "{}"};
  else return refuse(kind::invalid, "redaction.not_a_picture", "file");
  auto done = run_confined(std::move(reader), octets, {.output = most_samples + 64});
  if (!done) return done.why();
  if (done->status != 0) return refuse(kind::invalid, "redaction.broken", "file");
  if (auto good = keep(done->out); !good) return good.why();
  return out;
}

std::vector<passage> passages_of(std::string_view text, std::string_view words) {
  std::vector<passage> out;
  if (words.empty()) return out;
  for (std::size_t at = 0; (at = text.find(words, at)) != text.npos; at += words.size())
    out.push_back({at, at + words.size(), ""});
  return out;
}

result<std::string> take_out_of_text(std::string_view text, std::vector<passage> passages) {
  if (passages.size() > most_marks)
    return refuse(kind::invalid, "redaction.many_marks", "",
                  {{"most", std::to_string(most_marks)}});
  const auto within = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  for (const auto& p : passages)
    if (p.begin >= p.end || p.end > text.size() || within(p.begin) || within(p.end))
      return refuse(kind::invalid, "redaction.outside", "passage");
  std::ranges::sort(passages, {}, &passage::begin);
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < passages.size();) {
    std::string label = passages[i].label;
    std::size_t end = passages[i].end;
    const std::size_t begin = passages[i].begin;
    for (++i; i < passages.size() && passages[i].begin < end; ++i) {
      end = std::max(end, passages[i].end);
      if (passages[i].label != label) label += ", " + passages[i].label;
    }
    out += std::string(text.substr(at, begin - at)) + "[\xE2\x96\xA0 " + label + "]";
    at = end;
  }
  return out + std::string(text.substr(at));
}

}  // namespace madang::redaction
