#pragma once
#include <functional>

#include "madang/pdf/file.hpp"

// What was appended to a file after a signature (ISO 32000-1 section 12.8.2, EN 319 142-1 section
// 5.4). Every object that a later revision touches needs a reason why it may; what has none is
// forbidden, and what a reader of the signed file would not even find is hidden.
namespace madang::pdf {

// By growing weight; the heaviest that was found counts.
enum class later {
  none,       // nothing but white space
  evidence,   // validation material, time stamps, further invisible signatures
  filled,     // form fields filled in, visible signatures added, metadata brought up to date
  annotated,  // notes added or changed
  forbidden,  // anything else: pages, their content, what something else shows too ...
  hidden,     // octets or sections that belong to no revision, or older ones bent
};

// Fields that a signature locks (FieldMDP), asked by their full name as it stands in the file.
using locked_field = std::function<bool(const std::string& name)>;

// `signed_end`: where the octets covered by the signature end. `why` gets the first object that
// made it what it is, as "object 12 (page)".
later judge_later(const file& whole, std::size_t signed_end, std::string& why,
                  const locked_field& locked = {});

}  // namespace madang::pdf
