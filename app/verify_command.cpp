#include "verify_command.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "house_of_korea.hpp"
#include "madang/certification/believed.hpp"
#include "madang/pki/authority.hpp"
#include "madang/platform/house.hpp"
#include "terminal.hpp"

namespace madang::app {
namespace {

using signatures::indication;

std::optional<std::string> octets_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) {
    std::fprintf(stderr, "%s cannot be read\n", file.c_str());
    return {};
  }
  return bytes.str();
}

// What a terminal shows of a name that a stranger wrote.
std::string plain(std::string_view s) {
  std::string out;
  for (const char c : s) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

struct printer {
  const html::texts& texts;
  const std::string& language;

  std::string say(const std::string& key) const { return std::string(texts(key, language)); }
  void line(const std::string& label, const std::string& value) const {
    if (!value.empty()) std::printf("  %s: %s\n", label.c_str(), plain(value).c_str());
  }
  void reasons(const std::vector<signatures::reason>& all) const {
    for (const auto& r : all) {
      html::texts::facts facts(r.facts.begin(), r.facts.end());
      if (const auto when = facts.find("when"); when != facts.end())
        if (const auto t = instant::parse(when->second)) when->second = written(*t);
      std::printf("  - %s\n",
                  plain(texts.fill("signature.reason." + r.code, language, facts)).c_str());
    }
  }
  std::string written(instant t) const { return written_time(t, language); }
};

void print_signature(const printer& out, const signatures::signature& s) {
  const bool stamp = s.format == "time stamp";
  const std::string level(signatures::name_of(s.level));
  std::printf("\n%s %s%s%s%s\n", std::string(signatures::name_of(s.is)).c_str(),
              s.sub.empty() ? "" : (s.sub + " ").c_str(), s.format.c_str(),
              level.empty() ? "" : " ", level.c_str());
  out.line(out.say(stamp ? "signature.stamped_by" : "signature.who"), s.signer);
  out.line(out.say("signature.as"),
           s.organisation + (s.title.empty() ? "" : (s.organisation.empty() ? "" : " · ") +
                                                        s.title));
  out.line(out.say("signature.issuer"), s.issuer);
  if (s.proven) out.line(out.say("signature.proven"), out.written(*s.proven));
  if (s.claimed) out.line(out.say("signature.claimed"), out.written(*s.claimed));
  std::string covers;
  for (const auto& f : s.covers) covers += (covers.empty() ? "" : ", ") + f;
  out.line(out.say("signature.covers"), covers);
  if (!stamp)
    out.line(out.say("signature.lasts"),
             out.say("signature.level_" + (level.empty() ? "none" : level)));
  out.reasons(s.reasons);
}

int print_report(const printer& out, const signatures::report& r) {
  const std::string word = r.is == indication::total_passed    ? "passed"
                           : r.is == indication::indeterminate ? "unsure"
                                                               : "failed";
  std::printf("%s: %s %s\n", out.say("signature.title_" + word).c_str(),
              out.say("signature.said_" + word).c_str(), out.say("signature.next_" + word).c_str());
  out.reasons(r.reasons);
  for (const auto& s : r.signatures) print_signature(out, s);
  return r.is == indication::total_passed ? 0 : r.is == indication::total_failed ? 1 : 2;
}

// The register's word about a paper of this house; none when it knows nothing of it.
std::optional<int> ask_register(const platform::settings& s, const std::string& language,
                                const std::string& octets) {
  platform::house house(s);
  const printer out{house.texts(), language};
  const auto v = house.documents().verify_file(octets);
  if (!v.issued) return {};
  const std::string verdict(documents::name_of(v.verdict));
  std::printf("%s: %s\n", out.say("verify.title_" + verdict).c_str(),
              out.say("verify.said_" + verdict).c_str());
  out.line(out.say("document.number"), v.number);
  out.line(out.say("document.title"), v.title(language));
  out.line(out.say("document.sealed_by"), v.seal(language));
  out.line(out.say("document.issued"), out.written(*v.issued));
  out.line(out.say("verify.revoked"), v.revoked ? out.written(*v.revoked) : "");
  for (const auto& d : v.differences) {
    out.line(out.say("verify.was"), d.was);
    out.line(out.say("verify.is"), d.is);
  }
  for (const auto& f : v.findings) {
    const std::string key = "document.finding." + f.code;
    std::printf("  - %s\n", out.texts.has(key) ? out.texts.fill(key, language, f.facts).c_str()
                                              : out.say("verify.finding_other").c_str());
  }
  return v.verdict == documents::verdict::genuine   ? 0
         : v.verdict == documents::verdict::unknown ? 2
                                                    : 1;
}

bool believe_more(signatures::policy& p, const std::vector<std::string>& trust,
                  const std::vector<std::string>& lists) {
  for (const auto& file : trust) {
    const auto octets = octets_of(file);
    const auto facts = octets ? pki::read_facts(trust::view_of(*octets)) : refusal();
    if (!facts) return false;
    p.anchors.push_back(facts->der);
  }
  for (const auto& file : lists) {
    const auto octets = octets_of(file);
    if (!octets) return false;
    p.lists.emplace_back(octets->begin(), octets->end());
  }
  return true;
}

}  // namespace

verify_command::verify_command(CLI::App& app) {
  command_ = app.add_subcommand("verify", "is this file what its signer signed?");
  command_->add_option("file", file_, "a PDF, a signature (.p7s, .p7m) or a container (.asice)")
      ->required();
  command_->add_option("--original", original_, "what a signature of its own (.p7s) is about");
  command_->add_option("--trust", trust_, "a certificate to be believed besides (PEM or DER)");
  command_->add_option("--lists", lists_, "a list of revocation (CRL in DER)");
}

std::optional<int> verify_command::run(const platform::settings& s) const {
  if (!*command_) return {};
  const auto octets = octets_of(file_);
  std::optional<std::string> original;
  if (!original_.empty() && !(original = octets_of(original_))) return 2;
  if (!octets) return 2;
  const packs::pack pack(s.pack);
  const auto texts = texts_of(pack);
  const std::string language = language_of_operator(pack);
  auto believed = certification::believed(s, pack);
  if (!believe_more(believed, trust_, lists_)) return 2;
  const auto report = signatures::verify(*octets, believed,
                                         original ? std::string_view(*original)
                                                  : std::string_view());
  std::optional<int> registered;
  if (report.format == "PDF" && is_loaded(s)) registered = ask_register(s, language, *octets);
  const int status = print_report({texts, language}, report);
  return registered.value_or(status);
}

}  // namespace madang::app
