// TLS judged by curl and openssl, which know nothing of us.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "madang/http/server.hpp"

using namespace madang::http;

namespace {

std::string output_of(const std::string& command) {
  std::string out;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> chunk;
  for (std::size_t n; (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    out.append(chunk.data(), n);
  ::pclose(pipe);
  return out;
}

// A key on P-256 and a certificate for 127.0.0.1, in a folder of their own.
class certificate {
 public:
  certificate() {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang_tls_XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    output_of("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
              "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " + key() +
              " -out " + file());
  }
  ~certificate() { std::filesystem::remove_all(folder); }
  std::string file() const { return folder + "/c.pem"; }
  std::string key() const { return folder + "/k.pem"; }
  std::string folder;
};

}  // namespace

TEST(edge_over_tls, is_verified_by_curl_and_refuses_old_versions) {
  const certificate mine;
  server_options options;
  options.port = 0;
  options.tls_certificate = mine.file();
  options.tls_key = mine.key();
  server edge(options, [](request& r) {
    return text_response(200, std::string(r.secure ? "secure " : "open ") + r.body);
  });
  edge.start();
  const auto where = "127.0.0.1:" + std::to_string(edge.port());
  const auto curl = "curl -s --max-time 10 --cacert " + mine.file() + " https://" + where;
  EXPECT_EQ(output_of(curl + "/a -d hello"), "secure hello");
  EXPECT_EQ(output_of(curl + "/a --tls-max 1.2"), "secure ");
  // two requests on one connection: curl says how many connections it made for the second
  EXPECT_EQ(output_of(curl + "/a https://" + where + "/b -w '[%{num_connects}]'"),
            "secure [1]secure [0]");
  const auto asked = "openssl s_client -brief -connect " + where + " </dev/null ";
  EXPECT_NE(output_of(asked).find("prime256v1"), std::string::npos);   // its name in X9.62
  EXPECT_NE(output_of(asked + "-tls1_1").find("rror"), std::string::npos);
  EXPECT_NE(output_of("curl -sS --max-time 5 http://" + where).find("curl: ("), std::string::npos);
  edge.stop();
  EXPECT_EQ(edge.now().connections, 0);
}

TEST(edge_over_tls, does_not_start_without_a_usable_key) {
  server_options options;
  options.port = 0;
  options.tls_certificate = "/nowhere/c.pem";
  options.tls_key = "/nowhere/k.pem";
  server edge(options, [](request&) { return response{}; });
  EXPECT_THROW(edge.start(), std::system_error);
}
