#include "madang/platform/viewer.hpp"
#include "madang/trust/bytes.hpp"
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct document_line {
  std::string key, number, title, seal, state;
  instant issued;
};
BOOST_DESCRIBE_STRUCT(document_line, (), (key, number, title, seal, state, issued))
struct wallet_view {
  std::vector<document_line> documents;
};
BOOST_DESCRIBE_STRUCT(wallet_view, (), (documents))

document_line line_of(const context& c, const documents::issued& d) {
  return {d.key.str(), d.number, d.title(c.language), d.seal(c.language),
          d.revoked ? "revoked" : "valid", d.at};
}

result<documents::issued> mine(context& c) {
  auto key = id::parse(c.request.capture("document"));
  auto d = key ? c.home.documents().find(*key, c.actor.person) : std::nullopt;
  const auto unknown = refuse(kind::not_found, "document.unknown");
  if (!d && key && c.home.documents().exists(*key)) return c.hidden(unknown, "document", *key);
  if (!d) return unknown;
  return std::move(*d);
}

http::response wallet(context& c) {
  wallet_view view;
  for (const auto& d : c.home.documents().of_person(c.actor.person))
    view.documents.push_back(line_of(c, d));
  return c.show(view, [&] {
    table_view t;
    t.caption = c.say("my.documents");
    t.caption_hidden = true;
    t.stacked = true;
    t.columns = {{std::string(c.say("document.title"))}, {std::string(c.say("document.number"))},
                 {std::string(c.say("document.issued"))}, {std::string(c.say("my.state"))}};
    for (const auto& d : view.documents)
      t.rows.push_back({a(href("/my/documents/" + d.key), d.title), node(d.number),
                        node(c.written(d.issued)),
                        badge(d.state == "valid" ? tone::good : tone::bad,
                              c.say("document.state_" + d.state))});
    node body = h1(c.say("my.documents"));
    if (view.documents.empty())
      body = all(body,
                 empty_state(
                     "book", c.say("document.none"), p(c.say("document.none_hint")),
                     link_button("/search?q=" + http::percent_encode(c.say("document.search_word")),
                                 c.say("document.find"))));
    else
      body = all(body, lead(c.say("document.lead")), data_table(c.shell(), t));
    // What else keeps documents: on the person's own device, and for ever.
    std::vector<node> more;
    if (c.home.pack().has("wallet.yaml"))
      more.push_back(link_button("/wallet", c.say("wallet.title"), look::secondary));
    more.push_back(link_button("/my/vault", c.say("archive.title"), look::secondary));
    body = all(body, h2(c.say("archive.elsewhere")), button_row(more));
    return c.page(c.say("my.documents"), {{"/my", std::string(c.say("my.title"))}}, body);
  });
}

http::response show(context& c) {
  auto d = mine(c);
  if (!d) return c.refuse(d.why());
  const document_line view = line_of(c, *d);
  return c.show(view, [&] {
    const std::string file = "/my/documents/" + view.key + "/file";
    node body;
    if (c.request.param("issued") == "1") body = panel(c.say("document.issued_panel"), view.number);
    else body = all(h1(view.title), p(badge(view.state == "valid" ? tone::good : tone::bad,
                                            c.say("document.state_" + view.state))));
    body = all(body, p(strong(view.title), " · ", c.say("document.format")),
               button_row({link_button(file, c.say("document.download"), look::primary, "download"),
                           link_button("/my/documents/" + view.key + "/view",
                                       c.say("document.view"), look::secondary)}),
               h2(c.say("document.now")), p(c.say("document.now_text")),
               p(c.say("document.read_record"), " ", a(href("/my/data"), c.say("my.data"))),
               summary_list(
                   c.shell(),
                   {{std::string(c.say("document.number")), node(view.number), ""},
                    {std::string(c.say("document.issued")), node(c.written(view.issued)), ""},
                    {std::string(c.say("document.sealed_by")), node(view.seal), ""},
                    {std::string(c.say("document.verify_at")),
                     a(href("/v/" + view.number), c.home.chosen().public_url + "/v/" + view.number),
                     ""}}));
    const auto offered = c.home.hub().ask(
        "wallet.offers", c.access(c.home.said("purpose.wallet"), c.home.said("law.e_government")),
        json::object{{"layout", d->layout}});
    if (view.state == "valid" && offered && json::flag(*offered, "offered"))
      body = all(body, h2(c.say("wallet.put")), p(c.say("wallet.put_hint")),
                 link_button("/my/documents/" + view.key + "/wallet", c.say("wallet.put"),
                             look::secondary));
    if (view.state == "valid")
      body =
          all(body, disclosure(c.say("document.revoke_title"),
                               all(p(c.say("document.revoke_text")),
                                   post_button(c.shell(), "/my/documents/" + view.key + "/revoke",
                                               c.say("document.revoke"), look::danger))));
    return c.page(view.title, {{"/my", std::string(c.say("my.title"))},
                               {"/my/documents", std::string(c.say("my.documents"))}},
                  body);
  });
}

http::response file(context& c) {
  auto d = mine(c);
  if (!d) return c.refuse(d.why());
  http::response r;
  r.content_type = "application/pdf";
  r.body = c.home.documents().file(*d);
  r.with("Content-Disposition", fmt::format("attachment; filename=\"{}.pdf\"", d->number));
  return c.with_privacy(std::move(r));
}

result<platform::shown_file> opened(context& c) {
  auto d = mine(c);
  if (!d) return d.why();
  auto octets = c.home.documents().file(*d);
  const std::string at = "/my/documents/" + d->key.str(), hash = trust::sha256_hex(octets);
  return platform::shown_file{d->key.str(), d->title(c.language), "application/pdf", hash,
                              std::move(octets), at + "/file",
                              {{"/my", std::string(c.say("my.title"))},
                               {"/my/documents", std::string(c.say("my.documents"))},
                               {at, d->number}}};
}

http::response revoke(context& c) {
  auto d = mine(c);
  if (!d) return c.refuse(d.why());
  auto done = c.home.documents().revoke(
      c.access(c.home.said("purpose.revoke"), c.home.said("law.e_government")), d->key);
  if (!done) return c.refuse(done.why());
  return c.go("/my/documents/" + d->key.str());
}

}  // namespace

void document_pages(house& h) {
  h.page("GET", "/my/documents", needs::sign_in, wallet);
  h.page("GET", "/my/documents/{document}", needs::sign_in, show);
  h.page("GET", "/my/documents/{document}/file", needs::sign_in, file);
  platform::viewer_pages(h, "/my/documents/{document}", needs::sign_in, opened);
  h.page("POST", "/my/documents/{document}/revoke", needs::sign_in, revoke);
}

}  // namespace madang::gov24
