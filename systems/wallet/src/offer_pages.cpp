// "Put into my wallet": the holder of a document takes it along.
#include "pages.hpp"

namespace madang::wallet {
namespace {

using namespace html;

struct batch_line {
  std::string wallet, state;
  int copies = 0;
  instant made, expires;
};
BOOST_DESCRIBE_STRUCT(batch_line, (), (wallet, state, copies, made, expires))
struct offer_view {
  std::string document, title, number, offer, pin;
  std::vector<std::string> claims;
  std::vector<batch_line> batches;
};
BOOST_DESCRIBE_STRUCT(offer_view, (), (document, title, number, offer, pin, claims, batches))

result<documents::issued> mine(context& c) {
  const auto key = id::parse(c.request.capture("document"));
  auto d = key ? c.home.documents().find(*key, c.actor.person) : std::nullopt;
  const auto unknown = refuse(kind::not_found, "document.unknown");
  if (!d && key && c.home.documents().exists(*key)) return c.hidden(unknown, "document", *key);
  if (!d) return unknown;
  return std::move(*d);
}

offer_view view_of(const context& c, bureau& b, const documents::issued& d,
                   const credential_plan& p) {
  offer_view v{d.key.str(), d.title(c.language), d.number, "", "", {}, {}};
  for (const auto& claim : p.claims) v.claims.push_back(claim.label(c.language));
  for (const auto& one : b.issuing.batches_of(c.actor.person)) {
    if (one.document != d.key) continue;
    v.batches.push_back({one.wallet, d.revoked ? "revoked" : one.told, one.copies, one.made,
                         one.expires});
  }
  return v;
}

std::string state_key(const batch_line& l, instant at) {
  if (l.state == "revoked") return "revoked";
  if (l.expires < at) return "expired";
  if (l.state == "credential_deleted") return "deleted";
  return l.state == "credential_accepted" ? "kept" : "sent";
}

node batches_part(const context& c, const offer_view& v) {
  if (v.batches.empty()) return {};
  table_view t;
  t.caption = c.say("wallet.batches");
  t.caption_hidden = true;
  t.stacked = true;
  for (const char* label : {"wallet.made", "wallet.copies", "wallet.into", "my.state"})
    t.columns.push_back({std::string(c.say(label))});
  for (const auto& l : v.batches) {
    const std::string state = state_key(l, now());
    t.rows.push_back({node(c.written(l.made)), node(std::to_string(l.copies)),
                      node(l.wallet.empty() ? std::string(c.say("wallet.by_code")) : l.wallet),
                      badge(state == "kept"      ? tone::good
                            : state == "revoked" ? tone::bad
                                                 : tone::neutral,
                            c.say("wallet.state_" + state))});
  }
  return all(h2(c.say("wallet.batches")), data_table(c.shell(), t));
}

http::response page_of(context& c, const std::string& document, const std::string& title,
                       const node& body) {
  return c.page(c.say("wallet.put"),
                {{"/my", std::string(c.say("my.title"))},
                 {"/my/documents", std::string(c.say("my.documents"))},
                 {"/my/documents/" + document, title}},
                body, {.noindex = true});
}

http::response ask(context& c, bureau& b) {
  auto d = mine(c);
  if (!d) return c.refuse(d.why());
  const auto* of = b.plan.for_layout(d->layout);
  if (!of) return c.refuse(refuse(kind::not_found, "wallet.not_offered"));
  const offer_view v = view_of(c, b, *d, *of);
  return c.show(v, [&] {
    std::vector<node> claims;
    for (const auto& one : v.claims) claims.push_back(li(one));
    node body = all(h1(c.say("wallet.put")),
                    lead(c.fill("wallet.put_lead", {{"title", v.title}})),
                    h2(c.say("wallet.holds")), ul(claims),
                    p(c.fill("wallet.how", {{"copies", std::to_string(b.plan.copies)},
                                            {"days", std::to_string(b.plan.days)},
                                            {"agency", b.plan.status_name(c.language)}})));
    if (d->revoked) body = all(body, banner(c.shell(), tone::bad, c.say("wallet.was_revoked")));
    else
      body = all(body, post_button(c.shell(), "/my/documents/" + v.document + "/wallet",
                                   c.say("wallet.make_offer")));
    return page_of(c, v.document, v.title, all(body, batches_part(c, v)));
  });
}

http::response offer(context& c, bureau& b) {
  auto d = mine(c);
  if (!d) return c.refuse(d.why());
  auto made = b.issuing.make_offer(d->key, c.actor.person);
  if (!made) return c.refuse(made.why());
  offer_view v = view_of(c, b, *d, *b.plan.for_layout(d->layout));
  v.offer = made->uri;
  v.pin = made->pin;
  return c.show(v, [&] {
    // The code stands behind "#": what is there never goes to a server or into its records.
    const std::string here = "/wallet#credential_offer=" + http::percent_encode(made->offered);
    const node body = all(
        h1(c.say("wallet.offer_title")),
        panel(c.say("wallet.pin"), v.pin, c.say("wallet.pin_note")),
        h2(c.say("wallet.this_device")),
        button_row({link_button(here, c.say("wallet.open_here"), look::primary)}),
        h2(c.say("wallet.other_device")), p(c.say("wallet.scan_this")),
        qr_code(v.offer, c.say("wallet.scan_this")),
        disclosure(c.say("wallet.as_text"), pre(code(cls("wrap"), v.offer))),
        inset(p(c.fill("wallet.offer_ends",
                       {{"minutes", std::to_string(issuing::offer_minutes)}}))));
    return page_of(c, v.document, v.title, body);
  });
}

}  // namespace

void offer_pages(house& h, shared_bureau b) {
  h.page("GET", "/my/documents/{document}/wallet", needs::sign_in,
         [b](context& c) { return ask(c, *b); });
  h.page("POST", "/my/documents/{document}/wallet", needs::sign_in,
         [b](context& c) { return offer(c, *b); });
  // wallet.offers {layout}: whether documents of that layout can be taken into a wallet.
  h.hub().offer_query("wallet.offers",
                      [b](const audit::access&, const json::value& in) -> result<json::value> {
                        const bool there = b->plan.for_layout(json::str(in, "layout")) != nullptr;
                        return json::value(json::object{{"offered", there}});
                      });
}

}  // namespace madang::wallet
