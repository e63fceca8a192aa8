// conformance_pkits FOLDER: every case of NIST's Public Key Interoperability Test Suite
// (PKITS 1.0.1) against pki::validate. FOLDER/pkits.json says what is expected; certs/ and crls/
// are NIST's.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "madang/base/base.hpp"
#include "madang/pki/path.hpp"

namespace {

using namespace madang;
namespace fs = std::filesystem;

// Cases that fail, and why that is left so.
const std::map<std::string, const char*> known{
    {"40105",
     "DSA keys without parameters of their own: FIPS 186-5 has withdrawn DSA signing, and "
     "OpenSSL 3 decodes no such key"},
    {"41430",
     "the issuer of an indirect list is itself revocable only by that list; OpenSSL wants "
     "another path for it"}};

trust::bytes file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  const std::string all = out.str();
  return {all.begin(), all.end()};
}

std::vector<trust::bytes> files(const fs::path& folder, const json::value& names) {
  std::vector<trust::bytes> out;
  if (names.is_array())
    for (const auto& name : names.get_array())
      out.push_back(file(folder / std::string(name.get_string())));
  return out;
}

pki::path_question question_of(const fs::path& suite, const json::value& one) {
  pki::path_question q;
  q.end = file(suite / "certs" / std::string(json::str(one, "cert")));
  q.helpers = files(suite / "certs", json::at(one, "other_certs"));
  q.anchors = {file(suite / "certs" / "TrustAnchorRootCertificate.crt")};
  q.lists = files(suite / "crls", json::at(one, "crls"));
  q.lists.push_back(file(suite / "crls" / "TrustAnchorRootCRL.crl"));
  const json::value& p = json::at(one, "params");
  if (const auto& set = json::at(p, "user_initial_policy_set"); set.is_array())
    for (const auto& policy : set.get_array())
      q.policies.acceptable.emplace_back(policy.get_string());
  q.policies.explicit_needed = json::flag(p, "initial_explicit_policy");
  q.policies.mapping_inhibited = json::flag(p, "initial_policy_mapping_inhibit");
  q.policies.any_inhibited = json::flag(p, "initial_any_policy_inhibit");
  q.at = *instant::parse("2011-03-13T12:00:00Z");
  return q;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path suite = argc > 1 ? argv[1] : "";
  if (!fs::exists(suite / "pkits.json")) {
    std::printf(
        "skipped: no suite at %s; certificates and lists come from "
        "https://csrc.nist.gov/projects/pki-testing, pkits.json from "
        "https://github.com/MatthiasValvekens/certomancer and pyHanko\n",
        suite.c_str());
    return 77;
  }
  const auto bytes = file(suite / "pkits.json");
  auto all = json::parse(text::chars_of(bytes));
  if (!all || !all->is_array()) return 1;
  int passed = 0, failed = 0, total = 0;
  for (const auto& one : all->get_array()) {
    ++total;
    const bool expected = json::at(one, "error").is_null();
    const auto answer = pki::validate(question_of(suite, one));
    const std::string number(json::str(one, "id"));
    const auto reason = known.find(number);
    if (answer.valid == expected) {
      ++passed;
      if (reason != known.end()) {
        ++failed;
        std::printf("%s passes, which is said to fail\n", number.c_str());
      }
    } else if (reason != known.end()) {
      std::printf("%s fails: %s\n", number.c_str(), reason->second);
    } else {
      ++failed;
      std::printf("%s %s: expected %s, got %s (%s)\n", number.c_str(),
                  std::string(json::str(one, "name")).c_str(), expected ? "valid" : "invalid",
                  answer.valid ? "valid" : answer.reason.c_str(), answer.said.c_str());
    }
  }
  std::printf("%d of %d cases of PKITS\n", passed, total);
  return failed || total == 0 ? 1 : 0;
}
