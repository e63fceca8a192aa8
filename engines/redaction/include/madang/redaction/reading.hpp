#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/documents/scan.hpp"

// Files of strangers for those who cannot or should not open them on their own device: turned into
// a PDF, as words, and read aloud. Programs of their own do the work, under the limits of the room:
// LibreOffice (libreoffice-writer-nogui) for office files and espeak-ng for the voice, where the
// operator has installed them; netpbm and mutool as elsewhere.
namespace madang::redaction {

// Of these types as_pdf makes one: application/pdf (as it is), image/png, image/jpeg, ODT
// (ISO/IEC 26300), DOCX (ISO/IEC 29500). Of other types nothing is known.
bool has_pages(std::string_view type);
// Prints pages that are pictures, as documents::press does, with a number and a time of its own.
using printer = std::function<result<std::string>(documents::scan)>;

// Macros are not run, and what the file links to is not fetched: the program has no network and
// reads nothing but that file. At most two office files are turned at a time; who waits longer than
// ten seconds is refused. Refusals: redaction.not_a_picture (another type), redaction.no_office,
// redaction.busy, and those of redaction.hpp.
result<std::string> as_pdf(std::string_view octets, std::string_view type,
                           const printer& print);

// The words of one page in the order in which they stand in the file, a line each.
result<std::string> words_of(std::string_view pdf, int page);

inline constexpr std::size_t longest_speech = 12'000;  // octets; what is more is not read
// RIFF WAVE, 16 bits, one channel: Korean where the text has any, else English. About 44 kB a
// second of speech. Refusals: redaction.nothing_said (no letter in it), redaction.no_voice.
result<std::string> spoken(std::string_view text);
bool has_voice();  // it is installed, and the kernel can keep it within its folder

}  // namespace madang::redaction
