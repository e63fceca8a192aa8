// The page for everybody: which logs there are, who watches them, how to check for oneself.
#include <algorithm>

#include "pages.hpp"

namespace madang::transparency {
namespace {

using namespace html;

struct log_line {
  std::string name, origin, key, root;
  std::int64_t size = 0, published_size = 0;
  instant published_at;
};
BOOST_DESCRIBE_STRUCT(log_line, (),
                      (name, origin, key, root, size, published_size, published_at))
struct witness_line {
  std::string name, key, trouble;
  std::optional<instant> last;
};
BOOST_DESCRIBE_STRUCT(witness_line, (), (name, key, trouble, last))
struct logs_view {
  std::vector<log_line> logs;
  std::vector<witness_line> witnesses;
  std::int64_t quorum = 0;
  std::optional<instant> waiting_since;
};
BOOST_DESCRIBE_STRUCT(logs_view, (), (logs, witnesses, quorum, waiting_since))

logs_view view_of(const context& c, const keeper& k) {
  logs_view out;
  out.quorum = static_cast<std::int64_t>(k.quorum());
  out.waiting_since = k.waiting_since();
  for (const auto& l : k.logs()) {
    const auto s = l->now();
    out.logs.push_back({l->name(), l->origin(), l->key().str(), text::hex(s.root),
                        static_cast<std::int64_t>(s.size),
                        static_cast<std::int64_t>(s.published_size), s.published_at});
  }
  for (const auto& w : k.witnesses())
    out.witnesses.push_back({w.name(c.language), w.key.str(), w.trouble,
                             w.last.micros ? std::optional(w.last) : std::nullopt});
  return out;
}

node log_part(const context& c, const log_line& l) {
  const std::string at = "/transparency/" + l.name;
  const auto width = static_cast<int>(
      std::clamp<std::int64_t>(l.published_size, 1, static_cast<std::int64_t>(tlog::tile_width)));
  const std::string first_tile = at + "/" + tlog::path_of({0, 0, width});
  std::vector<row> rows{
      {std::string(c.say("transparency.size")), node(text::grouped(l.published_size)), ""},
      {std::string(c.say("transparency.last")),
       node(l.published_at.micros ? c.written(l.published_at)
                                  : std::string(c.say("transparency.none_yet"))), ""},
      {std::string(c.say("transparency.root")), node(code(cls("wrap"), l.root)), ""},
      {std::string(c.say("transparency.key")), node(code(cls("wrap"), l.key)), ""},
      {std::string(c.say("transparency.files")),
       all(a(href(at + "/checkpoint"), c.say("transparency.checkpoint")), " · ",
           a(href(first_tile), c.say("transparency.first_tile"))), ""}};
  return section(h2(c.say("transparency.log_" + l.name)), p(c.say("transparency.said_" + l.name)),
                 summary_list(c.shell(), rows));
}

node witness_part(const context& c, const logs_view& v) {
  table_view t;
  t.caption = c.say("transparency.witnesses");
  t.caption_hidden = true;
  t.stacked = true;
  t.first_is_header = true;
  t.empty = c.say("transparency.no_witnesses");
  t.columns = {{std::string(c.say("transparency.witness"))},
               {std::string(c.say("transparency.state"))},
               {std::string(c.say("transparency.key"))}};
  for (const auto& w : v.witnesses) {
    node state = w.trouble.empty() && w.last
                     ? badge(tone::good, c.say("transparency.confirms"))
                 : w.trouble.empty() ? badge(tone::neutral, c.say("transparency.none_yet"))
                                     : badge(tone::bad, c.say("transparency.fails"));
    t.rows.push_back({node(w.name),
                      all(state, w.last ? div(cls("note"), c.written(*w.last)) : node()),
                      node(code(cls("wrap"), w.key))});
  }
  return section(h2(c.say("transparency.witnesses")),
                 p(c.fill("transparency.quorum",
                          {{"n", std::to_string(v.quorum)},
                           {"all", std::to_string(v.witnesses.size())}})),
                 data_table(c.shell(), t));
}

http::response show_logs(context& c, const keeper& k) {
  const logs_view v = view_of(c, k);
  return c.show(v, [&] {
    node body = all(h1(c.say("transparency.title")), lead(c.say("transparency.lead")));
    if (v.waiting_since && now().micros - v.waiting_since->micros > 60'000'000)
      body = all(body, banner(c.shell(), tone::warn, c.say("transparency.late"),
                              p(c.fill("transparency.late_since",
                                       {{"since", c.written(*v.waiting_since)}}))));
    for (const auto& l : v.logs) body = all(body, log_part(c, l));
    body = all(body, witness_part(c, v),
               section(h2(c.say("transparency.check_title")), p(c.say("transparency.check_page")),
                       p(c.say("transparency.check_offline")),
                       pre(code(cls("wrap"),
                          "madang log verify entry.tlog-proof --policy policy.txt")),
                       p(a(href("/transparency/policy"), c.say("transparency.policy"))),
                       p(c.say("transparency.standards"))));
    return c.page(c.say("transparency.title"), {}, body);
  });
}

}  // namespace

void public_pages(office k) {
  k->home().page("GET", "/transparency", needs::nobody,
                 [k](context& c) { return show_logs(c, *k); });
}

}  // namespace madang::transparency
