// Filing, one question a page. The draft is the journey's only state; it lies with the sealed
// identities, so that what is not filed yet is nobody's business either.
#include <algorithm>

#include "madang/platform/question.hpp"
#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;

// Published answers with fewer words in common are about something else.
constexpr std::size_t fewest_words = 3;

struct journey {
  const filing_kind* k = nullptr;
  forms::draft draft;
  json::object& answers() { return draft.answers.as_object(); }
  const json::object& answers() const { return draft.answers.as_object(); }
};

std::string path_of(const journey& j, std::string_view rest = {}) {
  return "/epeople/filings/" + j.draft.key.str() + (rest.empty() ? "" : "/" + std::string(rest));
}

result<journey> load(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("filing"));
  auto draft = key ? o.reporters.drafts().find(*key, c.actor.person) : std::nullopt;
  const auto unknown = refuse(kind::not_found, "draft.unknown");
  if (!draft && key && o.reporters.drafts().exists(*key)) return c.hidden(unknown, "draft", *key);
  if (!draft) return unknown;
  const auto* k = o.kinds.find(draft->service);
  if (!k) return refuse(kind::gone, "epeople.no_kind");
  if (!draft->answers.is_object()) draft->answers = json::object{};
  return journey{k, std::move(*draft)};
}

// Where it goes on: the first question without an answer, then what is similar, then the check.
std::string next_of(const journey& j) {
  if (const auto* open = forms::first_open(j.k->form, j.answers())) return path_of(j, open->id);
  return path_of(j, j.answers().contains("similar") ? "check" : "similar");
}

std::vector<similar> similar_to(bureau& o, const journey& j) {
  if (j.k->confidential) return {};
  const json::value a(j.answers());
  return o.alike_to(std::string(json::str(a, "title")) + "\n" + std::string(json::str(a, "text")),
                    j.k->id);
}

http::response begin(context& c, bureau& o) {
  speak(c);
  const auto* k = o.kinds.find(c.request.capture("kind"));
  if (!k) return c.refuse(refuse(kind::not_found, "epeople.no_kind"));
  // Nothing is begun by a link on somebody else's page.
  if (c.request.method == "GET" && c.request.header("sec-fetch-site") == "cross-site")
    return c.go("/epeople/kinds/" + k->id);
  auto draft = o.reporters.drafts().begin(c.actor.person, k->id, {{"language", c.language}});
  return c.go("/epeople/filings/" + draft.key.str());
}

struct question_view {
  std::string kind, question, title, hint;
  std::int64_t step = 0, steps = 0;
  std::vector<std::string> options;
};
BOOST_DESCRIBE_STRUCT(question_view, (), (kind, question, title, hint, step, steps, options))

html::question framed(const context& c, const journey& j, std::string_view title) {
  html::question page;
  page.title = title;
  page.journey = j.k->name(c.language);
  page.saved = j.answers().size() > 1;
  return page;
}

http::response ask(context& c, bureau& o, const journey& j, const forms::question& q,
                   const refusal* wrong) {
  const auto options = o.options(*j.k, q, j.answers());
  const auto [step, steps] = forms::place(j.k->form, q, j.answers());
  question_view view{j.k->id, q.id, q.title(c.language), q.hint(c.language), step, steps + 2, {}};
  for (const auto& one : options) view.options.push_back(one.value);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(view, [&] {
    auto page = framed(c, j, view.title);
    page.field_is_heading = true;
    page.action = path_of(j, q.id);
    const auto* before = forms::previous(j.k->form, q, j.answers());
    page.back = before ? path_of(j, before->id) : "/epeople/kinds/" + j.k->id;
    page.step = step;
    page.steps = steps + 2;
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    if (wrong) page.errors.push_back({platform::control_id(c, q), error});
    page.fields.push_back(
        platform::control(c, q, options, json::at(j.draft.answers, q.id), error, true));
    return c.html_response(question_page(shell_of(c), page), wrong ? 422 : 200);
  });
}

http::response resume(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  return j ? c.go(next_of(*j)) : c.refuse(j.why());
}

http::response show_question(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  const auto* q = j->k->form.find(c.request.capture("step"));
  if (!q || !forms::applies(*q, j->answers())) return c.go(path_of(*j));
  return ask(c, o, *j, *q, nullptr);
}

outcome too_late(const bureau& o, const journey& j, const forms::question& q,
                 const json::value& answer) {
  for (const auto& l : j.k->within)
    if (l.question == q.id && answer.is_string())
      if (auto d = date::parse(answer.get_string());
          d && *d < today(o.home.pack().zone()).plus(-l.days))
        return refuse(kind::invalid, "epeople.too_late", q.id + "_year",
                      {{"days", std::to_string(l.days)}});
  return nothing{};
}

http::response answer_question(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  const auto* q = j->k->form.find(c.request.capture("step"));
  if (!q) return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto options = o.options(*j->k, *q, j->answers());
  if (q->how == forms::ask::yes_no) options = {{"yes", {}, {}}, {"no", {}, {}}};
  auto answer = forms::answer(*q, options, c.form(), today(c.home.pack().zone()));
  if (answer)
    if (auto good = too_late(o, *j, *q, *answer); !good) answer = good.why();
  const bool leave = c.field("_save") == "1";
  if (!answer) return leave ? c.go("/epeople/mine?saved=1") : ask(c, o, *j, *q, &answer.why());
  j->answers()[q->id] = *answer;
  // What was similar to another text is looked for again.
  if (q->id == "title" || q->id == "text") j->answers().erase("similar");
  for (const auto& other : j->k->form.questions)
    if (!forms::applies(other, j->answers())) j->answers().erase(other.id);
  o.reporters.drafts().save(j->draft);
  return c.go(leave ? "/epeople/mine?saved=1" : next_of(*j));
}

// ---- the same matter, before it is filed once more ----

struct similar_line {
  std::string key, title, answer;
  std::int64_t voices = 0;
  std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(similar_line, (), (key, title, answer, voices, words))
struct similar_view {
  std::vector<similar_line> open, answered;
};
BOOST_DESCRIBE_STRUCT(similar_view, (), (open, answered))

similar_view similar_view_of(context& c, bureau& o, const journey& j) {
  similar_view v;
  if (j.k->confidential) return v;
  // Of what is open only what the reader said herself is shown: it is somebody else's.
  for (const auto& s : similar_to(o, j))
    v.open.push_back({s.matter.str(), office_words(c, s.row.office), "", s.voices, s.words});
  // Of those that search finds, what has words of the text in common, not of its title alone.
  const json::value a(j.answers());
  const std::string own =
      std::string(json::str(a, "title")) + "\n" + std::string(json::str(a, "text"));
  for (const auto& one : published_answers(o, json::str(a, "title"), "", 10))
    if (shared_words(own, one.title + "\n" + one.question).size() >= fewest_words)
      v.answered.push_back(
          {one.matter.str(), one.title, std::string(text::head(one.answer, 160)), 0, {}});
  return v;
}

http::response show_similar(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  if (const auto* open = forms::first_open(j->k->form, j->answers()))
    return c.go(path_of(*j, open->id));
  const auto view = similar_view_of(c, o, *j);
  if (view.open.empty() && view.answered.empty() && !c.request.wants_json()) {
    j->answers()["similar"] = "none";
    o.reporters.drafts().save(j->draft);
    return c.go(path_of(*j, "check"));
  }
  return c.show(view, [&] {
    auto page = framed(c, *j, c.say("epeople.similar"));
    page.action = path_of(*j, "similar");
    page.back = path_of(*j, j->k->form.questions.back().id);
    const auto& last = j->k->form.questions.back();
    page.steps = forms::place(j->k->form, last, j->answers()).second + 2;
    page.step = page.steps - 1;
    std::vector<node> answered;
    for (const auto& one : view.answered)
      answered.push_back(
          li(a(href("/epeople/answers/" + one.key), one.title), p(cls("note"), one.answer)));
    std::vector<choice> choices;
    for (const auto& one : view.open)
      choices.push_back(
          {one.key,
           c.fill("epeople.join_voice", {{"n", std::to_string(one.voices)}, {"office", one.title}}),
           c.fill("epeople.same_words", {{"words", text::join(one.words, ", ")}})});
    choices.push_back({"none", std::string(c.say("epeople.file_own")), ""});
    field f{.name = "similar", .label = std::string(c.say("epeople.similar_question"))};
    f.value = "none";
    if (!answered.empty())
      page.fields.push_back(all(h2(c.say("epeople.similar_answers")), ul(answered)));
    page.fields.push_back(view.open.empty() ? hidden_field("similar", "none")
                                            : radio_field(shell_of(c), f, choices));
    return c.html_response(question_page(shell_of(c), page));
  });
}

http::response choose_similar(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  const std::string chosen(c.field("similar"));
  const auto near = similar_to(o, *j);
  const bool there =
      std::ranges::any_of(near, [&](const auto& s) { return s.matter.str() == chosen; });
  if (chosen != "none" && !there) return c.refuse(refuse(kind::invalid, "forms.option", "similar"));
  j->answers()["similar"] = chosen;
  o.reporters.drafts().save(j->draft);
  return c.go(c.field("_save") == "1" ? "/epeople/mine?saved=1" : next_of(*j));
}

// ---- check and file ----

struct answer_line {
  std::string question, title, answer;
};
BOOST_DESCRIBE_STRUCT(answer_line, (), (question, title, answer))
struct check_view {
  std::string kind;
  std::vector<answer_line> answers;
};
BOOST_DESCRIBE_STRUCT(check_view, (), (kind, answers))

check_view check_view_of(const context& c, const bureau& o, const journey& j) {
  check_view v{j.k->id, {}};
  for (const auto& q : j.k->form.questions) {
    if (!forms::applies(q, j.answers())) continue;
    auto options = o.options(*j.k, q, j.answers());
    if (q.how == forms::ask::yes_no)
      options = {{"yes", said_to_all(c.home, "part.yes"), {}},
                 {"no", said_to_all(c.home, "part.no"), {}}};
    std::string said = forms::shown(q, options, json::at(j.draft.answers, q.id), c.language);
    v.answers.push_back({q.id, q.title(c.language), said.empty() ? "-" : said});
  }
  return v;
}

http::response show_check(context& c, bureau& o, const refusal* wrong = nullptr) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  if (auto next = next_of(*j); next != path_of(*j, "check")) return c.go(next);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto view = check_view_of(c, o, *j);
  return c.show(view, [&] {
    const shell s = shell_of(c);
    std::vector<row> rows;
    for (const auto& one : view.answers)
      rows.push_back(
          {one.title, node(span(cls("keep-lines"), one.answer)), path_of(*j, one.question)});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    const int steps = static_cast<int>(rows.size()) + 2;
    const bool joins = json::str(json::value(j->answers()), "similar") != "none";
    const date due = j->k->period_for(json::value(j->answers()))
                         .due(today(c.home.pack().zone()), c.home.pack().calendar());
    const node body =
        all(back_link(s, path_of(*j, "similar")), error_summary(s, errors),
            step_line(s, j->k->name(c.language), steps, steps, true), h1(c.say("epeople.check")),
            summary_list(s, rows), joins ? inset(p(c.say("epeople.joins_line"))) : node(),
            inset(p(c.say(j->k->confidential ? "epeople.protected_line" : "epeople.seen_by"))),
            p(c.fill("epeople.next_line", {{"date", date_of(c, due)}})),
            form(method("post"), action(path_of(*j, "submit")), s.csrf_field(),
                 button_row({submit_button(c.say("epeople.file"))})),
            form(method("post"), action(path_of(*j, "discard")), s.csrf_field(),
                 submit_button(c.say("epeople.discard"), look::quiet)));
    auto r = page_of(c, c.say("epeople.check"), {home_link(c)}, body,
                     {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response submit(context& c, bureau& o) {
  speak(c);
  auto j = load(c, o);
  if (!j) return c.refuse(j.why());
  if (auto next = next_of(*j); next != path_of(*j, "check")) return c.go(next);
  const auto join = id::parse(json::str(json::value(j->answers()), "similar"));
  auto filed = o.file(c.access(j->k->name, j->k->law), j->k->id, j->answers(), j->draft.key.str(),
                      join.value_or(id{}));
  if (!filed && filed.why().code == "epeople.join_closed") {
    j->answers().erase("similar");  // it was answered meanwhile: what is similar is asked again
    o.reporters.drafts().save(j->draft);
  }
  if (!filed) return show_check(c, o, &filed.why());
  o.reporters.drafts().discard(j->draft.key, c.actor.person);
  const std::string at = "/epeople/matters/" + filed->key.str() + "?filed=1";
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"location", at}}), 201));
  return c.go(at);
}

http::response discard(context& c, bureau& o) {
  auto j = load(c, o);
  if (!j && j.why().kind != kind::gone) return c.refuse(j.why());
  if (const auto key = id::parse(c.request.capture("filing")))
    o.reporters.drafts().discard(*key, c.actor.person);
  return c.go("/epeople/mine?discarded=1");
}

}  // namespace

void filing_pages(office o) {
  auto& h = o->home;
  const std::string start = "/epeople/kinds/{kind}/start", at = "/epeople/filings/{filing}";
  // Who signs in on the way comes back with GET.
  for (const char* verb : {"GET", "POST"})
    h.page(verb, start, needs::sign_in, [o](context& c) { return begin(c, *o); });
  h.page("GET", at, needs::sign_in, [o](context& c) { return resume(c, *o); });
  h.page("GET", at + "/check", needs::sign_in, [o](context& c) { return show_check(c, *o); });
  h.page("POST", at + "/submit", needs::sign_in, [o](context& c) { return submit(c, *o); });
  h.page("POST", at + "/discard", needs::sign_in, [o](context& c) { return discard(c, *o); });
  h.page("GET", at + "/similar", needs::sign_in, [o](context& c) { return show_similar(c, *o); });
  h.page("POST", at + "/similar", needs::sign_in,
         [o](context& c) { return choose_similar(c, *o); });
  h.page("GET", at + "/{step}", needs::sign_in,
         [o](context& c) { return show_question(c, *o); });
  h.page("POST", at + "/{step}", needs::sign_in,
         [o](context& c) { return answer_question(c, *o); });
}

}  // namespace madang::epeople
