#include "exchange_commands.hpp"

#include <cstdio>
#include <filesystem>

#include "madang/signatures/archive.hpp"
#include "madang/xroad/archive.hpp"
#include "madang/xroad/container.hpp"
#include "terminal.hpp"

namespace madang::app {
namespace {

int invalid(const std::string& name, const refusal& why) {
  std::printf("%s: INVALID %s\n  %s\n", plain(name).c_str(), plain(why.code).c_str(),
              plain(xroad::detail_of(why)).c_str());
  return 1;
}

int print_container(const std::string& name, std::string_view octets,
                    const xroad::configuration& conf) {
  const auto r = xroad::verify_container(octets, conf);
  if (!r) return invalid(name, r.why());
  std::printf("%s: VALID\n  %s %s\n  from %s to %s\n  signed by %s\n  stamped %s by %s\n",
              plain(name).c_str(), r->head.response ? "response" : "request",
              plain(r->head.query_id).c_str(), plain(r->head.client.str()).c_str(),
              plain(r->head.service.str()).c_str(), plain(r->signer).c_str(),
              r->stamped_at.str().c_str(), plain(r->stamper).c_str());
  return 0;
}

}  // namespace

exchange_commands::exchange_commands(CLI::App& app) {
  auto* exchange = app.add_subcommand("exchange", "messages between nodes");
  exchange->require_subcommand(1);
  verify_ = exchange->add_subcommand("verify", "is this message what its sender signed?");
  verify_->add_option("file", file_, "a container (.asice) or an archive of the log (.zip)")
      ->required()
      ->check(CLI::ExistingFile);
  verify_->add_option("--conf", folder_, "folder of a global configuration")
      ->check(CLI::ExistingDirectory);
  verify_->add_option("--previous", previous_,
                      "last digest of the archive before; \"\" for the first");
}

std::optional<int> exchange_commands::run(const platform::settings& s) const {
  if (*verify_) return verify(s);
  return {};
}

int exchange_commands::verify(const platform::settings& s) const {
  const auto folder = folder_.empty() ? std::filesystem::path(s.data) / "exchange/globalconf"
                                      : std::filesystem::path(folder_);
  const auto conf = xroad::read_folder(folder);
  if (!conf) {
    std::fprintf(stderr, "%s: %s: %s\n", folder.c_str(), conf.why().code.c_str(),
                 xroad::detail_of(conf.why()).c_str());
    return 2;
  }
  const std::string octets = read_file(file_);
  std::string why;
  const auto files = signatures::read_zip(octets, why);
  bool archive = false;
  if (files)
    for (const auto& f : *files) archive = archive || f.name == "linkinginfo";
  if (!archive) return print_container(file_, octets, *conf);
  const auto chain = xroad::verify_archive(octets, previous_);
  if (!chain) return invalid(file_, chain.why());
  std::printf("%s: chained, last digest %s\n", plain(file_).c_str(), chain->c_str());
  int status = 0;
  for (const auto& f : *files)
    if (f.name != "linkinginfo") status |= print_container(f.name, f.content, *conf);
  return status;
}

}  // namespace madang::app
