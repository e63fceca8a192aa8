#include <algorithm>

#include "transaction.hpp"

namespace madang::process {
namespace {

// The world as it was: answers in the order in which they were given.
class replaying_host final : public host {
 public:
  replaying_host(instant at, const json::value& answers) : at_(at), answers_(answers) {}
  instant now() override { return at_; }
  work_answer work(const work_request&) override { return next(); }
  work_answer decide(const work_request&) override { return next(); }
  void send_message(std::string_view, std::string_view, const rules::entries&) override {}
  void send_signal(std::string_view, const rules::entries&) override {}
  void call(std::int64_t, std::string_view, const rules::entries&) override {}
  void cancel_call(std::int64_t) override {}

 private:
  work_answer next() {
    if (!answers_.is_array() || used_ >= answers_.as_array().size())
      return refuse(kind::invalid, "process.no_answer");
    return answer_of(answers_.as_array()[used_++]);
  }
  const instant at_;
  const json::value& answers_;
  std::size_t used_ = 0;
};

std::string iso_week(instant t) {
  const date d = in_zone(t).date;
  const auto c = rules::calendar_date::of_days(d.days);
  const int week = c->week_of_year();
  // The year of the week's Thursday (ISO 8601).
  const date thursday = d.plus(4 - c->weekday());
  return fmt::format("{:04}-W{:02}", thursday.year(), week);
}

}  // namespace

result<std::int64_t> engine::replay(store::read& r, id key) {
  auto s = stored_of(r, key);
  if (!s) return refuse(kind::not_found, "process.unknown");
  const auto steps = history(r, key);
  // It began with the version before its first migration.
  const auto begun_with = r.one<id>(
      "select m.from_model from process_migration m join process_migrated g "
      "on g.migration = m.key where g.instance = ?1 order by m.key limit 1",
      key);
  instance i;
  i.key = key;
  i.model = model_of(r, begun_with.value_or(s->row.model));
  i.called = s->row.calling != 0;
  i.process = i.model->find(s->row.process);
  if (i.process < 0) i.process = i.model->processes().front();
  std::int64_t same = 0;
  for (const auto& h : steps) {
    if (json::str(h.stimulus, "kind") == "migrate") {
      const auto to = id::parse(json::str(h.stimulus, "to"));
      auto moved = migrated(i, model_of(r, *to), json::at(h.stimulus, "mapping"));
      if (!moved) return moved.why();
      i = std::move(*moved);
    } else {
      replaying_host world(h.at, h.answers);
      if (auto done = step(i, stimulus_of(h.stimulus, *i.model), world); !done) return done.why();
    }
    if (hash_of(to_json(i)) != h.hash)
      return refuse(kind::conflict, "process.differs", "", {{"step", std::to_string(h.number)}});
    ++same;
  }
  return same;
}

std::vector<engine::time_spent> engine::analytics(store::read& r, std::string_view process,
                                                  instant from, instant to) {
  struct sums {
    std::int64_t visits = 0, open = 0, micros = 0, longest = 0;
  };
  std::map<std::tuple<std::string, std::string, std::string>, sums> all;
  const store::parameter parameters[] = {process, from, to};
  r.each_row(
      "select element, office, entered, lasted from process_visit "
      "where process = ?1 and entered >= ?2 and entered < ?3",
      parameters, [&](const store::row& row) {
        auto& s = all[{std::string(row.text(0)), std::string(row.text(1)),
                       iso_week(instant{row.integer(2)})}];
        if (row.is_null(3)) {
          ++s.open;
          return;
        }
        ++s.visits;
        s.micros += row.integer(3);
        s.longest = std::max(s.longest, row.integer(3));
      });
  std::vector<time_spent> out;
  constexpr double hour = 3'600'000'000.0;
  for (const auto& [key, s] : all) {
    time_spent t;
    std::tie(t.element, t.office, t.week) = key;
    t.visits = s.visits;
    t.open = s.open;
    t.mean_hours =
        s.visits ? static_cast<double>(s.micros) / static_cast<double>(s.visits) / hour : 0;
    t.longest_hours = static_cast<double>(s.longest) / hour;
    out.push_back(std::move(t));
  }
  return out;
}

}  // namespace madang::process
