// The document store beside plain writing and reading of the same octets to the same disk, synced:
//   write    256 MiB in parts of 4 MiB: sealed, hashed, in two places, durable, then read back
//   plain    the same octets written once to one file and synced
//   read     all of it, checked and opened
//   verify   every copy of every chunk, as each night
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "madang/vault/vault.hpp"

using namespace madang;
namespace fs = std::filesystem;

namespace {

template <class F>
double seconds_of(F f) {
  const auto begun = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

int main() {
  constexpr std::size_t parts = 64;
  const auto folder = fs::temp_directory_path() / ("vault_bench" + new_id().str());
  {
    store::database db({(folder / "db").string(), "vault", 2, false});
    vault::vault v(db, {folder / "a", folder / "b"}, trust::view_of("secret"));
    const auto octets = trust::random_bytes(vault::part_size);
    const std::string part(text::chars_of(octets));
    const audit::access why{audit::system_actor("bench"), {"측정", "Bench"}, {"법", "Law"}, ""};
    const double mega = static_cast<double>(parts * vault::part_size) / 1e6;
    const auto r = v.begin(why, id{1}, "", "bench", "");
    const double writing = seconds_of([&] {
      for (std::size_t i = 0; i < parts; ++i)
        check(v.add(r->key, id{1}, static_cast<std::int64_t>(i * part.size()), part).ok(), "kept");
    });
    const double finishing = seconds_of([&] { check(v.finish(why, r->key, id{1}).ok(), "done"); });
    const double plain = seconds_of([&] {
      const int fd = ::open((folder / "plain").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      for (std::size_t i = 0; i < parts; ++i)
        check(::write(fd, part.data(), part.size()) == static_cast<ssize_t>(part.size()),
              "written");
      check(::fsync(fd) == 0, "synced");
      ::close(fd);
    });
    const auto kept = *v.find(r->key);
    const double reading = seconds_of([&] {
      for (std::size_t i = 0; i < parts; ++i)
        check(v.read(kept, static_cast<std::int64_t>(i * part.size()),
                     static_cast<std::int64_t>(part.size()))
                  .ok(),
              "read");
    });
    const double verifying = seconds_of([&] { check(v.scrub().lost == 0, "whole"); });
    std::printf("write   %7.0f MB/s into two places   %4.1f times plain writing\n", mega / writing,
                writing / plain);
    std::printf("finish  %7.0f MB/s\n", mega / finishing);
    std::printf("plain   %7.0f MB/s into one file\n", mega / plain);
    std::printf("read    %7.0f MB/s\n", mega / reading);
    std::printf("verify  %7.0f MB/s of copies\n", 2 * mega / verifying);
  }
  fs::remove_all(folder);
}
