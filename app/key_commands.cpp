#include "key_commands.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <map>
#include <stdexcept>

#include "madang/pki/authority.hpp"
#include "madang/pki/kisa.hpp"
#include "terminal.hpp"

namespace madang::app {
namespace {

const std::map<std::string, pki::kisa_scheme> schemes{
    {"npki", pki::kisa_scheme::seed_cbc},
    {"npki-seed", pki::kisa_scheme::pbes2_seed},
    {"npki-aria", pki::kisa_scheme::pbes2_aria}};

std::string next_line() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

// A key is its owner's alone, and never in the place of a file that is there.
void write_private(const std::string& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error(path + " cannot be made, or is there already");
  const bool good =
      ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (::close(fd) != 0 || !good) throw std::runtime_error(path + " cannot be written");
}

}  // namespace

key_commands::key_commands(CLI::App& app) {
  auto* key = app.add_subcommand("key", "keys of holders of certificates");
  key->require_subcommand(1);
  convert_ = key->add_subcommand(
      "convert", "from one form to another; passphrases are read from standard input, a line each");
  convert_->add_option("file", file_, "signPri.key, .p12, or a key of the house")
      ->required()
      ->check(CLI::ExistingFile);
  convert_->add_option("--certificate", certificate_, "signCert.der, needed for pkcs12")
      ->check(CLI::ExistingFile);
  convert_->add_option("--to", to_, "the form that it gets")
      ->required()
      ->check(CLI::IsMember({"npki", "npki-seed", "npki-aria", "pkcs12", "pem"}));
  convert_->add_option("--out", out_, "where it is written")->required();
}

std::optional<int> key_commands::run(const platform::settings& s) const {
  if (*convert_) return convert(s);
  return {};
}

int key_commands::convert(const platform::settings& s) const {
  const packs::pack pack(s.pack);
  const auto texts = texts_of(pack);
  const auto refused = [&](const refusal& why) {
    std::printf("%s\n",
                texts.fill("refusal." + why.code, language_of_operator(pack), why.facts).c_str());
    return 1;
  };
  const std::string content = read_file(file_), has = next_line(), typed = next_line();
  const std::string gets = typed.empty() ? has : typed;
  auto key = pki::open_kisa_key(trust::view_of(content), has);
  trust::bytes certificate;
  if (content.starts_with("-----BEGIN CMS-----")) key = pki::signing_key::open(content, has);
  if (!key) {
    auto both = pki::open_pkcs12(trust::view_of(content), has);
    if (!both) return refused(key.why().code == "trust.key_malformed" ? both.why() : key.why());
    key = both->key;
    certificate = both->certificate;
  }
  if (gets.empty() || gets.size() > 1024)
    return refused(refuse(kind::invalid, "trust.passphrase_wrong"));
  if (!certificate_.empty()) {
    auto read = pki::read_facts(trust::view_of(read_file(certificate_)));
    if (!read) return refused(read.why());
    if (read->public_key != key->public_der()) return refused(refuse(kind::invalid, "pki.pair"));
    certificate = read->der;
  }
  if (to_ == "pem") {
    write_private(out_, pki::pkcs8(*key, gets));
  } else if (to_ == "pkcs12") {
    if (certificate.empty()) return refused(refuse(kind::invalid, "pki.certificate_malformed"));
    write_private(out_, text::chars_of(pki::pkcs12(*key, certificate, {}, "madang", gets)));
  } else {
    write_private(out_, text::chars_of(pki::kisa_key(*key, gets, schemes.at(to_))));
  }
  return 0;
}

}  // namespace madang::app
