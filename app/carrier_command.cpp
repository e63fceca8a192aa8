#include "carrier_command.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "madang/access/access.hpp"
#include "madang/carrier/carrier.hpp"
#include "madang/trust/bytes.hpp"
#include "serving.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

constexpr int usual_port = 8090;

// Where the command line says nothing else, not what a house would use.
platform::settings settings_of(platform::settings s) {
  const platform::settings usual;
  if (s.pack == usual.pack) s.pack = "packs/carrier";
  if (s.data == usual.data) s.data = "data-carrier";
  if (s.port == usual.port) s.port = usual_port;
  if (s.public_url == usual.public_url) s.public_url = "http://localhost:" + std::to_string(s.port);
  s.nightly = false;
  return s;
}

void write_once(const std::string& file, const std::string& text) {
  if (fs::exists(file)) return;
  std::ofstream out(file);
  out << text;
  if (!out.flush()) throw std::runtime_error(file + " cannot be written");
}

std::string client_entry(const std::string& house, const std::string& secret) {
  const std::string hash = trust::sha256_hex(secret);
  return "clients:\n"
         "  - id: madang\n"
         "    name: {ko: 마당 정부 누리집, en: Madang government portal}\n"
         "    purpose: {ko: 전화로 본인 확인, en: Confirming by telephone who somebody is}\n"
         "    law: {ko: 전자정부법 제10조, en: e-Government Act art. 10}\n"
         "    proof: client_secret_basic\n"
         "    secret_sha256: \"" + hash + "\"\n"
         "    redirects: [\"" + house + "/sign-in/outside-back\"]\n"
         "    asks: poll\n"
         "    scopes: [profile, birthdate, phone, verified, ci]\n";
}

// The members that carriers.yaml and providers.yaml have in common.
std::string provider_entry(const char* list, const platform::settings& s,
                           const std::string& secret) {
  return std::string(list) +
         ":\n"
         "  - id: carrier\n"
         "    name: {ko: 시범 통신, en: Demonstration Telecom}\n"
         "    issuer: \"" + s.public_url + "\"\n"
         "    client_id: madang\n"
         "    client_secret: " + secret + "\n";
}

}  // namespace

carrier_command::carrier_command(CLI::App& app)
    : command_(app.add_subcommand("carrier", "a simulated telephone company, by whose word people "
                                             "confirm who they are")) {
  command_->add_option("--house", house_, "public address of the house that is its client")
      ->capture_default_str();
  command_->add_option("--introduce", introduce_,
                       "write into this data folder of the house how the two know each other");
}

int carrier_command::introduce(const platform::settings& s) const {
  if (house_.empty()) {
    std::fprintf(stderr, "madang: --introduce needs --house, the address of the house\n");
    return 2;
  }
  fs::create_directories(s.data);
  fs::create_directories(introduce_);
  // Once the two know each other, a new secret would part them.
  if (fs::exists(s.data + "/clients.yaml")) return 0;
  const std::string secret = random_token(32);
  write_once(introduce_ + "/carriers.yaml", provider_entry("carriers", s, secret) +
                                                "    country_code: \"82\"\n"
                                                "    trust_framework: kr_mobile_identity\n");
  write_once(introduce_ + "/providers.yaml", provider_entry("providers", s, secret));
  write_once(s.data + "/clients.yaml", client_entry(house_, secret));
  return 0;
}

std::optional<int> carrier_command::run(const platform::settings& given) const {
  if (!*command_) return {};
  const auto s = settings_of(given);
  if (!introduce_.empty()) return introduce(s);
  return keep_open(
      s,
      [](platform::house& house) {
        carrier::join(house);
        access::join_provider(house, [&house](std::string_view hint) {
          return carrier::subscriber_with(house, hint);
        });
      },
      [](platform::house& house, int port) {
        std::printf("\n  %s is open:  http://localhost:%d\n\n",
                    house.pack().name()("en").c_str(), port);
        std::fflush(stdout);
      });
}

}  // namespace madang::app
