#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct audit_line {
  instant at;
  std::string action, who, agency, record_of, record, purpose, law, reference;
};
BOOST_DESCRIBE_STRUCT(audit_line, (),
                      (at, action, who, agency, record_of, record, purpose, law, reference))
struct audit_view {
  std::string next;                // address of the page of earlier ones; empty: these are the last
  std::vector<audit_line> entries;
};
BOOST_DESCRIBE_STRUCT(audit_view, (), (next, entries))

constexpr int shown = 200;

std::optional<audit::action> wanted_action(const context& c) {
  for (auto a : {audit::action::read, audit::action::changed, audit::action::issued,
                 audit::action::decided, audit::action::signed_in, audit::action::refused})
    if (c.request.param("action") == audit::name_of(a)) return a;
  return {};
}

std::string address_of(const context& c, const std::string& before) {
  std::string out = "/desk/audit?before=" + before;
  if (const auto a = wanted_action(c)) out += "&action=" + std::string(audit::name_of(*a));
  return out;
}

// Of one matter, oldest and newest together; or the newest of all, page by page.
std::vector<audit::entry> entries_of(const context& c, std::string& next) {
  std::vector<audit::entry> out;
  const std::string reference(text::head(c.request.param("q"), 60));
  audit::wanted w{.what = wanted_action(c), .not_by = {}, .limit = shown + 1};
  if (auto key = id::parse(c.request.param("before"))) w.before = *key;
  for (auto* db : c.home.databases()) {
    auto some = db->reading([&](store::read& r) {
      return reference.empty() ? audit::latest(r, w) : audit::of_reference(r, reference, shown);
    });
    out.insert(out.end(), some.begin(), some.end());
  }
  out = audit::merged(std::move(out), shown + 1);
  if (out.size() > static_cast<std::size_t>(shown)) {
    out.pop_back();
    if (reference.empty()) next = address_of(c, out.back().key.str());
  }
  return out;
}

// Who looks at the trail leaves a line in it as well.
void leave_entry(const context& c) {
  const auto why = c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs"));
  c.home.database("gov24").writing([&](store::write& tx) {
    audit::append(tx, why, audit::action::read, {}, "audit", text::head(c.request.param("q"), 60));
  });
}

http::response audit_page(context& c) {
  if (!c.actor.has_role("auditor")) return c.refuse(refuse(kind::forbidden, "request.role"));
  leave_entry(c);
  audit_view view;
  for (const auto& e : entries_of(c, view.next))
    view.entries.push_back({e.at, std::string(audit::name_of(e.what)),
                            std::string(json::str(e.actor, "name")),
                            json::words_of(json::at(e.actor, "agency"))(c.language), e.record_of,
                            e.record, e.purpose(c.language), e.law(c.language), e.reference});
  return c.show(view, [&] {
    desk_view d = frame(c, "/desk/audit", c.say("work.audit"));
    search_view box;
    box.action = "/desk/audit";
    box.label = c.say("work.audit_search");
    box.value = std::string(c.request.param("q"));
    box.suggest = "";
    std::vector<tab> kinds{
        {"/desk/audit", std::string(c.say("services.all")), c.request.param("action").empty()}};
    for (const char* a : {"read", "changed", "issued", "decided", "signed_in", "refused"})
      kinds.push_back({"/desk/audit?action=" + std::string(a),
                       std::string(c.say("data.action_" + std::string(a))),
                       c.request.param("action") == a});
    d.tools = all(search_box(c.shell(), box), filters(c.say("work.filters"), kinds));
    d.list_label = c.say("work.audit_search");
    table_view t;
    t.caption = c.say("work.audit");
    t.caption_hidden = true;
    t.sortable = true;
    t.empty = c.say("data.none");
    t.columns = {{std::string(c.say("data.when"))}, {std::string(c.say("data.who"))},
                 {std::string(c.say("data.what"))}, {std::string(c.say("data.why"))}};
    for (const auto& l : view.entries)
      t.rows.push_back({node(c.written(l.at)), all(l.who, div(cls("note"), l.agency)),
                        all(badge(l.action == "refused" ? tone::bad : tone::neutral,
                                  c.say("data.action_" + l.action)),
                            " ", l.record_of, " ", l.record),
                        all(l.purpose, " ", l.reference, div(cls("note"), l.law))});
    d.detail = all(h1(c.say("work.audit")), data_table(c.shell(), t),
                   view.next.empty()
                       ? node()
                       : link_button(view.next, c.say("data.earlier"), look::secondary));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

http::response operations(context& c) {
  if (!c.actor.has_role("operator")) return c.refuse(refuse(kind::forbidden, "request.role"));
  desk_view d = frame(c, "/desk/operations", c.say("work.operations"));
  d.list_label = c.say("work.operations");
  table_view t;
  t.caption = c.say("work.databases");
  t.columns = {{std::string(c.say("work.database"))},
               {std::string(c.say("work.writes")), true},
               {std::string(c.say("work.commits")), true},
               {std::string(c.say("work.waiting")), true},
               {std::string(c.say("work.megabytes")), true}};
  for (auto* db : c.home.databases()) {
    const auto f = db->now();
    t.rows.push_back({node(db->name()), node(text::grouped(static_cast<std::int64_t>(f.writes))),
                      node(text::grouped(static_cast<std::int64_t>(f.groups))),
                      node(text::grouped(f.waiting)), node(text::grouped(f.bytes >> 20))});
  }
  d.detail = all(h1(c.say("work.operations")), data_table(c.shell(), t),
                 p(a(href("/health"), "/health"), " · ", a(href("/metrics"), "/metrics"), " · ",
                   a(href("/openapi.json"), "/openapi.json")));
  return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
}

struct office_notice {
  std::string title, body, reference;
  instant at;
};
BOOST_DESCRIBE_STRUCT(office_notice, (), (title, body, reference, at))

http::response office_notices(context& c) {
  std::vector<office_notice> view;
  for (const auto& n : c.home.box().of_office(c.actor.office))
    view.push_back({n.title(c.language), n.body(c.language), n.reference, n.at});
  // Notices go to towns; a municipality or province sees those of its towns.
  if (c.actor.office.size() < 7)
    for (const auto& town : c.home.pack().towns())
      if (!c.actor.office.empty() && town.code.starts_with(c.actor.office))
        for (const auto& n : c.home.box().of_office(town.code, 20))
          view.push_back({n.title(c.language), n.body(c.language), n.reference, n.at});
  std::sort(view.begin(), view.end(), [](const auto& a, const auto& b) { return b.at < a.at; });
  return c.show(view, [&] {
    desk_view d = frame(c, "/desk/office", c.say("work.office_notices"));
    d.list_label = c.say("work.office_notices");
    std::vector<moment> lines;
    for (const auto& n : view)
      lines.push_back({c.written(n.at), n.title, node(p(cls("note"), n.reference, " ", n.body))});
    d.detail = all(h1(c.say("work.office_notices")),
                   lines.empty() ? empty_state("bell", c.say("notices.none")) : timeline(lines));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

}  // namespace

void audit_pages(house& h) {
  h.page("GET", "/desk/audit", needs::official, audit_page);
  h.page("GET", "/desk/operations", needs::official, operations);
  h.page("GET", "/desk/office", needs::official, office_notices);
}

}  // namespace madang::desk
