// What somebody filed and how it stands: her petitions, and protected reports that only she can see
// are hers.
#include <algorithm>

#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;

constexpr std::size_t most_upload = 10u << 20;

struct mine_line {
  std::string key, number, kind, title, state, office, due;
  bool confidential = false;
};
BOOST_DESCRIBE_STRUCT(mine_line, (), (key, number, kind, title, state, office, due, confidential))
struct draft_line {
  std::string key, kind, title;
};
BOOST_DESCRIBE_STRUCT(draft_line, (), (key, kind, title))
struct mine_view {
  std::vector<mine_line> filings;
  std::vector<draft_line> drafts;
};
BOOST_DESCRIBE_STRUCT(mine_view, (), (filings, drafts))

mine_view view_of(context& c, bureau& o) {
  mine_view v;
  for (const auto& q : o.of_person(c.actor.person))
    v.filings.push_back({q.row.matter.str(), q.file.number, q.row.kind, q.row.title,
                         std::string(cases::name_of(q.file.state)), q.row.office, q.file.due.str(),
                         q.row.confidential});
  for (const auto& d : o.reporters.drafts().of(c.actor.person))
    v.drafts.push_back({d.key.str(), d.service, std::string(json::str(d.answers, "title"))});
  return v;
}

http::response show_mine(context& c, bureau& o) {
  speak(c);
  const auto view = view_of(c, o);
  return c.show(view, [&] {
    const shell s = shell_of(c);
    node said;
    if (c.request.param("saved") == "1") said = banner(s, tone::good, c.say("epeople.saved"));
    if (c.request.param("discarded") == "1")
      said = banner(s, tone::info, c.say("epeople.discarded"));
    std::vector<task> drafts;
    for (const auto& d : view.drafts)
      drafts.push_back({kind_name(c, o, d.kind), "/epeople/filings/" + d.key, d.title,
                        tone::neutral, std::string(c.say("epeople.draft"))});
    table_view t;
    t.caption = c.say("epeople.mine");
    t.caption_hidden = true;
    t.stacked = true;
    for (const char* column : {"title", "state", "due", "number"})
      t.columns.push_back({std::string(c.say("epeople.column_" + std::string(column))), false});
    for (const auto& one : view.filings) {
      const auto state = cases::state_of(one.state).value_or(cases::state::received);
      const auto due = date::parse(one.due);
      t.rows.push_back(
          {all(a(href("/epeople/matters/" + one.key), one.title),
               div(cls("note"), kind_name(c, o, one.kind), " · ", office_words(c, one.office))),
           state_badge(c, state), cases::is_open(state) && due ? node(date_of(c, *due)) : node("-"),
           node(one.number)});
    }
    const node list =
        view.filings.empty()
            ? empty_state("help", c.say("epeople.none"), p(c.say("epeople.none_line")),
                          link_button("/epeople", c.say("epeople.begin")))
            : data_table(s, t);
    const node body = all(
        said, h1(c.say("epeople.mine")),
        drafts.empty() ? node() : section(h2(c.say("epeople.drafts")), task_list({{"", drafts}})),
        list);
    return page_of(c, c.say("epeople.mine"), {home_link(c)}, body, {.noindex = true});
  });
}

// ---- one of them ----

struct found_filing {
  cases::matter m;
  filing f;
};

result<found_filing> load(context& c, bureau& o) {
  const auto unknown = refuse(kind::not_found, "case.not_found");
  const auto key = id::parse(c.request.capture("matter"));
  const auto m = key ? o.files.find(*key) : std::nullopt;
  const auto f = m ? o.find(*key) : std::nullopt;
  if (!f) return unknown;
  if (!o.belongs_to(*m, *f, c.actor.person)) return c.hidden(unknown, "filing", *key);
  return found_filing{*m, *f};
}

struct said_line {
  bool official = false;
  std::string author, text;
  instant at;
};
BOOST_DESCRIBE_STRUCT(said_line, (), (official, author, text, at))
struct opening_line {
  std::string who, reason;
  instant at;
};
BOOST_DESCRIBE_STRUCT(opening_line, (), (who, reason, at))
struct matter_view {
  std::string key, number, kind, title, state, office, due, answer, answered_by, translation,
      reward;
  std::int64_t voices = 1, stars = 0, transfers = 0;
  bool confidential = false;
  std::vector<said_line> messages;
  std::vector<opening_line> openings;
};
BOOST_DESCRIBE_STRUCT(matter_view, (),
                      (key, number, kind, title, state, office, due, answer, answered_by,
                       translation, reward, voices, stars, transfers, confidential, messages,
                       openings))

std::string reward_words(const context& c, const bureau& o, const filing_kind& k, const reward& r) {
  const auto* p = o.rewards.find(k.reward);
  const auto record = json::parse(r.record);
  if (!p || !record) return {};
  const auto judged = rules::judged_in(o.rewards, *record);
  if (!judged) return {};
  std::string out = judged->reason(c.language);
  if (r.entitled)
    out = html::fill(p->amount(c.language), c.language,
                     {{"amount", text::grouped(std::atoll(r.amount.c_str()))}}) +
          " · " + out;
  return out;
}

matter_view view_of(context& c, bureau& o, const found_filing& found) {
  const auto& [m, f] = found;
  matter_view v{m.key.str(),
                m.number,
                f.kind,
                f.title,
                std::string(cases::name_of(m.state)),
                m.office,
                m.due.str(),
                m.reason,
                m.decided_by,
                "",
                "",
                o.voices(f.lead),
                0,
                o.transfers(f.lead),
                f.confidential,
                {},
                {}};
  for (const auto& t : o.translations(f.lead))
    if (t.part == "answer" && t.language == f.language && m.decided) v.translation = t.text;
  if (const auto r = o.reward_of(f.lead))
    if (const auto* k = o.kinds.find(f.kind)) v.reward = reward_words(c, o, *k, *r);
  for (const auto& one : o.files.messages(m.key))
    v.messages.push_back({one.from_official, one.author, one.text, one.at});
  if (const auto rated = o.files.rating_of(m.key)) v.stars = rated->stars;
  if (f.confidential)
    for (const auto& one : o.reporters.openings(m.applicant))
      v.openings.push_back({one.who, one.reason, one.at});
  return v;
}

node rating_part(const context& c, const shell& s, const found_filing& found,
                 const matter_view& v) {
  if (found.m.state != cases::state::accepted) return {};
  if (v.stars)
    return section(h2(c.say("epeople.rating")),
                   p(c.fill("epeople.rated_line", {{"n", std::to_string(v.stars)}})));
  std::vector<choice> stars;
  for (int n = 5; n >= 1; --n)
    stars.push_back(
        {std::to_string(n), std::string(c.say("epeople.stars_" + std::to_string(n))), ""});
  field f{.name = "stars", .label = std::string(c.say("epeople.how_satisfied"))};
  field remark{.name = "remark", .label = std::string(c.say("epeople.remark"))};
  remark.optional = true;
  remark.most = 500;
  return section(h2(c.say("epeople.rating")),
                 form(cls("questions"), method("post"),
                      action("/epeople/matters/" + found.m.key.str() + "/rate"), s.csrf_field(),
                      radio_field(s, f, stars), area_field(s, remark, 2),
                      submit_button(c.say("epeople.rate"))));
}

node messages_part(const context& c, const shell& s, const found_filing& found,
                   const matter_view& v) {
  std::vector<moment> said;
  for (const auto& one : v.messages)
    said.push_back({c.written(one.at), one.author, node(p(cls("keep-lines"), one.text))});
  const bool asked = found.m.state == cases::state::question;
  node more;
  if (cases::is_open(found.m.state)) {
    field f{.name = "text",
            .label = std::string(c.say(asked ? "epeople.your_reply" : "epeople.add_words"))};
    f.most = 2000;
    field file{.name = "file",
               .label = std::string(c.say("epeople.add_file")),
               .hint = std::string(
                   c.say(v.confidential ? "epeople.add_file_protected" : "epeople.add_file_hint"))};
    file.optional = true;
    const node fields =
        form(cls("questions"), method("post"),
             action("/epeople/matters/" + v.key + (asked ? "/reply" : "/write")),
             attr("enctype", "multipart/form-data"), s.csrf_field(),
             input(type_("hidden"), name_("once"), value_(random_token())), area_field(s, f, 4),
             upload_field(s, file, ".pdf,.jpg,.jpeg,.png,.txt,.hwpx,.docx,.odt", most_upload),
             submit_button(c.say(asked ? "epeople.reply" : "epeople.add"),
                           asked ? look::primary : look::secondary));
    more = asked ? fields : disclosure(c.say("epeople.add_more"), fields);
  }
  if (said.empty() && more.empty()) return {};
  return section(h2(c.say("epeople.messages")), said.empty() ? node() : timeline(said), more);
}

node answer_part(const context& c, const matter_view& v) {
  if (v.answer.empty()) return {};
  return section(
      h2(c.say("epeople.answer")),
      v.translation.empty() ? node()
                            : div(inset(p(cls("keep-lines"), v.translation)),
                                  p(cls("note"), c.say("epeople.translation_of_answer"))),
      p(cls("keep-lines"), v.answer), p(cls("note"), v.answered_by),
      v.reward.empty() ? node() : inset(p(strong(c.say("epeople.reward")), " ", v.reward)));
}

node openings_part(const context& c, const matter_view& v) {
  if (!v.confidential) return {};
  std::vector<moment> lines;
  for (const auto& one : v.openings)
    lines.push_back({c.written(one.at), one.who, node(p(one.reason))});
  return section(h2(c.say("epeople.openings")),
                 lines.empty() ? p(c.say("epeople.no_openings")) : timeline(lines));
}

http::response show_matter(context& c, bureau& o, const refusal* wrong = nullptr) {
  speak(c);
  auto found = load(c, o);
  if (!found) return c.refuse(found.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, o, *found);
  return c.show(v, [&] {
    const shell s = shell_of(c);
    const auto& m = found->m;
    node said;
    if (c.request.param("filed") == "1")
      said = panel(c.say("epeople.filed"), m.number,
                   c.fill("epeople.next_line", {{"date", date_of(c, m.due)}}));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    std::vector<row> rows{
        {std::string(c.say("epeople.column_state")), state_badge(c, m.state), ""},
        {std::string(c.say("epeople.column_number")), node(m.number), ""},
        {std::string(c.say("epeople.column_office")), node(office_words(c, found->f.office)), ""}};
    if (cases::is_open(m.state))
      rows.push_back({std::string(c.say("epeople.column_due")), node(date_of(c, m.due)), ""});
    if (v.voices > 1)
      rows.push_back({std::string(c.say("epeople.column_voices")),
                      node(c.fill("epeople.voices", {{"n", std::to_string(v.voices)}})), ""});
    if (v.transfers > 0)
      rows.push_back({std::string(c.say("epeople.column_transfers")),
                      node(c.fill("epeople.transfers", {{"n", std::to_string(v.transfers)}})), ""});
    node withdraw;
    if (cases::is_open(m.state))
      withdraw = post_button(s, "/epeople/matters/" + v.key + "/withdraw",
                             c.say("epeople.withdraw"), look::quiet);
    const node body = all(
        said, error_summary(s, errors), h1(v.title), p(cls("note"), kind_name(c, o, v.kind)),
        summary_list(s, rows), answer_part(c, v), rating_part(c, s, *found, v),
        messages_part(c, s, *found, v), attachments_part(c, o, m.key, "/epeople/matters/" + v.key),
        section(h2(c.say("epeople.what_you_wrote")),
                p(cls("keep-lines"), json::str(m.answers, "text"))),
        openings_part(c, v), withdraw);
    auto r =
        page_of(c, v.title, {home_link(c), {"/epeople/mine", std::string(c.say("epeople.mine"))}},
                body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// An act of the citizen on her own filing, as herself or under the mask of the report.
template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    auto found = load(c, *o);
    if (!found) return c.refuse(found.why());
    const auto* k = o->kinds.find(found->f.kind);
    const audit::access why = c.access(k->name, k->law, found->m.number);
    outcome done = f(*o, why, *found, c);
    if (!done) return show_matter(c, *o, &done.why());
    return c.go("/epeople/matters/" + found->m.key.str());
  };
}

}  // namespace

void following_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/epeople/mine", needs::sign_in, [o](context& c) { return show_mine(c, *o); });
  const std::string at = "/epeople/matters/{matter}";
  h.page("GET", at, needs::sign_in, [o](context& c) { return show_matter(c, *o); });
  h.page("POST", at + "/reply", needs::sign_in,
         act(o, [](bureau& b, auto why, auto& found, context& c) {
           return b.files.reply(b.acting(why, found.m, found.f), found.m.key, c.field("text"),
                                uploads_of(c), std::string(text::head(c.field("once"), 64)));
         }));
  h.page("POST", at + "/write", needs::sign_in,
         act(o, [](bureau& b, auto why, auto& found, context& c) {
           return b.files.write(b.acting(why, found.m, found.f), found.m.key, c.field("text"),
                                uploads_of(c), std::string(text::head(c.field("once"), 64)));
         }));
  platform::file_pages(
      h, at + "/files/{file}", needs::sign_in,
      [o, at](context& c) -> result<platform::case_reached> {
        auto found = load(c, *o);
        if (!found) return found.why();
        const auto* k = o->kinds.find(found->f.kind);
        return platform::case_reached{
            &o->files, found->m.key, o->acting(c.access(k->name, k->law), found->m, found->f),
            {{"/epeople/mine", std::string(c.say("epeople.mine"))},
             {"/epeople/matters/" + found->m.key.str(), found->m.number}}};
      });
  h.page("POST", at + "/withdraw", needs::sign_in,
         act(o, [](bureau& b, auto why, auto& found, context&) {
           return b.files.withdraw(b.acting(why, found.m, found.f), found.m.key);
         }));
  h.page("POST", at + "/rate", needs::sign_in,
         act(o, [](bureau& b, auto why, auto& found, context& c) {
           const auto stars = c.field("stars");
           const bool one = stars.size() == 1 && stars[0] >= '1' && stars[0] <= '5';
           return b.rate(why, found.m.key, one ? stars[0] - '0' : 0, c.field("remark"));
         }));
}

}  // namespace madang::epeople
