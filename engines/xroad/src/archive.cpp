#include "madang/xroad/archive.hpp"

#include <algorithm>
#include <map>

#include "madang/base/text.hpp"
#include "madang/signatures/archive.hpp"
#include "madang/signatures/parts.hpp"

namespace madang::xroad {
namespace {

std::string hex_digest(const std::string& method, std::string_view octets) {
  return text::hex(signatures::digest_by(method, trust::view_of(octets)));
}
std::string next_digest(const std::string& method, const std::string& previous,
                        std::string_view octets) {
  return hex_digest(method, previous + hex_digest(method, octets));
}

// "SHA-512" of the file is "SHA512" of the house.
std::string method_of(const std::string& said) { return text::replace_all(said, "-", ""); }

}  // namespace

made_archive write_archive(const std::vector<archived>& containers, const archive_link& previous) {
  std::vector<signatures::zip_entry> files;
  const auto or_dash = [](const std::string& s) { return s.empty() ? std::string("-") : s; };
  std::string info = or_dash(previous.digest) + " " + or_dash(previous.file) + " SHA-512\n";
  std::string digest = previous.digest;
  for (const auto& c : containers) {
    digest = next_digest("SHA512", digest, c.octets);
    info += digest + " " + c.name + "\n";
    files.push_back({c.name, c.octets});
  }
  files.push_back({"linkinginfo", info});
  return {signatures::write_zip(files), {digest, {}}};
}

result<std::string> verify_archive(std::string_view zip,
                                   const std::optional<std::string>& previous) {
  std::string why;
  const auto entries = signatures::read_zip(zip, why);
  if (!entries) return fault("archive_unreadable", why);
  std::map<std::string, const std::string*> files;
  const std::string* info = nullptr;
  for (const auto& e : *entries)
    if (e.name == "linkinginfo") info = &e.content;
    else files.emplace(e.name, &e.content);
  if (!info) return fault("archive_no_linking_info", "linkinginfo is missing");
  if (files.empty()) return fault("archive_no_containers", "No container is in the archive");
  auto lines = text::split(*info, '\n');
  while (!lines.empty() && text::trim(lines.back()).empty()) lines.pop_back();
  const auto first = lines.empty() ? std::vector<std::string>{}
                                   : text::split(std::string(text::trim(lines[0])), ' ');
  const std::string method = first.size() == 3 ? method_of(first[2]) : std::string();
  if (method.empty() || signatures::digest_by(method, {}).empty())
    return fault("archive_no_linking_info", "linkinginfo begins with no link");
  std::string digest = first[0] == "-" ? std::string() : first[0];
  if (previous && *previous != digest)
    return fault("archive_previous", "The archive does not follow " + *previous);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto parts = text::split(std::string(text::trim(lines[i])), ' ');
    const auto found = parts.size() == 2 ? files.find(parts[1]) : files.end();
    if (found == files.end()) return fault("archive_missing_file", lines[i]);
    digest = next_digest(method, digest, *found->second);
    if (digest != parts[0]) return fault("archive_digest", parts[1]);
    files.erase(found);
  }
  if (!files.empty()) return fault("archive_unlinked_file", files.begin()->first);
  return digest;
}

}  // namespace madang::xroad
