// A draft becomes law when its author has handed it in, every trial passes, the proof finds no
// mistake, and somebody else publishes it, from a day that is not past. One transaction marks it
// published and leaves the entry and the event; then the running law is replaced. A crash between
// the two loses nothing: the house adds what is published when it opens.
#include "lawbook.hpp"

#include <algorithm>

namespace madang::benefits {

BOOST_DESCRIBE_STRUCT(draft, (),
                      (key, provision, starts, model, base, trials, state, author, author_name,
                       approver, approver_name, remark, saved, published))

namespace {

constexpr std::size_t largest_model = 1u << 20, longest_remark = 1000;

const std::string& select() {
  static const std::string text = "select " + store::columns<draft>() + " from draft ";
  return text;
}

bool is_open(const draft& d) { return d.state == "draft" || d.state == "returned"; }

}  // namespace

std::string got_in_words(const rules::judged& j) {
  return std::string(j.entitled ? "entitled" : "not entitled") + ", " + j.amount.str() + ", " +
         j.because;
}

namespace {

bool agrees(const trial& t, const rules::judged& j) {
  if (t.entitled != j.entitled) return false;
  if (!t.because.empty() && t.because != j.because) return false;
  if (t.amount.empty()) return true;
  const auto wanted = decimal::parse(t.amount);
  return wanted && *wanted == j.amount;
}

}  // namespace

rules::entries facts_in(const json::value& given) {
  rules::entries out;
  if (given.is_object())
    for (const auto& m : given.get_object())
      out.emplace_back(text::replace_all(std::string(m.key()), "_", " "),
                       rules::of_json(m.value()));
  return out;
}

std::vector<trial> trials_of(const json::value& list) {
  std::vector<trial> out;
  if (!list.is_array()) return out;
  for (const auto& one : list.get_array()) {
    trial t;
    t.name = json::str(one, "name");
    t.as_of = date::parse(json::str(one, "as_of")).value_or(date{});
    t.given = json::at(one, "given");
    t.by = json::str(one, "by");
    const auto& expect = json::at(one, "expect");
    const auto& entitled = json::at(expect, "entitled");
    t.entitled = entitled.is_bool() && entitled.get_bool();
    t.because = json::str(expect, "because");
    const auto& amount = json::at(expect, "amount");
    if (amount.is_string()) t.amount = amount.get_string();
    else if (!amount.is_null()) t.amount = json::print(amount);
    out.push_back(std::move(t));
  }
  return out;
}

json::value trials_of_pack(const packs::pack& pack, std::string_view provision) {
  const std::string file = "decisions/trials/" + std::string(provision) + ".yaml";
  return pack.has(file) ? pack.yaml(file) : json::value(json::array{});
}

lawbook::lawbook(store::database& db, rules::live_law law) : db_(db), law_(std::move(law)) {}

void lawbook::add_published(const packs::pack& pack) {
  rules::statutes next = law_.now();
  auto all = db_.reading([&](store::read& r) {
    return r.all<draft>(select() + "where state = 'published' order by published");
  });
  for (const auto& d : all) {
    auto good = next.amend(d.provision, d.starts, "draft " + d.key.str(), d.model);
    if (!good)
      throw packs::broken_pack({pack.id(), 0, "the published amendment " + d.key.str() +
                                                  " cannot be read: " + good.why().code});
  }
  add_figures(next);
  law_.replace(std::move(next));
}

std::vector<draft> lawbook::drafts(std::string_view state) {
  return db_.reading([&](store::read& r) {
    return r.all<draft>(select() + "where (?1 = '' and state <> 'dropped') or state = ?1 "
                                   "order by saved desc limit 200",
                        state);
  });
}

std::optional<draft> lawbook::find(id key) {
  return db_.reading(
      [&](store::read& r) { return r.one<draft>(select() + "where key = ?1", key); });
}

result<draft> lawbook::begin(const audit::access& why, std::string_view provision, date starts,
                             const json::value& trials) {
  if (!why.who.has_role("rule_author")) return refuse(kind::forbidden, "draft.not_yours");
  const auto* p = law_.find(provision);
  const auto* v = p ? p->at(starts) : nullptr;
  if (!v) return refuse(kind::not_found, "rules.no_provision", "provision");
  draft d{new_id(), p->id,  starts, *v->text, v->hash, trials, "draft", why.who.person,
          why.who.name, {}, {},     {},       now(),   {}};
  db_.writing([&](store::write& tx) {
    tx.insert("draft", d);
    audit::append(tx, why, audit::action::changed, {}, "decision", d.provision, "begun");
  });
  return d;
}

outcome lawbook::change(const audit::access& why, id key, std::string_view what,
                        const std::function<outcome(store::write&, draft&)>& act) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto d = tx.one<draft>(select() + "where key = ?1", key);
    if (!d) return refuse(kind::not_found, "rules.no_provision");
    if (auto good = act(tx, *d); !good) return good;
    d->saved = now();
    tx.run("update draft set starts = ?1, model = ?2, trials = ?3, state = ?4, approver = ?5, "
           "approver_name = ?6, remark = ?7, saved = ?8, published = ?9 where key = ?10",
           d->starts, d->model, d->trials, d->state, d->approver, d->approver_name, d->remark,
           d->saved, d->published, key);
    audit::append(tx, why, audit::action::changed, {}, "decision", d->provision, what);
    return nothing{};
  });
}

outcome lawbook::save(const audit::access& why, const draft& wanted, instant seen) {
  if (wanted.model.size() > largest_model)
    return refuse(kind::too_large, "grid.too_large", "", {{"most", std::to_string(largest_model)}});
  return change(why, wanted.key, "saved", [&](store::write&, draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!is_open(d)) return refuse(kind::conflict, "draft.not_open");
    if (d.saved != seen) return refuse(kind::conflict, "draft.changed");
    d.starts = wanted.starts;
    d.model = wanted.model;
    d.trials = wanted.trials;
    return nothing{};
  });
}

outcome lawbook::submit(const audit::access& why, id key) {
  return change(why, key, "submitted", [&](store::write&, draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!is_open(d)) return refuse(kind::conflict, "draft.not_open");
    if (auto good = ready(d); !good) return good;
    d.state = "submitted";
    return nothing{};
  });
}

outcome lawbook::give_back(const audit::access& why, id key, std::string_view remark) {
  if (text::trim(remark).empty()) return refuse(kind::invalid, "case.text_missing", "remark");
  if (!text::is_utf8(remark) || text::length(remark) > longest_remark)
    return refuse(kind::invalid, "case.text_long", "remark",
                  {{"limit", std::to_string(longest_remark)}});
  return change(why, key, "returned", [&](store::write&, draft& d) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    if (d.state != "submitted") return refuse(kind::conflict, "draft.not_open");
    d.state = "returned";
    d.remark = remark;
    return nothing{};
  });
}

outcome lawbook::drop(const audit::access& why, id key) {
  return change(why, key, "dropped", [&](store::write&, draft& d) -> outcome {
    if (d.author != why.who.person) return refuse(kind::forbidden, "draft.not_yours");
    if (!is_open(d)) return refuse(kind::conflict, "draft.not_open");
    d.state = "dropped";
    return nothing{};
  });
}

outcome lawbook::publish(const audit::access& why, id key) {
  std::lock_guard alone(publishing_);
  std::optional<rules::statutes> next;
  auto done = change(why, key, "published", [&](store::write& tx, draft& d) -> outcome {
    if (!why.who.has_role("rule_approver")) return refuse(kind::forbidden, "draft.not_yours");
    if (d.author == why.who.person) return refuse(kind::forbidden, "draft.same_eyes");
    if (d.state != "submitted") return refuse(kind::conflict, "draft.not_open");
    if (d.starts < today()) return refuse(kind::invalid, "draft.starts", "starts");
    if (auto good = ready(d); !good) return good;
    auto would_be = with(d);
    if (!would_be) return would_be.why();
    next = std::move(*would_be);
    d.state = "published";
    d.approver = why.who.person;
    d.approver_name = why.who.name;
    d.published = now();
    tx.emit("benefits.law_published", d.provision,
            {{"provision", d.provision}, {"starts", d.starts.str()}, {"draft", d.key.str()}});
    return nothing{};
  });
  if (done && next) law_.replace(std::move(*next));
  return done;
}

result<rules::statutes> lawbook::with(const draft& d) const {
  rules::statutes out = law_.now();
  auto good = out.amend(d.provision, d.starts, "draft " + d.key.str(), d.model);
  if (!good) return good.why();
  return out;
}

std::vector<trial_result> lawbook::tried(const rules::statutes& would_be, const draft& d) const {
  std::vector<trial_result> out;
  const auto* p = would_be.find(d.provision);
  for (const auto& t : trials_of(d.trials)) {
    auto j = would_be.judge(*p, facts_in(t.given), t.as_of);
    out.push_back(j ? trial_result{agrees(t, *j), got_in_words(*j)}
                    : trial_result{false, j.why().code});
  }
  return out;
}

outcome lawbook::ready(const draft& d) const {
  auto would_be = with(d);
  if (!would_be) return would_be.why();
  const auto findings = rules::prove(*would_be->find(d.provision)->at(d.starts)->logic);
  const auto wrong = std::ranges::count(findings, rules::finding::weight::mistake,
                                        &rules::finding::how);
  if (wrong > 0)
    return refuse(kind::invalid, "draft.unproven", "", {{"n", std::to_string(wrong)}});
  const auto results = tried(*would_be, d);
  const bool one_of_it = std::ranges::any_of(
      trials_of(d.trials), [&](const trial& t) { return !(t.as_of < d.starts); });
  if (!one_of_it) return refuse(kind::invalid, "draft.no_trials", "", {{"day", d.starts.str()}});
  const auto failed = std::ranges::count(results, false, &trial_result::passed);
  if (failed > 0)
    return refuse(kind::invalid, "draft.trials", "", {{"n", std::to_string(failed)}});
  return nothing{};
}

}  // namespace madang::benefits
