#include "zip.hpp"

#include <zip.h>

#include <memory>
#include <set>
#include <stdexcept>

#include "madang/base/text.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_entries = 1'000, most_octets = 64u << 20, longest_name = 255;

struct discard {
  void operator()(zip_t* z) const { zip_discard(z); }
  void operator()(zip_file_t* f) const { zip_fclose(f); }
};
using owned_zip = std::unique_ptr<zip_t, discard>;

std::optional<std::string> read_entry(zip_t* z, zip_uint64_t i, std::size_t size) {
  std::unique_ptr<zip_file_t, discard> f(zip_fopen_index(z, i, 0));
  if (!f) return {};
  std::string out(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const zip_int64_t n = zip_fread(f.get(), out.data() + at, size - at);
    if (n <= 0) return {};
    at += static_cast<std::size_t>(n);
  }
  char more = 0;   // the directory says how long it is; a longer one lies
  if (zip_fread(f.get(), &more, 1) != 0) return {};
  return out;
}

}  // namespace

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || !text::is_utf8(name)) return false;
  if (name.front() == '/' || name.find('\\') != std::string_view::npos) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  for (const auto& part : text::split(std::string(name), '/'))
    if (part == ".." || part == ".") return false;
  return true;
}

std::optional<std::vector<zip_entry>> read_zip(std::string_view octets, std::string& why) {
  why = "format.malformed";
  zip_source_t* source = zip_source_buffer_create(octets.data(), octets.size(), 0, nullptr);
  if (!source) return {};
  owned_zip z(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nullptr));
  if (!z) {
    zip_source_free(source);
    return {};
  }
  const zip_int64_t count = zip_get_num_entries(z.get(), 0);
  std::vector<zip_entry> out;
  std::set<std::string> seen;
  std::size_t total = 0;
  if (count < 0 || static_cast<std::size_t>(count) > most_entries) {
    why = "container.bomb";
    return {};
  }
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    zip_stat_t s;
    if (zip_stat_index(z.get(), i, 0, &s) != 0 || (s.valid & ZIP_STAT_SIZE) == 0 || !s.name)
      return {};
    if (s.encryption_method != ZIP_EM_NONE) {
      why = "format.encrypted";
      return {};
    }
    const std::string name = s.name;
    if (!is_plain_name(name) || !seen.insert(name).second) {
      why = "container.names";
      return {};
    }
    if (s.size > most_octets || (total += s.size) > most_octets ||
        s.size > 100 * (s.comp_size + 1024)) {
      why = "container.bomb";
      return {};
    }
    if (name.ends_with('/')) continue;
    auto content = read_entry(z.get(), i, s.size);
    if (!content) return {};
    out.push_back({name, std::move(*content)});
  }
  why.clear();
  return out;
}

std::string write_zip(const std::vector<zip_entry>& entries) {
  const auto must = [](bool good) {
    if (!good) throw std::runtime_error("the container cannot be written");
  };
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  must(target != nullptr);
  zip_source_keep(target);
  std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> kept(target, zip_source_free);
  owned_zip z(zip_open_from_source(target, ZIP_TRUNCATE, nullptr));
  must(z != nullptr);
  for (const zip_entry& e : entries) {
    zip_source_t* from = zip_source_buffer(z.get(), e.content.data(), e.content.size(), 0);
    const zip_int64_t i = from ? zip_file_add(z.get(), e.name.c_str(), from, ZIP_FL_ENC_UTF_8) : -1;
    must(i >= 0);
    const auto at = static_cast<zip_uint64_t>(i);
    must(zip_set_file_compression(z.get(), at, i == 0 ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0) == 0 &&
         zip_file_set_dostime(z.get(), at, 0, 0x21, 0) == 0);   // 1980-01-01
  }
  must(zip_close(z.get()) == 0);
  (void)z.release();
  must(zip_source_open(target) == 0);
  zip_stat_t s;
  must(zip_source_stat(target, &s) == 0 && (s.valid & ZIP_STAT_SIZE) != 0);
  std::string out(s.size, '\0');
  must(zip_source_read(target, out.data(), out.size()) == static_cast<zip_int64_t>(out.size()));
  zip_source_close(target);
  return out;
}

}  // namespace madang::signatures
