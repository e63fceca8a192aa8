// The desk: what came, what was sent, a draft, one that came, as pages, JSON and CSV.
#include <algorithm>
#include <array>
#include <charconv>

#include "madang/exchange/elsewhere.hpp"
#include "madang/platform/csv.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

using namespace html;
using platform::csv_cell;

const std::string desk = "/desk/distribution";

struct line {
  std::string number, side, state, other, title, purpose, law, reference, until, reason;
  instant changed;
};
BOOST_DESCRIBE_STRUCT(line, (),
                      (number, side, state, other, title, purpose, law, reference, until, reason,
                       changed))
struct list_view {
  std::vector<line> come, sent;
  std::int64_t come_total = 0, sent_total = 0;
  std::string elsewhere;                     // who serves this agency instead
};
BOOST_DESCRIBE_STRUCT(list_view, (), (come, sent, come_total, sent_total, elsewhere))
struct file_line {
  std::int64_t n = 0;
  std::string name, sha256, href;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(file_line, (), (n, name, sha256, href, size))
struct receipt_line {
  std::string what, statement, signature;
  instant at;
};
BOOST_DESCRIBE_STRUCT(receipt_line, (), (what, statement, signature, at))
struct one_view {
  line letter;
  std::vector<file_line> files;
  std::vector<receipt_line> receipts;
  bool open = false;
  std::optional<parcel> way;                 // to another node, as long as it is not there
};
BOOST_DESCRIBE_STRUCT(one_view, (), (letter, files, receipts, open, way))

template <class T>
line line_of(const T& l, const char* side, const words& other, const std::string& language) {
  return {l.number, side, l.state, other(language), l.title, l.purpose, l.law, l.reference,
          l.until.str(), l.reason, l.changed};
}

node state_badge(const context& c, const std::string& s) {
  const auto t = s == "opened" ? tone::good : s == "refused" ? tone::bad
                 : s == "delivered" ? tone::info : s == "draft" ? tone::warn : tone::neutral;
  return badge(t, c.say("distribution.state_" + s));
}

std::vector<link> above(const context& c) {
  return {{"/desk", std::string(c.say("work.inbox"))},
          {desk, std::string(c.say("distribution.title"))}};
}

// From 1 on.
int page_of(const context& c, const char* name) {
  const std::string asked(c.request.param(name));
  int page = 0;
  const auto end = asked.data() + asked.size();
  const auto [at, wrong] = std::from_chars(asked.data(), end, page);
  return wrong == std::errc() && at == end && page > 0 && page < 1'000'000 ? page : 1;
}

list_view view_of(const context& c, office& o, std::int64_t come, std::int64_t sent, int most) {
  list_view v;
  for (const auto& a : o.come_to(c.actor.agency, come, most))
    v.come.push_back(line_of(a, "come", o.agency(a.sender), c.language));
  for (const auto& l : o.sent_by(c.actor, sent, most))
    v.sent.push_back(line_of(l, "sent", o.agency(l.receiver), c.language));
  v.come_total = o.count_come(c.actor.agency);
  v.sent_total = o.count_sent(c.actor);
  v.elsewhere = exchange::keeper_of(c.actor.agency).value_or("");
  return v;
}

node table_of(const context& c, const char* side, const std::vector<line>& lines) {
  const std::string which(side);
  table_view t;
  t.caption = c.say("distribution." + which);
  t.empty = c.say("distribution.none");
  t.stacked = true;
  for (const char* label : {"title_", "other_", "state", "until"})
    t.columns.push_back({std::string(c.say(
        "distribution." + (std::string(label) == "other_" ? label + which : std::string(label))))});
  for (const auto& l : lines)
    t.rows.push_back({a(href(desk + "/" + which + "/" + l.number),
                        l.title.empty() ? std::string(c.say("distribution.untitled")) : l.title),
                      node(l.other), state_badge(c, l.state), node(l.until)});
  return data_table(c.shell(), t);
}

int pages_of(std::int64_t total, int each) {
  return static_cast<int>((total + each - 1) / each);
}

// One of the two tables, with the pages of its own; the other stays where it is.
node part_of_list(const context& c, const char* side, const std::vector<line>& lines,
                  std::int64_t total, const char* other, int other_page) {
  const int pages = pages_of(total, most_shown), at = page_of(c, side);
  return all(table_of(c, side, lines),
             pages > 1 ? all(p(cls("note"), c.fill("distribution.total",
                                                   {{"n", text::grouped(total)}})),
                             pagination(c.shell(), std::min(at, pages), pages,
                                        desk + "?" + other + "=" + std::to_string(other_page) +
                                            "&" + side + "="))
                       : node());
}

// What does not fit into one file is in the next: each has its own button.
std::vector<node> csv_buttons(const context& c, const list_view& v) {
  const int files = std::max(1, pages_of(std::max(v.come_total, v.sent_total), most_written));
  if (files == 1)
    return {link_button(desk + ".csv", c.say("distribution.csv"), look::secondary)};
  std::vector<node> out;
  for (int i = 1; i <= files; ++i)
    out.push_back(link_button(desk + ".csv?part=" + std::to_string(i),
                              c.fill("distribution.csv_part", {{"n", std::to_string(i)},
                                                               {"of", std::to_string(files)}}),
                              look::secondary));
  return out;
}

http::response list(context& c, office& o) {
  const int come = page_of(c, "come"), sent = page_of(c, "sent");
  const auto v = view_of(c, o, std::int64_t{come - 1} * most_shown,
                         std::int64_t{sent - 1} * most_shown, most_shown);
  return c.show(v, [&] {
    auto buttons = csv_buttons(c, v);
    if (v.elsewhere.empty())
      buttons.insert(buttons.begin(), link_button(desk + "/new", c.say("distribution.new")));
    return c.page(c.say("distribution.title"), {{"/desk", std::string(c.say("work.inbox"))}},
                  all(h1(c.say("distribution.title")), lead(c.say("distribution.lead")),
                      v.elsewhere.empty()
                          ? node()
                          : inset(p(c.fill("distribution.served_elsewhere",
                                           {{"keeper", v.elsewhere}}))),
                      button_row(buttons),
                      part_of_list(c, "come", v.come, v.come_total, "sent", sent),
                      part_of_list(c, "sent", v.sent, v.sent_total, "come", come)),
                  {.wide = true, .noindex = true});
  });
}

http::response csv(context& c, office& o) {
  std::string out = "\xEF\xBB\xBF" "side,number,state,agency,title,reference,until,changed\r\n";
  const std::int64_t from = std::int64_t{page_of(c, "part") - 1} * most_written;
  const auto v = view_of(c, o, from, from, most_written);
  for (const auto* lines : {&v.come, &v.sent})
    for (const auto& l : *lines)
      out += text::join({csv_cell(l.side), csv_cell(l.number), csv_cell(l.state), csv_cell(l.other),
                         csv_cell(l.title), csv_cell(l.reference), csv_cell(l.until),
                         csv_cell(l.changed.str())},
                        ",") + "\r\n";
  return c.with_privacy(
      http::text_response(200, std::move(out), "text/csv; charset=utf-8")
          .with("Content-Disposition", "attachment; filename=\"distribution.csv\""));
}

// ---- choosing whom ----
std::string hint_of(const context& c, const far_agency& f) {
  if (f.problem.empty()) return std::string(c.fill("distribution.at_node", {{"keeper", f.keeper}}));
  return std::string(c.fill("distribution.node_away", {{"keeper", f.keeper},
                                                       {"since", c.written(f.heard)}}));
}

http::response choose(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const std::string q(text::trim(c.request.param("q")));
  std::vector<choice> found;
  const auto matches = [&](const words& name) {
    return q.empty() ||
           text::fold(name("ko") + " " + name("en")).find(text::fold(q)) != std::string::npos;
  };
  for (const auto& code : o.receivers())
    if (const auto name = o.agency(code); code != c.actor.agency && matches(name))
      found.push_back({code, name(c.language), ""});
  for (const auto& f : o.far_receivers())
    if (matches(f.name)) found.push_back({f.agency, f.name(c.language), hint_of(c, f)});
  if (found.size() > 30) found.resize(30);
  field to{.name = "receiver", .label = std::string(c.say("distribution.receiver"))};
  if (wrong) to.error = c.explain(*wrong);
  std::vector<error_item> errors;
  if (wrong) errors.push_back({choice_field_id("receiver"), c.explain(*wrong)});
  search_view s{.action = desk + "/new", .value = q};
  s.label = c.say("distribution.search");
  s.suggest = "";
  auto r = c.page(c.say("distribution.new"), above(c),
                  all(error_summary(c.shell(), errors), h1(c.say("distribution.new")),
                      lead(c.say("distribution.new_lead")), search_box(c.shell(), s),
                      found.empty() ? empty_state("search", c.say("distribution.nobody"))
                                    : form(method("post"), action(desk), cls("questions"),
                                           c.shell().csrf_field(),
                                           radio_field(c.shell(), to, found),
                                           submit_button(c.say("distribution.next")))),
                  {.noindex = true, .has_errors = wrong != nullptr});
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response begin(context& c, office& o) {
  const auto l = o.begin(c.actor, std::string(c.field("receiver")));
  if (!l) return choose(c, o, &l.why());
  return c.go(desk + "/sent/" + l->number);
}

// ---- one that is sent ----
one_view view_of(office& o, const line& l) {
  one_view v{l, {}, {}, false, {}};
  for (const auto& f : o.files(l.number, l.side))
    v.files.push_back({f.n, f.name, f.sha256,
                       l.side == "come" && f.record
                           ? desk + "/come/" + l.number + "/files/" + std::to_string(f.n)
                           : std::string(),
                       f.size});
  if (l.side == "sent" && l.state == "sent") v.way = o.on_its_way(l.number);
  for (const auto& r : o.receipts(l.number, l.side))
    v.receipts.push_back({r.what, r.statement, text::base64(r.signature), r.at});
  return v;
}

node facts(const context& c, const line& l) {
  std::vector<row> rows;
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty())
      rows.push_back({std::string(c.say("distribution." + std::string(label))), node(value), ""});
  };
  add("number", l.number);
  add(l.side == "come" ? "other_come" : "other_sent", l.other);
  add("purpose", l.purpose);
  add("law", l.law);
  add("reference", l.reference);
  add("until", l.until);
  // What an official wrote, or the code by which the receiver's house refused it.
  if (l.state == "refused")
    add("reason", c.home.texts().has("refusal." + l.reason)
                      ? c.explain(refuse(kind::conflict, l.reason))
                      : l.reason);
  return summary_list(c.shell(), rows);
}

node files_part(const context& c, const one_view& v, bool draft = false) {
  table_view t;
  t.caption = c.say("distribution.files");
  t.empty = c.say("distribution.no_files");
  t.stacked = true;
  t.columns = {{std::string(c.say("distribution.name"))},
               {std::string(c.say("distribution.size")), true},
               {std::string(c.say(draft ? "distribution.remove" : "distribution.hash"))}};
  for (const auto& f : v.files)
    t.rows.push_back(
        {v.open && !f.href.empty() ? a(href(f.href), f.name) : node(f.name),
         node(text::grouped(f.size)),
         draft ? submit_button(c.fill("distribution.remove_one", {{"name", f.name}}),
                               look::secondary, "act", "remove:" + std::to_string(f.n))
               : code(cls("wrap"), f.sha256)});
  return data_table(c.shell(), t);
}

node receipts_part(const context& c, const one_view& v) {
  std::vector<moment> all_of;
  for (const auto& r : v.receipts)
    all_of.push_back(
        {c.written(r.at), std::string(c.say("distribution.what_" + r.what)),
         disclosure(c.say("distribution.statement"),
                    all(pre(code(cls("wrap"), r.statement)), pre(code(cls("wrap"), r.signature)))),
         true});
  if (all_of.empty()) return {};
  return section(h2(c.say("distribution.receipts")), timeline(all_of));
}

// Why it is not there yet.
node way_part(const context& c, const one_view& v) {
  if (!v.way) return {};
  if (v.way->tries == 0) return inset(p(c.say("distribution.going")));
  return inset(p(c.fill("distribution.waits", {{"n", text::grouped(v.way->tries)},
                                               {"at", c.written(v.way->tried)},
                                               {"until", v.letter.until},
                                               {"why", v.way->why}})));
}

result<letter> own(context& c, office& o) {
  const auto unknown = refuse(kind::not_found, "distribution.unknown");
  auto l = o.find(std::string(c.request.capture("letter")));
  if (!l) return unknown;
  const bool mine = l->sender == c.actor.agency &&
                    (l->state != "draft" || l->writer == c.actor.person);
  if (!mine) return c.hidden(unknown, "distribution", l->key);
  return std::move(*l);
}

node draft_form(const context& c, const letter& l, const one_view& v, const refusal* wrong) {
  const auto make = [&](const char* name, const std::string& value) {
    field f{.name = name, .label = std::string(c.say("distribution." + std::string(name)))};
    f.hint = c.say("distribution." + std::string(name) + "_hint");
    f.value = value;
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  field until = make("until", l.until.str()), number = make("person", "");
  until.width = 12;
  number.width = 20;
  number.optional = true;
  const bool bad = wrong && wrong->field == "files";
  return form(method("post"), action(desk + "/sent/" + l.number), cls("questions"),
              attr("enctype", "multipart/form-data"), c.shell().csrf_field(),
              text_field(c.shell(), make("title_", l.title)),
              area_field(c.shell(), make("purpose", l.purpose), 2),
              text_field(c.shell(), make("law", l.law)),
              text_field(c.shell(), make("reference", l.reference)),
              l.subject ? p(c.say("distribution.person_known")) : text_field(c.shell(), number),
              text_field(c.shell(), until), files_part(c, v, true),
              div(cls(bad ? "field bad" : "field"),
                  div(cls("label"), label(for_("files"), c.say("distribution.add"))),
                  p(cls("hint"), id_("files-hint"), c.say("distribution.add_hint")),
                  bad ? p(cls("error"), id_("files-error"), c.explain(*wrong)) : node(),
                  input(id_("files"), name_("files"), type_("file"), cls("w30"), flag("multiple"),
                        aria("describedby", bad ? "files-hint files-error" : "files-hint"))),
              button_row({submit_button(c.say("distribution.send"), look::primary, "act", "send"),
                          submit_button(c.say("distribution.save"), look::secondary, "act", "save"),
                          submit_button(c.say("distribution.discard"), look::danger, "act",
                                        "discard")}));
}

http::response sent(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto l = own(c, o);
  if (!l) return c.refuse(l.why());
  const auto v = view_of(o, line_of(*l, "sent", o.agency(l->receiver), c.language));
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const std::string title =
        l->title.empty() ? std::string(c.say("distribution.untitled")) : l->title;
    const bool draft = l->state == "draft";
    auto r = c.page(title, above(c),
                    all(error_summary(c.shell(), errors), h1(title), p(state_badge(c, l->state)),
                        draft ? lead(c.fill("distribution.to", {{"agency", v.letter.other}}))
                              : all(way_part(c, v), facts(c, v.letter)),
                        draft ? draft_form(c, *l, v, wrong) : files_part(c, v),
                        receipts_part(c, v)),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

outcome fill(context& c, letter& l) {
  const auto take = [&](const char* name, std::string& into) {
    into = std::string(text::trim(c.field(name)));
  };
  take("title_", l.title);
  take("purpose", l.purpose);
  take("law", l.law);
  take("reference", l.reference);
  if (const auto day = date::parse(c.field("until"))) l.until = *day;
  else return refuse(kind::invalid, "distribution.until", "until");
  const std::string number(text::trim(c.field("person")));
  if (number.empty()) return nothing{};
  auto* residents = c.home.hub().registry_of("persons");
  if (!residents) return refuse(kind::not_found, "distribution.person", "person");
  constexpr const char* by = "resident_number";
  auto found = residents->find(
      c.access(c.home.said("distribution.title"), c.home.said("law.distribution"), l.number),
      "persons", by, number, registers::present(), std::array<std::string, 1>{by});
  if (!found) return found.why();
  const auto who = found->empty() ? std::nullopt : id::parse(found->front().key);
  if (!who) return refuse(kind::invalid, "distribution.person", "person");
  l.subject = *who;
  return nothing{};
}

http::response change(context& c, office& o) {
  auto l = own(c, o);
  if (!l) return c.refuse(l.why());
  outcome done = nothing{};
  if (c.field("act") == "discard") {
    done = o.discard(c.access(c.home.said("distribution.title"), c.home.said("law.distribution"),
                              l->number),
                     *l);
    return done ? c.go(desk) : c.refuse(done.why());
  }
  const auto filled = fill(c, *l);
  done = o.keep(c.actor, *l);
  for (const auto& f : c.files())
    if (done && (!f.filename.empty() || !f.body.empty())) done = o.attach(c.actor, *l, f);
  if (done && !filled) done = filled;
  constexpr std::string_view removes = "remove:";
  if (const auto act = c.field("act"); done && act.starts_with(removes)) {
    std::int64_t n = -1;
    std::from_chars(act.data() + removes.size(), act.data() + act.size(), n);
    done = o.remove(c.actor, *l, n);
  }
  if (done && c.field("act") == "send") done = o.send(c.actor, *l);
  if (!done) return sent(c, o, &done.why());
  return c.go(desk + "/sent/" + l->number);
}

// ---- one that came ----
result<arrival> ours(context& c, office& o) {
  const auto unknown = refuse(kind::not_found, "distribution.unknown");
  auto a = o.found(std::string(c.request.capture("letter")));
  if (!a) return unknown;
  if (a->receiver != c.actor.agency) return c.hidden(unknown, "distribution", a->key);
  return std::move(*a);
}

field asked_of(const context& c, const char* name, const char* says, const refusal* wrong) {
  field f{.name = name, .label = std::string(c.say("distribution." + std::string(says)))};
  f.hint = c.say("distribution." + std::string(says) + "_hint");
  f.value = c.field(name);
  if (wrong && wrong->field == name) f.error = c.explain(*wrong);
  return f;
}

bool can_go_on(const arrival& a) { return a.state == "delivered" || a.state == "opened"; }

node opening_part(const context& c, const arrival& a, bool open, const refusal* wrong) {
  if (open || !can_go_on(a)) return {};
  return form(method("post"), action(desk + "/come/" + a.number + "/open"), cls("questions"),
              c.shell().csrf_field(),
              area_field(c.shell(), asked_of(c, "purpose", "open_purpose", wrong), 2),
              submit_button(c.say("distribution.open")));
}

// Behind a step of its own; open where its answer was wrong.
node refusing_part(const context& c, const arrival& a, const refusal* wrong) {
  if (!can_go_on(a)) return {};
  const node asks = form(method("post"), action(desk + "/come/" + a.number + "/refuse"),
                         cls("questions"), c.shell().csrf_field(),
                         area_field(c.shell(), asked_of(c, "reason", "reason", wrong), 2),
                         submit_button(c.say("distribution.refuse"), look::danger));
  if (wrong && wrong->field == "reason") return asks;
  return disclosure(c.say("distribution.refuse"), asks);
}

http::response come(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto a = ours(c, o);
  if (!a) return c.refuse(a.why());
  auto v = view_of(o, line_of(*a, "come", o.agency(a->sender), c.language));
  v.open = o.opened_for(c.actor, *a).has_value();
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    auto r = c.page(a->title, above(c),
                    all(error_summary(c.shell(), errors), h1(a->title), p(state_badge(c, a->state)),
                        facts(c, v.letter), opening_part(c, *a, v.open, wrong), files_part(c, v),
                        receipts_part(c, v), refusing_part(c, *a, wrong)),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response act(context& c, office& o, bool opens) {
  const auto a = ours(c, o);
  if (!a) return c.refuse(a.why());
  const auto done = opens ? o.open(c.actor, *a, std::string(text::trim(c.field("purpose"))))
                          : o.refuse_it(c.actor, *a, std::string(text::trim(c.field("reason"))));
  if (!done) return done.why().kind == kind::invalid ? come(c, o, &done.why())
                                                     : c.refuse(done.why());
  return c.go(desk + "/come/" + a->number);
}

http::response file(context& c, office& o) {
  const auto a = ours(c, o);
  if (!a) return c.refuse(a.why());
  for (const auto& f : o.files(a->number, "come")) {
    if (std::to_string(f.n) != c.request.capture("file")) continue;
    auto octets = o.take_out(c.actor, *a, f);
    if (!octets) return c.refuse(octets.why());
    http::response r;
    r.content_type = "application/octet-stream";
    r.body = std::move(*octets);
    r.headers = {{"Content-Security-Policy", "default-src 'none'; sandbox"}};
    r.with("Content-Disposition",
           "attachment; filename=\"file\"; filename*=UTF-8''" + http::percent_encode(f.name));
    return c.with_privacy(std::move(r));
  }
  return c.refuse(refuse(kind::not_found, "distribution.unknown"));
}

}  // namespace

void pages(house& h, shared_office o) {
  const auto at = [&](const char* how, const std::string& path, auto f) {
    h.page(how, desk + path, needs::official, [o, f](context& c) { return f(c, *o); });
  };
  at("GET", "", [](context& c, office& s) { return list(c, s); });
  at("POST", "", [](context& c, office& s) { return begin(c, s); });
  at("GET", ".csv", [](context& c, office& s) { return csv(c, s); });
  at("GET", "/new", [](context& c, office& s) { return choose(c, s); });
  at("GET", "/sent/{letter}", [](context& c, office& s) { return sent(c, s); });
  at("POST", "/sent/{letter}", [](context& c, office& s) { return change(c, s); });
  at("GET", "/come/{letter}", [](context& c, office& s) { return come(c, s); });
  at("POST", "/come/{letter}/open", [](context& c, office& s) { return act(c, s, true); });
  at("POST", "/come/{letter}/refuse", [](context& c, office& s) { return act(c, s, false); });
  at("GET", "/come/{letter}/files/{file}", [](context& c, office& s) { return file(c, s); });
}

}  // namespace madang::distribution
