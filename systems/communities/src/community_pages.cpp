// The list of communities; one community with its proposals; belonging to it.
#include "hall.hpp"
#include "madang/documents/qr_image.hpp"
#include "madang/platform/easy.hpp"

namespace madang::communities {
namespace {

using namespace html;

constexpr std::size_t page_size = 30;

struct line {
  std::int64_t number;
  std::string name, town;
};
BOOST_DESCRIBE_STRUCT(line, (), (number, name, town))
struct poll_line {
  std::int64_t number;
  std::string title, state, community;
};
BOOST_DESCRIBE_STRUCT(poll_line, (), (number, title, state, community))
struct list_view {
  std::size_t total = 0;
  std::vector<line> communities, mine;
  std::vector<poll_line> open, finished;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (total, communities, mine, open, finished))

struct proposal_line {
  std::string key, title, body, video, at;
  bool mine;
};
BOOST_DESCRIBE_STRUCT(proposal_line, (), (key, title, body, video, at, mine))
struct one_view {
  std::int64_t number;
  std::string name, town;
  std::int64_t residents;
  bool resident, manager;
  std::vector<proposal_line> proposals;
  std::vector<poll_line> polls;
};
BOOST_DESCRIBE_STRUCT(one_view, (),
                      (number, name, town, residents, resident, manager, proposals, polls))

line line_of(const context& c, hall& l, const community& one) {
  return {one.number, one.name(c.language), l.town_name(c, one.town)};
}

poll_line line_of(const context& c, hall& l, const poll& p) {
  const auto at = l.find(p.community);
  return {p.number, p.title, p.state, at ? at->name(c.language) : ""};
}

node poll_list(const context& c, const std::vector<poll_line>& polls, bool with_community) {
  std::vector<todo> out;
  for (const auto& p : polls)
    out.push_back({state_badge(c, p.state),
                   a(href("/elections/" + std::to_string(p.number)), p.title),
                   with_community ? p.community : std::string(),
                   {}});
  return todo_list(out);
}

http::response list(context& c, hall& l) {
  const std::string words(c.request.param("q"));
  const std::string asked(c.request.param("page"));
  const int at = asked.size() < 5 && asked.find_first_not_of("0123456789") == std::string::npos &&
                         !asked.empty()
                     ? std::max(1, std::stoi(asked))
                     : 1;
  list_view v;
  for (const auto& one : l.list(words, std::size_t(at - 1) * page_size, page_size, v.total))
    v.communities.push_back(line_of(c, l, one));
  if (c.actor.signed_in())
    for (const auto& one : l.of_person(c.actor.person)) v.mine.push_back(line_of(c, l, one));
  for (const auto& p : l.polls_in("open", 5)) v.open.push_back(line_of(c, l, p));
  for (const auto& p : l.polls_in("finished", 5)) v.finished.push_back(line_of(c, l, p));
  return c.show(v, [&] {
    const auto cards_of = [](const std::vector<line>& lines) {
      std::vector<card_view> out;
      for (const auto& one : lines)
        out.push_back({"/communities/" + std::to_string(one.number), one.name, one.town, ""});
      return cards(out);
    };
    search_view s;
    s.action = "/communities";
    s.value = words;
    s.label = c.say("communities.search");
    s.suggest = "";
    node mine, running, done;
    if (!v.mine.empty()) mine = html::all(h2(c.say("communities.mine")), cards_of(v.mine));
    if (!v.open.empty())
      running = html::all(h2(c.say("communities.open_now")), poll_list(c, v.open, true));
    if (!v.finished.empty())
      done = html::all(h2(c.say("communities.finished")), poll_list(c, v.finished, true));
    const int pages = int((v.total + page_size - 1) / page_size);
    std::string before = "/communities?";
    if (!words.empty()) before += "q=" + http::percent_encode(words) + "&";
    return c.page(
        c.say("communities.title"), {},
        html::all(h1(c.say("communities.title")), lead(c.say("communities.lead")),
                  platform::easy_link(c, "communities"), mine, running,
                  h2(c.say("communities.all")), search_box(c.shell(), s),
                  p(c.fill("communities.total", {{"n", text::grouped(std::int64_t(v.total))}})),
                  v.communities.empty() ? p(c.say("communities.none")) : cards_of(v.communities),
                  pages > 1 ? pagination(c.shell(), std::min(at, pages), pages, before + "page=")
                            : node(),
                  done),
        {.description = std::string(c.say("communities.lead"))});
  });
}

node joining(const context& c, const community& at, const refusal* wrong, const std::string& code) {
  if (!c.actor.signed_in())
    return html::all(
        p(c.say("communities.sign_in_lead")),
        link_button("/sign-in?next=" +
                        http::percent_encode(path_of(at) + (code.empty() ? "" : "?code=" + code)),
                    c.say("communities.sign_in")));
  field f{.name = "code", .label = std::string(c.say("communities.field_code"))};
  f.hint = c.say("communities.hint_code");
  f.value = code;
  f.width = 12;
  if (wrong) f.error = c.explain(*wrong);
  return html::all(
      form(method("post"), action(path_of(at) + "/join"), cls("questions"), c.shell().csrf_field(),
           text_field(c.shell(), f), submit_button(c.say("communities.join_by_code"))),
      p(c.say("communities.or_register")),
      post_button(c.shell(), path_of(at) + "/join", c.say("communities.join_by_register"),
                  look::secondary));
}

node proposal_box(const context& c, const community& at, const proposal_line& one, bool may) {
  return box(one.title,
             html::all(div(cls("keep-lines"), one.body),
                       one.video.empty() ? node()
                                         : p(a(href(one.video), attr("rel", "noopener external"),
                                               c.say("communities.video_link"))),
                       p(small(one.at)),
                       may ? post_button(c.shell(), path_of(at) + "/withdraw",
                                         c.say("communities.withdraw"), look::quiet,
                                         {{"proposal", one.key}})
                           : node()));
}

http::response one(context& c, hall& l, const refusal* wrong = nullptr) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  one_view v{at->number,
             at->name(c.language),
             l.town_name(c, at->town),
             l.residents(at->key),
             l.is_resident(at->key, c.actor.person),
             c.actor.signed_in() && at->manager == c.actor.person,
             {},
             {}};
  for (const auto& one : l.proposals(at->key))
    v.proposals.push_back({one.key.str(), one.title, one.body, one.video, c.written(one.at),
                           one.author == c.actor.person && c.actor.signed_in()});
  for (const auto& p : l.polls(at->key)) v.polls.push_back(line_of(c, l, p));
  auto r = c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    std::vector<node> boxes;
    for (const auto& one : v.proposals)
      boxes.push_back(proposal_box(c, *at, one, one.mine || v.manager));
    node manager;
    if (v.manager)
      manager = box(c.say("communities.manager"),
                    button_row({link_button(path_of(*at) + "/poll", c.say("communities.begin_poll"),
                                            look::secondary),
                                link_button(path_of(*at) + "/code", c.say("communities.show_code"),
                                            look::secondary)}));
    const node belonging =
        v.resident ? html::all(p(badge(tone::good, c.say("communities.resident"))),
                               link_button(path_of(*at) + "/propose", c.say("communities.propose")),
                               v.manager ? node()
                                         : post_button(c.shell(), path_of(*at) + "/leave",
                                                       c.say("communities.leave"), look::quiet))
                   : html::all(h2(c.say("communities.join")),
                               joining(c, *at, wrong, std::string(c.request.param("code"))));
    return c.page(
        v.name, {{"/communities", std::string(c.say("communities.title"))}},
        html::all(error_summary(c.shell(), errors), h1(v.name),
                  lead(v.town + " · " +
                       c.fill("communities.residents", {{"n", text::grouped(v.residents)}})),
                  belonging, manager, h2(c.say("communities.polls")),
                  v.polls.empty() ? p(c.say("communities.no_polls")) : poll_list(c, v.polls, false),
                  h2(c.say("communities.proposals")),
                  boxes.empty() ? p(c.say("communities.no_proposals")) : html::join(boxes)),
        {.has_errors = wrong != nullptr});
  });
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response join_one(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  // A short code is guessed by trying: whoever tries is made to wait.
  auto& guesses = c.home.number_guesses();
  if (auto seconds = guesses.wait(c.request.peer); seconds && !c.field("code").empty())
    return c.refuse(refuse(kind::too_many, "communities.guessing", "code",
                           {{"seconds", std::to_string(*seconds)}}));
  if (auto done = l.join(c, *at, std::string(c.field("code"))); !done) {
    if (done.why().field == "code") guesses.miss(c.request.peer);
    if (!c.request.wants_json() && done.why().field == "code") return one(c, l, &done.why());
    return c.refuse(done.why());
  }
  return c.go(path_of(*at));
}

http::response leave(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  if (auto done = l.leave(c, *at); !done) return c.refuse(done.why());
  return c.go(path_of(*at));
}

// ---- the code, on the manager's screen ----

result<community> managed(const context& c, hall& l) {
  auto at = community_here(c, l);
  if (at && at->manager != c.actor.person)
    return refuse(kind::forbidden, "communities.not_manager");
  return at;
}

struct code_view {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(code_view, (), (code))

http::response code_page(context& c, hall& l) {
  const auto at = managed(c, l);
  if (!at) return c.refuse(at.why());
  return c.show(code_view{at->code}, [&] {
    return c.page(
        c.say("communities.code"),
        {{"/communities", std::string(c.say("communities.title"))},
         {path_of(*at), at->name(c.language)}},
        html::all(h1(c.say("communities.code")), lead(c.say("communities.code_lead")),
                  p(img(src(path_of(*at) + "/code.svg"), attr("alt", c.say("communities.code")),
                        attr("width", "320"), attr("height", "320"))),
                  p(cls("code"), code(at->code)), p(c.say("communities.code_renew_lead")),
                  post_button(c.shell(), path_of(*at) + "/code", c.say("communities.code_renew"),
                              look::secondary)),
        {.noindex = true});
  });
}

http::response code_picture(context& c, hall& l) {
  const auto at = managed(c, l);
  if (!at) return c.refuse(at.why());
  const std::string host(c.request.header("host"));
  const std::string address =
      (c.secure() ? "https://" : "http://") + host + path_of(*at) + "?code=" + at->code;
  return c.with_privacy(http::text_response(200, documents::qr_image(address), "image/svg+xml"));
}

http::response renew(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  if (auto done = l.renew_code(c, *at); !done) return c.refuse(done.why());
  return c.go(path_of(*at) + "/code");
}

// ---- proposing ----

http::response propose_page(context& c, hall& l, const refusal* wrong = nullptr) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  if (!l.is_resident(at->key, c.actor.person))
    return c.refuse(refuse(kind::forbidden, "communities.not_resident"));
  const auto make = [&](const char* name, int most) {
    field f{.name = name, .label = std::string(c.say("communities.field_" + std::string(name)))};
    f.hint = c.say("communities.hint_" + std::string(name));
    f.value = c.field(name);
    f.most = most;
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  field video = make("video", 300);
  video.optional = true;
  question q;
  q.title = c.say("communities.propose");
  q.action = path_of(*at) + "/propose";
  q.back = path_of(*at);
  q.fields = {text_field(c.shell(), make("title", 60)),
              area_field(c.shell(), make("body", 2000), 8), text_field(c.shell(), video)};
  q.can_save = false;
  q.continue_label = c.say("communities.send");
  if (wrong) q.errors = {{wrong->field, c.explain(*wrong)}};
  auto r = c.page(q.title, {{path_of(*at), at->name(c.language)}}, question_form(c.shell(), q),
                  {.noindex = true, .has_errors = wrong != nullptr});
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response propose(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  proposal made;
  made.title = text::trim(c.field("title"));
  made.body = text::trim(c.field("body"));
  made.video = text::trim(c.field("video"));
  if (auto done = l.propose(c, *at, made); !done) {
    if (!c.request.wants_json() && done.why().kind == kind::invalid)
      return propose_page(c, l, &done.why());
    return c.refuse(done.why());
  }
  return c.go(path_of(*at));
}

http::response withdraw(context& c, hall& l) {
  const auto at = community_here(c, l);
  if (!at) return c.refuse(at.why());
  const auto key = id::parse(c.field("proposal"));
  if (!key) return c.refuse(refuse(kind::not_found, "communities.unknown"));
  if (auto done = l.withdraw(c, *at, *key); !done) return c.refuse(done.why());
  return c.go(path_of(*at));
}

}  // namespace

void community_pages(house& h, shared_hall l) {
  h.page("GET", "/communities", needs::nobody, [l](context& c) { return list(c, *l); });
  const std::string at = "/communities/{community}";
  h.page("GET", at, needs::nobody, [l](context& c) { return one(c, *l); });
  h.page("POST", at + "/join", needs::sign_in, [l](context& c) { return join_one(c, *l); });
  h.page("POST", at + "/leave", needs::sign_in, [l](context& c) { return leave(c, *l); });
  h.page("GET", at + "/code", needs::sign_in, [l](context& c) { return code_page(c, *l); });
  h.page("GET", at + "/code.svg", needs::sign_in, [l](context& c) { return code_picture(c, *l); });
  h.page("POST", at + "/code", needs::sign_in, [l](context& c) { return renew(c, *l); });
  h.page("GET", at + "/propose", needs::sign_in, [l](context& c) { return propose_page(c, *l); });
  h.page("POST", at + "/propose", needs::sign_in, [l](context& c) { return propose(c, *l); });
  h.page("POST", at + "/withdraw", needs::sign_in, [l](context& c) { return withdraw(c, *l); });
}

}  // namespace madang::communities
