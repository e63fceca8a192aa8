#include "madang/platform/case_file.hpp"

namespace madang::platform {
namespace {

using namespace html;

attached_line line_of(const cases::attachment& a, const std::string& base) {
  const std::string at = base + "/files/" + a.key.str();
  return {a.key.str(), a.name, a.type, a.hash, at, at + "/view", a.size};
}

std::string kilobytes(std::int64_t size) {
  return text::grouped(std::max<std::int64_t>((size + 1023) / 1024, 1)) + " KB";
}

node files_of(const context& c, const std::vector<attached_line>& list) {
  std::vector<node> links;
  for (const auto& f : list)
    links.push_back(li(a(href(f.view), f.name), " ", small(cls("note"), kilobytes(f.size)), " ",
                       a(href(f.href), cls("note"), c.say("case.take"),
                         span(cls("hidden"), " ", f.name))));
  return links.empty() ? node() : node(ul(cls("attached"), links));
}

// How the due date came to be, in words with dates.
std::vector<std::string> clock_words(const context& c, cases::files& files,
                                     const cases::matter& m) {
  std::vector<std::string> out;
  const auto clock = files.clock_of(m);
  auto add = [&](const char* key, html::texts::facts facts) {
    out.push_back(c.fill("case.clock_" + std::string(key), facts));
  };
  if (m.objected) add("objected", {{"date", c.written(*m.objected)}});
  add("begins", {{"date", c.written(clock.received)}, {"n", std::to_string(clock.period)}});
  for (const auto& p : clock.pauses)
    add("stood", {{"since", c.written(p.since)},
                  {"until", c.written(p.until)},
                  {"n", std::to_string(p.days)}});
  for (const auto& e : clock.extensions)
    add("extended", {{"n", std::to_string(e.days)},
                     {"was", c.written(e.was_due)},
                     {"due", c.written(e.due)},
                     {"reason", e.reason}});
  if (!cases::is_open(m.state)) return out;
  if (clock.stands_since) {
    add("stands", {{"since", c.written(*clock.stands_since)}});
    return out;
  }
  const html::texts::facts due{{"due", c.written(clock.due)},
                               {"n", std::to_string(std::abs(clock.left))}};
  add(clock.left < 0 ? "late" : clock.left == 0 ? "today" : "left", due);
  if (clock.reminder) add("reminder", {{"date", c.written(*clock.reminder)}});
  if (!m.superior.empty()) add("reported", {});
  if (clock.escalation) add("escalation", {{"date", c.written(*clock.escalation)}});
  return out;
}

}  // namespace

case_file file_of(const context& c, cases::files& files, const cases::matter& m,
                  const std::string& base, bool official) {
  case_file out;
  const auto attached = files.attachments(m.key);
  for (const auto& one : files.messages(m.key)) {
    said_line line{one.from_official, one.author, one.text, one.at, {}};
    for (const auto& each : attached)
      if (each.message == one.key) line.files.push_back(line_of(each, base));
    out.messages.push_back(std::move(line));
  }
  for (const auto& d : files.decisions(m.key))
    out.decisions.push_back({std::string(cases::name_of(d.state)), d.who, d.reason, d.at});
  out.clock = clock_words(c, files, m);
  // What offices ask each other is theirs until it is decided; that they did is said.
  for (const auto& e : files.story(m.key)) {
    const bool inner = e.what == "reminded" || e.what == "assigned" || e.what == "opinion_late" ||
                       e.what == "opinion_answered" || e.what == "rated";
    if (inner && !official) continue;
    const bool hide = !official && (e.what == "opinion_asked" || e.what == "overdue");
    out.story.push_back({e.what, std::string(c.say("case.event_" + e.what)), e.who,
                         hide ? std::string() : e.note, e.at});
  }
  if (auto r = files.rating_of(m.key)) out.rating = rated_line{r->stars, r->text, r->at};
  if (!official) return out;
  for (const auto& n : files.notes(m.key)) out.notes.push_back({n.author, n.text, n.at});
  for (const auto& o : files.opinions(m.key))
    out.opinions.push_back({o.key.str(), o.office, c.home.pack().full_name(o.office)(c.language),
                            std::string(cases::name_of(o.state)), o.question, o.asked_by, o.answer,
                            o.answered_by, o.due, o.asked, o.answered});
  return out;
}

node messages_part(const context& c, const case_file& f) {
  std::vector<moment> said;
  for (const auto& m : f.messages)
    said.push_back({c.written(m.at), m.author,
                    all(m.text.empty() ? node() : node(p(cls("keep-lines"), m.text)),
                        files_of(c, m.files))});
  return said.empty() ? node(p(cls("note"), c.say("work.no_messages"))) : timeline(said);
}

node clock_part(const context&, const case_file& f) {
  std::vector<node> lines;
  for (const auto& line : f.clock) lines.push_back(li(line));
  return ul(cls("clock"), lines);
}

node decisions_part(const context& c, const case_file& f) {
  std::vector<moment> lines;
  for (const auto& d : f.decisions)
    lines.push_back({c.written(d.at), std::string(c.say("case.state_" + d.state)),
                     all(p(cls("note"), d.who),
                         d.reason.empty() ? node() : node(p(cls("keep-lines"), d.reason)))});
  return lines.empty() ? node() : timeline(lines);
}

node story_part(const context& c, const case_file& f, bool official) {
  std::vector<moment> lines;
  for (const auto& e : f.story) {
    std::string below = official ? e.who : std::string();
    if (!e.note.empty()) below += (below.empty() ? "" : " · ") + e.note;
    lines.push_back(
        {c.written(e.at), e.said, below.empty() ? node() : node(p(cls("note"), below))});
  }
  return timeline(lines);
}

node writing_form(const context& c, const writing& w) {
  field f;
  f.name = "text";
  const std::string wrong = w.id + "-error";
  node upload;
  if (w.files)
    upload = div(cls("field"), label(for_(w.id + "-files"), c.say("case.files_label")),
                 p(cls("hint"), id_(w.id + "-files-hint"), c.say("case.files_hint")),
                 input(id_(w.id + "-files"), name_("files"), type_("file"), flag("multiple"),
                       attr("aria-describedby", w.id + "-files-hint"),
                       attr("accept", ".pdf,.png,.jpg,.jpeg,.hwpx,.odt,.docx,.txt")));
  return form(
      method("post"), action(w.action),
      w.files ? attr("enctype", "multipart/form-data") : attribute(),
      c.shell().csrf_field(), hidden_field("once", random_token(12)),
      div(cls("field"), label(for_(w.id), w.label),
          w.hint.empty() ? node() : node(p(cls("hint"), id_(w.id + "-hint"), w.hint)),
          w.error.empty() ? node() : node(p(cls("error"), id_(wrong), w.error)),
          textarea(id_(w.id), name_("text"), attr("rows", std::int64_t(4)),
                   attr("maxlength", std::int64_t(2000)),
                   w.error.empty() ? w.hint.empty() ? attribute()
                                                    : attr("aria-describedby", w.id + "-hint")
                                   : attr("aria-describedby", wrong),
                   w.error.empty() ? attribute() : aria("invalid", "true"),
                   flag("required", w.required), w.value)),
      upload, submit_button(w.button, w.primary ? look::primary : look::secondary));
}

std::vector<cases::upload> uploads_of(const context& c) {
  std::vector<cases::upload> out;
  for (const auto& part : c.files())
    if (!part.filename.empty() || !part.body.empty()) out.push_back({part.filename, part.body});
  return out;
}

std::string once_of(const context& c, id matter) {
  const auto token = c.field("once");
  if (token.empty() || token.size() > 64) return {};
  return matter.str() + ":" + c.actor.person.str() + ":" + std::string(token);
}

}  // namespace madang::platform
