#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "madang/base/base.hpp"
#include "madang/documents/paper_code.hpp"
#include "madang/documents/press.hpp"
#include "madang/trust/hierarchy.hpp"

// The six papers of the pack with invented people: what unit tests, judges and the benchmark share.
namespace madang::documents::samples {

namespace fs = std::filesystem;

inline const char* const kinds[] = {"resident-certificate", "resident-abstract", "family-relation",
                                    "land-register", "vehicle-register", "business-registration"};

inline std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

struct folder {
  fs::path path;
  folder() {
    std::string pattern = (fs::temp_directory_path() / "madang-paper-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~folder() { fs::remove_all(path); }
};

inline layout layout_of(const std::string& name) {
  auto l = layout::compile(
      read(fs::path(MADANG_SOURCE) / "packs/korea/documents" / (name + ".yaml")));
  if (!l) {
    std::string why = name + ": " + l.why().code;
    for (auto& [k, v] : l.why().facts) why += " " + k + "=" + v;
    throw std::runtime_error(why);
  }
  return *l;
}

struct sample {
  std::string kind;
  documents::layout layout;
  json::value data;
  documents::issue issue;
};

inline sample make(const std::string& kind, const trust::signer& seal,
                   const std::string& language = "ko") {
  const json::value all = boost::json::parse(
      read(fs::path(MADANG_SOURCE) / "engines/documents/tests/samples" / (kind + ".json")));
  sample s{kind, layout_of(kind), all.at("data"), {}};
  s.issue.number = "2026-1123-000123";
  s.issue.issued = *instant::parse("2026-11-23T00:12:07.000Z");
  s.issue.agency = json::words_of(all.at("agency"));
  s.issue.language = language;
  paper_code::facts f{s.issue.number, kind, *date::parse("2026-11-23"),
                      paper_code::content_mark(canonical(s.data)),
                      {{"성명", std::string(json::str(all, "holder"))}}};
  s.issue.code = paper_code::encode(f, seal);
  return s;
}

inline std::shared_ptr<trust::hierarchy> government(const fs::path& where) {
  auto h = trust::hierarchy::open_or_create(
      where, "열려라 참깨",
      {{"마당 최상위인증기관", "Madang Root Authority"}, {"정부 인증기관", "Government Authority"},
       {"대한민국 정부", "Government of Korea"}, "KR", "http://localhost/government.crl"});
  return *h;
}

// One agency for each kind of paper, as its sample says.
inline std::shared_ptr<const trust::signer> seal_for(trust::hierarchy& h, const std::string& kind) {
  const json::value all = boost::json::parse(
      read(fs::path(MADANG_SOURCE) / "engines/documents/tests/samples" / (kind + ".json")));
  return *h.seal(kind, json::words_of(all.at("agency")));
}

}  // namespace madang::documents::samples
