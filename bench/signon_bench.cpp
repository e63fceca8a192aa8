// Sign-on, on one core beside what the processor can sign (openssl speed ecdsap256) and beside
// npm's jose, the library under oidc-provider (bench/signon_peers.mjs makes the same token):
//   mint      access tokens as the token endpoint makes them, ES256
//   verify    the same tokens
//   refresh   whole turns of a refresh token on SQLite, durable, one after the other
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "madang/base/base.hpp"
#include "madang/signon/provider.hpp"

using namespace madang;

namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

template <class F>
void measure(const char* what, int times, F f) {
  const double cpu = cpu_seconds();
  const instant begun = now();
  for (int i = 0; i < times; ++i) f(i);
  const double wall = static_cast<double>(now().micros - begun.micros) / 1e6;
  std::printf("%-8s %8.0f per core-second %8.0f per second\n", what, times / (cpu_seconds() - cpu),
              times / wall);
}

void turns(int times) {
  const auto folder = std::filesystem::temp_directory_path() / ("b" + new_id().str());
  {
    store::database db({folder.string(), "signon", 2, false});
    signon::client c;
    c.id = "library";
    c.name = c.purpose = c.law = {"도서관", "Library"};
    c.redirects = {"https://library.example/back"};
    c.sector = "library.example";
    c.lasts = true;
    signon::provider p(db, {c}, {.issuer = "https://gov.example", .passphrase = "p"});
    const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};
    // The example of RFC 7636 appendix B.
    auto ticket =
        p.begin({{"client_id", "library"},
                 {"redirect_uri", "https://library.example/back"},
                 {"response_type", "code"},
                 {"scope", "openid"},
                 {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                 {"code_challenge_method", "S256"}});
    auto address = *p.complete(why, *ticket, {new_id(), "sid", now(), "a", {"pwd"}});
    const auto begin = address.find("code=") + 5;
    auto got = p.token({"POST", "/oauth/token", "", {},
                        {{"grant_type", "authorization_code"},
                         {"client_id", "library"},
                         {"code", address.substr(begin, address.find('&') - begin)},
                         {"redirect_uri", "https://library.example/back"},
                         {"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}});
    std::string token(got->at("refresh_token").as_string());
    measure("refresh", times, [&](int) {
      auto next = p.token({"POST", "/oauth/token", "", {},
                           {{"grant_type", "refresh_token"},
                            {"client_id", "library"},
                            {"refresh_token", token}}});
      token = next->at("refresh_token").as_string();
    });
  }
  std::filesystem::remove_all(folder);
}

}  // namespace

int main() {
  const auto k = trust::key::generate();
  const auto public_half = trust::jose::jwk::of(k.verifier(), "k");
  std::string made;
  auto mint = [&](int i) {
    const json::object claims{{"iss", "https://gov.example"}, {"sub", "0123456789abcdef01234567"},
                              {"aud", "https://gov.example"}, {"client_id", "library"},
                              {"scope", "openid profile"},    {"iat", 1'800'000'000 + i},
                              {"exp", 1'800'000'300 + i},     {"jti", random_token(12)},
                              {"connection", "0123456789abc"}};
    made = trust::jose::sign(k, "k", "at+jwt", json::print(claims));
  };
  measure("mint", 20'000, mint);
  measure("verify", 10'000, [&](int) {
    check(trust::jose::verify(*trust::jose::read(made), public_half), "what was signed");
  });
  turns(1'000);
}
