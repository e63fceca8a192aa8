#pragma once
#include <map>
#include <set>

#include "madang/pdf/object.hpp"

// A PDF file as its cross-reference sections say it is (ISO 32000-1 section 7.5). Nothing is
// reconstructed: a file whose sections do not lead to its objects is malformed.
namespace madang::pdf {

struct entry {
  enum : std::uint8_t { free, plain, packed } kind = free;
  std::size_t offset = 0;          // plain: of "n g obj"; packed: number of the object stream
  std::uint32_t generation = 0;    // packed: index in that stream
};

struct section {
  std::size_t offset = 0;
  dictionary trailer;
  std::map<std::uint32_t, entry> entries;
};

class file {
 public:
  // Empty when it is no PDF or a limit is passed. The octets must outlive the file.
  static std::optional<file> open(std::string_view octets);

  const std::vector<section>& sections() const { return sections_; }   // newest first
  const dictionary& trailer() const { return sections_.front().trailer; }
  bool encrypted() const { return trailer().find("Encrypt") != nullptr; }
  std::string_view octets() const { return all_; }

  const entry* find_entry(std::uint32_t number) const;
  // The object, or null when there is none or it cannot be read.
  const object& get(std::uint32_t number) const;
  // What a reference leads to, through at most 8 of them; the object itself otherwise.
  const object& follow(const object* o) const;
  const object& at(const dictionary& d, std::string_view key) const { return follow(d.find(key)); }
  const dictionary* dictionary_at(const dictionary& d, std::string_view key) const {
    return at(d, key).keys();
  }

  // Undoes FlateDecode (with PNG predictors) and no filter; nothing for others.
  std::optional<std::string> content(const stream& s) const;

 private:
  std::string_view all_;
  std::vector<section> sections_;
  mutable std::map<std::uint32_t, object> objects_;
  mutable std::set<std::uint32_t> reading_;
  mutable std::map<std::uint32_t, std::pair<std::string, std::vector<std::uint32_t>>> packs_;
  mutable std::size_t inflated_ = 0;

  bool read_chain(std::size_t offset);
  bool read_section(std::size_t offset, section& s);
  bool read_table(scanner& in, section& s);
  bool read_stream(std::size_t offset, section& s);
  std::optional<object> read_at(std::size_t offset, std::uint32_t* number) const;
  std::optional<object> read_packed(const entry& e, std::uint32_t number) const;
  std::optional<std::size_t> stream_length(const dictionary& keys, std::size_t from) const;
};

}  // namespace madang::pdf
