#pragma once
#include <memory>
#include <optional>
#include <string>

#include "madang/html/html.hpp"
#include "madang/identity/accounts.hpp"
#include "madang/identity/passwords.hpp"
#include "madang/identity/sessions.hpp"
#include "madang/platform/context.hpp"
#include "madang/signon/logout_sender.hpp"
#include "madang/signon/one_time.hpp"
#include "madang/signon/outside.hpp"
#include "madang/signon/passkeys.hpp"
#include "madang/signon/phone.hpp"
#include "madang/signon/provider.hpp"
#include "madang/signon/signals.hpp"

namespace madang::access {

using platform::context;
using platform::house;
using platform::needs;

using signon::origin_of;

// The pack's list of common passwords, and how the house is called.
identity::password_rules password_rules_of(const house& h);

// What the pages of sign-on share; lives as long as the house's routes.
struct bureau {
  bureau(house& h, store::database& own, store::database& identities,
         std::vector<signon::client> clients, std::vector<signon::outside_provider> others,
         std::vector<signon::carrier> carriers, signon::options o)
      : home(h),
        codes(own, o.passphrase),
        provider(own, std::move(clients), std::move(o)),
        sessions(identities),
        passwords(identities, h.people(), password_rules_of(h)),
        accounts(identities, h.people()),
        passkeys(own, origin_of(provider.chosen().issuer)),
        signals(own, provider),
        outside(own, std::move(others), provider.chosen().issuer + "/sign-in/outside-back"),
        phone(own, std::move(carriers)),
        sender(own, provider) {}

  house& home;
  signon::one_time_codes codes;
  signon::provider provider;
  identity::sessions sessions;
  identity::passwords passwords;
  identity::accounts accounts;
  signon::passkeys passkeys;
  signon::signals signals;
  signon::outside outside;
  signon::phone phone;
  bool asks_pin = false;           // what waits for somebody is confirmed by her PIN
  signon::logout_sender sender;    // last: its thread uses the others
};
using shared_bureau = std::shared_ptr<bureau>;

void machine_pages(house& h, shared_bureau b);   // what clients' servers call
void connect_pages(house& h, shared_bureau b);   // what a person is asked and where she ends
void decoupled_pages(house& h, shared_bureau b); // what was asked of her from elsewhere
void leaving_page(house& h, shared_bureau b);    // after sign-out: other sites are told
void mine_pages(house& h, shared_bureau b);      // connected services, sessions
void passkey_pages(house& h, shared_bureau b);   // coming in by a passkey; one's own ways in
void code_pages(house& h, shared_bureau b);      // one's authenticator app
void outside_pages(house& h, shared_bureau b);   // in by another provider, and linking it
void password_pages(house& h, shared_bureau b);  // one's password, and the end of one's account
html::node password_part(const context& c, bureau& b);
void certificate_pages(house& h, shared_bureau b);  // by a certificate that TLS asked for
void phone_pages(house& h, shared_bureau b);     // by a carrier's word and one's telephone
html::node phone_part(const context& c, bureau& b);
html::node phone_again_part(const context& c, bureau& b, std::string_view next);
html::node outside_part(const context& c, bureau& b);
// Who is here by another's word alone files petitions and reads what is answered; no more.
std::optional<http::response> outside_gate(context& c, const signon::presence& who,
                                           const std::string& route);
html::node codes_part(const context& c, bureau& b);   // the part about it of one's own ways in

// A call of a client's server, as it came.
signon::call call_of(const context& c);
// Who sits there; nothing when nobody is signed in.
std::optional<signon::presence> presence_of(const context& c, bureau& b);
// What is verified about a person, and how, as the pack says it (verified_claims of OpenID Connect
// for Identity Assurance 1.0); null where nothing of it may be told to that client.
json::value verified_claims(bureau& b, const audit::access& why, const signon::connection& k);
// The same in words, before anybody agrees; and what discovery says of it (section 8).
html::node verified_part(const context& c, std::string_view claims);
void describe_verified(const house& h, json::object& discovery);
// Purpose and law are the client's, as its registration says.
audit::access for_client(const context& c, const signon::client& by);
// What is given to whom, for which purpose and by which law: what she reads before she says yes.
html::node given_part(const context& c, const signon::client& by, std::string_view scope,
                      std::string_view claims = {});
// The address of a page that tells other sites of this browser that the session is over, and then
// leads on to `location`; nothing when there is nobody to tell.
std::optional<std::string> leaving_address(bureau& b, std::string_view sid,
                                           const std::string& location);
// "name", "address" ... in words, for a list of what is given.
std::vector<std::string> given_words(const context& c, std::string_view scope);

}  // namespace madang::access
