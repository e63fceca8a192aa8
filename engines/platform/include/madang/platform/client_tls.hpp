#pragma once
#include <string>
#include <vector>

#include "madang/http/message.hpp"
#include "madang/platform/settings.hpp"

namespace madang::platform {

// Where clients show certificates, in `client-tls.yaml` of the data folder:
//
//   port: 8443                              # a door of its own that asks for them; or
//   proxies: [127.0.0.1]                    # addresses of proxies that do
//   field: X-SSL-Client-Cert                # theirs, with an escaped PEM; not said: Client-Cert
//   public_url: https://login.example:8443  # of that door, as the outside names it
//
// A door of its own, as a browser that is asked for a certificate asks its holder.
struct client_tls {
  int port = 0;                  // 0: none
  std::string certificate, key;  // PEM of that door; not said: those of the house
  std::string public_url;        // without a slash at its end
  std::vector<std::string> proxies;
  std::string field;

  bool asks() const { return port != 0 || !proxies.empty(); }
};

// Throws packs::broken_pack naming what is wrong in the file.
client_tls client_tls_of(const settings& s);

// DER of the certificate that the client of this request has shown to have, as the edge says it
// (RFC 9440); empty: none.
std::string client_certificate_of(const http::request& r);

}  // namespace madang::platform
