#include "madang/transparency/transparency.hpp"

#include "pages.hpp"

namespace madang::transparency {

void join(platform::house& house) {
  auto k = std::make_shared<keeper>(house);
  file_pages(k);
  public_pages(k);
  entry_pages(k);
  alert_pages(k);
  offer(k);
  house.accompany({[k] { k->start(); }, [k] { k->stop(); }});
  house.watch("log", [k] { return k->state(); });
  // Who signs in or out changes nothing of the nation, and an operator must be able to look.
  house.hold_writes([k] { return k->may_write(); }, {"/sign-in", "/sign-out", "/verify"});
}

}  // namespace madang::transparency
