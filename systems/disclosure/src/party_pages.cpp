// What a third party sees: what of hers is asked for, until when she may say something, and what
// came of it. Who asks is not said.
#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;

struct hearing_view {
  std::string key, agency, about, until, answer, said, release, object_until, objection, ruling;
};
BOOST_DESCRIBE_STRUCT(hearing_view, (),
                      (key, agency, about, until, answer, said, release, object_until, objection,
                       ruling))

std::optional<hearing> hers(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("hearing"));
  return o.hearing_of(c.actor.person, key.value_or(id{}));
}

http::response unknown(context& c) {
  const auto key = id::parse(c.request.capture("hearing"));
  const auto why = refuse(kind::not_found, "disclosure.no_hearing");
  return c.refuse(key ? c.hidden(why, "disclosure-hearing", *key) : why);
}

hearing_view view_of(const context& c, bureau& o, const hearing& h) {
  const auto it = o.find(h.matter);
  hearing_view v{h.key.str(), it ? office_words(c, it->file.office) : "",
                 h.about,     h.until.str(),
                 h.answer,    h.said,
                 "",          "",
                 h.objection, h.ruling};
  if (h.release) v.release = h.release->str();
  const auto until = o.third_may_object_until(h);
  if (until && today(c.home.pack().zone()) <= *until) v.object_until = until->str();
  return v;
}

node answer_form(const context& c, const hearing_view& v, const std::string& error) {
  field f{.name = "text", .label = std::string(c.say("disclosure.party_reason"))};
  f.hint = c.say("disclosure.party_reason_hint");
  f.most = 2000;
  f.error = error;
  field choice_of{.name = "answer", .label = std::string(c.say("disclosure.party_question"))};
  return form(cls("questions"), method("post"), action("/disclosure/hearings/" + v.key),
              c.shell().csrf_field(),
              radio_field(c.shell(), choice_of,
                          {{"objects", std::string(c.say("disclosure.answer_objects")), ""},
                           {"agrees", std::string(c.say("disclosure.answer_agrees")), ""}}),
              area_field(c.shell(), f, 4), submit_button(c.say("disclosure.party_send")));
}

http::response show(context& c, bureau& o, const refusal* wrong = nullptr) {
  const auto h = hers(c, o);
  if (!h) return unknown(c);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, o, *h);
  return c.show(v, [&] {
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field == "text" ? "text" : "", error});
    const bool open = v.answer.empty() && today(c.home.pack().zone()) <= h->until;
    std::vector<row> rows{
        {std::string(c.say("disclosure.agency")), node(v.agency), ""},
        {std::string(c.say("disclosure.party_about")), node(p(cls("keep-lines"), v.about)), ""},
        {std::string(c.say("disclosure.party_until")), node(c.written(h->until)), ""},
        {std::string(c.say("disclosure.party_answer")),
         node(c.say("disclosure.answer_" + (v.answer.empty() ? std::string("open") : v.answer))),
         ""}};
    if (h->release)
      rows.push_back(
          {std::string(c.say("disclosure.party_release")), node(c.written(*h->release)), ""});
    if (!v.ruling.empty())
      rows.push_back({std::string(c.say("disclosure.party_ruling")),
                      node(c.say("disclosure.ruling_" + v.ruling)), ""});
    node object;
    if (const auto until = date::parse(v.object_until); until) {
      field f{.name = "text", .label = std::string(c.say("disclosure.object_label"))};
      f.most = 2000;
      f.error = error;
      object = section(h2(c.say("disclosure.object")),
                       p(c.fill("disclosure.party_object_line", {{"date", c.written(*until)}})),
                       form(method("post"), action("/disclosure/hearings/" + v.key + "/object"),
                            c.shell().csrf_field(), area_field(c.shell(), f, 4),
                            submit_button(c.say("disclosure.object"), look::secondary)));
    }
    const node body =
        all(error_summary(c.shell(), errors), h1(c.say("disclosure.party_title")),
            lead(c.say("disclosure.party_lead")), summary_list(c.shell(), rows),
            open ? answer_form(c, v, error) : node(), object,
            v.objection.empty() ? node()
                                : node(section(h2(c.say("disclosure.party_objection")),
                                               p(cls("keep-lines"), v.objection))),
            p(cls("note"), c.say("disclosure.party_law")));
    auto r = c.page(c.say("disclosure.party_title"),
                    {home_link(c), {"/disclosure/mine", std::string(c.say("disclosure.mine"))}},
                    body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    const auto h = hers(c, *o);
    if (!h) return unknown(c);
    audit::actor self;
    self.person = c.actor.person;
    self.name = c.actor.name;
    outcome done = f(*o, o->access(self, ""), *h, c);
    if (!done) return show(c, *o, &done.why());
    return c.go("/disclosure/hearings/" + h->key.str());
  };
}

}  // namespace

void party_pages(office o) {
  auto& h = o->home;
  const std::string at = "/disclosure/hearings/{hearing}";
  h.page("GET", at, needs::sign_in, [o](context& c) { return show(c, *o); });
  h.page("POST", at, needs::sign_in,
         act(o, [](bureau& b, const auto& why, const hearing& of, context& c) -> outcome {
           const auto answer = c.field("answer");
           if (answer != "agrees" && answer != "objects")
             return refuse(kind::invalid, "forms.missing", "answer-1");
           return b.answer_hearing(why, of.key, answer == "agrees", c.field("text"));
         }));
  h.page("POST", at + "/object", needs::sign_in,
         act(o, [](bureau& b, const auto& why, const hearing& of, context& c) {
           return b.object_as_third(why, of.key, c.field("text"));
         }));
}

}  // namespace madang::disclosure
