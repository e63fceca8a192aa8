#pragma once
#include <semaphore>

#include "acme_books.hpp"
#include "pages.hpp"

namespace madang::certification {

// RFC 8555 with external account binding (which it requires) and renewal information (RFC 9773).
// Names are proven by http-01 within the request that answers the challenge.
class acme {
 public:
  explicit acme(office o);

  http::response directory(context& c);
  http::response nonce(context& c);
  http::response new_account(context& c);
  http::response account(context& c);
  http::response orders(context& c);
  http::response new_order(context& c);
  http::response order(context& c);
  http::response finalize(context& c);
  http::response authorization(context& c);
  http::response challenge(context& c);
  http::response certificate_file(context& c);
  http::response revoke(context& c);
  http::response change_key(context& c);
  http::response renewal(context& c);

 private:
  // A request whose signature, nonce and address are right, and who made it.
  struct asked {
    pki::jws jws;
    json::value payload;  // null: POST-as-GET
    pki::web_key key;
    std::optional<acme_account> account;  // none: it came with its key ("jwk")
  };
  struct wrong {
    int status = 400;
    const char* type = "malformed";
  };
  // Either an answer that says what is wrong, or the request.
  std::optional<asked> accept(context& c, bool by_key, http::response& bad);
  http::response problem(context& c, wrong w);
  http::response answer(context& c, const json::value& v, int status = 200);
  std::string base(const context& c) const;
  std::string address(const context& c, std::string_view what, id key) const;
  json::value shown(const context& c, const acme_account& a) const;
  json::value shown(const context& c, const acme_order& a);
  json::value shown(const context& c, const acme_authorization& a) const;
  json::value challenge_of(const context& c, const acme_authorization& a) const;
  std::vector<acme_authorization> authorizations(id order);
  std::optional<acme_order> own_order(const context& c, const asked& q);
  std::optional<acme_authorization> own_authorization(const context& c, const asked& q);
  std::optional<program_key> binding(const context& c, const asked& q);
  audit::access why(const acme_account& a) const;
  void settle(acme_order& order);

  office o_;
  int port_;
  nonces nonces_;
  std::counting_semaphore<4> proving_{4};
};

}  // namespace madang::certification
