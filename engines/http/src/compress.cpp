#include "compress.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <new>

#include "madang/base/text.hpp"
#include "target.hpp"

namespace madang::http {
namespace {

struct free_compressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};
using compressor = std::unique_ptr<libdeflate_compressor, free_compressor>;

libdeflate_compressor& of_this_thread(int level) {
  thread_local compressor made[13];
  auto& mine = made[level];
  if (!mine) mine.reset(libdeflate_alloc_compressor(level));
  if (!mine) throw std::bad_alloc();
  return *mine;
}

}  // namespace

bool worth_compressing(std::string_view content_type) {
  const auto type = text::trim(content_type.substr(0, content_type.find(';')));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml") ||
         type.ends_with("javascript");
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  for (const auto& item : text::split(accept_encoding, ',')) {
    const auto parts = text::split(item, ';');
    const auto coding = text::trim(parts.front());
    const bool named = same_name(coding, "gzip") || same_name(coding, "x-gzip");
    if (!named && coding != "*") continue;
    bool wanted = true;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto q = text::trim(parts[i]);
      if (q.starts_with("q=") || q.starts_with("Q="))
        wanted = q.substr(2).find_first_not_of("0.") != std::string_view::npos;
    }
    if (named) return wanted;
    any = wanted;
  }
  return any;
}

std::string gzip(std::string_view bytes, int level) {
  std::string out(bytes.size(), '\0');   // no longer than what it replaces
  out.resize(libdeflate_gzip_compress(&of_this_thread(std::clamp(level, 1, 12)), bytes.data(),
                                      bytes.size(), out.data(), out.size()));
  return out;
}

std::shared_ptr<const std::string> gzip_cache::of(const std::shared_ptr<const std::string>& body) {
  {
    std::lock_guard hold(lock_);
    auto found = known_.find(body.get());
    if (found != known_.end() && found->second.source.lock() == body) return found->second.packed;
  }
  auto packed = std::make_shared<const std::string>(gzip(*body, 9));
  if (packed->empty()) packed.reset();
  std::lock_guard hold(lock_);
  if (known_.size() >= most_entries || bytes_ >= most_bytes) make_room();
  auto& slot = known_[body.get()];
  bytes_ -= slot.packed ? slot.packed->size() : 0;
  bytes_ += packed ? packed->size() : 0;
  slot = {body, packed};
  return packed;
}

void gzip_cache::make_room() {
  std::erase_if(known_, [](const auto& each) { return each.second.source.expired(); });
  bytes_ = 0;
  for (const auto& [key, each] : known_) bytes_ += each.packed ? each.packed->size() : 0;
  if (known_.size() < most_entries / 2 && bytes_ < most_bytes / 2) return;
  known_.clear();
  bytes_ = 0;
}

}  // namespace madang::http
