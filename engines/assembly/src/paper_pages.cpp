// Voices on paper: an official enters who signed a sheet, and each goes into the same count and the
// same log as if she had said it here. The register says whether number and name belong together;
// each of them is told, and takes back what she has not signed.
#include <algorithm>
#include <set>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

constexpr std::size_t most_lines = 50;
// A post that enters paper all day comes to some hundreds; who guesses comes to misses.
constexpr platform::effort::limits a_day{1'000, 100};

struct line {
  int place = 0;                   // on the sheet, from 1
  std::string written;             // as it was typed
  std::string state;               // entered, not_matched, left (the day's limit came first)
};
struct paper_view {
  ask_line ask;
  std::string reference;
  std::int64_t entered = 0;
  std::vector<line> lines;
};
BOOST_DESCRIBE_STRUCT(line, (), (place, state))
BOOST_DESCRIBE_STRUCT(paper_view, (), (ask, reference, entered, lines))

std::string desk_of(const forum& f, const ask& a) { return f.where().desk + "/" + a.number; }

std::vector<line> lines_of(std::string_view typed) {
  std::vector<line> out;
  for (const auto& one : text::split(std::string(typed), '\n')) {
    const std::string written(text::trim(one));
    if (!written.empty()) out.push_back({static_cast<int>(out.size()) + 1, written, {}});
  }
  return out;
}

std::string without_spaces(std::string_view s) {
  std::string out(s);
  std::erase_if(out, [](char c) { return c == ' ' || c == '\t'; });
  return out;
}

// The person whose number and name a line says. That there is no such number and that another has
// it are one answer.
std::optional<id> person_on(const context& c, const forum& f, const ask& a, const line& l) {
  auto* registry = f.home().hub().registry_of("persons");
  const auto end = std::min(l.written.find_first_of(" \t,"), l.written.size());
  const std::string number = l.written.substr(0, end);
  const std::string name = without_spaces(l.written.substr(std::min(end + 1, l.written.size())));
  if (!registry || name.empty()) return {};
  const auto found = registry->find(f.why(c, a.number), "persons", "resident_number", number,
                                    registers::present(), std::vector<std::string>{"name"});
  if (!found || found->size() != 1 || without_spaces(found->front().text("name")) != name)
    return {};
  return id::parse(found->front().key);
}

// Looks each up, and says in its line what came of it.
std::vector<voices::book::given> matched(const context& c, forum& f, const ask& a,
                                         std::vector<line>& lines) {
  const date day = today(f.home().pack().zone());
  std::vector<voices::book::given> out;
  std::set<id> seen;
  for (auto& l : lines) {
    if (!f.on_paper().may(c.actor.post, day, a_day) ||
        !f.on_paper().looked(c.actor.post, day, a_day)) {
      l.state = "left";
      continue;
    }
    const auto who = person_on(c, f, a, l);
    l.state = who ? "entered" : "not_matched";
    if (!who) f.on_paper().refused(c.actor.post, day);
    else if (seen.insert(*who).second)
      out.push_back({.person = *who, .bucket = f.bucket_of(f.why(c, a.number), *who), .at = now()});
  }
  return out;
}

void tell_each(forum& f, const ask& a, id sheet, const std::vector<voices::book::given>& all) {
  std::vector<notices::notice> notes;
  for (const auto& g : all) {
    notices::notice n;
    n.person = g.person;
    n.title = f.home().said("assembly.told_paper", {{"title", a.title}});
    n.body = f.home().said("assembly.told_paper_body");
    n.link = f.path_of(a);
    n.reference = f.where().system + "-" + a.number;
    notes.push_back(std::move(n));
  }
  f.home().box().put_all(std::move(notes), "sheet." + sheet.str());
}

// ---- the page ----

node typed_form(const context& c, forum& f, const ask& a, const refusal* wrong, bool again,
                const paper_view& v) {
  const auto error = [&](std::string_view name) {
    return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
  };
  field reference{.name = "reference", .label = std::string(c.say("assembly.field_sheet"))};
  reference.hint = c.say("assembly.hint_sheet");
  reference.error = error("reference");
  reference.value = v.reference;
  reference.most = static_cast<int>(voices::book::longest_reference);
  field names{.name = "lines", .label = std::string(c.say("assembly.field_lines"))};
  names.hint = c.fill("assembly.hint_lines", {{"most", std::to_string(most_lines)}});
  names.error = error("lines");
  for (const auto& l : v.lines)
    if (!again || l.state != "entered") names.value += l.written + "\n";
  return form(method("post"), action(desk_of(f, a) + "/paper"), cls("questions"),
              attr("autocomplete", "off"), c.shell().csrf_field(),
              hidden_field("key", new_id().str()), text_field(c.shell(), reference),
              area_field(c.shell(), names, 12), submit_button(c.say("assembly.enter_sheet")));
}

node result_of(const context& c, const paper_view& v) {
  std::vector<node> rest;
  for (const auto& l : v.lines)
    if (l.state != "entered")
      rest.push_back(li(c.fill("assembly.line_" + l.state, {{"n", std::to_string(l.place)}})));
  const bool whole = rest.empty();
  return banner(c.shell(), whole ? tone::good : tone::warn,
                c.fill("assembly.sheet_entered", {{"n", std::to_string(v.entered)}}),
                whole ? node() : node(ul(rest)));
}

http::response page_of(const context& c, forum& f, const ask& a, const paper_view& v,
                       const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    const bool done = !wrong && !v.lines.empty();
    const bool again = done && std::ranges::any_of(v.lines, [](const line& l) {
                         return l.state != "entered";
                       });
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    paper_view shown = v;
    if (done && !again) shown.reference.clear();
    auto r = c.page(c.say("assembly.paper"),
                    {{"/desk", std::string(c.say("work.inbox"))},
                     {f.where().desk, std::string(c.say(f.key("desk")))},
                     {desk_of(f, a), a.title}},
                    html::all(error_summary(c.shell(), errors), h1(c.say("assembly.paper")),
                              lead(a.title), done ? result_of(c, v) : node(),
                              p(c.say("assembly.paper_lead")),
                              typed_form(c, f, a, wrong, done, shown),
                              p(cls("note"), c.say("assembly.paper_told"))),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// The ask that this post may enter paper for.
result<ask> meant(const context& c, const forum& f) {
  const auto a = f.find(c);
  if (!a) return refuse(kind::not_found, "voices.unknown");
  if (!f.moderates(c)) return refuse(kind::forbidden, "voices.not_moderator");
  return *a;
}

http::response open(context& c, forum& f) {
  const auto a = meant(c, f);
  if (!a) return c.refuse(a.why());
  if (!said_on_paper(f, *a)) return c.refuse(refuse(kind::conflict, "voices.closed"));
  const auto counted = f.book().counted(a->key, main_saying(f));
  return page_of(c, f, *a, {line_of(c, f, *a, counted), {}, 0, {}});
}

outcome judge(forum& f, const ask& a, const voices::sheet& s, const std::vector<line>& lines) {
  if (!said_on_paper(f, a)) return refuse(kind::conflict, "voices.closed");
  if (auto good = f.book().judge_sheet(s); !good) return good;
  if (lines.empty() || lines.size() > most_lines)
    return refuse(kind::invalid, "voices.lines", "lines", {{"most", std::to_string(most_lines)}});
  return nothing{};
}

http::response enter(context& c, forum& f) {
  const auto a = meant(c, f);
  if (!a) return c.refuse(a.why());
  voices::sheet s{id::parse(c.field("key")).value_or(new_id()), a->key,
                  std::string(text::trim(c.field("reference"))), now()};
  paper_view v{line_of(c, f, *a, f.book().counted(a->key, main_saying(f))), s.reference, 0,
               lines_of(c.field("lines"))};
  outcome good = judge(f, *a, s, v.lines);
  if (good) good = f.on_paper().may(c.actor.post, today(c.home.pack().zone()), a_day);
  if (!good) return page_of(c, f, *a, v, &good.why());
  const auto all = matched(c, f, *a, v.lines);
  if (!all.empty()) {
    const auto done = f.book().enter_sheet(f.why(c, a->number), s, *said_on_paper(f, *a), all);
    if (!done) return page_of(c, f, *a, v, &done.why());
    tell_each(f, *a, s.key, all);
  }
  v.entered = static_cast<std::int64_t>(all.size());
  return page_of(c, f, *a, v);
}

}  // namespace

std::optional<saying> said_on_paper(forum& f, const ask& a) {
  if (a.level != 0 || !a.hidden.empty() || a.ends <= now()) return {};
  for (const saying s : f.book().stage_of(a).takes)
    if (s != saying::comment && s != saying::choice) return s;
  return {};
}

void paper_pages(const shared_forum& f) {
  const std::string at = f->where().desk + "/{number}/paper";
  f->home().page("GET", at, needs::official, [f](context& c) { return open(c, *f); });
  f->home().page("POST", at, needs::official, [f](context& c) { return enter(c, *f); });
}

}  // namespace madang::assembly
