// What a person was asked to let offices see, what she agreed to, and taking it back.
#include "office.hpp"

namespace madang::sharing {
namespace {

using namespace html;

struct consent_line {
  std::string key, task, name, agency, office, asked_by, reference, state, until;
  std::optional<instant> asked, answered;
};
BOOST_DESCRIBE_STRUCT(consent_line, (),
                      (key, task, name, agency, office, asked_by, reference, state, until, asked,
                       answered))
struct consents_view {
  std::vector<consent_line> consents;
};
BOOST_DESCRIBE_STRUCT(consents_view, (), (consents))
struct preview_view {
  consent_line consent;
  std::vector<finding_line> findings;
};
BOOST_DESCRIBE_STRUCT(preview_view, (), (consent, findings))

// Asked for and never answered, or given until a day that is over: "ended".
std::string state_of(const context& c, const consent& it) {
  const bool open = it.state == "asked" || it.state == "given";
  return open && it.until < today(c.home.pack().zone()) ? "ended" : it.state;
}

consent_line line_of_consent(const context& c, const office& o, const consent& it) {
  const auto* t = o.book().find(it.task);
  return {it.key.str(), it.task, t ? t->name(c.language) : it.task, it.agency_name, it.office,
          it.asked_by, it.reference, state_of(c, it), it.until.str(), it.asked_at, it.answered_at};
}

tone tone_of(const std::string& state) {
  if (state == "asked") return tone::warn;
  return state == "given" ? tone::good : tone::neutral;
}

http::response list(context& c, office& o) {
  consents_view v;
  for (const auto& it : o.of_person(c.actor.person))
    v.consents.push_back(line_of_consent(c, o, it));
  return c.show(v, [&] {
    table_view t;
    t.caption = c.say("sharing.mine");
    t.caption_hidden = true;
    t.stacked = true;
    t.empty = c.say("sharing.mine_none");
    for (const char* label :
         {"sharing.task", "sharing.who", "sharing.field_until", "sharing.state"})
      t.columns.push_back({std::string(c.say(label))});
    for (const auto& l : v.consents)
      t.rows.push_back({a(href("/my/sharing/" + l.key), l.name),
                        node(l.agency + " · " + l.asked_by), node(l.until),
                        badge(tone_of(l.state), c.say("sharing.consent_" + l.state))});
    return c.page(c.say("sharing.mine"), {{"/my", std::string(c.say("my.title"))}},
                  all(h1(c.say("sharing.mine")), lead(c.say("sharing.mine_lead")),
                      c.home.pack().has("agreements/members.yaml")
                          ? p(a(href("/my/mydata"), c.say("agreements.mydata")))
                          : node(),
                      data_table(c.shell(), t)),
                  {.noindex = true});
  });
}

result<consent> own(context& c, office& o) {
  const auto key = id::parse(c.request.capture("consent"));
  auto it = key ? o.find(*key) : std::nullopt;
  if (!it || !o.book().find(it->task)) return refuse(kind::not_found, "sharing.unknown");
  if (it->person != c.actor.person)
    return c.hidden(refuse(kind::not_found, "sharing.unknown"), "sharing", it->key);
  return *it;
}

http::response show(context& c, office& o) {
  const auto it = own(c, o);
  if (!it) return c.refuse(it.why());
  const task& t = *o.book().find(it->task);
  preview_view v{line_of_consent(c, o, *it), {}};
  const bool answers = v.consent.state == "asked", holds = v.consent.state == "given";
  std::vector<finding> found;
  if (answers || holds) found = o.preview(c, t);
  for (const auto& f : found) v.findings.push_back(line_of(c, f));
  return c.show(v, [&] {
    const auto& l = v.consent;
    std::vector<node> boxes;
    for (const auto& f : found) boxes.push_back(finding_box(c, f));
    const std::string at = "/my/sharing/" + l.key;
    node acts;
    if (answers)
      acts = button_row({post_button(c.shell(), at + "/given", c.say("sharing.agree")),
                         post_button(c.shell(), at + "/declined", c.say("sharing.decline"),
                                     look::secondary)});
    else if (holds)
      acts = post_button(c.shell(), at + "/withdrawn", c.say("sharing.withdraw"), look::danger);
    return c.page(
        l.name,
        {{"/my", std::string(c.say("my.title"))},
         {"/my/sharing", std::string(c.say("sharing.mine"))}},
        all(h1(l.name), p(badge(tone_of(l.state), c.say("sharing.consent_" + l.state))),
            summary_list(c.shell(),
                         {{std::string(c.say("sharing.who")),
                           node(l.agency + " · " + l.asked_by), ""},
                          {std::string(c.say("sharing.law")), node(t.law(c.language)), ""},
                          {std::string(c.say("sharing.field_reference")), node(l.reference), ""},
                          {std::string(c.say("sharing.field_until")), node(l.until), ""}}),
            found.empty() ? node() : all(h2(c.say("sharing.preview")),
                                         p(c.say("sharing.preview_lead")), join(boxes)),
            acts),
        {.noindex = true});
  });
}

http::response answer(context& c, office& o, const char* state) {
  const auto it = own(c, o);
  if (!it) return c.refuse(it.why());
  if (auto done = o.answer(c, it->key, state); !done) return c.refuse(done.why());
  return c.go("/my/sharing/" + it->key.str());
}

}  // namespace

void my_pages(house& h, shared_office o) {
  const std::string at = "/my/sharing/{consent}";
  h.page("GET", "/my/sharing", needs::sign_in, [o](context& c) { return list(c, *o); });
  h.page("GET", at, needs::sign_in, [o](context& c) { return show(c, *o); });
  for (const char* state : {"given", "declined", "withdrawn"})
    h.page("POST", at + "/" + state, needs::sign_in,
           [o, state](context& c) { return answer(c, *o, state); });
}

}  // namespace madang::sharing
