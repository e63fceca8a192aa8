#include "madang/identity/breached.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/trust/sha1.hpp"

namespace madang::identity {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "madang-breached1";  // 16 octets, then how many there are
constexpr std::size_t head = 24, digits_of_hash = 40, digits_of_range = 5;

std::uint64_t big_endian(const unsigned char* at) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) out = out << 8 | at[i];
  return out;
}

void append(std::string& out, std::uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(v >> shift & 255);
}

class mapped final : public breached_passwords {
 public:
  mapped(const unsigned char* at, std::size_t size) : at_(at), size_(size) {}
  ~mapped() override { ::munmap(const_cast<unsigned char*>(at_), size_); }
  mapped(const mapped&) = delete;

  std::uint64_t size() const override { return (size_ - head) / 8; }
  bool holds(std::string_view password) const override {
    const auto digest = trust::sha1(text::bytes_of(password));
    const std::uint64_t wanted = big_endian(digest.data());
    std::uint64_t low = 0, high = size();
    while (low < high) {
      const auto middle = low + (high - low) / 2;
      const auto is = big_endian(at_ + head + 8 * middle);
      if (is == wanted) return true;
      if (is < wanted) low = middle + 1;
      else high = middle;
    }
    return false;
  }

 private:
  const unsigned char* at_;
  std::size_t size_;
};

bool is_hex(std::string_view s) {
  return std::ranges::all_of(s, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
  });
}

refusal wrong(const char* what, const std::string& file, std::uint64_t line) {
  std::string code = "breached." + std::string(what);
  return refuse(kind::invalid, std::move(code),
                fs::path(file).filename().string() + ":" + std::to_string(line));
}

// Takes lines in their order and writes what they hold.
class maker {
 public:
  maker(const std::string& to, std::uint64_t least) : out_(to, std::ios::binary), least_(least) {
    std::string begin(magic);
    append(begin, 0);
    out_ << begin;
  }
  // The lines of one file; `range`: the digits that stand before each of them.
  outcome take(const std::string& file, const std::string& range) {
    std::ifstream in(file);
    if (!in) return refuse(kind::invalid, "breached.unreadable", file);
    std::string line;
    for (std::uint64_t at = 1; std::getline(in, line); ++at) {
      std::string_view said = text::trim(line);
      if (said.empty() || (at == 1 && said == "\xef\xbb\xbf")) continue;
      const auto colon = said.find(':');
      const std::string hash = range + std::string(said.substr(0, colon));
      std::uint64_t count = 1;
      if (colon != std::string_view::npos) {
        const auto number = text::trim(said.substr(colon + 1));
        const auto [end, bad] =
            std::from_chars(number.data(), number.data() + number.size(), count);
        if (bad != std::errc() || end != number.data() + number.size())
          return wrong("line", file, at);
      }
      if (hash.size() != digits_of_hash || !is_hex(hash)) return wrong("line", file, at);
      std::uint64_t first = 0;
      std::from_chars(hash.data(), hash.data() + 16, first, 16);
      if (first < last_) return wrong("order", file, at);
      if (count < least_ || count == 0 || (many_ && first == last_)) continue;
      last_ = first;
      ++many_;
      append(block_, first);
      if (block_.size() >= (1u << 20)) out_ << block_, block_.clear();
    }
    return nothing{};
  }
  // How many; nothing when the disk did not take them.
  std::optional<std::uint64_t> end() {
    out_ << block_;
    std::string many;
    append(many, many_);
    out_.seekp(magic.size());
    out_ << many;
    out_.close();
    return out_ ? std::optional(many_) : std::nullopt;
  }

 private:
  std::ofstream out_;
  std::uint64_t least_, last_ = 0, many_ = 0;
  std::string block_;
};

// Names of ranges in their order.
std::vector<fs::path> ranges_in(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& one : fs::directory_iterator(folder)) {
    const auto stem = one.path().stem().string();
    if (stem.size() == digits_of_range && is_hex(stem)) out.push_back(one.path());
  }
  std::ranges::sort(out, {}, [](const auto& p) { return text::upper_case(p.stem().string()); });
  return out;
}

}  // namespace

std::string breached_file(const std::string& data) { return data + "/breached-passwords"; }

std::shared_ptr<const breached_passwords> breached_passwords::open(const std::string& file) {
  const int in = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (in < 0) return {};
  struct stat about {};
  const bool known = ::fstat(in, &about) == 0 && about.st_size >= static_cast<off_t>(head);
  const auto size = static_cast<std::size_t>(known ? about.st_size : 0);
  void* at = known ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, in, 0) : MAP_FAILED;
  ::close(in);
  if (at == MAP_FAILED) return {};
  const auto* octets = static_cast<const unsigned char*>(at);
  auto out = std::make_shared<const mapped>(octets, size);
  const bool ours = std::equal(magic.begin(), magic.end(), octets) &&
                    size == head + 8 * big_endian(octets + magic.size());
  return ours ? out : nullptr;
}

result<std::uint64_t> make_breached(const std::string& from, const std::string& to,
                                    std::uint64_t least) {
  const std::string fresh = to + ".new";
  const auto fail = [&](refusal why) {
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return why;
  };
  maker m(fresh, least);
  std::error_code error;
  if (fs::is_directory(from, error)) {
    for (const auto& one : ranges_in(from))
      if (auto done = m.take(one.string(), one.stem().string()); !done) return fail(done.why());
  } else if (auto done = m.take(from, ""); !done) {
    return fail(done.why());
  }
  const auto many = m.end();
  if (!many) return fail(refuse(kind::unavailable, "breached.unreadable", to));
  if (*many == 0) return fail(refuse(kind::invalid, "breached.empty", from));
  fs::rename(fresh, to);
  return *many;
}

}  // namespace madang::identity
