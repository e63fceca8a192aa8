// TLS judged by curl and openssl, which know nothing of us.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "madang/base/text.hpp"
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

// What the handler is told of a client's certificate.
server shows_certificate(server_options options) {
  return {std::move(options), [](request& r) {
            int many = 0;
            for (const auto& [name, value] : r.headers)
              many += madang::text::lower_case(name) == "client-cert";
            return text_response(200, std::to_string(many) + std::string(r.header("client-cert")));
          }};
}
// The DER in base64, by openssl.
std::string as_said(const certificate& c) {
  return ":" + output_of("openssl x509 -outform der -in " + c.file() + " | base64 -w0") + ":";
}

TEST(edge_over_tls, tells_the_certificate_of_a_client_and_no_other_word_of_one) {
  const certificate mine, theirs;
  server_options options;
  options.port = 0;
  options.tls_certificate = mine.file();
  options.tls_key = mine.key();
  options.client_certificates = true;
  auto edge = shows_certificate(options);
  edge.start();
  const auto curl = "curl -s --max-time 10 --cacert " + mine.file() + " https://127.0.0.1:" +
                    std::to_string(edge.port()) + "/ -H 'Client-Cert: :AAAA:' ";
  const auto with = curl + "--cert " + theirs.file() + " --key " + theirs.key() + " ";
  EXPECT_EQ(output_of(curl), "0") << "asked for, and not demanded";
  EXPECT_EQ(output_of(with), "1" + as_said(theirs));
  EXPECT_EQ(output_of(with + "--tls-max 1.2"), "1" + as_said(theirs));
  // Somebody else's certificate without its key does not come through the handshake.
  EXPECT_NE(output_of(curl + "-S --cert " + mine.file() + " --key " + theirs.key()).find("curl: ("),
            std::string::npos);
}

TEST(edge, believes_a_proxy_it_was_told_of_about_certificates) {
  const certificate theirs;
  const auto pem = percent_encode(output_of("cat " + theirs.file()));
  const auto ask = [](const server& edge, const std::string& fields) {
    return output_of("curl -s --max-time 10 http://127.0.0.1:" + std::to_string(edge.port()) +
                     "/ " + fields);
  };
  const auto nginx = "-H 'X-Client-Cert: " + pem + "' ";
  const std::string plain = "-H 'Client-Cert: " + as_said(theirs) + "' ";
  server_options options;
  options.port = 0;
  options.certificate_proxies = {"127.0.0.1"};
  auto by_standard = shows_certificate(options);
  by_standard.start();
  EXPECT_EQ(ask(by_standard, plain), "1" + as_said(theirs));
  EXPECT_EQ(ask(by_standard, nginx), "0");
  EXPECT_EQ(ask(by_standard, plain + "-H 'client-cert: :AAAA:'"), "0") << "two are none";
  options.certificate_field = "X-Client-Cert";
  auto by_field = shows_certificate(options);
  by_field.start();
  EXPECT_EQ(ask(by_field, nginx), "1" + as_said(theirs));
  EXPECT_EQ(ask(by_field, plain), "0");
  EXPECT_EQ(ask(by_field, "-H 'X-Client-Cert: rubbish%'"), "0");
  options.certificate_proxies = {"192.0.2.1"};
  auto by_nobody = shows_certificate(options);
  by_nobody.start();
  EXPECT_EQ(ask(by_nobody, nginx + plain), "0");
}

TEST(edge_over_tls, does_not_start_without_a_usable_key) {
  server_options options;
  options.port = 0;
  options.tls_certificate = "/nowhere/c.pem";
  options.tls_key = "/nowhere/k.pem";
  server edge(options, [](request&) { return response{}; });
  EXPECT_THROW(edge.start(), std::system_error);
}
