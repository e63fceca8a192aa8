// Letters: texts of the pack with {facts}, which an official chooses and edits before sending.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {

using namespace html;

std::vector<letter> letters_for(const context& c, std::string_view use,
                                std::string_view procedure) {
  std::vector<letter> out;
  for (const auto& file : c.home.pack().list("letters", ".yaml")) {
    const json::value read = c.home.pack().yaml(file);
    const json::value& list = json::at(read, "letters");
    if (!list.is_array()) continue;
    for (const auto& one : list.get_array()) {
      letter l;
      l.id = json::str(one, "id");
      l.use = json::str(one, "use");
      l.title = json::words_of(json::at(one, "title"));
      l.text = json::words_of(json::at(one, "text"));
      if (const auto& only = json::at(one, "procedures"); only.is_array())
        for (const auto& p : only.get_array()) l.procedures.emplace_back(p.as_string());
      const bool fits = l.procedures.empty() ||
                        std::ranges::find(l.procedures, procedure) != l.procedures.end();
      if (l.use == use && fits) out.push_back(std::move(l));
    }
  }
  return out;
}

// In the language in which it was chosen, which need not be the official's.
std::string filled(const context& c, const letter& l, const cases::matter& m) {
  const std::string asked(c.request.param("in"));
  const std::string language = l.text.has(asked) ? asked : c.language;
  const auto* p = [&]() -> const cases::procedure* {
    for (auto* files : c.home.all_files())
      if (const auto* found = files->find_procedure(m.procedure)) return found;
    return nullptr;
  }();
  const html::texts::facts facts{
      {"applicant", m.applicant_name},
      {"number", m.number},
      {"service", c.home.title_of(m)(language)},
      {"law", p ? p->law(language) : ""},
      {"received", written(m.received, language)},
      {"due", written(m.due, language)},
      {"today", written(today(c.home.pack().zone()), language)},
      {"office", c.home.pack().full_name(m.office)(language)},
      {"official", c.actor.name},
      {"post", c.actor.agency_name(language) + " " + c.actor.post_title(language)}};
  return text::fill(l.text(language), facts);
}

std::string fetched_letter(const context& c, const opened& o, std::string_view use) {
  if (c.request.param("for") != use) return {};
  for (const auto& l : letters_for(c, use, o.m.procedure))
    if (l.id == c.request.param("letter")) return filled(c, l, o.m);
  return {};
}

node letter_choice(const context& c, const opened& o, std::string_view use) {
  const auto list = letters_for(c, use, o.m.procedure);
  if (list.empty()) return {};
  std::vector<node> options, languages;
  for (const auto& l : list)
    options.push_back(option(value_(l.id), flag("selected", l.id == c.request.param("letter")),
                             l.title(c.language)));
  const std::string_view in = c.request.param("in");
  for (const auto& language : c.home.pack().languages())
    languages.push_back(option(value_(language),
                               flag("selected", language == (in.empty() ? c.language : in)),
                               c.home.texts()("shell.language_" + language, c.language)));
  const std::string id = "letter-" + std::string(use), lang_id = id + "-in";
  return form(method("get"), action("/desk/cases/" + o.m.key.str()), cls("letters"),
              hidden_field("for", use), label(for_(id), c.say("work.letter")),
              select(id_(id), name_("letter"), options),
              label(for_(lang_id), c.say("work.letter_in")),
              select(id_(lang_id), name_("in"), languages),
              submit_button(c.say("work.letter_fetch"), look::quiet));
}

}  // namespace madang::desk
