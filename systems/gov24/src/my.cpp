#include <algorithm>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct case_line {
  std::string key, number, procedure, name, state, due;
};
BOOST_DESCRIBE_STRUCT(case_line, (), (key, number, procedure, name, state, due))
struct draft_line {
  std::string key, service, name;
  instant saved;
};
BOOST_DESCRIBE_STRUCT(draft_line, (), (key, service, name, saved))
struct my_view {
  std::vector<case_line> cases;
  std::vector<draft_line> drafts;
  std::vector<bundle> bundles;
};
BOOST_DESCRIBE_STRUCT(my_view, (), (cases, drafts, bundles))

struct message_line {
  bool official = false;
  std::string author, text;
  instant at;
};
BOOST_DESCRIBE_STRUCT(message_line, (), (official, author, text, at))
struct event_line {
  std::string what, who, note;
  instant at;
};
BOOST_DESCRIBE_STRUCT(event_line, (), (what, who, note, at))
struct case_view {
  case_line head;
  std::string office, reason;
  std::vector<message_line> messages;
  std::vector<event_line> story;
};
BOOST_DESCRIBE_STRUCT(case_view, (), (head, office, reason, messages, story))

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

std::vector<cases::matter> cases_of(const context& c) {
  std::vector<cases::matter> out;
  for (auto* files : c.home.all_files()) {
    cases::wanted w;
    w.applicant = c.actor.person;
    w.order = "opened";
    auto some = files->list(w);
    out.insert(out.end(), some.begin(), some.end());
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return b.opened < a.opened; });
  return out;
}

std::string name_of(const context& c, const cases::matter& m) {
  return c.home.title_of(m)(c.language);
}

case_line line_of(const context& c, const cases::matter& m) {
  return {m.key.str(),    m.number,           m.procedure, name_of(c, m),
          std::string(cases::name_of(m.state)), m.due.str()};
}

node cases_part(const context& c, const std::vector<cases::matter>& list) {
  table_view t;
  t.caption = c.say("my.cases");
  t.columns = {{std::string(c.say("my.case"))}, {std::string(c.say("my.state"))},
               {std::string(c.say("my.due"))}, {std::string(c.say("my.number"))}};
  t.empty = c.say("my.no_cases");
  t.stacked = true;
  for (const auto& m : list)
    t.rows.push_back({a(href("/my/cases/" + m.key.str()), name_of(c, m)),
                      badge(tone_of(m.state), state_words(c, m)),
                      cases::is_open(m.state) ? node(c.written(m.due)) : node("-"),
                      node(m.number)});
  return data_table(c.shell(), t);
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
  return section(h2(c.say("my.leaving")), button_row(buttons));
}

http::response my(context& c) {
  auto list = cases_of(c);
  my_view view;
  for (const auto& m : list) view.cases.push_back(line_of(c, m));
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
    body = all(body, bundles_part(c, view.bundles), cases_part(c, list), leaving(c));
    return c.page(c.say("my.title"), {}, body, {.wide = true});
  });
}

node messages_part(const context& c, const std::vector<cases::message>& list) {
  if (list.empty()) return {};
  std::vector<moment> said;
  for (const auto& m : list)
    said.push_back({c.written(m.at), m.author, node(p(cls("keep-lines"), m.text))});
  return section(h2(c.say("case.messages")), timeline(said));
}

node reply_part(const context& c, const cases::matter& m, const std::string& error) {
  if (m.state != cases::state::question) return {};
  field f;
  f.name = "text";
  f.label = c.say("case.reply_label");
  f.hint = c.say("case.reply_hint");
  f.error = error;
  f.value = std::string(c.field("text"));
  f.most = 2000;
  return section(form(method("post"), action("/my/cases/" + m.key.str() + "/reply"),
                      c.shell().csrf_field(), area_field(c.shell(), f),
                      submit_button(c.say("case.reply"))));
}

node story_part(const context& c, const std::vector<cases::event>& list) {
  std::vector<moment> lines;
  for (const auto& e : list)
    lines.push_back({c.written(e.at), std::string(c.say("case.event_" + e.what)),
                     e.note.empty() ? node() : node(p(e.note))});
  return section(h2(c.say("case.story")), timeline(lines));
}

std::vector<std::string> path_words(const context& c) {
  std::vector<std::string> out;
  for (const char* step : {"received", "checked", "decided", "told"})
    out.emplace_back(c.say("case.step_" + std::string(step)));
  return out;
}

struct found_case {
  cases::files* files = nullptr;
  cases::matter m;
};

result<found_case> my_case(context& c) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  const auto unknown = refuse(kind::not_found, "case.not_found");
  if (!files) return unknown;
  if (m->applicant != c.actor.person) return c.hidden(unknown, "case", *key);
  return found_case{files, std::move(*m)};
}

http::response show_case(context& c, const refusal* wrong = nullptr) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const cases::matter& m = found->m;
  if (const auto* p = found->files->find_procedure(m.procedure); p && !p->page.empty())
    return c.go(p->page + "/" + m.key.str());
  case_view view{line_of(c, m), c.home.pack().full_name(m.office)(c.language), m.reason, {}, {}};
  const auto messages = found->files->messages(m.key);
  const auto story = found->files->story(m.key);
  for (const auto& one : messages)
    view.messages.push_back({one.from_official, one.author, one.text, one.at});
  for (const auto& one : story) view.story.push_back({one.what, one.who, one.note, one.at});
  return c.show(view, [&] {
    const bool open = cases::is_open(m.state);
    const std::size_t step = m.state == cases::state::consent ? 0 : open ? 1 : 3;
    node body;
    if (c.request.param("filed") == "1")
      body = panel(c.say("case.filed"), m.number, c.say("case.filed_line"));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"text", c.explain(*wrong)});
    body = all(body, error_summary(c.shell(), errors), h1(view.head.name),
               p(badge(tone_of(m.state), state_words(c, m))), process_line(path_words(c), step),
               p(c.say("case.now_" + std::string(cases::name_of(m.state)))));
    std::vector<row> rows{{std::string(c.say("my.number")), node(m.number), ""},
                          {std::string(c.say("case.office")), node(view.office), ""}};
    if (open) rows.push_back({std::string(c.say("case.due")), node(c.written(m.due)), ""});
    if (!m.decided_by.empty())
      rows.push_back({std::string(c.say("case.decided_by")), node(m.decided_by), ""});
    if (!m.reason.empty()) rows.push_back({std::string(c.say("case.reason")), node(m.reason), ""});
    for (const auto& one : found->files->enclosures_of(m))
      rows.push_back({std::string(c.say("case.enclosure")),
                      a(href(one.href), one.title(c.language)), ""});
    body = all(body, messages_part(c, messages),
               reply_part(c, m, wrong ? c.explain(*wrong) : std::string()),
               summary_list(c.shell(), rows));
    if (open)
      body = all(body, post_button(c.shell(), "/my/cases/" + m.key.str() + "/withdraw",
                                   c.say("case.withdraw"), look::quiet));
    body = all(body, story_part(c, story));
    return c.page(view.head.name, {{"/my", std::string(c.say("my.title"))}}, body,
                  {.noindex = true, .has_errors = wrong != nullptr});
  });
}

audit::access about_case(const context& c, const found_case& f) {
  const auto* p = f.files->find_procedure(f.m.procedure);
  return c.access(p->name, p->law, f.m.number);
}

http::response reply(context& c) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  auto done = found->files->reply(about_case(c, *found), found->m.key, c.field("text"));
  if (!done) return show_case(c, &done.why());
  return c.go("/my/cases/" + found->m.key.str());
}

http::response withdraw(context& c) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  auto done = found->files->withdraw(about_case(c, *found), found->m.key);
  if (!done) return c.refuse(done.why());
  return c.go("/my/cases/" + found->m.key.str());
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
                    lines.empty() ? empty_state("bell", c.say("notices.none")) : todo_list(lines));
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
  h.page("GET", "/my/cases/{case}", needs::sign_in, [](context& c) { return show_case(c); });
  h.page("POST", "/my/cases/{case}/reply", needs::sign_in, reply);
  h.page("POST", "/my/cases/{case}/withdraw", needs::sign_in, withdraw);
  h.page("GET", "/my/consents/{case}", needs::sign_in, show_consent);
  h.page("POST", "/my/consents/{case}", needs::sign_in, answer_consent);
  h.page("GET", "/my/notices", needs::sign_in, notices_page);
  h.page("POST", "/my/bundles/{bundle}/skip", needs::sign_in, skip);
}

}  // namespace madang::gov24
