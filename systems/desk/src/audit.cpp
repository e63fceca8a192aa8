#include <algorithm>
#include <iterator>
#include <map>

#include "desk_pages.hpp"
#include "madang/audit/search.hpp"
#include "madang/platform/csv.hpp"

namespace madang::desk {
namespace {

using namespace html;
using platform::csv_cell;

struct audit_line {
  instant at;
  std::string entry, subject;      // keys; subject is empty where nobody is concerned
  std::string action, who, agency, record_of, record, purpose, law, reference;
};
BOOST_DESCRIBE_STRUCT(audit_line, (),
                      (at, entry, subject, action, who, agency, record_of, record, purpose, law,
                       reference))
struct audit_view {
  std::string next;                // address of the page of earlier ones; empty: these are the last
  std::vector<audit_line> entries;
};
BOOST_DESCRIBE_STRUCT(audit_view, (), (next, entries))

constexpr int shown = 200;
constexpr int most_exported = 100'000;
constexpr const char* asked_names[] = {"q", "action", "person", "who", "agency", "purpose",
                                       "from", "to"};

std::optional<audit::action> wanted_action(const context& c) {
  for (auto a : {audit::action::read, audit::action::changed, audit::action::issued,
                 audit::action::decided, audit::action::signed_in, audit::action::refused})
    if (c.request.param("action") == audit::name_of(a)) return a;
  return {};
}

// What is asked stands in the address: a page, the next one and an export ask the same.
std::string address_of(const context& c, std::string_view path,
                       const std::map<std::string, std::string>& instead) {
  std::string out(path);
  char mark = '?';
  const auto put = [&](const std::string& name, std::string_view value) {
    if (value.empty()) return;
    out += mark + name + "=" + http::percent_encode(value);
    mark = '&';
  };
  for (const char* name : asked_names)
    if (!instead.contains(name)) put(name, c.request.param(name));
  for (const auto& [name, value] : instead) put(name, value);
  return out;
}

// That a confidential reporter was named to somebody is for the auditor to see; who it is, is not.
bool names_subject(const audit::entry& e) {
  return e.subject && e.subject != audit::everybody && e.record_of != "reporter";
}

// A person by the key that entries show, or by resident number, which is itself a look.
result<id> person_meant(const context& c, const audit::access& why) {
  const std::string typed(text::trim(c.request.param("person")));
  if (typed.empty()) return id{};
  if (auto key = id::parse(typed)) return *key;
  auto* reg = c.home.hub().registry_of("persons");
  if (!reg) return refuse(kind::invalid, "audit.no_person", "person");
  auto found = reg->find(why, "persons", "resident_number", typed);
  if (!found || found->empty()) return refuse(kind::invalid, "audit.no_person", "person");
  return id::parse(found->front().key).value_or(id{});
}

result<audit::question> question_of(const context& c, const audit::access& why) {
  audit::question q;
  q.what = wanted_action(c);
  const auto person = person_meant(c, why);
  if (!person) return person.why();
  q.subject = *person;
  const auto text_of = [&](const char* name) {
    return std::string(text::head(text::trim(c.request.param(name)), 60));
  };
  q.who = text_of("who");
  q.agency = text_of("agency");
  q.purpose = text_of("purpose");
  q.reference = text_of("q");
  for (const char* name : {"from", "to"}) {
    const auto typed = text_of(name);
    if (typed.empty()) continue;
    const auto day = date::parse(typed);
    if (!day) return refuse(kind::invalid, "audit.day", name);
    if (std::string_view(name) == "from") q.from = from_civil({*day});
    else q.until = from_civil({day->plus(1)});
  }
  if (auto key = id::parse(c.request.param("before"))) q.before = *key;
  return q;
}

std::vector<audit::entry> entries_of(const context& c, audit::question q, int limit) {
  std::vector<audit::entry> out;
  q.limit = limit;
  for (auto* db : c.home.databases()) {
    auto some = db->reading([&](store::read& r) { return audit::search(r, q); });
    if (q.subject) std::erase_if(some, [](const auto& e) { return !names_subject(e); });
    out.insert(out.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  return audit::merged(std::move(out), limit);
}

audit_line line_of(const context& c, const audit::entry& e) {
  return {e.at, e.key.str(), names_subject(e) ? e.subject.str() : "",
          std::string(audit::name_of(e.what)), std::string(json::str(e.actor, "name")),
          json::words_of(json::at(e.actor, "agency"))(c.language), e.record_of, e.record,
          e.purpose(c.language), e.law(c.language), e.reference};
}

// Who looks at the trail leaves a line in it as well; what was looked for stands in it, so that a
// person whom it is about finds it among those about her.
void leave_entry(const context& c, const audit::access& why, id subject, std::string_view how) {
  c.home.database("gov24").writing([&](store::write& tx) {
    audit::append(tx, why, audit::action::read, subject, "audit",
                  text::head(c.request.param("q"), 60), how);
  });
}

node search_form(const context& c, const refusal* wrong) {
  const auto one = [&](const char* name) {
    field f{.name = name, .label = std::string(c.say("work.audit_" + std::string(name)))};
    f.value = std::string(c.request.param(name));
    f.optional = true;
    f.width = 20;
    const std::string hint = "work.audit_" + std::string(name) + "_hint";
    if (c.home.texts().has(hint)) f.hint = c.say(hint);
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return text_field(c.shell(), f);
  };
  std::vector<node> fields;
  for (const char* name : {"person", "who", "agency", "purpose", "from", "to"})
    fields.push_back(one(name));
  for (const char* kept : {"q", "action"})
    if (!c.request.param(kept).empty())
      fields.push_back(hidden_field(kept, c.request.param(kept)));
  node inside = form(method("get"), action("/desk/audit"), halves(fields),
                     button_row({submit_button(c.say("work.audit_find")),
                                 link_button("/desk/audit", c.say("work.audit_all"),
                                             look::quiet)}));
  return wrong ? section(h2(c.say("work.audit_more")), inside)
               : disclosure(c.say("work.audit_more"), inside);
}

node trail_table(const context& c, const audit_view& view) {
  table_view t;
  t.caption = c.say("work.audit");
  t.caption_hidden = true;
  t.sortable = true;
  t.empty = c.say("data.none");
  t.columns = {{std::string(c.say("data.when"))}, {std::string(c.say("data.who"))},
               {std::string(c.say("data.what"))}, {std::string(c.say("data.why"))}};
  for (const auto& l : view.entries) {
    node about;
    if (!l.subject.empty())
      about = all(" · ", a(href("/desk/audit?person=" + l.subject),
                           aria("label", c.fill("work.audit_about_of", {{"key", l.subject}})),
                           c.say("work.audit_about")));
    t.rows.push_back(
        {node(c.written(l.at)), all(l.who, div(cls("note"), l.agency)),
         all(badge(l.action == "refused" ? tone::bad : tone::neutral,
                   c.say("data.action_" + l.action)),
             " ", l.record_of, " ", l.record,
             div(cls("note"), a(href("/my/data/entries/" + l.entry),
                                aria("label", c.fill("work.audit_proof_of", {{"key", l.entry}})),
                                c.say("transparency.proof")), about)),
         all(l.purpose, " ", l.reference, div(cls("note"), l.law))});
  }
  return data_table(c.shell(), t);
}

http::response trail_page(const context& c, const audit_view& view, const refusal* wrong) {
  desk_view d = frame(c, "/desk/audit", c.say("work.audit"));
  search_view box;
  box.action = "/desk/audit";
  box.label = c.say("work.audit_search");
  box.value = std::string(c.request.param("q"));
  box.suggest = "";
  const auto now_chosen = c.request.param("action");
  std::vector<tab> kinds{{address_of(c, "/desk/audit", {{"action", ""}}),
                          std::string(c.say("services.all")), now_chosen.empty()}};
  for (const char* a : {"read", "changed", "issued", "decided", "signed_in", "refused"})
    kinds.push_back({address_of(c, "/desk/audit", {{"action", a}}),
                     std::string(c.say("data.action_" + std::string(a))), now_chosen == a});
  d.tools = all(search_box(c.shell(), box), filters(c.say("work.filters"), kinds));
  d.list_label = c.say("work.audit_search");
  node way_out = button_row(
      {link_button(address_of(c, "/desk/audit/export", {{"format", "csv"}}), "CSV",
                   look::secondary),
       link_button(address_of(c, "/desk/audit/export", {{"format", "json"}}), "JSON",
                   look::secondary)});
  d.detail = all(h1(c.say("work.audit")),
                 p(a(href("/desk/alerts"), c.say("alerts.title"))), search_form(c, wrong),
                 trail_table(c, view), p(c.say("work.audit_export")), way_out,
                 view.next.empty() ? node()
                                   : link_button(view.next, c.say("data.earlier"),
                                                 look::secondary));
  return c.html_response(html::desk(c.shell(), d, {.noindex = true}), wrong ? 422 : 200);
}

http::response audit_page(context& c) {
  if (!c.actor.has_role("auditor")) return c.refuse(refuse(kind::forbidden, "request.role"));
  const auto why = c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs"));
  audit_view view;
  const auto q = question_of(c, why);
  if (!q) {
    if (c.request.wants_json()) return c.refuse(q.why());
    return trail_page(c, view, &q.why());
  }
  leave_entry(c, why, q->subject, {});
  auto found = entries_of(c, *q, shown + 1);
  if (found.size() > static_cast<std::size_t>(shown)) {
    found.pop_back();
    view.next = address_of(c, "/desk/audit", {{"before", found.back().key.str()}});
  }
  for (const auto& e : found) view.entries.push_back(line_of(c, e));
  return c.show(view, [&] { return trail_page(c, view, nullptr); });
}

http::response export_trail(context& c) {
  if (!c.actor.has_role("auditor")) return c.refuse(refuse(kind::forbidden, "request.role"));
  const auto why = c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs"));
  const auto q = question_of(c, why);
  if (!q) return c.refuse(q.why());
  const bool csv = c.request.param("format") != "json";
  leave_entry(c, why, q->subject, csv ? "export csv" : "export json");
  audit_view view;
  for (const auto& e : entries_of(c, *q, most_exported)) view.entries.push_back(line_of(c, e));
  http::response out;
  if (csv) {
    std::string body = "\xEF\xBB\xBF" "at,entry,subject,action,who,agency,record_of,record,purpose,"
                       "law,reference\r\n";
    for (const auto& l : view.entries) {
      std::vector<std::string> cells{l.at.str()};
      for (const auto* s : {&l.entry, &l.subject, &l.action, &l.who, &l.agency, &l.record_of,
                            &l.record, &l.purpose, &l.law, &l.reference})
        cells.push_back(csv_cell(*s));
      body += text::join(cells, ",") + "\r\n";
    }
    out = http::text_response(200, std::move(body), "text/csv; charset=utf-8");
  } else {
    out = http::json_response(json::write(view));
  }
  out.with("Content-Disposition",
           std::string("attachment; filename=\"audit.") + (csv ? "csv\"" : "json\""));
  return c.with_privacy(std::move(out));
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
  h.page("GET", "/desk/audit/export", needs::official, export_trail);
  h.page("GET", "/desk/operations", needs::official, operations);
  h.page("GET", "/desk/office", needs::official, office_notices);
}

}  // namespace madang::desk
