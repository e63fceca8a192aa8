#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

// Small files that must be whole: keys and certificates of authorities.
namespace madang::pki {

// Throws std::filesystem::filesystem_error with errno.
[[noreturn]] void fail(const char* what, const std::filesystem::path& path);
std::optional<std::string> read_file(const std::filesystem::path& path);
// Whole or not at all: beside its place, fsync, rename, fsync of the folder; mode 0600.
void write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace madang::pki
