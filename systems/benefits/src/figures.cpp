// A figure of the law gains a value from a day on: two officials, one transaction that leaves the
// entry and the event, then the running law is replaced. No logic is touched, so there is nothing
// to prove; what the new value does is shown by the trials of every provision that uses it.
#include <algorithm>

#include "lawbook.hpp"

namespace madang::benefits {

BOOST_DESCRIBE_STRUCT(figure, (),
                      (key, parameter, starts, becomes, source, state, author, author_name,
                       approver, approver_name, remark, saved, published))

namespace {

constexpr std::size_t longest_value = 2000, longest_text = 300;

const std::string& select() {
  static const std::string text = "select " + store::columns<figure>() + " from figure ";
  return text;
}

// A number for a number, a list as long for a list, and so on inwards.
bool same_shape(const rules::value& a, const rules::value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is(rules::kind::list))
    return std::ranges::equal(a.items(), b.items(), same_shape);
  if (a.is(rules::kind::context))
    return std::ranges::equal(a.members(), b.members(), [](const auto& x, const auto& y) {
      return x.first == y.first && same_shape(x.second, y.second);
    });
  return !a.is_null();
}

}  // namespace

bool uses_figure(const rules::provision& p, std::string_view parameter, date day) {
  const auto* v = p.at(day);
  return v && std::ranges::any_of(v->logic->elements(), [&](const rules::drg_element& e) {
    return e.kind == rules::drg_element::what::input && e.name == parameter;
  });
}

std::vector<figure> lawbook::figures(std::string_view parameter) {
  return db_.reading([&](store::read& r) {
    return r.all<figure>(select() + "where state <> 'dropped' and (?1 = '' or parameter = ?1) "
                                    "order by saved desc limit 200",
                         parameter);
  });
}

std::optional<figure> lawbook::find_figure(id key) {
  return db_.reading(
      [&](store::read& r) { return r.one<figure>(select() + "where key = ?1", key); });
}

outcome lawbook::may_become(std::string_view parameter, date starts,
                            const rules::value& v) const {
  const auto* p = law_.find_parameter(parameter);
  if (!p) return refuse(kind::not_found, "rules.no_parameter", "parameter");
  const auto& latest = p->versions.back();
  if (!same_shape(v, latest.is))
    return refuse(kind::invalid, "figure.value", "becomes", {{"like", latest.is.literal()}});
  if (starts < today() || !(latest.from < starts))
    return refuse(kind::invalid, "figure.starts", "starts", {{"day", latest.from.str()}});
  return nothing{};
}

result<figure> lawbook::propose(const audit::access& why, std::string_view parameter, date starts,
                                std::string_view becomes, std::string_view source) {
  if (!why.who.has_role("rule_author")) return refuse(kind::forbidden, "draft.not_yours");
  const auto v = becomes.size() > longest_value ? rules::value() : rules::value_of_literal(becomes);
  if (auto good = may_become(parameter, starts, v); !good) return good.why();
  const auto named = text::trim(source);
  if (named.empty() || !text::is_utf8(named) || text::length(named) > longest_text)
    return refuse(kind::invalid, "figure.source", "source");
  figure f{new_id(), std::string(parameter), starts, v.literal(), std::string(named), "proposed",
           why.who.person, why.who.name, {}, {}, {}, now(), {}};
  db_.writing([&](store::write& tx) {
    tx.insert("figure", f);
    audit::append(tx, why, audit::action::changed, {}, "figure", f.parameter, "proposed");
  });
  return f;
}

outcome lawbook::change_figure(const audit::access& why, id key, std::string_view what,
                               const std::function<outcome(store::write&, figure&)>& act) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto f = tx.one<figure>(select() + "where key = ?1", key);
    if (!f) return refuse(kind::not_found, "rules.no_parameter");
    if (f->state != "proposed") return refuse(kind::conflict, "draft.not_open");
    if (auto good = act(tx, *f); !good) return good;
    tx.run("update figure set state = ?1, approver = ?2, approver_name = ?3, remark = ?4, "
           "saved = ?5, published = ?6 where key = ?7",
           f->state, f->approver, f->approver_name, f->remark, now(), f->published, key);
    audit::append(tx, why, audit::action::changed, {}, "figure", f->parameter, what);
    return nothing{};
  });
}

outcome lawbook::publish_figure(const audit::access& why, id key) {
  std::lock_guard alone(publishing_);
  std::optional<rules::statutes> next;
  auto done = change_figure(why, key, "published", [&](store::write& tx, figure& f) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    if (f.author == why.who.person) return refuse(kind::forbidden, "draft.same_eyes");
    const auto v = rules::value_of_literal(f.becomes);
    if (auto good = may_become(f.parameter, f.starts, v); !good) return good;
    next = law_.now();
    if (auto good = next->set_parameter(f.parameter, f.starts, v, f.source); !good) return good;
    f.state = "published";
    f.approver = why.who.person;
    f.approver_name = why.who.name;
    f.published = now();
    tx.emit("benefits.law_published", f.parameter,
            {{"parameter", f.parameter}, {"starts", f.starts.str()}, {"figure", f.key.str()}});
    return nothing{};
  });
  if (done && next) law_.replace(std::move(*next));
  return done;
}

outcome lawbook::return_figure(const audit::access& why, id key, std::string_view remark) {
  const auto said = text::trim(remark);
  if (said.empty()) return refuse(kind::invalid, "case.text_missing", "remark");
  if (!text::is_utf8(said) || text::length(said) > longest_text)
    return refuse(kind::invalid, "case.text_long", "remark",
                  {{"limit", std::to_string(longest_text)}});
  return change_figure(why, key, "returned", [&](store::write&, figure& f) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    f.state = "returned";
    f.remark = said;
    return nothing{};
  });
}

outcome lawbook::drop_figure(const audit::access& why, id key) {
  return change_figure(why, key, "dropped", [&](store::write&, figure& f) -> outcome {
    if (f.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    f.state = "dropped";
    return nothing{};
  });
}

void lawbook::add_figures(rules::statutes& law) {
  const auto all = db_.reading([](store::read& r) {
    return r.all<figure>(select() + "where state = 'published' order by published");
  });
  for (const auto& f : all) {
    // A figure that the pack has dropped since is nobody's any more.
    (void)law.set_parameter(f.parameter, f.starts, rules::value_of_literal(f.becomes), f.source);
  }
}

std::vector<figure_effect> lawbook::effects(const packs::pack& pack, const figure& f) const {
  std::vector<figure_effect> out;
  const rules::statutes& before = law_.now();
  rules::statutes after = before;
  if (!after.set_parameter(f.parameter, f.starts, rules::value_of_literal(f.becomes), f.source))
    return out;
  for (const auto& p : before.provisions()) {
    if (!uses_figure(p, f.parameter, f.starts)) continue;
    for (const auto& t : trials_of(trials_of_pack(pack, p.id))) {
      const auto facts = facts_in(t.given);
      const auto was = before.judge(p, facts, f.starts);
      const auto is = after.judge(*after.find(p.id), facts, f.starts);
      if (!was || !is) continue;
      const auto a = got_in_words(*was), b = got_in_words(*is);
      if (a != b) out.push_back({p.id, t.name, a, b});
    }
  }
  return out;
}

}  // namespace madang::benefits
