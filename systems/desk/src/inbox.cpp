#include "desk_pages.hpp"

#include <algorithm>

namespace madang::desk {
namespace {

using namespace html;

struct opinion_item {
  std::string key, number, title, office, question, asked_by, due;
};
BOOST_DESCRIBE_STRUCT(opinion_item, (), (key, number, title, office, question, asked_by, due))
struct inbox_view {
  std::int64_t total = 0;          // 1000: that many or more
  std::int64_t opinions = 0;
  std::vector<case_line> cases;
  std::vector<opinion_item> asked;
  std::string next;                // address of the next page; empty: there is none
};
BOOST_DESCRIBE_STRUCT(inbox_view, (), (total, opinions, cases, asked, next))

constexpr int page_size = 50;

std::vector<std::string> roles_procedures(const context& c, const cases::files& files) {
  std::vector<std::string> out;
  for (const auto& p : files.procedures())
    // What has a desk of its own is handled there.
    if (c.actor.has_role(p.role) && p.desk.empty()) out.push_back(p.id);
  return out;
}

std::vector<cases::files::asked_opinion> asked_of(const context& c) {
  std::vector<cases::files::asked_opinion> out;
  for (auto* files : c.home.all_files()) {
    const auto mine = roles_procedures(c, *files);
    if (mine.empty()) continue;
    for (auto& one : files->opinions_asked(c.actor.office, mine)) {
      // What her own office leads it need not ask itself.
      if (!files->may_handle(c.actor, one.about)) out.push_back(std::move(one));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.what.due < b.what.due; });
  return out;
}

date today_of(const context& c) { return today(c.home.pack().zone()); }

// Districts that an office may narrow its view to: those directly in it, and in what was chosen.
std::vector<choice> offices_in(const context& c, const std::string& picked) {
  std::vector<choice> out;
  auto add = [&](const std::vector<packs::district>& list, std::string_view within) {
    for (const auto& d : list)
      if (d.code.starts_with(within)) out.push_back({d.code, d.name(c.language), ""});
  };
  auto children = [&](std::string_view of) {
    if (of.empty()) add(c.home.pack().provinces(), "");
    else if (of.size() == 2) add(c.home.pack().municipalities(), of);
    else if (of.size() == 5) add(c.home.pack().towns(), of);
  };
  children(c.actor.office);
  for (std::size_t digits : {2u, 5u})
    if (digits > c.actor.office.size() && picked.size() >= digits)
      children(std::string_view(picked).substr(0, digits));
  return out;
}

node choose(const context& c, const char* name, const char* label_key,
            const std::vector<choice>& list, const std::string& picked) {
  std::vector<node> options{option(value_(""), c.say("work.any"))};
  for (const auto& each : list)
    options.push_back(
        option(value_(each.value), flag("selected", each.value == picked), each.label));
  const std::string id = "filter-" + std::string(name);
  return div(label(for_(id), c.say(label_key)), select(id_(id), name_(name), options));
}

std::vector<choice> said_choices(const context& c, const char* prefix,
                                 std::initializer_list<const char*> values) {
  std::vector<choice> out;
  for (const char* v : values)
    out.push_back({v, std::string(c.say("work." + std::string(prefix) + v)), ""});
  return out;
}

node filter_form(const context& c, const inbox_choice& f) {
  std::vector<choice> procedures;
  bool turns = false;
  for (auto* files : c.home.all_files())
    for (const auto& p : files->procedures())
      if (c.actor.has_role(p.role) && p.desk.empty()) {
        procedures.push_back({p.id, p.name(c.language), ""});
        turns = turns || p.turns;
      }
  std::vector<node> grid{choose(c, "procedure", "work.filter_procedure", procedures, f.procedure)};
  if (const auto offices = offices_in(c, f.office); !offices.empty())
    grid.push_back(choose(c, "office", "work.filter_office", offices, f.office));
  if (f.part.empty()) {
    grid.push_back(choose(c, "whose", "work.filter_whose",
                          said_choices(c, "whose_", {"mine", "nobody", "written"}), f.whose));
    grid.push_back(choose(c, "due", "work.filter_due",
                          said_choices(c, "due_", {"overdue", "today", "week"}), f.due));
    // Where no kind of case lets applicants take turns there is no such order.
    grid.push_back(choose(c, "order", "work.filter_order",
                          turns ? said_choices(c, "order_", {"due", "opened", "fair"})
                                : said_choices(c, "order_", {"due", "opened"}),
                          f.order.empty() ? "due" : f.order));
  }
  std::vector<choice> states;
  for (const char* s : {"received", "question", "accepted", "refused", "returned", "withdrawn"})
    if ((f.part == "closed") != (std::string(s) == "received" || std::string(s) == "question"))
      states.push_back({s, std::string(c.say("case.state_" + std::string(s))), ""});
  grid.push_back(choose(c, "state", "work.filter_state", states, f.state));
  const bool narrowed = !(f.procedure + f.office + f.whose + f.due + f.order + f.state).empty();
  return form(method("get"), action("/desk"), cls("desk-filter"), role("search"),
              f.part.empty() ? node() : hidden_field("part", f.part),
              div(cls("row"),
                  input(type_("search"), name_("q"), value_(f.text), attr("maxlength", "60"),
                        aria("label", c.say("work.search")),
                        attr("placeholder", c.say("work.search"))),
                  submit_button(c.say("work.find"), look::secondary)),
              details(cls("disclosure"), flag("open", narrowed), summary(c.say("work.filters")),
                      div(cls("grid"), grid)),
              narrowed || !f.text.empty()
                  ? node(a(href(f.part.empty() ? "/desk" : "/desk?part=" + f.part),
                           c.say("work.all_again")))
                  : node());
}

node tools(const context& c, const inbox_choice& f) {
  std::vector<tab> list;
  for (const char* part : {"", "opinions", "closed"}) {
    inbox_choice one = f;
    one.part = part;
    one.after.clear();
    if (*part) one.state = one.whose = one.due = one.order = "";
    list.push_back({"/desk" + query_of(one),
                    std::string(c.say(*part ? "work.part_" + std::string(part) : "work.open")),
                    f.part == part});
  }
  return all(filters(c.say("work.parts"), list),
             f.part == "opinions" ? node() : filter_form(c, f));
}

node bulk_form(const context& c, const inbox_choice& f) {
  std::vector<node> acts{option(value_(""), c.say("work.bulk_choose"))};
  for (const char* act : {"take", "assign", "transfer", "return"})
    acts.push_back(option(value_(act), c.say("work.bulk_" + std::string(act))));
  std::vector<node> posts{option(value_(""), c.say("work.none_chosen"))};
  for (const auto& p : c.home.people().posts())
    if (p.holder && std::ranges::any_of(text::split(p.roles, ','), [&](const std::string& r) {
          return c.actor.has_role(r);
        }))
      posts.push_back(
          option(value_(p.code), p.agency_name(c.language) + " " + p.title(c.language)));
  field to{.name = "to_office", .label = std::string(c.say("work.transfer_to"))};
  to.hint = c.say("work.transfer_hint");
  return details(
      cls("disclosure"), summary(c.say("work.bulk")),
      form(method("post"), action("/desk/bulk"), id_("bulk"), c.shell().csrf_field(),
           hidden_field("back", query_of(f)), label(for_("bulk-act"), c.say("work.bulk_act")),
           select(id_("bulk-act"), name_("act"), flag("required"), acts),
           label(for_("bulk-post"), c.say("work.bulk_post")),
           select(id_("bulk-post"), name_("post"), posts),
           address_field(c.shell(), to, "/desk/offices"),
           label(for_("bulk-text"), c.say("work.bulk_reason")),
           textarea(id_("bulk-text"), name_("text"), attr("rows", std::int64_t(2)),
                    attr("maxlength", std::int64_t(2000))),
           submit_button(c.say("work.bulk_do"), look::secondary)));
}

// Who is away and for whom this official stands in now, with what waits there.
node standing_in(const context& c) {
  std::vector<node> lines;
  for (const auto& held : c.home.people().posts_of(c.actor.person)) {
    if (c.actor.post != held.code) continue;
    for (const auto& a : c.home.people().standing_in(held.code, today_of(c))) {
      auto p = c.home.people().find_post(a.post);
      if (!p) continue;
      auto holder = c.home.people().find_account(p->holder);
      lines.push_back(post_button(
          c.shell(), "/act-as",
          c.fill("work.stand_in", {{"name", holder ? holder->name : p->code},
                                   {"until", c.written(a.ends)}}),
          look::secondary, {{"post", p->code}}));
    }
  }
  if (!c.actor.stands_in_for.empty()) {
    lines.push_back(
        banner(c.shell(), tone::info,
               c.fill("work.standing_in", {{"name", c.actor.stands_in_for}})));
    if (auto held = c.home.people().posts_of(c.actor.person); !held.empty())
      lines.push_back(post_button(c.shell(), "/act-as", c.say("work.stand_back"), look::secondary,
                                  {{"post", held.front().code}}));
  }
  return join(lines);
}

http::response inbox_of(context& c) {
  const inbox_choice f = chosen(c);
  if (c.request.wants_json()) {
    inbox_view view;
    if (f.part == "opinions") {
      for (const auto& o : asked_of(c))
        view.asked.push_back({o.what.key.str(), o.about.number, title_of(c, o.about),
                              o.what.office, o.what.question, o.what.asked_by, o.what.due.str()});
      view.opinions = static_cast<std::int64_t>(view.asked.size());
      return c.show(view, [] { return http::response{}; });
    }
    const auto page = inbox(c, f);
    view.total = count_of(c, f);
    view.opinions = static_cast<std::int64_t>(asked_of(c).size());
    for (const auto& m : page.cases) view.cases.push_back(line_of(c, m));
    if (!page.next.empty()) {
      inbox_choice next = f;
      next.after = page.next;
      view.next = "/desk" + query_of(next);
    }
    return c.show(view, [] { return http::response{}; });
  }
  desk_view d = frame(c, "/desk", c.say("work.inbox"));
  fill_list(c, d, f);
  d.tools = all(standing_in(c), d.tools);
  d.detail = all(h1(c.say("work.inbox")),
                 empty_state("bell", c.say("work.choose"), p(c.say("work.choose_hint"))));
  return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
}

std::string_view one_of(std::string_view s, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, s) == known.end() ? std::string_view() : s;
}

}  // namespace

inbox_choice chosen(const context& c) {
  const auto& r = c.request;
  inbox_choice f;
  f.part = one_of(r.param("part"), {"closed", "opinions"});
  f.procedure = text::head(r.param("procedure"), 60);
  f.office = text::head(r.param("office"), 7);
  f.text = text::head(r.param("q"), 60);
  f.order = one_of(r.param("order"), {"opened", "fair"});
  f.whose = one_of(r.param("whose"), {"mine", "nobody", "written"});
  f.due = one_of(r.param("due"), {"overdue", "today", "week"});
  if (cases::state_of(r.param("state"))) f.state = r.param("state");
  f.after = text::head(r.param("after"), 40);
  return f;
}

std::string query_of(const inbox_choice& f) {
  std::string q;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      q += (q.empty() ? "?" : "&") + std::string(name) + "=" + http::percent_encode(value);
  };
  add("part", f.part);
  add("state", f.state);
  add("procedure", f.procedure);
  add("office", f.office);
  add("whose", f.whose);
  add("due", f.due);
  add("q", f.text);
  add("order", f.order);
  add("after", f.after);
  return q;
}

cases::wanted wanted_of(const context& c, const inbox_choice& f) {
  cases::wanted w;
  // Narrower than the office of the post, never wider.
  w.office = f.office.starts_with(c.actor.office) ? f.office : c.actor.office;
  w.which = f.part == "closed" ? cases::wanted::part::closed : cases::wanted::part::open;
  if (!f.procedure.empty()) w.procedures = {f.procedure};
  w.text = f.text;
  w.order = f.part == "closed" ? "opened" : f.order.empty() ? "due" : f.order;
  w.state = cases::state_of(f.state);
  if (f.whose == "mine") w.post = c.actor.post;
  w.unassigned = f.whose == "nobody";
  w.unheard = f.whose == "written";
  const date day = today_of(c);
  if (f.due == "overdue") w.due_until = day.plus(-1);
  if (f.due == "today") w.due_from = w.due_until = day;
  if (f.due == "week") {
    w.due_from = day;
    w.due_until = day.plus(static_cast<int>((7 - day.weekday()) % 7));   // until Sunday
  }
  w.after = cases::position::parse(f.after);
  w.limit = page_size + 1;
  return w;
}

inbox_page inbox(const context& c, const inbox_choice& f) {
  inbox_page out;
  const cases::wanted all = wanted_of(c, f);
  for (auto* files : c.home.all_files()) {
    cases::wanted w = all;
    w.procedures = roles_procedures(c, *files);
    if (!all.procedures.empty())
      std::erase_if(w.procedures, [&](const auto& p) { return p != all.procedures.front(); });
    if (w.procedures.empty()) continue;
    auto some = files->list(w);
    out.cases.insert(out.cases.end(), some.begin(), some.end());
  }
  std::sort(out.cases.begin(), out.cases.end(),
            [&](const auto& a, const auto& b) { return cases::before(a, b, all.order); });
  if (out.cases.size() > page_size) {
    out.cases.resize(page_size);
    out.next = cases::position_of(out.cases.back(), all.order).str();
  }
  return out;
}

std::int64_t count_of(const context& c, const inbox_choice& f) {
  std::int64_t n = 0;
  const cases::wanted all = wanted_of(c, f);
  for (auto* files : c.home.all_files()) {
    cases::wanted w = all;
    w.procedures = roles_procedures(c, *files);
    if (!all.procedures.empty())
      std::erase_if(w.procedures, [&](const auto& p) { return p != all.procedures.front(); });
    if (!w.procedures.empty() && n < counted) n += files->count(w, counted - n);
  }
  return n;
}

std::string count_words(std::int64_t n) {
  return n >= counted ? text::grouped(counted) + "+" : std::to_string(n);
}

void fill_list(const context& c, desk_view& view, const inbox_choice& f, id open_case) {
  view.tools = tools(c, f);
  view.list_label = c.say("work.inbox");
  if (f.part == "opinions") {
    const auto asked = asked_of(c);
    view.list_note = c.fill("work.list_note", {{"n", std::to_string(asked.size())}});
    view.empty = c.say("work.no_opinions");
    for (const auto& o : asked)
      view.items.push_back({"/desk/cases/" + o.about.key.str() + query_of(f),
                            title_of(c, o.about) + " — " + o.about.applicant_name,
                            badge(tone::info, c.say("work.opinion_badge")),
                            c.fill("work.opinion_due", {{"due", c.written(o.what.due)}}),
                            o.about.key == open_case, ""});
    return;
  }
  const auto page = inbox(c, f);
  view.list_note = c.fill("work.list_note", {{"n", count_words(count_of(c, f))}});
  view.empty = c.say("work.empty");
  for (const auto& m : page.cases)
    view.items.push_back({"/desk/cases/" + m.key.str() + query_of(f),
                          title_of(c, m) + " — " + m.applicant_name,
                          all(due_badge(c, m),
                              m.unheard > 0 ? badge(tone::info, c.say("work.written")) : node(),
                              m.superior == c.actor.post && cases::is_open(m.state)
                                  ? badge(tone::bad, c.say("work.reported"))
                                  : node()),
                          m.received.str() + " · " + c.home.pack().full_name(m.office)(c.language),
                          m.key == open_case, f.part.empty() ? "c_" + m.key.str() : ""});
  node below;
  if (!f.after.empty() || !page.next.empty()) {
    inbox_choice first = f, next = f;
    first.after.clear();
    next.after = page.next;
    auto link = [&](const inbox_choice& to, const char* key) {
      return node(a(href("/desk" + query_of(to)), c.say(key)));
    };
    below = p(f.after.empty() ? node() : link(first, "work.first_page"),
              f.after.empty() || page.next.empty() ? "" : " · ",
              page.next.empty() ? node() : link(next, "work.next_page"));
  }
  if (f.part.empty() && !page.cases.empty()) below = all(below, bulk_form(c, f));
  view.below = below;
}

std::string title_of(const context& c, const cases::matter& m) {
  for (auto* files : c.home.all_files())
    if (files->find_procedure(m.procedure)) return files->title_of(m)(c.language);
  return m.procedure;
}

namespace {
int days_left(const context& c, const cases::matter& m) {
  return c.home.pack().calendar().working_days_between(today_of(c), m.due);
}
}  // namespace

// "D-2" for two working days left, "today", "1 day late".
node due_badge(const context& c, const cases::matter& m) {
  if (m.state == cases::state::question) return badge(tone::neutral, c.say("work.clock_stopped"));
  if (!cases::is_open(m.state))
    return badge(m.state == cases::state::accepted ? tone::good : tone::neutral,
                 c.say("case.state_" + std::string(cases::name_of(m.state))));
  const int left = days_left(c, m);
  if (left < 0) return badge(tone::bad, c.fill("work.late", {{"n", std::to_string(-left)}}));
  if (left == 0) return badge(tone::bad, c.say("work.today"));
  return badge(left <= 2 ? tone::warn : tone::neutral, "D-" + std::to_string(left));
}

case_line line_of(const context& c, const cases::matter& m) {
  const int left = days_left(c, m);
  return {m.key.str(), m.number, m.procedure, title_of(c, m), m.applicant_name,
          std::string(cases::name_of(m.state)), m.due.str(), m.office,
          c.home.pack().full_name(m.office)(c.language), m.post, left, m.unheard,
          m.state == cases::state::received && left < 0};
}

namespace {

// Not opened yet by anybody of the agency; asked by name, as it may be kept elsewhere.
int letters_waiting(const context& c) {
  const auto n = c.home.hub().ask(
      "distribution.waiting",
      c.access(c.home.said("work.inbox"), c.home.said("law.distribution")), json::object{});
  return n && n->is_int64() ? static_cast<int>(std::min<std::int64_t>(n->get_int64(), 999)) : 0;
}

}  // namespace

desk_view frame(const context& c, std::string_view active, std::string_view title) {
  desk_view d;
  d.title = title;
  const auto open = static_cast<int>(count_of(c, {}));
  auto place = [&](const char* href, const char* label, int count = 0) {
    d.places.push_back({href, std::string(c.say(label)), count, active == href});
  };
  place("/desk", "work.inbox", open);
  if (c.actor.has_role("petition_officer")) {
    place("/desk/epeople", "epeople.desk");
    if (c.home.pack().has("voices/national-petition.yaml"))
      place("/desk/petitions", "petitions.desk");
    if (c.home.pack().has("voices/innovation-proposal.yaml")) place("/desk/talk", "talk.desk");
    if (c.home.pack().has("voices/handed-over.yaml")) place("/desk/handed", "handed.desk");
  }
  if (c.actor.has_role("participation_officer")) {
    if (c.home.pack().has("participation/channel.yaml")) place("/desk/forum-plans", "forums.plans");
    if (c.home.pack().has("participation/design.yaml")) place("/desk/design", "design.desk");
  }
  if (c.actor.has_role("street_crew") || c.actor.has_role("street_center"))
    place("/desk/eungdapso", "street.work");
  if (c.actor.has_role("disclosure_officer")) place("/desk/disclosure", "disclosure.desk");
  if (c.actor.has_role("certification_officer"))
    place("/desk/certification", "certification.desk");
  if (c.actor.has_role("resident_officer") || c.actor.has_role("register_reader"))
    place("/desk/registers", "work.registers");
  if (c.home.pack().has("sharing/tasks.yaml")) place("/desk/sharing", "sharing.desk");
  if (c.actor.has_role("document_officer"))
    place("/desk/distribution", "distribution.title", letters_waiting(c));
  if (c.home.pack().has("agreements/members.yaml"))
    place("/desk/agreements", "agreements.title");
  if (c.actor.has_role("permit_officer") || c.actor.has_role("permit_inspector"))
    place("/desk/tasks", "work.tasks");
  if (!c.home.pack().list("permits", ".yaml").empty()) {
    if (c.actor.has_role("permit_officer") || c.actor.has_role("rule_author"))
      place("/desk/incidents", "work.incidents");
    if (c.actor.has_role("rule_author") || c.actor.has_role("rule_approver"))
      place("/desk/procedures", "work.procedures");
  }
  place("/desk/office", "work.office_notices");
  place("/desk/absence", "work.absence");
  if (c.actor.has_role("rule_author") || c.actor.has_role("rule_approver"))
    place("/desk/decisions", "work.decisions");
  if (c.home.pack().has("access/rights.yaml")) {
    if (c.actor.has_role("personnel_officer") || c.actor.has_role("personnel_head"))
      place("/desk/orders", "orders.title");
    place("/desk/access", "who.title");
    if (c.actor.has_role("resident_officer") || c.actor.has_role("operator"))
      place("/desk/accounts", "accounts.title");
  }
  if (c.actor.has_role("auditor")) place("/desk/audit", "work.audit");
  if (c.actor.has_role("operator")) {
    place("/desk/operations", "work.operations");
    place("/desk/network", "network.title");
  }
  if (c.actor.has_role("certification_officer"))
    place("/desk/network-requests", "network.requests");
  place("/", "work.portal");
  d.post = {c.actor.agency_name(c.language), c.actor.name + " " + c.actor.post_title(c.language)};
  if (!c.actor.stands_in_for.empty())
    d.post.push_back(c.fill("work.standing_in", {{"name", c.actor.stands_in_for}}));
  return d;
}

void inbox_pages(house& h) { h.page("GET", "/desk", needs::official, inbox_of); }

}  // namespace madang::desk
