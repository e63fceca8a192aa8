// Filing: the draft becomes a document at once, or a case with the system that decides it.
#include <algorithm>

#include "apply.hpp"
#include "madang/services/evidence.hpp"

namespace madang::gov24 {
namespace {

// `{by: question, of: {answer: value}}` chooses by an answer; anything else is itself.
json::value chosen(const json::value& v, const json::object& answers) {
  const std::string by(json::str(v, "by"));
  if (by.empty()) return v;
  auto given = answers.find(by);
  if (given == answers.end() || !given->value().is_string()) return nullptr;
  return json::at(json::at(v, "of"), std::string_view(given->value().get_string()));
}

bool ticked(const json::object& answers, const json::value& questions, std::string_view value) {
  if (!questions.is_array()) return false;
  for (const auto& q : questions.get_array()) {
    auto given = answers.find(std::string_view(q.as_string()));
    if (given == answers.end() || !given->value().is_array()) continue;
    for (const auto& one : given->value().get_array())
      if (one.is_string() && std::string_view(one.get_string()) == value) return true;
  }
  return false;
}

std::string masked(std::string_view s, std::size_t keep) {
  std::string out(text::head(s, keep));
  for (std::size_t i = keep; i < text::length(s); ++i) out += '*';
  return out;
}

// Hides what the applicant did not choose to show, everywhere in the data.
void mask(json::value& v, const std::string& item, std::size_t keep) {
  if (v.is_array()) {
    for (auto& one : v.get_array()) mask(one, item, keep);
  } else if (v.is_object()) {
    for (auto& member : v.get_object()) {
      if (member.key() == item && member.value().is_string())
        member.value() = masked(member.value().get_string(), keep);
      else
        mask(member.value(), item, keep);
    }
  }
}

void apply_mask(json::value& data, const json::value& rule, const json::object& answers) {
  if (!rule.is_object() || ticked(answers, json::at(rule, "in"), json::str(rule, "when_not")))
    return;
  if (const auto& items = json::at(rule, "items"); items.is_array())
    for (const auto& item : items.get_array())
      mask(data, std::string(item.as_string()), static_cast<std::size_t>(json::num(rule, "keep")));
}

// show: ["numbers"] becomes {"numbers": true}, which layouts ask with `when`.
void spread_choices(json::object& data, const forms::form& f, const json::object& answers) {
  json::object show;
  for (const auto& q : f.questions)
    if (q.how == forms::ask::checkboxes)
      if (auto given = answers.find(q.id); given != answers.end() && given->value().is_array())
        for (const auto& one : given->value().get_array())
          if (one.is_string()) show[std::string_view(one.get_string())] = true;
  data["show"] = std::move(show);
}

words seal_of(const platform::house& home, const json::value& seal, const json::object& scope) {
  if (words fixed = json::words_of(json::at(seal, "name")); !fixed.empty()) return fixed;
  json::value town = services::resolve(json::at(seal, "district"), scope);
  return town.is_string() ? home.seal_of_district(std::string_view(town.get_string())) : words{};
}

// What was chosen from a register, in the words that were chosen from: kept with the answers, so
// that reading one's own application later looks into no register.
json::value with_words(context& c, const journey& j) {
  json::object said;
  for (const auto& q : j.d->form.questions) {
    if (q.options_from.is_null() || !forms::applies(q, j.answers())) continue;
    auto options = j.options(c, q);
    if (options)
      said[q.id] = forms::shown(q, *options, json::at(j.draft.answers, q.id), c.language);
  }
  json::object out = j.answers();
  if (!said.empty()) out["said"] = std::move(said);
  return out;
}

}  // namespace

result<std::string> issue_document(context& c, const journey& j) {
  auto scope = j.scope(c, c.language);
  if (!scope) return scope.why();
  const json::object& answers = j.answers();
  documents::request want;
  want.person = c.actor.person;
  want.service = j.d->id;
  want.language = c.language;
  const json::value layout = chosen(json::at(j.d->issue, "layout"), answers);
  want.layout = layout.is_string() ? std::string(layout.get_string()) : std::string();
  want.title = json::words_of(chosen(json::at(j.d->issue, "kind"), answers));
  want.seal = seal_of(c.home, json::at(j.d->issue, "seal"), *scope);
  json::value holder = services::resolve(json::at(j.d->issue, "holder"), *scope);
  want.holder = holder.is_string() ? std::string(holder.get_string()) : c.actor.name;
  // What the purposes list calls the answer is what the document says.
  if (const auto* use = j.d->form.find("use")) {
    auto options = j.options(c, *use);
    if (options)
      (*scope)["use"] = forms::shown(*use, *options, json::at(answers, "use"), c.language);
  }
  spread_choices(*scope, j.d->form, answers);
  (*scope)["language"] = c.language;
  // Hidden first: what is not to be seen does not get into the record of the document either.
  json::value known = std::move(*scope);
  apply_mask(known, json::at(j.d->issue, "mask"), answers);
  want.data = services::shape(json::at(j.d->issue, "data"), known.get_object());
  want.why = j.why(c);
  // The draft goes in the transaction that keeps the document: pressed twice, it is issued once.
  auto issued = c.home.documents().issue(want, [&](store::write& tx) -> outcome {
    if (!c.home.drafts().take(tx, j.draft.key, c.actor.person))
      return refuse(kind::conflict, "draft.filed");
    return nothing{};
  });
  if (!issued) return issued.why();
  return "/my/documents/" + issued->key.str() + "?issued=1";
}

result<std::string> file_case(context& c, const journey& j) {
  const std::string system(json::str(j.d->procedure, "system"));
  auto filed = c.home.hub().tell(system + ".apply", j.why(c),
                                 json::object{{"procedure", json::str(j.d->procedure, "id")},
                                              {"answers", with_words(c, j)}},
                                 j.draft.key.str());
  if (!filed) return filed.why();
  c.home.drafts().discard(j.draft.key, c.actor.person);
  return "/my/cases/" + std::string(json::str(*filed, "key")) + "?filed=1";
}

}  // namespace madang::gov24
