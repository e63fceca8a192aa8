#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// ZIP (PKWARE APPNOTE) by libzip, with bounds for what others send.
namespace madang::signatures {

struct zip_entry {
  std::string name, content;
};
// In the order of the directory. `why`: container.bomb (more than 1,000 entries, 64 MiB, or a
// hundredfold), container.names (a name twice, odd or leading out), format.malformed,
// format.encrypted.
std::optional<std::vector<zip_entry>> read_zip(std::string_view octets, std::string& why);

// The first entry is stored, as the container's mimetype has to be; no clock is in it.
std::string write_zip(const std::vector<zip_entry>& entries);

bool is_plain_name(std::string_view name);

}  // namespace madang::signatures
