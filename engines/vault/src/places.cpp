#include "madang/vault/places.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace madang::vault {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest = 64u << 20;

bool is_hash(std::string_view s) {
  return s.size() == 64 && s.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool good = ::fsync(fd) == 0;
  ::close(fd);
  return good;
}

bool write_all(int fd, trust::view octets) {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    octets = octets.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

places::places(std::vector<fs::path> folders) : folders_(std::move(folders)) {
  bool any = false;
  for (const auto& f : folders_) {
    std::error_code error;
    fs::create_directories(f, error);
    any = any || !error;
  }
  if (!any) throw std::runtime_error("no place of the vault can be used");
}

fs::path places::path_of(std::size_t place, std::string_view hash) const {
  check(is_hash(hash), "a chunk is named by its hash");
  return folders_[place] / hash.substr(0, 2) / hash;
}

bool places::write(std::size_t place, std::string_view hash, trust::view octets) const {
  const fs::path file = path_of(place, hash), folder = file.parent_path();
  std::error_code error;
  // A place that is gone as a whole (a disk not mounted) is not made anew on another disk.
  if (!fs::is_directory(folders_[place], error)) return false;
  const bool made = fs::create_directory(folder, error);
  if (error) return false;
  if (made && !sync_folder(folders_[place])) return false;
  const fs::path beside = folder / (".new-" + random_token(9));
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written = write_all(fd, octets) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(beside.c_str(), file.c_str()) != 0) {
    ::unlink(beside.c_str());
    return false;
  }
  return sync_folder(folder);
}

std::optional<trust::bytes> places::read(std::size_t place, std::string_view hash) const {
  const fs::path file = path_of(place, hash);
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error || size > largest) return {};
  std::ifstream in(file, std::ios::binary);
  trust::bytes out(size);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size));
  if (!in && size != 0) return {};
  if (text::hex(trust::sha256(out)) != hash) return {};
  return out;
}

places::kept places::keep(trust::view octets) const {
  kept out{text::hex(trust::sha256(octets)), 0};
  for (std::size_t i = 0; i < folders_.size(); ++i) out.copies += write(i, out.hash, octets);
  return out;
}

std::optional<trust::bytes> places::fetch(std::string_view hash, bool mend) const {
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    auto found = read(i, hash);
    if (!found) {
      bad.push_back(i);
      continue;
    }
    if (mend)
      for (const auto place : bad) write(place, hash, *found);
    return found;
  }
  return {};
}

places::examined places::examine(std::string_view hash) const {
  examined out;
  std::optional<trust::bytes> good;
  std::vector<std::size_t> bad;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    auto found = read(i, hash);
    if (!found) bad.push_back(i);
    else if (++out.copies == 1) good = std::move(found);
  }
  if (!good) return out;
  for (const auto place : bad)
    if (write(place, hash, *good) && read(place, hash)) {
      ++out.copies;
      ++out.mended;
    }
  return out;
}

bool places::drop(std::string_view hash) const {
  bool gone = true;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    const fs::path file = path_of(i, hash);
    if (::unlink(file.c_str()) == 0) sync_folder(file.parent_path());
    else gone = gone && errno == ENOENT;
  }
  return gone;
}

std::vector<std::string> places::all() const {
  std::set<std::string> out;
  for (const auto& folder : folders_) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
      if (error) break;
      if (auto name = it->path().filename().string(); is_hash(name)) out.insert(std::move(name));
    }
  }
  return {out.begin(), out.end()};
}

bool places::older_than(std::string_view hash, std::chrono::seconds age) const {
  bool any = false;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    std::error_code error;
    const auto written = fs::last_write_time(path_of(i, hash), error);
    if (error) continue;
    if (fs::file_time_type::clock::now() - written < age) return false;
    any = true;
  }
  return any;
}

std::vector<places::state> places::look() const {
  std::vector<state> out;
  for (const auto& folder : folders_) {
    state s{folder, ::access(folder.c_str(), W_OK | X_OK) == 0, 0};
    std::error_code error;
    if (const auto room = fs::space(folder, error); !error) s.free_bytes = room.available;
    out.push_back(std::move(s));
  }
  return out;
}

}  // namespace madang::vault
