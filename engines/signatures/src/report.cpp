#include "madang/signatures/report.hpp"

#include <algorithm>

#include "madang/signatures/record.hpp"
#include "madang/signatures/verify.hpp"

namespace madang::signatures {
namespace {

bool any(const std::vector<reason>& all, std::string_view code) {
  return std::any_of(all.begin(), all.end(), [&](const reason& r) { return r.code == code; });
}

}  // namespace

std::string_view name_of(indication i) {
  constexpr std::string_view names[] = {"TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"};
  return names[static_cast<int>(i)];
}

std::string_view name_of(level l) {
  constexpr std::string_view names[] = {"", "B-B", "B-T", "B-LT", "B-LTA"};
  return names[static_cast<int>(l)];
}

bool signature::has(std::string_view code) const { return any(reasons, code); }

bool report::has(std::string_view code) const {
  return any(reasons, code) || std::any_of(signatures.begin(), signatures.end(),
                                           [&](const signature& s) { return s.has(code); });
}

std::map<std::string, instant> weak_today() {
  const auto on = [](std::string_view day) {
    return *instant::parse(std::string(day) + "T00:00:00Z");
  };
  return {{"MD5", on("2009-01-01")},     {"SHA1", on("2014-01-01")},
          {"RSA2047", on("2014-01-01")}, {"EC223", on("2014-01-01")},
          {"DSA2047", on("2014-01-01")}};
}

report verify(std::string_view file, const policy& p, std::string_view original) {
  if (file.substr(0, 1024).find("%PDF-") != std::string_view::npos) return verify_pdf(file, p);
  report r;
  if (file.starts_with("PK\x03\x04")) return verify_container(file, p);
  const std::size_t first = file.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string_view::npos && file[first] == '<') return verify_xml(file, p, original);
  if (is_record(file)) return verify_record(file, p, {original});
  if (file.starts_with("-----BEGIN") || file.starts_with('\x30'))
    return verify_cms(file, p, original);
  r.reasons.push_back({"format.unknown", {}});
  return r;
}

}  // namespace madang::signatures
