#include "files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace madang::trust::files {
namespace {

constexpr std::size_t longest = 1u << 20;

[[noreturn]] void fail(const char* what, const std::filesystem::path& path) {
  throw std::filesystem::filesystem_error(what, path,
                                          std::error_code(errno, std::generic_category()));
}

struct descriptor {
  int n;
  ~descriptor() {
    if (n >= 0) ::close(n);
  }
};

void sync_folder(const std::filesystem::path& folder) {
  descriptor d{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.n < 0 || ::fsync(d.n) != 0) fail("cannot sync", folder);
}

}  // namespace

std::optional<std::string> read(const std::filesystem::path& path) {
  descriptor d{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (d.n < 0) {
    if (errno == ENOENT) return {};
    fail("cannot open", path);
  }
  std::string out;
  char buffer[8192];
  while (true) {
    const ssize_t n = ::read(d.n, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot read", path);
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > longest) {
      errno = EFBIG;
      fail("too large", path);
    }
  }
}

void write(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path beside = path;
  beside += ".new";
  {
    descriptor d{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (d.n < 0) fail("cannot create", beside);
    while (!content.empty()) {
      const ssize_t n = ::write(d.n, content.data(), content.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("cannot write", beside);
      content.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(d.n) != 0) fail("cannot sync", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) fail("cannot rename", path);
  sync_folder(path.parent_path());
}

void make_private_folder(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot make folder", path);
}

lock::lock(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) fail("cannot open", path);
  while (::flock(file_, LOCK_EX) != 0)
    if (errno != EINTR) fail("cannot lock", path);
}
lock::~lock() { ::close(file_); }

}  // namespace madang::trust::files
