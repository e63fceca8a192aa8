// One election: its state and what each may do about it; entering the list; voting; the board.
#include "hall.hpp"

namespace madang::communities {
namespace {

using namespace html;

struct choice_line {
  std::string title;
  std::int64_t votes = -1;  // -1: not known yet
};
BOOST_DESCRIBE_STRUCT(choice_line, (), (title, votes))
struct trustee_line {
  std::int64_t n;
  bool has_key, has_share, mine;
  std::string link;  // for the manager, to hand out
};
BOOST_DESCRIBE_STRUCT(trustee_line, (), (n, has_key, has_share, mine, link))
struct poll_view {
  std::int64_t number;
  std::string title, state, uuid, closes, fingerprint;
  std::int64_t most, voters, ballots, counted;
  bool blank, resident, manager, in_list, voted;
  std::vector<choice_line> choices;
  std::int64_t blank_votes = -1;
  std::vector<trustee_line> trustees;
};
BOOST_DESCRIBE_STRUCT(poll_view, (),
                      (number, title, state, uuid, closes, fingerprint, most, voters, ballots,
                       counted, blank, resident, manager, in_list, voted, choices, blank_votes,
                       trustees))

void put_result(poll_view& v, const poll& p) {
  const auto result = json::parse_as<elections::outcome_of_poll>(p.result);
  if (!result) return;
  const auto& row = result->result.front();
  if (v.blank) v.blank_votes = std::int64_t(row.front());
  for (std::size_t i = 0; i < v.choices.size(); ++i)
    v.choices[i].votes = std::int64_t(row[i + v.blank]);
}

poll_view view_of(const context& c, hall& l, const poll& p) {
  const auto at = l.find(p.community);
  const bool known = c.actor.signed_in();
  poll_view v{};
  v.number = p.number;
  v.title = p.title;
  v.state = p.state;
  v.uuid = p.uuid;
  if (p.closes) v.closes = c.written(*p.closes);
  if (!p.election.empty()) v.fingerprint = elections::fingerprint(p.election);
  v.most = p.most;
  v.blank = p.blank;
  v.blank_votes = -1;
  v.voters = l.voters(p.key);
  for (const auto& b : l.board(p.key)) {
    ++v.ballots;
    v.counted += b.counts;
  }
  v.resident = known && l.is_resident(p.community, c.actor.person);
  v.manager = known && at && at->manager == c.actor.person;
  const auto credential = known ? l.credential_of(p.key, c.actor.person) : std::string();
  v.in_list = !credential.empty();
  v.voted = v.in_list && l.has_ballot(p.key, credential);
  for (const auto& one : l.choices(p.key)) v.choices.push_back({one.title, -1});
  put_result(v, p);
  for (const auto& t : l.trustees(p.key)) {
    const bool mine = known && t.person == c.actor.person;
    v.trustees.push_back({t.n, !t.public_key.empty(), !t.share.empty(), mine,
                          v.manager || mine ? "/trustees/" + t.token : ""});
  }
  return v;
}

node result_table(const context& c, const poll_view& v) {
  table_view t;
  t.caption = c.say("communities.result");
  t.columns = {{std::string(c.say("communities.choice"))},
               {std::string(c.say("communities.votes")), true}};
  t.first_is_header = true;
  for (const auto& one : v.choices)
    t.rows.push_back({one.title, one.votes < 0 ? "" : text::grouped(one.votes)});
  if (v.blank_votes >= 0)
    t.rows.push_back({std::string(c.say("communities.blank")), text::grouped(v.blank_votes)});
  return data_table(c.shell(), t);
}

node choice_list(const poll_view& v) {
  std::vector<node> items;
  for (const auto& one : v.choices) items.push_back(li(one.title));
  return ol(html::join(items));
}

node trustee_table(const context& c, const poll_view& v) {
  table_view t;
  t.caption = c.say("communities.trustees");
  t.columns = {{std::string(c.say("communities.trustee"))},
               {std::string(c.say("communities.trustee_state"))}};
  for (const auto& one : v.trustees) {
    const char* state = one.has_share ? "communities.trustee_opened"
                        : one.has_key ? "communities.trustee_ready"
                                      : "communities.trustee_missing";
    const std::string name = c.fill("communities.trustee_n", {{"n", std::to_string(one.n)}});
    t.rows.push_back({one.link.empty() ? node(name) : a(href(one.link), name), c.say(state)});
  }
  return data_table(c.shell(), t);
}

// What this reader does next.
node next_act(const context& c, const poll& p, const poll_view& v) {
  const std::string at = path_of(p);
  std::vector<node> acts;
  if (p.state == "registering" && v.resident)
    acts.push_back(link_button(
        at + "/register", c.say(v.in_list ? "communities.register_again" : "communities.register"),
        v.in_list ? look::secondary : look::primary));
  if (p.state == "open" && v.in_list)
    acts.push_back(
        link_button(at + "/vote", c.say(v.voted ? "communities.vote_again" : "communities.vote")));
  if (p.state == "registering" && v.manager)
    acts.push_back(
        post_button(c.shell(), at + "/open", c.say("communities.open"), look::secondary));
  bool trustee = false;
  for (const auto& t : v.trustees) trustee = trustee || t.mine;
  if (p.state == "open" && (v.manager || trustee))
    acts.push_back(
        post_button(c.shell(), at + "/close", c.say("communities.close"), look::secondary));
  node said;
  if (p.state == "open" && v.resident && !v.in_list)
    said = inset(html::p(c.say("communities.not_listed")));
  return html::all(said, button_row(acts));
}

node limits(const context& c) {
  std::vector<node> items;
  for (const char* key : {"coercion", "device", "trustees", "list", "page", "who"})
    items.push_back(li(c.say("communities.limit_" + std::string(key))));
  return disclosure(c.say("communities.limits"),
                    html::all(html::p(c.say("communities.limits_lead")), ul(html::join(items))));
}

http::response one(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  const auto v = view_of(c, l, *p);
  return c.show(v, [&] {
    std::vector<row> facts{{std::string(c.say("communities.step")), state_badge(c, v.state), ""},
                           {std::string(c.say("communities.in_list")), text::grouped(v.voters), ""},
                           {std::string(c.say("communities.rule")),
                            c.fill(v.blank ? "communities.rule_blank" : "communities.rule_plain",
                                   {{"n", std::to_string(v.most)}}),
                            ""}};
    if (!v.closes.empty()) {
      facts.push_back({std::string(c.say("communities.closes")), v.closes, ""});
      facts.push_back({std::string(c.say("communities.turnout")),
                       c.fill("communities.turnout_n",
                              {{"n", text::grouped(v.counted)}, {"all", text::grouped(v.voters)}}),
                       ""});
      facts.push_back(
          {std::string(c.say("communities.fingerprint")), code(cls("wrap"), v.fingerprint), ""});
    }
    node archive;
    if (p->state != "registering")
      archive = html::all(h2(c.say("communities.check_it")),
                          button_row({link_button(path_of(*p) + "/board",
                                                  c.say("communities.board"), look::secondary),
                                      link_button(path_of(*p) + "/verify",
                                                  c.say("communities.verify"), look::secondary)}));
    return c.page(
        v.title, way_to(c, l, *p),
        html::all(h1(v.title), html::p(c.say("communities.says_" + v.state)), next_act(c, *p, v),
                  summary_list(c.shell(), facts),
                  p->state == "finished"
                      ? result_table(c, v)
                      : html::all(h2(c.say("communities.choices")), choice_list(v)),
                  archive, h2(c.say("communities.trustees")),
                  html::p(c.say("communities.trustees_lead")), trustee_table(c, v), limits(c)));
  });
}

// ---- beginning one ----

struct begin_view {
  std::vector<std::string> proposals;
};
BOOST_DESCRIBE_STRUCT(begin_view, (), (proposals))

http::response begin_page(context& c, hall& l, const refusal* wrong = nullptr) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  if (at->manager != c.actor.person)
    return c.refuse(refuse(kind::forbidden, "communities.not_manager"));
  begin_view v;
  std::vector<choice> proposals;
  for (const auto& one : l.proposals(at->key)) {
    v.proposals.push_back(one.key.str());
    proposals.push_back({one.key.str(), one.title, ""});
  }
  const auto make = [&](const char* name, const char* otherwise, int width = 0) {
    field f{.name = name, .label = std::string(c.say("communities.field_" + std::string(name)))};
    f.value = c.form().empty() ? otherwise : c.field(name);
    f.width = width;
    if (width) f.input_mode = "numeric";
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  auto r = c.show(v, [&] {
    field title = make("title", "");
    title.most = 60;
    field what{.name = "proposals[]", .label = std::string(c.say("communities.field_proposals"))};
    what.hint = c.say("communities.hint_proposals");
    if (wrong && wrong->field == "proposals") what.error = c.explain(*wrong);
    std::vector<std::string> checked;
    for (const auto& [name, value] : c.form())
      if (name == "proposals[]") checked.push_back(value);
    field most = make("most", "1", 3), days = make("days", "7", 3),
          trustees = make("trustees", "2", 3);
    trustees.hint = c.say("communities.hint_trustees");
    field blank{.name = "blank", .label = std::string(c.say("communities.field_blank"))};
    blank.value = c.form().empty() ? "no" : c.field("blank");
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back({wrong->field == "proposals" ? choice_field_id("proposals[]") : wrong->field,
                        c.explain(*wrong)});
    const std::string path = path_of(*at);
    return c.page(c.say("communities.begin_poll"), {{path, at->name(c.language)}},
                  html::all(error_summary(c.shell(), errors), h1(c.say("communities.begin_poll")),
                            lead(c.say("communities.begin_lead")),
                            proposals.size() < 2
                                ? p(c.say("communities.too_few_proposals"))
                                : form(method("post"), action(path + "/poll"), cls("questions"),
                                       c.shell().csrf_field(), text_field(c.shell(), title),
                                       checkbox_field(c.shell(), what, proposals, checked),
                                       text_field(c.shell(), most), yes_no_field(c.shell(), blank),
                                       text_field(c.shell(), days), text_field(c.shell(), trustees),
                                       submit_button(c.say("communities.begin")))),
                  {.noindex = true, .has_errors = wrong != nullptr});
  });
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response begin(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  const auto figure = [&](const char* name) -> std::int64_t {
    const std::string s(c.field(name));
    const bool formed =
        !s.empty() && s.size() < 4 && s.find_first_not_of("0123456789") == std::string::npos;
    return formed ? std::stoll(s) : -1;
  };
  new_poll n;
  n.title = text::trim(c.field("title"));
  n.most = figure("most");
  n.days = figure("days");
  n.trustees = figure("trustees");
  n.blank = c.field("blank") == "yes";
  for (const auto& [name, value] : c.form())
    if (name == "proposals[]")
      if (const auto key = id::parse(value);
          key && std::ranges::find(n.proposals, *key) == n.proposals.end())
        n.proposals.push_back(*key);
  auto number = l.begin(c, *at, n);
  if (!number) {
    if (!c.request.wants_json() && number.why().kind == kind::invalid)
      return begin_page(c, l, &number.why());
    return c.refuse(number.why());
  }
  return c.go("/elections/" + std::to_string(*number));
}

// ---- the voter ----

struct register_view {
  std::string uuid;
  bool in_list;
};
BOOST_DESCRIBE_STRUCT(register_view, (), (uuid, in_list))

http::response register_page(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (!l.is_resident(p->community, c.actor.person))
    return c.refuse(refuse(kind::forbidden, "communities.not_resident"));
  if (p->state != "registering") return c.refuse(refuse(kind::conflict, "communities.state"));
  const register_view v{p->uuid, !l.credential_of(p->key, c.actor.person).empty()};
  return c.show(v, [&] {
    const std::string at = path_of(*p) + "/register";
    auto way = way_to(c, l, *p);
    way.push_back({path_of(*p), p->title});
    return c.page(
        c.say("communities.register"), way,
        html::all(h1(c.say("communities.register")), lead(c.say("communities.register_lead")),
                  v.in_list ? inset(html::p(c.say("communities.registered_already"))) : node(),
                  island(c, "credential",
                         {"make_credential", "your_credential", "keep_it", "enter_list", "working",
                          "failed"},
                         {{"uuid", p->uuid}},
                         form(method("post"), action(at), c.shell().csrf_field(),
                              hidden_field("credential", "")))),
        {.noindex = true});
  });
}

http::response enter(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (auto done = l.enter(c, *p, std::string(c.field("credential"))); !done)
    return c.refuse(done.why());
  return c.go(path_of(*p));
}

http::response open(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (auto done = l.open(c, *p); !done) return c.refuse(done.why());
  return c.go(path_of(*p));
}

http::response vote_page(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (l.credential_of(p->key, c.actor.person).empty())
    return c.refuse(refuse(kind::forbidden, "communities.not_in_list"));
  if (p->state != "open") return c.refuse(refuse(kind::conflict, "communities.state"));
  const auto v = view_of(c, l, *p);
  return c.show(v, [&] {
    std::vector<choice> choices;
    for (std::size_t i = 0; i < v.choices.size(); ++i)
      choices.push_back({std::to_string(i), v.choices[i].title, ""});
    if (v.blank) choices.push_back({"blank", std::string(c.say("communities.blank")), ""});
    field f{.name = v.most > 1 || v.blank ? "choices[]" : "choice", .label = p->title};
    f.hint = c.fill(v.blank ? "communities.rule_blank" : "communities.rule_plain",
                    {{"n", std::to_string(v.most)}});
    field credential{.name = "typed", .label = std::string(c.say("communities.field_credential"))};
    credential.hint = c.say("communities.hint_credential");
    credential.width = 20;
    auto way = way_to(c, l, *p);
    way.push_back({path_of(*p), p->title});
    // The choices stand in no form: they cannot be sent, whatever goes wrong.
    const node asked = html::all(v.most > 1 || v.blank ? checkbox_field(c.shell(), f, choices)
                                                       : radio_field(c.shell(), f, choices),
                                 text_field(c.shell(), credential));
    return c.page(
        c.say("communities.vote"), way,
        html::all(
            h1(c.say("communities.vote")), lead(c.say("communities.vote_lead")),
            island(c, "vote",
                   {"encrypt_and_send", "working", "failed", "choose", "choose_fewer",
                    "bad_credential", "other_credential"},
                   {{"uuid", p->uuid},
                    {"election", path_of(*p) + "/election"},
                    {"credential", l.credential_of(p->key, c.actor.person)}},
                   html::all(asked, form(method("post"), action(path_of(*p) + "/vote"),
                                         c.shell().csrf_field(), hidden_field("ballot", "")))),
            limits(c)),
        {.noindex = true});
  });
}

http::response cast(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  auto done = l.cast(c, *p, std::string(c.field("ballot")));
  if (!done) return c.refuse(done.why());
  return c.go(path_of(*p) + "/board?mine=" + http::percent_encode(done->tracker));
}

http::response close(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  if (auto done = l.close(c, *p); !done) return c.refuse(done.why());
  return c.go(path_of(*p));
}

// ---- the public board ----

struct board_line_view {
  std::string tracker;
  bool counts;
};
BOOST_DESCRIBE_STRUCT(board_line_view, (), (tracker, counts))
struct board_view {
  std::vector<board_line_view> ballots;
};
BOOST_DESCRIBE_STRUCT(board_view, (), (ballots))

node found_banner(const context& c, const std::string& sought, const board_view& v) {
  if (sought.empty()) return {};
  for (const auto& b : v.ballots)
    if (b.tracker == sought)
      return banner(c.shell(), b.counts ? tone::good : tone::info,
                    c.say(b.counts ? "communities.tracker_counts" : "communities.tracker_replaced"),
                    html::all(p(code(cls("wrap"), sought)), p(c.say("communities.tracker_lead"))));
  return banner(c.shell(), tone::bad, c.say("communities.tracker_missing"),
                p(code(cls("wrap"), sought)));
}

http::response board(context& c, hall& l) {
  const auto p = poll_here(c, l);
  if (!p) return c.refuse(p.why());
  board_view v;
  for (auto& b : l.board(p->key)) v.ballots.push_back({b.tracker, b.counts});
  return c.show(v, [&] {
    const std::string sought(text::trim(c.request.param("mine")));
    table_view t;
    t.caption = c.say("communities.board");
    t.caption_hidden = true;
    t.columns = {{std::string(c.say("communities.tracker"))},
                 {std::string(c.say("communities.tracker_state"))}};
    t.empty = c.say("communities.board_empty");
    for (const auto& b : v.ballots)
      t.rows.push_back({code(cls("wrap"), b.tracker),
                        c.say(b.counts ? "communities.counts" : "communities.replaced")});
    field f{.name = "mine", .label = std::string(c.say("communities.field_tracker"))};
    f.value = sought;
    auto way = way_to(c, l, *p);
    way.push_back({path_of(*p), p->title});
    return c.page(c.say("communities.board"), way,
                  html::all(found_banner(c, sought, v), h1(c.say("communities.board")),
                            lead(c.say("communities.board_lead")),
                            form(method("get"), action(path_of(*p) + "/board"), cls("questions"),
                                 text_field(c.shell(), f),
                                 submit_button(c.say("communities.look_up"), look::secondary)),
                            data_table(c.shell(), t)),
                  {.noindex = !sought.empty()});
  });
}

}  // namespace

void poll_pages(house& h, shared_hall l) {
  const std::string of = "/communities/{community}/poll", at = "/elections/{poll}";
  h.page("GET", of, needs::sign_in, [l](context& c) { return begin_page(c, *l); });
  h.page("POST", of, needs::sign_in, [l](context& c) { return begin(c, *l); });
  h.page("GET", at, needs::nobody, [l](context& c) { return one(c, *l); });
  h.page("GET", at + "/register", needs::sign_in, [l](context& c) { return register_page(c, *l); });
  h.page("POST", at + "/register", needs::sign_in, [l](context& c) { return enter(c, *l); });
  h.page("POST", at + "/open", needs::sign_in, [l](context& c) { return open(c, *l); });
  h.page("GET", at + "/vote", needs::sign_in, [l](context& c) { return vote_page(c, *l); });
  h.page("POST", at + "/vote", needs::sign_in, [l](context& c) { return cast(c, *l); });
  h.page("POST", at + "/close", needs::sign_in, [l](context& c) { return close(c, *l); });
  h.page("GET", at + "/board", needs::nobody, [l](context& c) { return board(c, *l); });
}

}  // namespace madang::communities
