// The crew's phone: what there is to do, the nearest or the most urgent first; one report with all
// that a crew needs, and the acts.
#include <algorithm>

#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;

struct work_line {
  std::string key, number, category, department, state, place, promised;
  std::int64_t urgency = 3, voices = 1, passed = 0;
  std::optional<std::int64_t> metres;
  bool late = false;
};
BOOST_DESCRIBE_STRUCT(work_line, (),
                      (key, number, category, department, state, place, promised, urgency, voices,
                       passed, metres, late))
struct work_view {
  std::vector<work_line> reports;
};
BOOST_DESCRIBE_STRUCT(work_view, (), (reports))

node urgency_badge(const context& c, const report& r) {
  const tone t = r.urgency == 1 ? tone::bad : r.urgency == 2 ? tone::warn : tone::neutral;
  return badge(t, c.say("street.urgency_" + std::to_string(r.urgency)));
}

std::string distance_words(const context& c, std::int64_t metres) {
  return metres < 1000
             ? c.fill("street.metres", {{"n", std::to_string(metres)}})
             : c.fill("street.kilometres", {{"n", fmt::format("{:.1f}", double(metres) / 1000)}});
}

std::vector<work_line> lines_of(const context& c, center& o, std::vector<report>& rows) {
  const auto here = place_of(c.request.param("lat"), c.request.param("lon"));
  if (here)
    std::ranges::stable_sort(rows, {},
                             [&](const report& r) { return metres_between(*here, r.at()); });
  std::vector<work_line> out;
  for (const auto& r : rows) {
    work_line l{r.matter.str(),   r.number,  r.category, r.department, r.state, place_name(c, r),
                r.promised.str(), r.urgency, r.voices,   r.passed,     {},      r.promised < now()};
    if (here) l.metres = static_cast<std::int64_t>(metres_between(*here, r.at()));
    out.push_back(std::move(l));
  }
  (void)o;
  return out;
}

http::response show_work(context& c, center& o) {
  auto rows = o.work_of(c.actor);
  const work_view view{lines_of(c, o, rows)};
  return c.show(view, [&] {
    const shell s = c.shell();
    std::vector<node> lines;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const report& r = rows[i];
      const work_line& l = view.reports[i];
      lines.push_back(
          li(cls("service-line"),
             h2(cls("h3"), a(href("/desk/eungdapso/" + l.key), category_name(c, o, r.category)),
                " ", urgency_badge(c, r), " ", state_badge(c, r)),
             p(l.place, r.place.empty() ? "" : " — " + r.place),
             p(cls("note"), l.metres ? distance_words(c, *l.metres) + " · " : std::string(),
               c.fill("street.promised_until", {{"time", when_of(c, r.promised)}}),
               l.late ? all(" ", badge(tone::bad, c.say("street.late"))) : node(),
               r.voices > 1 ? " · " + c.fill("street.voices_n", {{"n", std::to_string(r.voices)}})
                            : std::string(),
               r.passed ? " · " + c.fill("street.passed_n", {{"n", std::to_string(r.passed)}})
                        : std::string())));
    }
    std::vector<node> ways;
    if (c.actor.has_role(center_role)) {
      ways.push_back(
          link_button("/desk/eungdapso-intake", c.say("street.intake"), look::secondary));
      ways.push_back(
          link_button("/desk/eungdapso-release", c.say("street.release"), look::secondary));
      ways.push_back(
          link_button("/desk/eungdapso-programs", c.say("street.programs"), look::secondary));
    }
    const node body =
        all(back_link(s, "/desk", c.say("work.inbox")), h1(c.say("street.work")),
            p(cls("note"), c.actor.agency_name(c.language), " · ", c.actor.name), button_row(ways),
            element("madang-crew", data("near", c.say("street.sort_near")),
                    data("failed", c.say("street.no_place"))),
            lines.empty()
                ? empty_state("check", c.say("street.no_work"), p(c.say("street.no_work_line")))
                : ul(cls("service-list"), lines));
    return c.page(c.say("street.work"), {}, body, {.noindex = true});
  });
}

// ---- one report ----

struct crew_view {
  work_line head;
  std::string words, where, name, contact, result;
  json::value answers;
  std::vector<std::string> pictures, told;
};
BOOST_DESCRIBE_STRUCT(crew_view, (),
                      (head, words, where, name, contact, result, answers, pictures, told))

result<report> reach(context& c, center& o) {
  const auto key = id::parse(c.request.capture("report"));
  const refusal unknown = refuse(kind::not_found, "case.not_found");
  const auto row = key ? o.find(*key) : std::nullopt;
  if (!row) return unknown;
  const auto m = o.files.find(*key);
  if (!m || !(o.files.may_handle(c.actor, *m) || o.may_release(c.actor, *row)))
    return c.hidden(unknown, "street_report", *key);
  return *row;
}

// What the reporter said and who she is: looking at it leaves an entry.
void entered(context& c, center& o, const report& r) {
  const auto m = o.files.find(r.matter);
  o.files.database().later([why = why_of(c, r.number), subject = m ? m->applicant : id{},
                            number = r.number](store::write& tx) {
    audit::append(tx, why, audit::action::read, subject, "street_report", number,
                  "words,name,contact");
  });
}

std::string answers_words(const context& c, const category& k, const forms::question& q,
                          const json::value& answers) {
  (void)k;
  return forms::shown(q, q.options, json::at(answers, q.id), c.language);
}

node pictures_part(const context& c, center& o, const report& r) {
  std::vector<node> out;
  for (const auto& p : o.pictures(r.matter)) {
    const std::string said(c.say("street.part_" + p.part));
    out.push_back(figure(
        img(src("/eungdapso/pictures/" + p.key.str()), attr("alt", said), attr("loading", "lazy")),
        figcaption(cls("note"), said, p.made.empty() ? "" : " · " + p.made,
                   p.open ? " · " + std::string(c.say("street.shown")) : std::string())));
  }
  return out.empty() ? node() : div(cls("street-pictures"), out);
}

node act_form(const context& c, const report& r, const char* what, const node& inside,
              std::string_view button_, look l, bool file = false) {
  return form(method("post"), action("/desk/eungdapso/" + r.matter.str() + "/" + what),
              file ? attr("enctype", "multipart/form-data") : attribute(), c.shell().csrf_field(),
              inside, submit_button(button_, l));
}

node acts_part(const context& c, center& o, const report& r) {
  const shell s = c.shell();
  if (!r.is_open()) return {};
  auto area = [&](const char* id, const char* label_) {
    return area_field(s, field{.name = id, .label = std::string(c.say(label_)), .most = 2000}, 3);
  };
  auto photo = [&](const char* id, const char* label_) {
    return upload_field(s,
                        field{.name = id,
                              .label = std::string(c.say(label_)),
                              .hint = std::string(c.say("street.stripped")),
                              .optional = true},
                        "image/jpeg,image/png", picture_octets);
  };
  std::vector<choice> departments, municipalities;
  for (const auto& d : o.kinds.departments()) departments.push_back({d.id, d.name(c.language), ""});
  for (const auto& m : c.home.pack().municipalities())
    municipalities.push_back({m.code, district_name(c, m.code), ""});
  const node pass = all(
      select_field(s,
                   field{.name = "department",
                         .label = std::string(c.say("street.crew")),
                         .value = r.department},
                   departments),
      select_field(
          s,
          field{.name = "office", .label = std::string(c.say("street.office")), .value = r.office},
          municipalities),
      area_field(
          s, field{.name = "reason", .label = std::string(c.say("street.pass_why")), .most = 2000},
          2));
  const bool mine = r.state == "work";
  return section(
      h2(c.say("street.acts")),
      mine ? node() : act_form(c, r, "take", node(), c.say("street.take"), look::primary),
      mine ? act_form(c, r, "done",
                      all(area("text", "street.done_words"), photo("after", "street.part_after")),
                      c.say("street.done"), look::primary, true)
           : node(),
      disclosure(c.say("street.add_before"),
                 act_form(c, r, "picture", photo("before", "street.part_before"),
                          c.say("street.add_picture"), look::secondary, true)),
      disclosure(c.say("street.pass"),
                 act_form(c, r, "pass", pass, c.say("street.pass"), look::secondary)),
      disclosure(c.say("street.decline"),
                 act_form(c, r, "decline",
                          area_field(s,
                                     field{.name = "why",
                                           .label = std::string(c.say("street.decline_why")),
                                           .most = 2000},
                                     3),
                          c.say("street.decline"), look::danger)));
}

node release_part(const context& c, center& o, const report& r) {
  std::vector<node> boxes;
  auto add = [&](const std::string& name, const std::string& value, std::string_view said,
                 bool on) {
    const std::string control = "open-" + value;
    boxes.push_back(
        div(cls("choice"),
            input(id_(control), type_("checkbox"), name_(name), value_(value), flag("checked", on)),
            label(for_(control), said)));
  };
  if (!r.words.empty()) add("words", "yes", c.say("street.open_words"), r.words_open);
  for (const auto& p : o.pictures(r.matter))
    add("pictures[]", p.key.str(),
        c.fill("street.open_picture", {{"part", std::string(c.say("street.part_" + p.part))}}),
        p.open);
  if (boxes.empty()) return {};
  return section(h2(c.say("street.release")), p(c.say("street.release_line")),
                 act_form(c, r, "release", div(cls("choices"), boxes), c.say("street.release_now"),
                          look::secondary));
}

http::response show_one(context& c, center& o, const refusal* wrong = nullptr) {
  auto it = reach(c, o);
  if (!it) return c.refuse(it.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const report& r = *it;
  entered(c, o, r);
  std::vector<report> one{r};
  crew_view view;
  view.head = lines_of(c, o, one)[0];
  view.words = r.words;
  view.where = r.place;
  view.name = r.name;
  view.contact = r.contact;
  view.result = r.result;
  view.answers = r.answers;
  for (const auto& p : o.pictures(r.matter)) view.pictures.push_back(p.key.str());
  for (const auto& u : o.updates(r.matter))
    if (!u.words.empty()) view.told.push_back(u.words);
  return c.show(view, [&] {
    const shell s = c.shell();
    const auto* k = o.kinds.find(r.category);
    const auto m = o.files.find(r.matter);
    const bool handles = m && o.files.may_handle(c.actor, *m);
    std::vector<row> facts{{std::string(c.say("street.place")),
                            all(place_name(c, r), r.place.empty() ? node() : node(p(r.place))), ""},
                           {std::string(c.say("street.promised")), when_of(c, r.promised), ""},
                           {std::string(c.say("street.channel")),
                            std::string(c.say("street.channel_" + r.channel)), ""},
                           {std::string(c.say("street.voices")), std::to_string(r.voices), ""}};
    if (!r.words.empty())
      facts.push_back({std::string(c.say("street.words")), span(cls("keep-lines"), r.words), ""});
    if (k)
      for (const auto& q : k->form.questions)
        if (const auto said = answers_words(c, *k, q, r.answers); !said.empty())
          facts.push_back({q.title(c.language), said, ""});
    if (!r.name.empty() || !r.contact.empty())
      facts.push_back({std::string(c.say("street.contact")), r.name + " " + r.contact, ""});
    if (!r.result.empty())
      facts.push_back({std::string(c.say("street.result")), span(cls("keep-lines"), r.result), ""});
    std::vector<node> told;
    for (const auto& u : o.updates(r.matter))
      if (!u.words.empty())
        told.push_back(
            li(cls("reached"), span(cls("when"), when_of(c, u.at)),
               div(strong(c.say("street.by_" + u.author)), p(cls("keep-lines"), u.words))));
    const map_view map{.label = std::string(c.say("street.place_map")),
                       .source = "/eungdapso/points?number=" + r.number,
                       .middle = r.at(),
                       .zoom = 12};
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const node body =
        all(back_link(s, "/desk/eungdapso", c.say("street.work")), error_summary(s, errors),
            div(cls("matter-head"), h1(category_name(c, o, r.category)), " ", urgency_badge(c, r),
                " ", state_badge(c, r), span(cls("note"), r.number)),
            summary_list(s, facts), pictures_part(c, o, r), map_island(c, o, map, node()),
            handles ? acts_part(c, o, r) : node(),
            o.may_release(c.actor, r) ? release_part(c, o, r) : node(),
            told.empty() ? node() : section(h2(c.say("street.steps")), ol(cls("timeline"), told)));
    auto out = c.page(category_name(c, o, r.category), {}, body,
                      {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

template <class Act>
http::response act(context& c, center& o, Act&& what, bool stays = true) {
  auto it = reach(c, o);
  if (!it) return c.refuse(it.why());
  const outcome done = what(*it);
  if (!done) return show_one(c, o, &done.why());
  return c.go(stays ? "/desk/eungdapso/" + it->matter.str() : "/desk/eungdapso");
}

}  // namespace

void crew_pages(office o) {
  auto& h = o->home;
  const std::string at = "/desk/eungdapso/{report}";
  h.page("GET", "/desk/eungdapso", needs::official, [o](context& c) { return show_work(c, *o); });
  h.page("GET", at, needs::official, [o](context& c) { return show_one(c, *o); });
  h.page("POST", at + "/take", needs::official, [o](context& c) {
    return act(c, *o, [&](const report& r) { return o->take(why_of(c, r.number), r.matter); });
  });
  h.page("POST", at + "/picture", needs::official, [o](context& c) {
    return act(c, *o, [&](const report& r) -> outcome {
      const auto sent = pictures_of(c, "before");
      if (sent.empty()) return refuse(kind::invalid, "picture.missing", "before");
      return o->put_picture(why_of(c, r.number), r.matter, "before", sent[0]);
    });
  });
  h.page("POST", at + "/done", needs::official, [o](context& c) {
    return act(c, *o, [&](const report& r) {
      const auto sent = pictures_of(c, "after");
      return o->finish(why_of(c, r.number), r.matter, c.field("text"),
                       sent.empty() ? std::string_view() : std::string_view(sent[0]));
    });
  });
  h.page("POST", at + "/pass", needs::official, [o](context& c) {
    return act(
        c, *o,
        [&](const report& r) {
          return o->pass_on(why_of(c, r.number), r.matter, c.field("department"), c.field("office"),
                            c.field("reason"));
        },
        false);
  });
  h.page("POST", at + "/decline", needs::official, [o](context& c) {
    return act(c, *o, [&](const report& r) {
      return o->decline(why_of(c, r.number), r.matter, c.field("why"));
    });
  });
  h.page("POST", at + "/release", needs::official, [o](context& c) {
    return act(c, *o, [&](const report& r) {
      std::vector<id> open;
      for (const auto& [name, value] : c.form())
        if (name == "pictures[]")
          if (const auto key = id::parse(value)) open.push_back(*key);
      return o->release(why_of(c, r.number), r.matter, c.field("words") == "yes", open);
    });
  });
}

}  // namespace madang::eungdapso
