#include "madang/platform/arrival.hpp"

namespace madang::platform {
namespace {

constexpr int a_year = 365 * 86400;
constexpr std::size_t secret_length = 32;  // of 24 octets in base64url

// Not the house's mistake to stop at: she is in, and told or not.
void tell_of(context& c, id person) {
  notices::notice n;
  n.person = person;
  n.title = c.home.said("arrival.notice");
  n.body = c.home.said("arrival.notice_body", {{"at", now().str().substr(0, 16) + "Z"}});
  n.link = "/my/sessions";
  n.at = now();
  c.home.box().put(std::move(n), "arrival " + random_token(12));
}

}  // namespace

http::response arrive(context& c, const identity::session& s, const identity::method& how,
                      http::response to, bool tell) {
  identity::sessions sessions(c.home.database("identity"));
  sessions.note(s.token, how, c.request.header("user-agent"));
  to.with("Set-Cookie", http::cookie("session", s.token, c.secure()));
  std::string device(c.request.cookie("device"));
  if (device.size() != secret_length) {
    device = random_token(24);
    to.with("Set-Cookie", http::cookie("device", device, c.secure(), a_year));
  }
  if (tell && sessions.is_new_device(s.person, device)) tell_of(c, s.person);
  return to;
}

}  // namespace madang::platform
