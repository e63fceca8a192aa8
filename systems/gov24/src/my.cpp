#include <algorithm>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct draft_item {
  std::string key, service, name;
  instant saved;
};
BOOST_DESCRIBE_STRUCT(draft_item, (), (key, service, name, saved))
struct my_view {
  std::vector<case_item> cases;
  std::string next;                // address of earlier ones; empty: there are none
  std::vector<draft_item> drafts;
  std::vector<bundle> bundles;
};
BOOST_DESCRIBE_STRUCT(my_view, (), (cases, next, drafts, bundles))

struct notice_line {
  std::string key, title, body, link;
  instant at;
  bool read = false;
};
BOOST_DESCRIBE_STRUCT(notice_line, (), (key, title, body, link, at, read))
struct notices_view {
  std::vector<notice_line> notices;
};
BOOST_DESCRIBE_STRUCT(notices_view, (), (notices))

constexpr int page_size = 50;

// What of her cases a person wants to see; all of it stands in the address.
struct case_filter {
  std::string state, text, after;
};
case_filter filter_of(const context& c) {
  case_filter f;
  const auto state = c.request.param("state");
  if (state == "open" || state == "closed" || cases::state_of(state)) f.state = state;
  f.text = text::head(c.request.param("q"), 60);
  f.after = text::head(c.request.param("after"), 40);
  return f;
}
std::string query_of(const case_filter& f) {
  std::string q;
  for (const auto& [name, value] : {std::pair("state", f.state), std::pair("q", f.text),
                                    std::pair("after", f.after)})
    if (!value.empty())
      q += (q.empty() ? "?" : "&") + std::string(name) + "=" + http::percent_encode(value);
  return q;
}

struct some_cases {
  std::vector<cases::matter> list;
  std::string next;
};
some_cases cases_of(const context& c, const case_filter& f) {
  some_cases out;
  for (auto* files : c.home.all_files()) {
    cases::wanted w;
    w.applicant = c.actor.person;
    w.order = "opened";
    w.text = f.text;
    w.state = cases::state_of(f.state);
    w.after = cases::position::parse(f.after);
    w.limit = page_size + 1;
    if (f.state == "closed") w.which = cases::wanted::part::closed;
    if (f.state == "open") w.which = cases::wanted::part::open;
    auto some = files->list(w);
    out.list.insert(out.list.end(), some.begin(), some.end());
  }
  std::sort(out.list.begin(), out.list.end(),
            [](const auto& a, const auto& b) { return cases::before(a, b, "opened"); });
  if (out.list.size() > page_size) {
    out.list.resize(page_size);
    case_filter on = f;
    on.after = cases::position_of(out.list.back(), "opened").str();
    out.next = "/my" + query_of(on) + "#cases";
  }
  return out;
}

std::string name_of(const context& c, const cases::matter& m) {
  return c.home.title_of(m)(c.language);
}

node cases_part(const context& c, const case_filter& f, const some_cases& some) {
  table_view t;
  t.caption = c.say("my.cases");
  t.columns = {{std::string(c.say("my.case"))}, {std::string(c.say("my.state"))},
               {std::string(c.say("my.due"))}, {std::string(c.say("my.number"))}};
  t.empty = c.say("my.no_cases");
  t.stacked = true;
  for (const auto& m : some.list)
    t.rows.push_back({a(href("/my/cases/" + m.key.str()), name_of(c, m)),
                      badge(tone_of(m.state), state_words(c, m)),
                      cases::is_open(m.state) ? node(c.written(m.due)) : node("-"),
                      node(m.number)});
  node finder;
  // Nobody needs to search among three.
  if (some.list.size() > 5 || !query_of(f).empty()) {
    std::vector<tab> states{{"/my#cases", std::string(c.say("services.all")), f.state.empty()}};
    for (const char* s : {"open", "closed"})
      states.push_back({"/my?state=" + std::string(s) + "#cases",
                        std::string(c.say("my.filter_" + std::string(s))), f.state == s});
    search_view box;
    box.action = "/my";
    box.value = f.text;
    box.label = c.say("my.filter");
    box.suggest = "";
    finder = all(filters(c.say("my.filter_state"), states), search_box(c.shell(), box));
  }
  return section(id_("cases"), finder, data_table(c.shell(), t),
                 some.next.empty() ? node() : node(p(a(href(some.next), c.say("my.next_page")))));
}

node bundles_part(const context& c, const std::vector<bundle>& list) {
  std::vector<node> parts;
  for (const auto& b : list) {
    std::vector<task> tasks;
    for (const auto& i : b.items) {
      const tone t = i.state == "done"   ? tone::good
                     : i.state == "open" ? tone::info
                                         : tone::neutral;
      tasks.push_back({i.name, i.state == "skipped" ? "" : i.href, "", t,
                       std::string(c.say("bundle.state_" + i.state))});
    }
    parts.push_back(section(h2(c.say("event." + b.event)), p(c.say("bundle.line")),
                            task_list({{"", tasks}})));
  }
  return join(parts);
}

// Signing out, and for officials the way to their desk and back.
node leaving(const context& c) {
  std::vector<node> buttons;
  for (const auto& p : c.home.people().posts_of(c.actor.person))
    if (p.code != c.actor.post)
      buttons.push_back(post_button(c.shell(), "/act-as",
                                    c.fill("my.act_as", {{"post", p.title(c.language)}}),
                                    look::secondary, {{"post", p.code}}));
  if (c.actor.official())
    buttons.push_back(post_button(c.shell(), "/act-as", c.say("my.act_as_self"), look::secondary,
                                  {{"post", ""}}));
  buttons.push_back(post_button(c.shell(), "/sign-out", c.say("my.sign_out"), look::quiet));
  return section(h2(c.say("my.leaving")),
                 p(a(href("/my/sign-in"), c.say("passkey.title")), " · ",
                   a(href("/my/sessions"), c.say("signon.sessions")), " · ",
                   a(href("/my/connections"), c.say("signon.connections"))),
                 button_row(buttons));
}

http::response my(context& c) {
  const case_filter f = filter_of(c);
  const auto some = cases_of(c, f);
  my_view view;
  for (const auto& m : some.list) view.cases.push_back(case_item_of(c, m));
  view.next = some.next;
  for (const auto& d : c.home.drafts().of(c.actor.person)) {
    const auto* e = c.home.catalogue().find(d.service);
    view.drafts.push_back({d.key.str(), d.service, e ? e->name(c.language) : d.service, d.saved});
  }
  view.bundles = bundles_of(c);
  return c.show(view, [&] {
    node body = h1(c.say("my.title"));
    if (c.request.param("saved") == "1")
      body = all(banner(c.shell(), tone::good, c.say("my.saved")), body);
    if (c.request.param("discarded") == "1")
      body = all(banner(c.shell(), tone::info, c.say("my.discarded")), body);
    body = all(body, cards({{"/my/documents", std::string(c.say("my.documents")),
                             std::string(c.say("my.documents_line")), "book"},
                            {"/my/data", std::string(c.say("my.data")),
                             std::string(c.say("my.data_line")), "eye"},
                            {"/my/notices", std::string(c.say("my.notices")),
                             std::string(c.say("my.notices_line")), "bell"}}));
    std::vector<task> drafts;
    for (const auto& d : view.drafts)
      drafts.push_back({d.name, "/apply/" + d.key,
                        c.fill("my.draft_saved", {{"when", c.written(d.saved)}}), tone::info,
                        std::string(c.say("my.draft_state"))});
    if (!drafts.empty())
      body = all(body, section(h2(c.say("my.drafts")), task_list({{"", drafts}})));
    body = all(body, bundles_part(c, view.bundles), cases_part(c, f, some), leaving(c));
    return c.page(c.say("my.title"), {}, body, {.wide = true});
  });
}

// ---- consent of another person, as a head of household's ----
result<found_case> asked_case(context& c, cases::consent* question = nullptr) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  if (!files) return refuse(kind::not_found, "case.not_found");
  for (const auto& asked : files->consents(*key))
    if (asked.person == c.actor.person) {
      if (question) *question = asked;
      return found_case{files, std::move(*m)};
    }
  return c.hidden(refuse(kind::not_found, "case.not_found"), "case", *key);
}

struct consent_view {
  std::string number, service, question, about, state;
};
BOOST_DESCRIBE_STRUCT(consent_view, (), (number, service, question, about, state))

http::response show_consent(context& c) {
  cases::consent asked;
  auto found = asked_case(c, &asked);
  if (!found) return c.refuse(found.why());
  const cases::matter& m = found->m;
  const consent_view view{m.number, name_of(c, m), asked.question(c.language),
                          asked.about(c.language), std::string(cases::name_of(m.state))};
  return c.show(view, [&] {
    const std::string& title = view.question;
    std::vector<row> facts;
    for (const auto& line : text::split(view.about, '\n')) {
      const auto colon = line.find(": ");
      if (colon != std::string::npos)
        facts.push_back({line.substr(0, colon), node(line.substr(colon + 2)), ""});
    }
    facts.push_back({std::string(c.say("consent.service")), node(view.service), ""});
    facts.push_back({std::string(c.say("my.number")), node(m.number), ""});
    node body = all(h1(title), lead(c.say("consent.line")), summary_list(c.shell(), facts));
    if (m.state == cases::state::consent) {
      const std::string path = "/my/consents/" + m.key.str();
      body = all(body, p(c.say("consent.next")),
                 button_row({post_button(c.shell(), path, c.say("consent.agree"), look::primary,
                                         {{"agree", "yes"}}),
                             post_button(c.shell(), path, c.say("consent.decline"), look::secondary,
                                         {{"agree", "no"}})}));
    } else {
      body = all(body, banner(c.shell(), tone::info, c.say("consent.answered")));
    }
    return c.page(title, {{"/my", std::string(c.say("my.title"))}}, body, {.noindex = true});
  });
}

http::response answer_consent(context& c) {
  auto found = asked_case(c);
  if (!found) return c.refuse(found.why());
  const auto agree = c.field("agree");
  if (agree != "yes" && agree != "no")
    return c.refuse(refuse(kind::invalid, "forms.option", "agree"));
  auto done = found->files->answer_consent(about_case(c, *found), found->m.key, agree == "yes");
  if (!done) return c.refuse(done.why());
  return c.go("/my/consents/" + found->m.key.str());
}

// ---- notices ----
http::response notices_page(context& c) {
  notices_view view;
  for (const auto& n : c.home.box().of_person(c.actor.person))
    view.notices.push_back({n.key.str(), n.title(c.language), n.body(c.language), n.link, n.at,
                            n.read_at.has_value()});
  return c.show(view, [&] {
    std::vector<todo> lines;
    for (const auto& n : view.notices)
      lines.push_back({n.read ? node() : badge(tone::info, c.say("notices.new")),
                       node(n.link.empty() ? node(n.title) : a(href(n.link), n.title)),
                       n.body + (n.body.empty() ? "" : " · ") + c.written(n.at), node()});
    node body = all(h1(c.say("my.notices")),
                    lines.empty() ? empty_state("bell", c.say("notices.none")) : todo_list(lines),
                    p(a(href("/my/channels"), c.say("channel.title"))));
    try {
      c.home.box().mark_all_read(c.actor.person);
    } catch (const store::error& e) {   // they can be read all the same, and stay new
      log::warn("notices.not_marked", {{"what", e.what()}});
    }
    return c.page(c.say("my.notices"), {{"/my", std::string(c.say("my.title"))}}, body);
  });
}

http::response skip(context& c) {
  auto key = id::parse(c.request.capture("bundle"));
  if (!key) return c.refuse(refuse(kind::not_found, "request.no_page"));
  if (!c.home.catalogue().find(c.field("service")))
    return c.refuse(refuse(kind::invalid, "service.unknown", "service"));
  c.home.database("gov24").writing([&](store::write& tx) {
    tx.run("insert into bundle_skipped (bundle, service, at) select key, ?2, ?3 from bundle "
           "where key = ?1 and person = ?4 on conflict do nothing",
           *key, c.field("service"), now(), c.actor.person);
  });
  return c.go("/my");
}

}  // namespace

case_item case_item_of(const context& c, const cases::matter& m) {
  return {m.key.str(), m.number, m.procedure, name_of(c, m),
          std::string(cases::name_of(m.state)), m.due.str(), m.opened.str()};
}

html::tone tone_of(cases::state s) {
  switch (s) {
    case cases::state::accepted: return tone::good;
    case cases::state::question:
    case cases::state::consent: return tone::warn;
    case cases::state::refused:
    case cases::state::returned: return tone::bad;
    default: return tone::info;
  }
}

std::string state_words(const context& c, const cases::matter& m) {
  return std::string(c.say("case.state_" + std::string(cases::name_of(m.state))));
}

void my_pages(house& h) {
  h.page("GET", "/my", needs::sign_in, my);
  h.page("GET", "/my/consents/{case}", needs::sign_in, show_consent);
  h.page("POST", "/my/consents/{case}", needs::sign_in, answer_consent);
  h.page("GET", "/my/notices", needs::sign_in, notices_page);
  h.page("POST", "/my/bundles/{bundle}/skip", needs::sign_in, skip);
}

}  // namespace madang::gov24
