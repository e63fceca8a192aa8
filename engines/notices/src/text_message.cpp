#include "madang/egress/egress.hpp"
#include "madang/notices/channels.hpp"

namespace madang::notices {

bool text_gateway::tells_secrets() const {
  if (password.empty() || url.starts_with("https://")) return false;
  for (const std::string_view here : {"http://127.0.0.1:", "http://[::1]:", "http://localhost:"})
    if (url.starts_with(here)) return false;
  return true;
}

std::optional<std::string> hand_in(const text_gateway& gateway, const std::string& to,
                                   std::string_view text) {
  constexpr int accepted = 202;              // "0: Accepted for delivery", "3: Queued for ..."
  egress::call asked{egress::purpose::text_message, gateway.url, "text/plain; charset=UTF-8",
                     std::string(text), {}};
  asked.headers = {"X-Kannel-Username: " + gateway.user, "X-Kannel-Password: " + gateway.password,
                   "X-Kannel-From: " + gateway.from, "X-Kannel-To: " + to,
                   "X-Kannel-Coding: 2"};    // UCS-2, in which Korean goes
  asked.trusted = gateway.trusted;
  const auto got = egress::ask(asked);
  if (got.status == accepted) return {};
  return got.problem.empty() ? "status " + std::to_string(got.status) : got.problem;
}

}  // namespace madang::notices
