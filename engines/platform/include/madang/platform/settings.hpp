#pragma once
#include <cstdint>
#include <string>

namespace madang::platform {

// What an operator chooses. Each has a default that works; a configuration file (YAML, the same
// names) and the command line change them, in this order.
struct settings {
  std::string data = "data";               // folder of SQLite files, keys and secrets
  std::string database;                    // postgresql://...; empty: SQLite files in `data`
  std::string pack = "packs/korea";        // folder of the country pack
  std::string web = "web/dist";            // folder of the built stylesheets and islands
  std::string address = "127.0.0.1";
  int port = 8080;
  int io_threads = 1;
  int workers = 8;
  std::string population = "1:1000";       // of the demonstration nation, when it is first loaded
  std::uint64_t seed = 2026;
  bool demonstration = true;               // personas may sign in without a password
  std::string public_url = "http://localhost:8080";   // how the outside names us
  bool nightly = true;                     // this node does the night's work
  bool behind_proxy = false;               // believe the last address of X-Forwarded-For
  std::string passphrase;                  // seals the keys; empty: data/passphrase, made once
  std::string font = "/usr/share/fonts/truetype/nanum/NanumGothic.ttf";
  std::string colour_profile = "/usr/share/color/icc/sRGB.icc";
  std::string log = "info";                // debug | info | warn | error
  std::string tls_certificate, tls_key;    // PEM; both empty: plain HTTP behind a proxy
  std::string mail_server;                 // smtp://host:port or smtps://; empty: no e-mail is sent
  std::string mail_from;                   // address that e-mail comes from
  std::string mail_user, mail_password;    // at the mail server; empty: none is asked for
  std::string mail_trusted;                // PEM of authorities; empty: those of the system
  std::string text_gateway;                // address of Kannel's sendsms; empty: no text messages
  std::string text_from;                   // number or name that text messages come from
  std::string text_user, text_password;    // at the gateway
  std::string text_trusted;                // PEM of authorities; empty: those of the system

  // Reads a YAML file over these; throws packs::broken_pack naming the line of an unknown name.
  void read(const std::string& file);
};

}  // namespace madang::platform
