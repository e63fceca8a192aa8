// What anybody needs to believe nobody: the texts of an election, its archive, and a page that
// verifies the archive in the browser.
#include "hall.hpp"

namespace madang::communities {
namespace {

using namespace html;

http::response octets(std::string body, const std::string& name) {
  auto r = http::text_response(200, std::move(body), "application/octet-stream");
  r.with("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return r;
}

http::response text_of(context& c, hall& l, std::string poll::*which) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (((*p).*which).empty()) return c.refuse(refuse(kind::not_found, "communities.unknown"));
  return http::json_response((*p).*which);
}

http::response archive(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (p->members == 0) return c.refuse(refuse(kind::not_found, "communities.unknown"));
  return octets(l.archive(*p), p->uuid + ".bel");
}

struct verify_view {
  std::string uuid, archive, command;
};
BOOST_DESCRIBE_STRUCT(verify_view, (), (uuid, archive, command))

http::response verify(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (p->members == 0) return c.refuse(refuse(kind::not_found, "communities.unknown"));
  const verify_view v{p->uuid, path_of(*p) + "/archive", "belenios-tool election verify --dir ."};
  return c.show(v, [&] {
    auto way = way_to(c, l, *p);
    way.push_back({path_of(*p), p->title});
    return c.page(c.say("communities.verify"), way,
                  html::all(h1(c.say("communities.verify")), lead(c.say("communities.verify_lead")),
                            island(c, "verify",
                                   {"verify_now", "verifying", "verify_good", "verify_bad",
                                    "verify_step", "failed", "blank"},
                                   {{"archive", v.archive}}, node()),
                            h2(c.say("communities.verify_elsewhere")),
                            html::p(c.say("communities.verify_elsewhere_lead")),
                            html::p(a(href(v.archive), p->uuid + ".bel")),
                            pre(cls("keep-lines"), attr("tabindex", "0"),
                                code("sudo apt-get install belenios-tool\n" + v.command)),
                            html::p(c.say("communities.verify_means"))));
  });
}

}  // namespace

void archive_pages(house& h, shared_hall l) {
  const std::string at = "/elections/{poll}";
  h.page("GET", at + "/election", needs::nobody,
         [l](context& c) { return text_of(c, *l, &poll::election); });
  h.page("GET", at + "/tally", needs::nobody,
         [l](context& c) { return text_of(c, *l, &poll::tally); });
  h.page("GET", at + "/archive", needs::nobody, [l](context& c) { return archive(c, *l); });
  h.page("GET", at + "/verify", needs::nobody, [l](context& c) { return verify(c, *l); });
}

}  // namespace madang::communities
