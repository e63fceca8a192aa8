#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

// Internal: gzip (RFC 1952) of text bodies.
namespace madang::http {

inline constexpr std::size_t smallest_compressed = 1024;

// Text, JSON, XML, script, SVG; what is compressed already stays as it is.
bool worth_compressing(std::string_view content_type);
// Accept-Encoding names gzip, or "*", with a weight above zero (RFC 9110 section 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);
// Empty when it would not get smaller. level: 1 fast .. 12 small.
std::string gzip(std::string_view bytes, int level);

// Remembers the compressed form of bodies that many responses share. Bounded; knows a body by its
// address and asks its owner whether it still lives, so it never keeps one alive nor mistakes one.
class gzip_cache {
 public:
  std::shared_ptr<const std::string> of(const std::shared_ptr<const std::string>& body);

 private:
  struct entry {
    std::weak_ptr<const std::string> source;
    std::shared_ptr<const std::string> packed;   // null: would not get smaller
  };
  static constexpr std::size_t most_entries = 1024, most_bytes = 64u << 20;
  void make_room();   // lock_ held
  std::mutex lock_;
  std::unordered_map<const std::string*, entry> known_;
  std::size_t bytes_ = 0;
};

}  // namespace madang::http
