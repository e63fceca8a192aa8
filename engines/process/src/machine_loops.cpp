// Repetition: a body that holds the place of the activity, and one activity a round within it.
#include <algorithm>

#include "machine.hpp"

namespace madang::process {
namespace {

constexpr std::size_t most_rounds = 10'000;

}  // namespace

void machine::begin_loop(activity& body) {
  const element& e = of(body);
  const repetition& r = *e.loop;
  body.is_body = true;
  open_boundaries(body);
  if (body.incident) return;
  if (r.kind == repetition::how::standard) {
    body.at = activity::stage::working;
    bool failed = false;
    if (r.test_before && !loops_on(body, 0, failed)) {
      if (!failed) body_done(body);
      return;
    }
    return queue_round(body, 1);
  }
  const auto v = value_of(body, r.items.there() ? r.items : r.cardinality, body.scope);
  if (!v) return;
  if (r.items.there()) {
    if (!v->is(rules::kind::list))
      return incident(
          body, refuse(kind::invalid, "process.not_a_list", "", {{"expression", r.items.text()}}));
    body.items = v->items();
  } else {
    const auto n = v->is(rules::kind::number) ? v->number().to_int64() : std::nullopt;
    if (!n || *n < 0)
      return incident(body, refuse(kind::invalid, "process.not_a_count", "",
                                   {{"expression", r.cardinality.text()}}));
    body.items.assign(std::min<std::size_t>(static_cast<std::size_t>(*n), most_rounds + 1),
                      rules::value());
  }
  if (body.items.size() > most_rounds) {
    body.items.clear();
    return incident(body, refuse(kind::invalid, "process.too_many_rounds", "",
                                 {{"limit", std::to_string(most_rounds)}}));
  }
  body.at = activity::stage::working;
  body.gathered.assign(body.items.size(), rules::value());
  if (body.items.empty()) return body_done(body);
  const int first = r.kind == repetition::how::parallel ? static_cast<int>(body.items.size()) : 1;
  for (int n = 1; n <= first; ++n) queue_round(body, n);
}

void machine::queue_round(activity& body, int round) {
  ++body.tokens;
  queue_.push_back({arriving::what::round, body.number, round});
}

void machine::begin_round(activity& body, int round) {
  activity& a = make(body.element, body.number);
  prepare_round(a, body, round);
  path(passage::what::entered, a.element, a.number);
  begin(a);
}

void machine::prepare_round(activity& a, const activity& body, int round) {
  a.body = body.number;
  a.round = round;
  const repetition& r = *of(body).loop;
  set(a.variables, "loopCounter", rules::value(round));
  if (!r.item.empty() && round <= static_cast<int>(body.items.size()))
    set(a.variables, r.item, body.items[static_cast<std::size_t>(round) - 1]);
}

// Called with a round that is over, or with a body whose condition is asked again.
void machine::round_done(activity& a) {
  const bool asked_again = a.is_body;
  activity& body = asked_again ? a : *i_.find(a.body);
  const repetition& r = *of(body).loop;
  if (!asked_again) {
    const int round = a.round;
    if (!r.output.empty() && r.output_item.there() &&
        round <= static_cast<int>(body.gathered.size())) {
      auto v = value_of(a, r.output_item, a.number);
      if (!v) return;
      body.gathered[static_cast<std::size_t>(round) - 1] = std::move(*v);
    }
    body.round = std::max(body.round, round);
    --body.tokens;
    remove(a.number);
  }
  count_rounds(body);
  bool failed = false;
  if (r.kind == repetition::how::standard) {
    if (loops_on(body, body.round, failed)) return queue_round(body, body.round + 1);
    if (!failed) body_done(body);
    return;
  }
  if (r.condition.there()) {
    const auto done = truth_of(body, r.condition, body.number);
    if (!done) return;
    if (*done) {
      cancel_within(body.number);
      return body_done(body);
    }
  }
  if (r.kind == repetition::how::sequential && body.round < static_cast<int>(body.items.size()))
    return queue_round(body, body.round + 1);
  if (body.tokens == 0) body_done(body);
}

// Attributes of a multi-instance activity (table 10.30).
void machine::count_rounds(activity& body) {
  const int all = static_cast<int>(body.items.size());
  const int active = body.tokens;
  int ended = of(body).loop->kind == repetition::how::parallel ? all - active : body.round;
  set(body.variables, "numberOfInstances", rules::value(all));
  set(body.variables, "numberOfActiveInstances", rules::value(active));
  set(body.variables, "numberOfCompletedInstances", rules::value(ended));
  set(body.variables, "loopCounter", rules::value(body.round));
}

bool machine::loops_on(activity& body, int rounds_done, bool& failed) {
  const repetition& r = *of(body).loop;
  if (r.most > 0 && rounds_done >= r.most) return false;
  if (rounds_done >= static_cast<int>(most_rounds)) {
    failed = true;
    incident(body, refuse(kind::invalid, "process.too_many_rounds", "",
                          {{"limit", std::to_string(most_rounds)}}));
    return false;
  }
  if (!r.condition.there()) return true;
  const auto again = truth_of(body, r.condition, body.number);
  failed = !again;
  return again && *again;
}

void machine::body_done(activity& body) {
  rules::entries brought;
  const repetition& r = *of(body).loop;
  if (!r.output.empty())
    brought.emplace_back(r.output, rules::value::list(std::move(body.gathered)));
  complete(body, std::move(brought));
}

}  // namespace madang::process
