#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/http/message.hpp"

// Internal: from the target of a request line (RFC 9112 section 3.2) to path and query.
namespace madang::http {

struct target {
  std::string path;   // begins with "/", decoded
  pairs query;
};

// Accepts origin-form and absolute-form. Gives nothing when the target is ill-formed, not UTF-8
// once decoded, holds a control character, an encoded "/", an empty segment or a dot segment: a
// path that two programs could read in two ways is refused rather than mended.
std::optional<target> read_target(std::string_view raw);

// "tchar" of RFC 9110 section 5.6.2, one or more.
bool is_token(std::string_view s);
// "a" == "A", for names of fields and of codings.
bool same_name(std::string_view a, std::string_view b);
// True when the comma-separated list has that member, parameters aside.
bool lists(std::string_view list, std::string_view member);

}  // namespace madang::http
