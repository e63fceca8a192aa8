#pragma once
#include <memory>

#include "asking.hpp"
#include "issuing.hpp"
#include "madang/credentials/status_office.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::wallet {

using platform::context;
using platform::house;
using platform::needs;

struct bureau {
  bureau(house& h, plan p);

  house& home;
  const wallet::plan plan;
  keyholder keys;
  wallet::issuing issuing;
  credentials::status_office statuses;
  wallet::asking asking;
};
using shared_bureau = std::shared_ptr<bureau>;

void issuing_routes(house& h, shared_bureau b);   // OpenID4VCI, for wallets
void status_routes(house& h, shared_bureau b);    // Token Status List, for anybody
void asking_routes(house& h, shared_bureau b);    // OpenID4VP, for wallets
void offer_pages(house& h, shared_bureau b);      // "put into my wallet"
void holder_pages(house& h, shared_bureau b);     // the wallet itself
void asking_pages(house& h, shared_bureau b);     // whoever asks for a proof

// Answers to other programs: a page of a wallet elsewhere may read them, and nobody keeps them.
http::response answered(const json::object& what, int status = 200);
http::response shared_for(const json::object& what, int seconds);   // public and the same for all
// {"error": ...} of the standards. `words`: what the text says, for whoever reads the answer.
http::response failed(const house& h, const refusal& why);
std::string without_slash(std::string address);

// A QR code as a drawing, for whom `label` says what it is.
html::node qr_code(std::string_view text, std::string_view label);

}  // namespace madang::wallet
