#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/documents/scan.hpp"

// Parts of a paper are taken out of it before it is handed on, so that they are gone.
//
// A PDF is never edited. A program of its own (mutool of MuPDF, which runs under limits and can
// neither write nor reach the network) draws each page; the marked areas are painted over in that
// picture, and a new file is made of the pictures and of those words that were visible outside the
// areas. Nothing of the old file is carried over, so nothing has to be found in order to be
// removed: layers, hidden text, text under pictures of others, metadata, annotations, attachments,
// scripts and earlier revisions are not in the new one.
namespace madang::redaction {

// Limits of one paper; beyond them it is refused.
inline constexpr std::size_t most_pages = 100;
inline constexpr double largest_side = 2400;  // points; A1 is 2384
inline constexpr std::size_t most_marks = 500;
inline constexpr int print_dpi = 150;

struct sheet {
  double width = 0, height = 0;  // points
};

// A place on a page, in points from its top left corner as it is shown; pages count from 1.
struct place {
  int page = 1;
  double x = 0, y = 0, width = 0, height = 0;
};
// What goes, and what is printed in its place: "3".
struct mark {
  place at;
  std::string label;
};

// A character as it stands on a page.
struct letter {
  place at;
  int line = 0;      // counts the lines of the page
  std::string text;  // UTF-8
  bool operator==(const letter&) const = default;
};
bool operator==(const place& a, const place& b);

// Refusals of all that read a PDF: redaction.not_pdf, redaction.locked (a password),
// redaction.broken, redaction.too_long {most}, redaction.too_large (a page), redaction.stopped (it
// took more memory or time than it may), redaction.no_page; redaction.no_reader where the program
// is missing.
result<std::vector<sheet>> sheets_of(std::string_view pdf);
// A page as PNG.
result<std::string> picture_of(std::string_view pdf, int page, int dpi);
result<std::vector<letter>> letters_of(std::string_view pdf, int page);
// Where a text stands, on all pages, one place a line; blanks and case are not compared.
result<std::vector<place>> find_in(std::string_view pdf, std::string_view text);
// The words beneath a place, for whoever checks what goes.
std::string words_at(const std::vector<letter>& letters, const place& at);

// The pages without what is marked. Refusals also: redaction.outside (a mark is not on its page),
// redaction.many_marks {most}.
result<std::vector<documents::scanned_page>> take_out(std::string_view pdf,
                                                      const std::vector<mark>& marks);

// What a PDF, PNG or JPEG shows, page by page, no larger than A4 at print_dpi: to be printed with
// other papers. A picture is opened by a program of its own too (netpbm), under the same limits.
// Refusals: as above, redaction.not_a_picture for another type.
result<std::vector<documents::picture>> seen_in(std::string_view octets, std::string_view type);

// ---- text ----
struct passage {
  std::size_t begin = 0, end = 0;  // octets
  std::string label;
};
// Where `words` stand in a text, exactly.
std::vector<passage> passages_of(std::string_view text, std::string_view words);
// Each passage becomes "[■ label]", whatever its length was; those that overlap become one.
// Refusals: redaction.outside (not within the text, or within a character).
result<std::string> take_out_of_text(std::string_view text, std::vector<passage> passages);

// ---- for tests and fuzzing ----
// What `mutool draw -F stext` says, read without trust: what it cannot read it leaves out.
std::vector<sheet> read_sheets(std::string_view stext);
std::vector<letter> read_letters(std::string_view stext, int page);
// A binary PPM, PGM or PBM of at most 8 bits a sample, as three octets a point; nothing when it is
// none or larger than `most` octets of samples.
struct raster {
  int columns = 0, rows = 0;
  std::string samples;
};
bool read_ppm(std::string_view ppm, std::size_t most, raster& out);
// No larger than that, in proportion: each point is the mean of those it stands for.
raster shrunk(raster from, int columns, int rows);

}  // namespace madang::redaction
