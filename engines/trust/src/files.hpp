#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace madang::trust::files {

// Nothing when there is no such file; filesystem_error when it cannot be read. 1 MiB at most.
std::optional<std::string> read(const std::filesystem::path& path);

// Whole or not at all: written to a file beside it (mode 0600), fsync, rename, fsync of the folder.
void write(const std::filesystem::path& path, std::string_view content);

void make_private_folder(const std::filesystem::path& path);

// flock(2) on a file for as long as this lives: one writer among all processes.
class lock {
 public:
  explicit lock(const std::filesystem::path& path);
  ~lock();
  lock(const lock&) = delete;
  lock& operator=(const lock&) = delete;

 private:
  int file_;
};

}  // namespace madang::trust::files
