#include "madang/cases/attachment.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "madang/base/text.hpp"

namespace madang::cases {
namespace {

// ---- a ZIP file's directory (APPNOTE 6.3, sections 4.3.12 and 4.3.16) ----

constexpr std::size_t end_record = 22, directory_entry = 46, local_header = 30;
constexpr std::size_t most_entries = 4096;

std::uint32_t little(std::string_view s, std::size_t at, int octets) {
  std::uint32_t out = 0;
  for (int i = octets - 1; i >= 0; --i)
    out = out << 8 | static_cast<unsigned char>(s[at + static_cast<std::size_t>(i)]);
  return out;
}

struct entry {
  std::string_view name;
  std::uint32_t method = 0, packed = 0, offset = 0;
  bool encrypted = false;
};

// Nothing when the octets are no ZIP file whose directory can be read.
std::optional<std::vector<entry>> directory_of(std::string_view zip) {
  if (zip.size() < end_record || !zip.starts_with("PK\x03\x04")) return {};
  // The end record stands last but for a comment of at most 65,535 octets.
  const std::size_t from = zip.size() > 65557 ? zip.size() - 65557 : 0;
  const std::size_t end = zip.rfind("PK\x05\x06");
  if (end == zip.npos || end < from || end + end_record > zip.size()) return {};
  const std::size_t count = little(zip, end + 10, 2), size = little(zip, end + 12, 4),
                    begin = little(zip, end + 16, 4);
  if (count > most_entries || begin > end || size > end - begin) return {};
  std::vector<entry> out;
  std::size_t at = begin;
  for (std::size_t i = 0; i < count; ++i) {
    if (at + directory_entry > end || zip.substr(at, 4) != "PK\x01\x02") return {};
    const std::size_t name = little(zip, at + 28, 2), extra = little(zip, at + 30, 2),
                      comment = little(zip, at + 32, 2);
    if (at + directory_entry + name + extra + comment > end) return {};
    entry e;
    e.name = zip.substr(at + directory_entry, name);
    e.encrypted = (little(zip, at + 8, 2) & 1) != 0;
    e.method = little(zip, at + 10, 2);
    e.packed = little(zip, at + 20, 4);
    e.offset = little(zip, at + 42, 4);
    out.push_back(e);
    at += directory_entry + name + extra + comment;
  }
  return out;
}

// The octets of an entry that is stored as it is; empty when it is not.
std::string_view stored(std::string_view zip, const entry& e) {
  const std::size_t at = e.offset;
  if (e.method != 0 || at + local_header > zip.size() || zip.substr(at, 4) != "PK\x03\x04")
    return {};
  const std::size_t begin = at + local_header + little(zip, at + 26, 2) + little(zip, at + 28, 2);
  if (begin > zip.size() || e.packed > zip.size() - begin) return {};
  return zip.substr(begin, e.packed);
}

result<kind_of_file> judge_package(std::string_view zip) {
  const auto entries = directory_of(zip);
  const refusal unknown = refuse(kind::unsupported, "attachment.type", "files");
  if (!entries) return unknown;
  std::set<std::string_view> names;
  std::string_view type;
  for (const auto& e : *entries) {
    if (e.encrypted) return refuse(kind::unsupported, "attachment.encrypted", "files");
    names.insert(e.name);
    if (e.name == "mimetype") type = stored(zip, e);
    // Programs: VBA in DOCX, Basic and scripts in ODT and HWPX.
    const bool macros = e.name.ends_with("vbaProject.bin") || e.name.starts_with("Basic/") ||
                        e.name.starts_with("Scripts/");
    if (macros) return refuse(kind::unsupported, "attachment.macros", "files");
  }
  if (type == "application/hwp+zip" && names.contains("Contents/content.hpf"))
    return kind_of_file{"application/hwp+zip", "hwpx"};
  if (type == "application/vnd.oasis.opendocument.text" && names.contains("content.xml"))
    return kind_of_file{"application/vnd.oasis.opendocument.text", "odt"};
  if (names.contains("[Content_Types].xml") && names.contains("word/document.xml"))
    return kind_of_file{
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"};
  return unknown;
}

bool is_text(std::string_view s) {
  return text::is_utf8(s) && std::none_of(s.begin(), s.end(), [](char c) {
           const auto u = static_cast<unsigned char>(c);
           return (u < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || u == 0x7f;
         });
}

// Text that a browser or a shell would take for a program stays text by its type, but is not what
// people send to an office.
bool looks_like_program(std::string_view s) {
  std::string head = text::lower_case(text::trim(s.substr(0, 512)));
  for (const char* begins : {"<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "#!", "mz"})
    if (head.starts_with(begins)) return true;
  return false;
}

}  // namespace

result<kind_of_file> judge_file(std::string_view octets) {
  if (octets.empty()) return refuse(kind::invalid, "attachment.empty", "files");
  if (octets.starts_with("%PDF-1.") || octets.starts_with("%PDF-2."))
    return kind_of_file{"application/pdf", "pdf"};
  if (octets.starts_with("\x89PNG\r\n\x1a\n")) return kind_of_file{"image/png", "png"};
  if (octets.starts_with("\xff\xd8\xff")) return kind_of_file{"image/jpeg", "jpg"};
  if (octets.starts_with("PK\x03\x04")) return judge_package(octets);
  if (is_text(octets) && (octets.size() < 4 || !looks_like_program(octets)))
    return kind_of_file{"text/plain", "txt"};
  return refuse(kind::unsupported, "attachment.type", "files");
}

std::string tidy_name(std::string_view sent, std::string_view ending) {
  constexpr std::size_t longest = 120;
  std::string name = text::normalise(sent).value_or("");
  if (const auto slash = name.find_last_of("/\\"); slash != name.npos) name.erase(0, slash + 1);
  std::string kept;
  for (char c : name) {
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 || u == 0x7f || c == '"' || c == '<' || c == '>' || c == '|' || c == '*' ||
        c == '?' || c == ':')
      continue;
    kept += c;
  }
  // Characters that turn the direction of writing make "txt.exe" read as "exe.txt".
  for (const char* turn : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067",
                           "\u2068", "\u2069", "\u200e", "\u200f"})
    kept = text::replace_all(kept, turn, "");
  if (const auto dot = kept.find_last_of('.'); dot != kept.npos) kept.erase(dot);
  kept = std::string(text::trim(kept));
  while (!kept.empty() && kept.front() == '.') kept.erase(0, 1);
  if (kept.empty()) kept = "file";
  return std::string(text::head(kept, longest)) + "." + std::string(ending);
}

}  // namespace madang::cases
