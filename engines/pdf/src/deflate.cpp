#include "madang/pdf/deflate.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace madang::pdf {
namespace {

struct release {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
using compressor = std::unique_ptr<libdeflate_compressor, release>;
using decompressor = std::unique_ptr<libdeflate_decompressor, release>;

libdeflate_compressor* compressor_of(int level) {
  thread_local std::array<compressor, 13> kept;
  compressor& c = kept.at(static_cast<std::size_t>(level));
  if (!c) c.reset(libdeflate_alloc_compressor(level));
  if (!c) throw std::bad_alloc();
  return c.get();
}

}  // namespace

std::string deflate(std::string_view plain, int level) {
  libdeflate_compressor* c = compressor_of(level);
  std::string out(libdeflate_zlib_compress_bound(c, plain.size()), '\0');
  out.resize(libdeflate_zlib_compress(c, plain.data(), plain.size(), out.data(), out.size()));
  return out;
}

std::optional<std::string> inflate(std::string_view packed, std::size_t most, bool tail) {
  thread_local decompressor d(libdeflate_alloc_decompressor());
  if (!d) throw std::bad_alloc();
  for (std::size_t room = std::min(most, packed.size() * 8 + 256);;) {
    std::string out(room, '\0');
    std::size_t used = 0, made = 0;
    const auto state = libdeflate_zlib_decompress_ex(d.get(), packed.data(), packed.size(),
                                                     out.data(), out.size(), &used, &made);
    if (state == LIBDEFLATE_SUCCESS) {
      if (!tail && used != packed.size()) return {};
      out.resize(made);
      return out;
    }
    if (state != LIBDEFLATE_INSUFFICIENT_SPACE || room == most) return {};
    room = std::min(most, room * 4);
  }
}

}  // namespace madang::pdf
