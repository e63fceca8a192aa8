#pragma once
#include "cades.hpp"
#include "madang/pdf/file.hpp"

// Signatures in a PDF as they lie there.
namespace madang::signatures {

struct pdf_place {
  const pdf::dictionary* value = nullptr;   // the signature dictionary
  std::string field;
  std::string kind;                         // SubFilter
  std::size_t end = 0;                      // of what it covers; 0: said oddly
  const pdf::text* contents = nullptr;      // in hex, in the file itself; else null
};
// In the order in which they were made. `limit`: there were too many to look at them all.
std::vector<pdf_place> find_places(const pdf::file& f, bool& limit);

}  // namespace madang::signatures
