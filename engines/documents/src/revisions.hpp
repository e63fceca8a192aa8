#pragma once
#include "madang/documents/examine.hpp"
#include "pdf_reader.hpp"

// What was appended to a file after a signature, and whether that may be.
namespace madang::documents {

// `signed_end`: where the octets covered by the signature end. `why` gets the object that was
// changed against the rules, as "object 12 (page)".
later_revisions judge_later(const pdf::file& whole, std::size_t signed_end, std::string& why);

}  // namespace madang::documents
