// From the first question to what comes of it. The draft is the journey's only state: which
// question is next follows from its answers, so that back, forward, another device and a crash all
// lead to the same place.
#include "apply.hpp"

#include <algorithm>

#include "madang/services/evidence.hpp"
#include "madang/platform/question.hpp"
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct question_view {
  std::string service, question, title, hint;
  std::int64_t step = 0, steps = 0;
  std::vector<std::string> options;
};
BOOST_DESCRIBE_STRUCT(question_view, (), (service, question, title, hint, step, steps, options))

struct answer_view {
  std::string question, title, answer;
};
BOOST_DESCRIBE_STRUCT(answer_view, (), (question, title, answer))
struct check_view {
  std::string service;
  std::vector<answer_view> answers;
};
BOOST_DESCRIBE_STRUCT(check_view, (), (service, answers))

std::string apply_path(const forms::draft& d, std::string_view rest = {}) {
  return "/apply/" + d.key.str() + (rest.empty() ? "" : "/" + std::string(rest));
}

http::response ask(context& c, const journey& j, const forms::question& q, const refusal* wrong) {
  auto options = j.options(c, q);
  if (!options) return c.refuse(options.why());
  const auto [step, steps] = forms::place(j.d->form, q, j.answers());
  question_view view{j.d->id, q.id, q.title(c.language), q.hint(c.language), step, steps + 1, {}};
  for (const auto& o : *options) view.options.push_back(o.value);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  if (platform::chooses(q.how) && options->empty()) return nothing_to_choose(c, j);
  return c.show(view, [&] {
    question page;
    page.title = view.title;
    page.field_is_heading = true;
    page.action = apply_path(j.draft, q.id);
    const auto* before = forms::previous(j.d->form, q, j.answers());
    page.back = before ? apply_path(j.draft, before->id) : "/services/" + j.d->id;
    page.journey = j.d->purpose(c.language);
    page.step = step;
    page.steps = steps + 1;   // and checking the answers
    page.saved = !j.answers().empty();
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    if (wrong) page.errors.push_back({platform::control_id(c, q), error});
    page.fields.push_back(
        platform::control(c, q, *options, json::at(j.draft.answers, q.id), error, true));
    if (c.request.param("check") == "1") page.fields.push_back(hidden_field("_check", "1"));
    auto r = c.html_response(question_page(c.shell("/services"), page), wrong ? 422 : 200);
    return r;
  });
}

http::response begin(context& c) {
  const auto* d = c.home.catalogue().find_definition(c.request.capture("service"));
  if (!d) return c.refuse(refuse(kind::not_found, "service.unknown"));
  // Nothing is begun by a link on somebody else's page.
  if (c.request.method == "GET" && c.request.header("sec-fetch-site") == "cross-site")
    return c.go("/services/" + d->id);
  auto draft = c.home.drafts().begin(c.actor.person, d->id);
  return c.go(apply_path(draft));
}

http::response resume(context& c) {
  auto j = journey::load(c);
  if (!j) return c.refuse(j.why());
  const auto* open = forms::first_open(j->d->form, j->answers());
  return c.go(apply_path(j->draft, open ? open->id : "check"));
}

http::response show_question(context& c) {
  auto j = journey::load(c);
  if (!j) return c.refuse(j.why());
  const auto* q = j->d->form.find(c.request.capture("question"));
  if (!q || !forms::applies(*q, j->answers())) return c.go(apply_path(j->draft));
  return ask(c, *j, *q, nullptr);
}

// Answers that no longer apply are dropped, so that nothing is filed that was not asked.
void drop_what_does_not_apply(const forms::form& f, json::object& answers) {
  for (const auto& q : f.questions)
    if (!forms::applies(q, answers)) answers.erase(q.id);
}

// Without script nothing is chosen from the finder's list: an address that is written as the
// building register has it says its town by itself.
http::pairs with_town(context& c, const forms::question& q) {
  http::pairs sent = c.form();
  if (q.how != forms::ask::address || !c.field(q.id + "_id").empty()) return sent;
  auto settled = settle_address(c, c.field(q.id));
  if (!settled) return sent;
  std::erase_if(sent, [&](const auto& field) {
    return field.first == q.id || field.first == q.id + "_id";
  });
  sent.emplace_back(q.id, settled->text);
  sent.emplace_back(q.id + "_id", settled->town);
  return sent;
}

http::response answer_question(context& c) {
  auto j = journey::load(c);
  if (!j) return c.refuse(j.why());
  const auto* q = j->d->form.find(c.request.capture("question"));
  if (!q) return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto options = j->options(c, *q);
  if (!options) return c.refuse(options.why());
  auto answer = forms::answer(*q, *options, with_town(c, *q), today(c.home.pack().zone()));
  const bool leave = c.field("_save") == "1";
  if (!answer) {
    if (leave) return c.go("/my?saved=1");   // what is wrong is not kept, what was kept stays
    return ask(c, *j, *q, &answer.why());
  }
  j->draft.answers.as_object()[q->id] = *answer;
  drop_what_does_not_apply(j->d->form, j->draft.answers.as_object());
  c.home.drafts().save(j->draft);
  if (leave) return c.go("/my?saved=1");
  const auto* next = forms::first_open(j->d->form, j->answers());
  return c.go(apply_path(j->draft, next ? next->id : "check"));
}

http::response show_check(context& c, const refusal* wrong = nullptr) {
  auto j = journey::load(c);
  if (!j) return c.refuse(j.why());
  if (const auto* open = forms::first_open(j->d->form, j->answers()))
    return c.go(apply_path(j->draft, open->id));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  check_view view{j->d->id, {}};
  std::vector<row> rows;
  for (const auto& q : j->d->form.questions) {
    if (!forms::applies(q, j->answers())) continue;
    auto options = j->options(c, q);
    if (!options) return c.refuse(options.why());
    std::string said = forms::shown(q, *options, json::at(j->draft.answers, q.id), c.language);
    if (said.empty()) said = c.say("apply.none");
    view.answers.push_back({q.id, q.title(c.language), said});
    rows.push_back({q.title(c.language), node(said), apply_path(j->draft, q.id) + "?check=1"});
  }
  return c.show(view, [&] {
    const bool issues = !j->d->issue.is_null();
    const std::string title(c.say("apply.check_title"));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    node body = all(
        back_link(c.shell(), apply_path(j->draft, j->d->form.questions.back().id)),
        error_summary(c.shell(), errors),
        step_line(c.shell(), j->d->purpose(c.language), static_cast<int>(rows.size()) + 1,
                  static_cast<int>(rows.size()) + 1, true),
        h1(title), summary_list(c.shell(), rows),
        reading_notice(c.shell(), j->d->sees(c.language), "/my/data"),
        p(c.say(issues ? "apply.next_document" : "apply.next_case")),
        form(method("post"), action(apply_path(j->draft, "submit")), c.shell().csrf_field(),
             button_row({submit_button(c.say(issues ? "apply.issue" : "apply.file"))})),
        form(method("post"), action(apply_path(j->draft, "discard")), c.shell().csrf_field(),
             submit_button(c.say("apply.discard"), look::quiet)));
    auto r = c.page(title, {}, body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response submit(context& c) {
  auto j = journey::load(c);
  if (!j) return c.refuse(j.why());
  if (const auto* open = forms::first_open(j->d->form, j->answers()))
    return c.go(apply_path(j->draft, open->id));
  auto done = j->d->issue.is_null() ? file_case(c, *j) : issue_document(c, *j);
  if (!done) return show_check(c, &done.why());
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"location", *done}}), 201));
  return c.go(*done);
}

http::response discard(context& c) {
  auto j = journey::load(c);
  // A draft of a service that is no more is discarded all the same.
  if (!j && j.why().kind != kind::gone) return c.refuse(j.why());
  if (auto key = id::parse(c.request.capture("draft")))
    c.home.drafts().discard(*key, c.actor.person);
  return c.go("/my?discarded=1");
}

}  // namespace

result<journey> journey::load(context& c) {
  auto key = id::parse(c.request.capture("draft"));
  auto draft = key ? c.home.drafts().find(*key, c.actor.person) : std::nullopt;
  const auto unknown = refuse(kind::not_found, "draft.unknown");
  if (!draft && key && c.home.drafts().exists(*key)) return c.hidden(unknown, "draft", *key);
  if (!draft) return unknown;
  const auto* d = c.home.catalogue().find_definition(draft->service);
  if (!d) return refuse(kind::gone, "service.unknown");
  if (!draft->answers.is_object()) draft->answers = json::object{};
  return journey{d, std::move(*draft)};
}

audit::access journey::why(const context& c) const { return c.access(d->purpose, d->law); }

result<json::object> journey::scope(context& c, std::string_view language) const {
  json::object known{{"actor", c.actor.person.str()}, {"answers", draft.answers}};
  return services::gather(c.home.hub(), c.home.pack(), why(c), d->evidence, std::move(known),
                          language);
}

result<std::vector<forms::option>> journey::options(context& c, const forms::question& q) const {
  if (q.how == forms::ask::yes_no)
    return std::vector<forms::option>{{"yes", c.home.said("part.yes"), {}},
                                      {"no", c.home.said("part.no"), {}}};
  if (q.options_from.is_null()) return q.options;
  json::object known{{"actor", c.actor.person.str()}, {"answers", draft.answers}};
  // Options may hang on who asks ($me.household), not on the evidence that answers lead to.
  if (json::print(q.options_from).find("$me") != std::string::npos) {
    json::array own;
    if (d->evidence.is_array())
      for (const auto& line : d->evidence.get_array())
        if (json::str(line, "as") == "me") own.push_back(line);
    auto gathered = services::gather(c.home.hub(), c.home.pack(), why(c), own, std::move(known),
                                     c.language);
    if (!gathered) return gathered.why();
    known = std::move(*gathered);
  }
  return services::options_of(c.home.hub(), c.home.pack(), why(c), q, known);
}

http::response nothing_to_choose(context& c, const journey& j) {
  const std::string title = j.d->purpose(c.language);
  return c.page(title, {},
                all(h1(title),
                    empty_state("search", c.say("apply.nothing_to_choose"),
                                p(c.say("apply.nothing_to_choose_text")),
                                link_button("/services/" + j.d->id, c.say("part.back"),
                                            look::secondary))),
                {.noindex = true});
}

void apply_pages(house& h) {
  h.page("POST", "/services/{service}/start", needs::sign_in, begin);
  // Who signs in on the way comes back with GET.
  h.page("GET", "/services/{service}/start", needs::sign_in, begin);
  h.page("GET", "/apply/{draft}", needs::sign_in, resume);
  h.page("GET", "/apply/{draft}/check", needs::sign_in,
         [](context& c) { return show_check(c); });
  h.page("POST", "/apply/{draft}/submit", needs::sign_in, submit);
  h.page("POST", "/apply/{draft}/discard", needs::sign_in, discard);
  h.page("GET", "/apply/{draft}/{question}", needs::sign_in, show_question);
  h.page("POST", "/apply/{draft}/{question}", needs::sign_in, answer_question);
}

}  // namespace madang::gov24
