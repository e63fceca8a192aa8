// The figures of the law (thresholds, rates, tables by year): their history with its sources, for
// everybody and for programs; at the desk also the way to a new value, proposed by one official and
// put in force by another.
#include <algorithm>

#include "lawbook.hpp"
#include "workshop.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct value_line {
  std::string from, value, source;
};
BOOST_DESCRIBE_STRUCT(value_line, (), (from, value, source))
struct effect_on_trial {
  std::string provision, trial, before, after;
};
BOOST_DESCRIBE_STRUCT(effect_on_trial, (), (provision, trial, before, after))
struct proposal_line {
  std::string key, from, value, source, state, author, remark;
  std::vector<effect_on_trial> effects;
};
BOOST_DESCRIBE_STRUCT(proposal_line, (),
                      (key, from, value, source, state, author, remark, effects))
struct figure_view {
  std::string id, name, unit;
  std::vector<value_line> values;            // oldest first
  std::vector<std::string> used_by;          // provisions
  std::vector<proposal_line> proposals;      // at the desk only
};
BOOST_DESCRIBE_STRUCT(figure_view, (), (id, name, unit, values, used_by, proposals))
struct figures_view {
  std::vector<figure_view> figures;
};
BOOST_DESCRIBE_STRUCT(figures_view, (), (figures))

std::string id_of(const rules::parameter& p) { return text::replace_all(p.id, " ", "_"); }
const rules::parameter* figure_asked(const context& c, const office& o) {
  return o.law.find_parameter(
      text::replace_all(std::string(c.request.capture("figure")), "_", " "));
}

figure_view view_of(const context& c, const office& o, const rules::parameter& p) {
  figure_view v{id_of(p), p.name(c.language), p.unit(c.language), {}, {}, {}};
  for (const auto& one : p.versions)
    v.values.push_back({one.from.str(), one.is.literal(), one.source});
  const date day = today(c.home.pack().zone());
  for (const auto& one : o.law.provisions())
    if (uses_figure(one, p.id, day)) v.used_by.push_back(one.id);
  return v;
}

// Numbers with separators, lists one behind the other.
std::string value_said(const std::string& literal) {
  const auto v = rules::value_of_literal(literal);
  const auto said = [](const rules::value& one) {
    const auto whole = one.is(rules::kind::number) ? one.number().to_int64() : std::nullopt;
    return whole ? text::grouped(*whole) : one.str();
  };
  if (!v.is(rules::kind::list)) return said(v);
  std::vector<std::string> all;
  for (const auto& one : v.items()) all.push_back(said(one));
  return text::join(all, "; ");
}

node used_by_part(const context& c, const office& o, const figure_view& v) {
  std::vector<node> lines;
  for (const auto& id : v.used_by)
    lines.push_back(li(a(href("/decisions/" + id), o.law.find(id)->name(c.language))));
  return lines.empty() ? node() : section(h2(c.say("benefits.figure_used_by")), ul(lines));
}

node history(const context& c, const figure_view& v) {
  table_view t;
  t.caption = c.say("benefits.figure_history");
  t.stacked = true;
  t.columns = {{std::string(c.say("benefits.from")), false},
               {std::string(c.say("benefits.value")), true},
               {std::string(c.say("benefits.figure_source")), false}};
  for (auto one = v.values.rbegin(); one != v.values.rend(); ++one)
    t.rows.push_back({one->from, value_said(one->value), one->source});
  return data_table(c.shell(), t);
}

http::response list(context& c, const office& o, const std::string& base,
                    std::span<const figure> open) {
  figures_view view;
  for (const auto& p : o.law.parameters()) view.figures.push_back(view_of(c, o, p));
  return c.show(view, [&] {
    table_view t;
    t.caption = c.say("benefits.figures_of_law");
    t.caption_hidden = true;
    t.stacked = true;
    t.columns = {{std::string(c.say("benefits.figure_of_law")), false},
                 {std::string(c.say("benefits.value")), true},
                 {std::string(c.say("benefits.from")), false}};
    if (base == "/desk/figures") t.columns.push_back({std::string(c.say("benefits.state")), false});
    for (const auto& f : view.figures) {
      const auto& last = f.values.back();
      std::vector<node> cells = {a(href(base + "/" + f.id), f.name), value_said(last.value),
                                 last.from};
      const bool waits = std::ranges::any_of(open, [&](const figure& one) {
        return one.state == "proposed" && text::replace_all(one.parameter, " ", "_") == f.id;
      });
      if (t.columns.size() > cells.size())
        cells.push_back(waits ? badge(tone::info, c.say("benefits.figure_proposed")) : node("-"));
      t.rows.push_back(std::move(cells));
    }
    const bool desk = base == "/desk/figures";
    return c.page(c.say("benefits.figures_of_law"),
                  {desk ? link{"/desk/decisions", std::string(c.say("benefits.workshop"))}
                        : link{"/decisions", std::string(c.say("benefits.decisions"))}},
                  all(h1(c.say("benefits.figures_of_law")),
                      lead(c.say("benefits.figures_lead")), data_table(c.shell(), t)),
                  {.noindex = desk});
  });
}

http::response show_public(context& c, const office& o) {
  const auto* p = figure_asked(c, o);
  if (!p) return c.refuse(refuse(kind::not_found, "rules.no_parameter"));
  const auto view = view_of(c, o, *p);
  return c.show(view, [&] {
    return c.page(view.name, {{"/figures", std::string(c.say("benefits.figures_of_law"))}},
                  all(h1(view.name), lead(view.unit), history(c, view), used_by_part(c, o, view)));
  });
}

// ---- at the desk ----

node effects_of(const context& c, const office& o, const proposal_line& l) {
  if (l.effects.empty()) return html::p(cls("note"), c.say("benefits.figure_no_effect"));
  table_view t;
  t.caption = c.say("benefits.figure_effects");
  t.stacked = true;
  for (const char* column : {"benefit", "trial", "figure_before", "figure_after"})
    t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
  for (const auto& e : l.effects)
    t.rows.push_back({o.law.find(e.provision)->name(c.language), e.trial, e.before, e.after});
  return data_table(c.shell(), t);
}

node acts_on(const context& c, const figure_view& v, const proposal_line& l, bool own) {
  const std::string at = "/desk/figures/" + v.id + "/" + l.key;
  if (own)
    return button_row({post_button(c.shell(), at + "/drop", c.say("benefits.drop_draft"),
                                   look::quiet)});
  if (!c.actor.has_role("rule_approver")) return {};
  html::field f;
  f.name = "remark";
  f.label = c.say("benefits.remark");
  return all(button_row({post_button(c.shell(), at + "/publish", c.say("benefits.publish"))}),
             disclosure(c.say("benefits.give_back"),
                        form(cls("questions"), method("post"), action(at + "/return"),
                             c.shell().csrf_field(), area_field(c.shell(), f, 3),
                             submit_button(c.say("benefits.give_back"), look::secondary))));
}

node proposals_part(const context& c, const office& o, const figure_view& v,
                    std::span<const figure> all_of_it) {
  std::vector<node> out;
  for (const auto& l : v.proposals) {
    const auto f = std::ranges::find(all_of_it, l.key, [](const figure& x) { return x.key.str(); });
    const bool open = l.state == "proposed";
    node body = all(
        h3(c.fill("benefits.figure_from", {{"value", value_said(l.value)}, {"date", l.from}})),
        html::p(badge(open ? tone::info : l.state == "published" ? tone::good : tone::warn,
                      c.say("benefits.figure_" + l.state)),
                " ", l.source, " · ", l.author),
        l.remark.empty() ? node() : banner(c.shell(), tone::warn, l.remark));
    if (open) {
      std::vector<node> tries;
      for (const auto& id : v.used_by)
        tries.push_back(post_button(
            c.shell(), "/desk/decisions/whatif",
            c.fill("benefits.figure_try", {{"name", o.law.find(id)->name(c.language)}}),
            look::secondary,
            {{"provision", id}, {"parameter", f->parameter}, {"value", l.value},
             {"day", l.from}}));
      body = all(body, effects_of(c, o, l), button_row(tries),
                 acts_on(c, v, l, f->author == c.actor.person));
    }
    out.push_back(section(body));
  }
  return out.empty() ? node() : section(h2(c.say("benefits.figure_proposals")), out);
}

node proposal_form(const context& c, const figure_view& v, const refusal* wrong) {
  if (!c.actor.has_role("rule_author")) return {};
  const auto made = [&](const char* name, const std::string& value) {
    html::field f;
    f.name = name;
    f.label = c.say("benefits.figure_" + std::string(name));
    f.hint = c.say("benefits.hint_figure_" + std::string(name));
    f.value = c.request.method == "POST" ? std::string(c.field(name)) : value;
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  return section(h2(c.say("benefits.figure_propose")),
                 form(cls("questions"), method("post"), action("/desk/figures/" + v.id),
                      c.shell().csrf_field(),
                      text_field(c.shell(), made("becomes", v.values.back().value)),
                      text_field(c.shell(), made("starts", "")),
                      text_field(c.shell(), made("source", "")),
                      submit_button(c.say("benefits.figure_propose"))));
}

http::response show(context& c, const office& o, lawbook& book, const refusal* wrong = nullptr) {
  const auto* p = figure_asked(c, o);
  if (!p) return c.refuse(refuse(kind::not_found, "rules.no_parameter"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  auto view = view_of(c, o, *p);
  const auto kept = book.figures(p->id);
  for (const auto& f : kept) {
    proposal_line l{f.key.str(), f.starts.str(), f.becomes, f.source, f.state, f.author_name,
                    f.remark, {}};
    if (f.state == "proposed")
      for (auto& e : book.effects(c.home.pack(), f))
        l.effects.push_back({e.provision, e.trial, e.before, e.after});
    view.proposals.push_back(std::move(l));
  }
  return c.show(view, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    auto r = c.page(view.name,
                    {{"/desk/decisions", std::string(c.say("benefits.workshop"))},
                     {"/desk/figures", std::string(c.say("benefits.figures_of_law"))}},
                    all(error_summary(c.shell(), errors), h1(view.name), lead(view.unit),
                        proposals_part(c, o, view, kept), history(c, view),
                        proposal_form(c, view, wrong), used_by_part(c, o, view)),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

audit::access why_of(const context& c) {
  return c.access(c.home.said("benefits.purpose_workshop"), c.home.said("law.social_security"));
}

http::response propose(context& c, const office& o, lawbook& book) {
  const auto* p = figure_asked(c, o);
  if (!p) return c.refuse(refuse(kind::not_found, "rules.no_parameter"));
  const auto starts = date::parse(text::trim(c.field("starts")));
  if (!starts) {
    const auto wrong = refuse(kind::invalid, "forms.date", "starts");
    return show(c, o, book, &wrong);
  }
  auto made = book.propose(why_of(c), p->id, *starts, text::trim(c.field("becomes")),
                           c.field("source"));
  if (!made) return show(c, o, book, &made.why());
  return c.go("/desk/figures/" + id_of(*p));
}

}  // namespace

void figure_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<lawbook> book) {
  using platform::needs;
  h.page("GET", "/figures", needs::nobody,
         [o](context& c) { return list(c, *o, "/figures", {}); });
  h.page("GET", "/figures/{figure}", needs::nobody,
         [o](context& c) { return show_public(c, *o); });
  const auto add = [&](const char* how, const std::string& path, auto handler) {
    h.page(how, path, needs::official, [handler](context& c) -> http::response {
      if (!may_write_rules(c)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c);
    });
  };
  const auto act = [&](const char* name, auto f) {
    add("POST", "/desk/figures/{figure}/{proposal}/" + std::string(name),
        [o, book, f](context& c) {
          const auto key = id::parse(c.request.capture("proposal"));
          if (!key) return c.refuse(refuse(kind::not_found, "request.no_page"));
          outcome done = f(*book, why_of(c), *key, c);
          if (!done) return show(c, *o, *book, &done.why());
          return c.go("/desk/figures/" + std::string(c.request.capture("figure")));
        });
  };
  add("GET", "/desk/figures",
      [o, book](context& c) { return list(c, *o, "/desk/figures", book->figures()); });
  add("GET", "/desk/figures/{figure}", [o, book](context& c) { return show(c, *o, *book); });
  add("POST", "/desk/figures/{figure}", [o, book](context& c) { return propose(c, *o, *book); });
  act("publish",
      [](lawbook& b, const auto& why, id key, context&) { return b.publish_figure(why, key); });
  act("return", [](lawbook& b, const auto& why, id key, context& c) {
    return b.return_figure(why, key, c.field("remark"));
  });
  act("drop",
      [](lawbook& b, const auto& why, id key, context&) { return b.drop_figure(why, key); });
}

}  // namespace madang::benefits
