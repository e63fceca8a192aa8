#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

// The one door by which the program talks to other servers over HTTP and SMTP. What may be reached
// is a list of the operator's; what it does not name is not reached. Judged is the address that is
// connected to, after names were resolved, so a name that changes its mind changes nothing.
// Redirects are not followed, proxies of the environment not used, certificates always verified.
namespace madang::egress {

// For what somebody is called; an entry may be for one of them alone.
enum class purpose { acme, mail, sign_on, text_message, witness, exchange, feed };
std::string_view name_of(purpose p);  // "acme", "mail", "sign-on", "text-message", ..

// IPv6, and IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
using address = std::array<std::uint8_t, 16>;
std::optional<address> address_of(std::string_view text);
// Reachable by everybody: no network of a house or provider, no link, no machine itself, none for
// documentation, and none that holds another address inside (IANA special-purpose registries, RFC
// 6890; metadata services of clouds stand at 169.254.169.254 and fd00:ec2::254, which are not).
bool is_public(const address& a);

// The operator's list. An entry is [PURPOSE=]TARGET[:PORT]; TARGET is
//   public           every public address
//   loopback         this machine
//   10.1.0.0/16      a network, or one address; [fd00::/8]:25 with a port
//   a.example.org    this name where it leads to a public address
//   *.example.org    every name below it, likewise
// An address that is not public is reached by an entry for its network alone, whatever it is
// called.
class rules {
 public:
  rules() = default;  // nothing may be reached
  // Refusal egress.entry {entry}.
  static result<rules> read(const std::vector<std::string>& entries);
  // `host` as it stands in the address that is called, lower case.
  bool allow(purpose why, std::string_view host, int port, const address& to) const;

 private:
  struct place {
    std::optional<purpose> only;
    int port = 0;      // 0: any
    std::string name;  // "a.example.org", ".example.org" for those below; empty: `network`
    bool anybody = false;
    address network{};
    int bits = 0;
  };
  static std::optional<place> place_of(std::string_view entry);
  std::vector<place> places_;
};

// Of this process, from now on. Before it is called nothing may be reached.
void open_to(rules r);

struct call {
  purpose why;
  std::string url;           // http or https
  std::string content_type;  // of the body; empty: GET
  std::string body;
  std::vector<std::string> headers;
  int connect_seconds = 5, whole_seconds = 10;
  std::size_t most_body = 1u << 20;  // octets of the answer; more is no answer
  std::string trusted;               // PEM file of authorities; empty: the system's
};
struct answer {
  int status = 0;  // 0: nobody answered
  std::string body;
  // Validators of the answer (RFC 9110 section 8.8), as they came; empty: none.
  std::string etag = {}, last_modified = {};
  std::string problem = {};  // "egress.refused", or in libcurl's words; never an address or a token
};
answer ask(const call& c);

// A message for a mail server, RFC 5321 by way of "smtp://host:587" or "smtps://host:465".
struct mail {
  std::string server, user, password;  // a password crosses TLS only
  std::string trusted;                 // PEM file of authorities; empty: the system's
  std::string from, to;                // addresses, without brackets
  std::string message;                 // RFC 5322, lines ending in CR LF
};
// Nothing when it was taken; else what was wrong.
std::optional<std::string> hand_in(const mail& m);

}  // namespace madang::egress
