#pragma once
#include "madang/pdf/file.hpp"

// A revision appended to a file (ISO 32000-1 section 7.5.6): what is there stays as it is.
namespace madang::pdf {

// An object as it is written. Strings are written in hex, streams as their dictionary only.
std::string written(const object& o);
std::string written(const dictionary& d);

class update {
 public:
  explicit update(const file& base);

  // The number of a new object.
  std::uint32_t add(std::string body);
  std::uint32_t add_stream(std::string_view keys, std::string_view content);
  // A new version of an object. In the order of the calls.
  void replace(std::uint32_t number, std::string body);

  struct appended {
    std::string octets;                                // to be put behind the file's
    std::map<std::uint32_t, std::size_t> bodies;       // where each body begins, in those octets
  };
  // Writes a cross-reference table where the file's newest is one, else a stream.
  appended finish() const;

 private:
  const file& base_;
  std::uint32_t next_;
  std::vector<std::pair<std::uint32_t, std::string>> objects_;
};

}  // namespace madang::pdf
