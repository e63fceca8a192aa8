#pragma once
#include <cstddef>

// Every queue, loop and input of the house has a limit. Those that several rooms share stand here.
namespace madang::limits {

inline constexpr std::size_t json_depth = 32;
inline constexpr std::size_t json_bytes = 1u << 20;
inline constexpr std::size_t upload_bytes = 10u << 20;   // one uploaded file
inline constexpr std::size_t answer_bytes = 4000;        // one answer to one question
inline constexpr std::size_t page_rows = 100;            // rows of one page of a list

}  // namespace madang::limits
