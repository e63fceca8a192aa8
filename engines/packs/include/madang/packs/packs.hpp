#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "madang/base/base.hpp"

// A pack is a folder of text that says everything that differs from country to country. Engines
// read it; nothing of it is compiled. A pack that is wrong is refused with file, line and mend.
//
// A pack may stand on another: `stands_on: ../common` in pack.yaml, a folder relative to its own.
// A file that it lacks is read from there, one that it has hides the one beneath, and so on down,
// four deep at most. Of pack.yaml only the own one counts. Texts are merged key by key instead
// (html::texts), so that a country changes one sentence without copying a file.
namespace madang::packs {

// What is wrong with a pack, for the person who mends it.
struct finding {
  std::string file;
  int line = 0;                // 0: the file as a whole
  std::string message;
};

struct broken_pack : std::runtime_error {
  explicit broken_pack(finding f);
  finding found;
};

// YAML 1.2 as JSON: plain scalars that read as integers, booleans or null become such, quoted ones
// stay text. Refused: ill-formed, not UTF-8, nested deeper than limits::json_depth, more than 4
// MiB, a key given twice, anchors that would grow the tree beyond 200,000 nodes.
json::value parse_yaml(std::string_view text, const std::string& file_name);

// Comma-separated values (RFC 4180) with a header line; lines that begin with # are comments.
class table {
 public:
  static table parse(std::string_view text, const std::string& file_name);
  std::size_t size() const { return rows_.size(); }
  // Empty when the row has no such column.
  const std::string& at(std::size_t row, std::string_view column) const;
  bool has(std::string_view column) const { return columns_.find(column) != columns_.end(); }

 private:
  std::map<std::string, std::size_t, std::less<>> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A province, municipality or town: 2, 5 or 7 digits of the statistical code. A code's prefix is
// the code of what it lies in.
struct district {
  std::string code;
  words name;
  double longitude = 0, latitude = 0;     // centre, WGS 84 degrees
};

struct unit {
  std::string code;
  words name;
};
struct agency {
  std::string code, parent, kind;
  words name, duty;
  std::string phone;
  std::vector<unit> units;
};

class pack {
 public:
  // Throws broken_pack, also when the packs it stands on go round in a circle or too deep.
  explicit pack(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folders_.front(); }
  // Its own, then what it stands on, each before the one beneath.
  const std::vector<std::filesystem::path>& folders() const { return folders_; }
  std::string id() const;
  words name() const;
  std::vector<std::string> languages() const;
  // The first of them, in which the registers are kept.
  std::string language() const { return languages().front(); }
  std::string zone() const;

  const madang::calendar& calendar() const { return calendar_; }
  const std::vector<agency>& agencies() const { return agencies_; }
  const agency* find_agency(std::string_view code) const;

  const std::vector<district>& provinces() const { return provinces_; }
  const std::vector<district>& municipalities() const { return municipalities_; }
  const std::vector<district>& towns() const { return towns_; }
  const district* find_district(std::string_view code) const;
  // "서울특별시 종로구 청운효자동": a district with what it lies in; "국민권익위원회 고충처리국": an
  // agency, or a unit with its agency. Empty words where there is no such office.
  words full_name(std::string_view code) const;

  // Files below the folder, or below one it stands on. Optional ones give null / an empty table.
  json::value yaml(const std::string& relative) const;
  table csv(const std::string& relative) const;
  std::string text(const std::string& relative) const;
  bool has(const std::string& relative) const;
  // Names of the files in a folder with that ending, of all the packs, sorted, each once.
  std::vector<std::string> list(const std::string& folder, std::string_view ending) const;

  // code -> words of codes/<name>.csv
  const std::map<std::string, words, std::less<>>& codes(const std::string& name) const;

 private:
  void stand_on();
  // Where a file lies, and how messages call it; nothing when no folder has it.
  struct place {
    std::filesystem::path path;
    std::string name;
  };
  place find(const std::string& relative) const;
  words words_in(const table& t, std::size_t row) const;
  std::vector<district> read_districts(const std::string& file);
  void read_agencies();
  void read_calendar();

  std::vector<std::filesystem::path> folders_;
  json::value about_;
  madang::calendar calendar_;
  std::vector<agency> agencies_;
  std::vector<district> provinces_, municipalities_, towns_;
  std::unordered_map<std::string, const district*> by_code_;
  mutable std::mutex codes_mutex_;
  mutable std::map<std::string, std::map<std::string, words, std::less<>>> codes_;
};

}  // namespace madang::packs
