#include "madang/egress/egress.hpp"
#include "madang/notices/channels.hpp"

namespace madang::notices {
namespace {

std::string base64(std::string_view s) {
  return text::base64({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
}

// RFC 2047: words of at most 75 octets, cut between characters.
std::string encoded_words(std::string_view s) {
  constexpr std::size_t most = 42;           // 42 octets are 56 in base64, and 12 around them
  std::string out;
  while (!s.empty()) {
    std::size_t n = std::min(most, s.size());
    while (n < s.size() && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) --n;
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(s.substr(0, n)) + "?=";
    s.remove_prefix(n);
  }
  return out;
}

std::string rfc5322_date(instant at) {
  const std::time_t seconds = at.micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[utc.tm_wday], utc.tm_mday,
                     months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string message_of(const std::string& from, const std::string& to, const letter& l,
                       std::string_view message_id, instant at) {
  const std::string domain = from.substr(from.rfind('@') + 1);
  std::string out = "Date: " + rfc5322_date(at) + "\r\nFrom: <" + from + ">\r\nTo: <" + to +
                    ">\r\nMessage-ID: <" + std::string(message_id) + "@" + domain +
                    ">\r\nSubject: " + encoded_words(l.subject) +
                    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n";
  const std::string body = base64(text::replace_all(l.body, "\n", "\r\n"));
  for (std::size_t i = 0; i < body.size(); i += 76) out += body.substr(i, 76) + "\r\n";
  return out;
}

std::optional<std::string> hand_in(const mail_server& server, const std::string& to,
                                   const letter& l, std::string_view message_id) {
  return egress::hand_in({server.url, server.user, server.password, server.trusted, server.from, to,
                          message_of(server.from, to, l, message_id, now())});
}

}  // namespace madang::notices
