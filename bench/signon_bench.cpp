// Sign-on, on one core beside what the processor can sign (openssl speed ecdsap256) and beside
// npm's jose, the library under oidc-provider (bench/signon_peers.mjs makes the same token):
//   mint      access tokens as the token endpoint makes them, ES256
//   verify    the same tokens
//   refresh   whole turns of a refresh token on SQLite, durable, one after the other
//   sign-on   an official signs in by passkey and on at her agency's own system, with 10 agencies
//             and with 10,000: durable, one after the other; milliseconds of each hundredth
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <thread>

#include "authenticator.hpp"
#include "madang/base/base.hpp"
#include "madang/identity/sessions.hpp"
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

signon::client agency_client(int n) {
  signon::client c;
  c.id = "agency-" + std::to_string(n);
  c.name = c.purpose = c.law = {"기관", "Agency"};
  c.redirects = {"https://" + c.id + ".example/back"};
  c.sector = c.id;
  c.scopes = {"profile", "post"};
  return c;
}

// One post of each agency with its holder; eight threads, as the writer commits in groups.
std::vector<id> officials(identity::directory& people, int agencies) {
  std::vector<id> out;
  for (int n = 0; n < agencies; ++n) out.push_back(new_id());
  std::vector<std::jthread> hands;
  for (int hand = 0; hand < 8; ++hand)
    hands.emplace_back([&, hand] {
      for (int n = hand; n < agencies; n += 8) {
        const std::string name = "agency-" + std::to_string(n);
        const auto person = out[static_cast<std::size_t>(n)];
        people.put_account({person, name, name, name, "", false, {}});
        people.put_post({name + ".officer", {"담당", "Officer"}, name, {name, name}, "",
                         "resident_officer", person});
      }
    });
  return out;
}

double hundredth(std::vector<double>& all, int n) {
  std::ranges::sort(all);
  return all[all.size() * static_cast<std::size_t>(n) / 100];
}

void sign_on(int agencies, int times) {
  const auto folder = std::filesystem::temp_directory_path() / ("b" + new_id().str());
  {
    store::database identities({folder.string(), "identity", 2, false});
    store::database db({folder.string(), "signon", 2, false});
    identity::directory people(identities);
    identity::sessions sessions(identities);
    std::vector<signon::client> clients;
    for (int n = 0; n < agencies; ++n) clients.push_back(agency_client(n));
    signon::provider p(db, clients, {.issuer = "https://gov.example", .passphrase = "p"});
    signon::passkeys keys(db, "https://gov.example");
    const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};
    const auto all = officials(people, agencies);
    struct carried {
      signon::authenticator is;
      std::uint32_t count = 0;
    };
    std::map<std::size_t, carried> devices;
    std::vector<double> in, on;
    for (int i = 0; i < times; ++i) {
      const auto n = static_cast<std::size_t>(i) * 7919 % all.size();
      auto& device = devices[n];
      const auto options = keys.creation_options(all[n], "x", "x");
      const std::string handle(options.at("user").at("id").as_string());
      if (!device.count) {
        device.is.credential = text::base64url(trust::view_of("key" + std::to_string(n)));
        check(bool(keys.add(why, all[n], device.is.made(options), "key")), "a passkey");
      }
      const auto account = *people.find_account(all[n]);

      // From the page that asks to the session, without the time of the authenticator.
      instant begun = now();
      const auto asked = keys.request_options();
      double spent = static_cast<double>(now().micros - begun.micros);
      const auto shown = device.is.shown(asked, handle, ++device.count);
      begun = now();
      check(bool(keys.use(shown)), "a passkey that opens");
      const identity::method how{"hwk user", "urn:madang:acr:2"};
      const auto s = sessions.open(people, account, how, "", "ko", why);
      spent += static_cast<double>(now().micros - begun.micros);
      in.push_back(spent / 1000);

      begun = now();
      const auto& c = clients[n];
      auto ticket = p.begin({{"client_id", c.id},
                             {"redirect_uri", c.redirects.front()},
                             {"response_type", "code"},
                             {"scope", "openid profile post"},
                             {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                             {"code_challenge_method", "S256"}});
      auto address = *p.complete(why, *ticket, {all[n], identity::sid_of(s.token), now(), "a", {}});
      const auto at = address.find("code=") + 5;
      auto got = p.token({"POST", "/oauth/token", "", {},
                          {{"grant_type", "authorization_code"},
                           {"client_id", c.id},
                           {"code", address.substr(at, address.find('&') - at)},
                           {"redirect_uri", c.redirects.front()},
                           {"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}});
      check(bool(got), "tokens");
      on.push_back(static_cast<double>(now().micros - begun.micros) / 1000);
    }
    std::printf("%6d agencies: passkey to session p50 %.2f ms, p99 %.2f ms; "
                "sign-on to tokens p50 %.2f ms, p99 %.2f ms\n",
                agencies, hundredth(in, 50), hundredth(in, 99), hundredth(on, 50),
                hundredth(on, 99));
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
  for (const int agencies : {10, 10'000}) sign_on(agencies, 2'000);
}
