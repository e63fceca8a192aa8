// What lies in the file of a case besides its facts, and the forms that add to it.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;
using platform::case_file;

struct place {
  const context& c;
  const opened& o;
  const std::string& wrong_act;
  const std::string& error;

  std::string here() const { return "/desk/cases/" + o.m.key.str(); }
  std::string error_of(const char* act) const { return wrong_act == act ? error : std::string(); }
  bool open() const {
    return o.m.state == cases::state::received || o.m.state == cases::state::question;
  }
};

node correspondence(const place& at, const case_file& f) {
  const auto& c = at.c;
  node write;
  if (at.o.lead && cases::is_open(at.o.m.state)) {
    platform::writing w;
    w.action = at.here() + "/messages";
    w.label = c.say("work.write_label");
    w.hint = c.say("work.write_hint");
    w.button = c.say("work.write");
    w.id = "write-text";
    w.error = at.error_of("write");
    w.value = w.error.empty() ? fetched_letter(c, at.o, "write") : std::string(c.field("text"));
    w.required = false;
    write = details(cls("disclosure"), flag("open", !w.value.empty() || !w.error.empty()),
                    summary(c.say("work.write")),
                    div(letter_choice(c, at.o, "write"), platform::writing_form(c, w)));
  }
  return box(c.say("case.messages"), all(platform::messages_part(c, f), write));
}

node clock(const place& at, const case_file& f) {
  const auto& c = at.c;
  const auto legal = at.o.files->clock_of(at.o.m);
  node extend;
  if (at.o.lead && at.o.m.state == cases::state::received && legal.may_extend > 0) {
    const std::string error = at.error_of("extend"), letter = fetched_letter(c, at.o, "extend");
    extend = details(
        cls("disclosure"), flag("open", !error.empty() || !letter.empty()),
        summary(c.say("work.act_extend")),
        div(p(cls("hint"), c.fill("work.extend_hint", {{"n", std::to_string(legal.may_extend)}})),
            letter_choice(c, at.o, "extend"),
            form(method("post"), action(at.here() + "/extend"), c.shell().csrf_field(),
                 div(cls("field"), label(for_("extend-days"), c.say("work.extend_days")),
                     input(id_("extend-days"), name_("days"), type_("text"),
                           attr("inputmode", "numeric"), attr("maxlength", "3"), flag("required"),
                           value_(c.field("days")))),
                 div(cls("field"), label(for_("extend-text"), c.say("work.text_extend")),
                     error.empty() ? node()
                                   : node(p(cls("error"), id_("extend-text-error"), error)),
                     textarea(id_("extend-text"), name_("text"), attr("rows", std::int64_t(3)),
                              error.empty() ? attribute()
                                            : attr("aria-describedby", "extend-text-error"),
                              flag("required"),
                              error.empty() ? letter : std::string(c.field("text")))),
                 submit_button(c.say("work.act_extend"), look::secondary))));
  }
  return box(c.say("work.clock"), all(platform::clock_part(c, f), extend));
}

node opinion_of(const place& at, const platform::opinion_line& line, const cases::opinion& o) {
  const auto& c = at.c;
  node answer;
  if (line.state == "asked" && at.o.files->may_answer(c.actor, o, at.o.m)) {
    platform::writing w;
    w.action = at.here() + "/opinions/" + line.key;
    w.label = c.say("work.opinion_answer");
    w.button = c.say("work.opinion_send");
    w.id = "answer-text-" + line.key;
    w.error = at.error_of("answer");
    w.value = w.error.empty() ? "" : std::string(c.field("text"));
    w.files = false;
    w.primary = !at.o.lead;
    answer = platform::writing_form(c, w);
  }
  const tone t = line.state == "answered" ? tone::good
                 : line.state == "asked"  ? tone::warn
                                          : tone::neutral;
  return li(strong(line.office_name), " ", badge(t, c.say("work.opinion_" + line.state)),
            p(cls("note"), line.asked_by, " · ",
              c.fill("work.opinion_due", {{"due", c.written(line.due)}})),
            p(cls("keep-lines"), line.question),
            line.answer.empty() ? node()
                                : node(all(p(cls("note"), line.answered_by),
                                           p(cls("keep-lines"), line.answer))),
            answer);
}

node opinions(const place& at, const case_file& f) {
  const auto& c = at.c;
  std::vector<node> list;
  const auto kept = at.o.files->opinions(at.o.m.key);
  for (std::size_t i = 0; i < f.opinions.size() && i < kept.size(); ++i)
    list.push_back(opinion_of(at, f.opinions[i], kept[i]));
  node ask;
  if (at.o.lead && at.open()) {
    const std::string error = at.error_of("opinion");
    field office{.name = "asked_office", .label = std::string(c.say("work.opinion_office"))};
    office.hint = c.say("work.transfer_hint");
    office.value = c.field("asked_office");
    ask = details(
        cls("disclosure"), flag("open", !error.empty()), summary(c.say("work.act_opinion")),
        form(method("post"), action(at.here() + "/opinions"), c.shell().csrf_field(),
             error.empty() ? node() : node(p(cls("error"), error)),
             address_field(c.shell(), office, "/desk/offices/all"),
             div(cls("field"), label(for_("opinion-due"), c.say("work.opinion_until")),
                 input(id_("opinion-due"), name_("due"), type_("text"), attr("maxlength", "10"),
                       attr("placeholder", at.o.m.due.str()), flag("required"),
                       value_(error.empty() ? at.o.m.due.str() : std::string(c.field("due"))))),
             div(cls("field"), label(for_("opinion-text"), c.say("work.opinion_question")),
                 textarea(id_("opinion-text"), name_("text"), attr("rows", std::int64_t(3)),
                          attr("maxlength", std::int64_t(2000)), flag("required"),
                          error.empty() ? std::string() : std::string(c.field("text")))),
             submit_button(c.say("work.act_opinion"), look::secondary)));
  }
  if (list.empty() && ask.empty()) return {};
  return box(c.say("work.opinions"),
             all(list.empty() ? node(p(cls("note"), c.say("work.opinions_none")))
                              : node(ul(cls("plain"), list)),
                 ask));
}

node assigning(const place& at) {
  const auto& c = at.c;
  if (!at.o.lead || !at.open()) return {};
  std::vector<node> options{option(value_(""), c.say("work.none_chosen"))};
  for (const auto& p : posts_for(c, *at.o.files, at.o.m))
    options.push_back(option(value_(p.code), flag("selected", p.code == at.o.m.post),
                             p.agency_name(c.language) + " " + p.title(c.language)));
  const std::string error = at.error_of("assign");
  return details(cls("disclosure"), flag("open", !error.empty()), summary(c.say("work.act_assign")),
                 form(method("post"), action(at.here() + "/assign"), c.shell().csrf_field(),
                      error.empty() ? node() : node(p(cls("error"), error)),
                      label(for_("assign-text"), c.say("work.assign_to")),
                      select(id_("assign-text"), name_("post"), options),
                      submit_button(c.say("work.act_assign"), look::secondary)));
}

node notes(const place& at, const case_file& f) {
  const auto& c = at.c;
  std::vector<moment> lines;
  for (const auto& n : f.notes)
    lines.push_back({c.written(n.at), n.author, node(p(cls("keep-lines"), n.text))});
  node add;
  if (at.o.lead) {
    platform::writing w;
    w.action = at.here() + "/notes";
    w.label = c.say("work.note_label");
    w.hint = c.say("work.note_hint");
    w.button = c.say("work.note_add");
    w.id = "note-text";
    w.error = at.error_of("note");
    w.files = false;
    add = details(cls("disclosure"), flag("open", !w.error.empty()),
                  summary(c.say("work.note_add")), platform::writing_form(c, w));
  }
  return box(c.say("work.notes"), all(lines.empty() ? node(p(cls("note"), c.say("work.notes_none")))
                                                    : timeline(lines),
                                      add));
}

}  // namespace

node file_parts(const context& c, const opened& o, const case_file& f, const std::string& wrong_act,
                const std::string& error) {
  const place at{c, o, wrong_act, error};
  node rated;
  if (f.rating)
    rated = p(c.fill("case.rated", {{"n", std::to_string(f.rating->stars)}}),
              f.rating->text.empty() ? "" : " — " + f.rating->text);
  return all(
      halves({clock(at, f), notes(at, f)}), correspondence(at, f), opinions(at, f),
      f.decisions.empty()
          ? node()
          : box(c.say("case.decisions"), all(platform::decisions_part(c, f), rated)),
      box(c.say("case.story"),
          all(platform::story_part(c, f, true), assigning(at),
              o.lead ? post_button(c.shell(), at.here() + "/paper", c.say("work.paper"),
                                   look::secondary)
                     : node())));
}

}  // namespace madang::desk
