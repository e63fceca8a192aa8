#include "madang/wallet/wallet.hpp"

#include "pages.hpp"

namespace madang::wallet {

bureau::bureau(house& h, wallet::plan p)
    : home(h),
      plan(std::move(p)),
      keys(h),
      issuing(h, plan, keys),
      // Of another agency than any issuer: its database holds places and nothing about anybody.
      statuses(h.database("status"), without_slash(h.chosen().public_url) + "/status/",
               [this] { return keys.of(plan.status_name); }),
      asking(h, plan, keys, [this](std::int64_t list) { return statuses.token(list); }) {}

void join(house& h) {
  if (!h.pack().has("wallet.yaml")) return;
  auto b = std::make_shared<bureau>(
      h, read_plan(h.pack(), without_slash(h.chosen().public_url)));
  issuing_routes(h, b);
  status_routes(h, b);
  asking_routes(h, b);
  offer_pages(h, b);
  holder_pages(h, b);
  asking_pages(h, b);
  h.hub().listen("wallet", "document.revoked", [b](const exchange::event& e) {
    if (const auto document = id::parse(e.subject)) b->issuing.revoked(*document, e.key.str());
  });
}

}  // namespace madang::wallet
