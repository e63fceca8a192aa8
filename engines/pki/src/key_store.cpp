#include "madang/pki/key_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <system_error>

#include "files.hpp"
#include "keys.hpp"

namespace madang::pki {

namespace fs = std::filesystem;

void fail(const char* what, const fs::path& path) {
  throw fs::filesystem_error(what, path, std::error_code(errno, std::generic_category()));
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const fs::path& path, std::string_view content) {
  fs::path beside = path;
  beside += ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail("cannot create", beside);
  const bool good =
      ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fsync(fd) == 0;
  ::close(fd);
  if (!good) fail("cannot write", beside);
  if (::rename(beside.c_str(), path.c_str()) != 0) fail("cannot rename", path);
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || ::fsync(folder) != 0) fail("cannot sync", path.parent_path());
  ::close(folder);
}

namespace {

class keys_of_folder : public key_store {
 public:
  keys_of_folder(fs::path folder, std::string passphrase)
      : folder_(std::move(folder)), passphrase_(std::move(passphrase)) {}

  result<std::optional<signing_key>> load(const std::string& id) const override {
    const auto pem = read_file(file_of(id));
    if (!pem) return std::optional<signing_key>();
    auto key = signing_key::open(*pem, passphrase_);
    if (!key) return key.why();
    return std::optional<signing_key>(std::move(*key));
  }

  signing_key make(const std::string& id, algorithm a) const override {
    const auto made = signing_key::generate(a);
    write_file(file_of(id), made.seal(passphrase_));
    return made;
  }

 private:
  fs::path file_of(const std::string& id) const { return folder_ / (id + ".key.pem"); }

  fs::path folder_;
  std::string passphrase_;
};

}  // namespace

std::unique_ptr<key_store> keys_in_folder(const fs::path& folder, std::string passphrase) {
  return std::make_unique<keys_of_folder>(folder, std::move(passphrase));
}

}  // namespace madang::pki
