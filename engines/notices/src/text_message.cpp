#include "madang/egress/egress.hpp"
#include "madang/notices/channels.hpp"

namespace madang::notices {

std::optional<std::string> hand_in(const text_gateway& gateway, const std::string& to,
                                   std::string_view text) {
  constexpr int accepted = 202;              // "0: Accepted for delivery", "3: Queued for ..."
  egress::call asked{egress::purpose::text_message, gateway.url, "text/plain", std::string(text),
                     {"X-Kannel-Username: " + gateway.user, "X-Kannel-Password: " + gateway.password,
                      "X-Kannel-From: " + gateway.from, "X-Kannel-To: " + to,
                      "X-Kannel-Coding: 2", "X-Kannel-Charset: UTF-8"}};
  const auto got = egress::ask(asked);
  if (got.status == accepted) return {};
  return got.problem.empty() ? "status " + std::to_string(got.status) : got.problem;
}

}  // namespace madang::notices
