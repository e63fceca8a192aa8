#include "madang/process/simulation.hpp"

#include <algorithm>

namespace madang::process {

class simulation::world final : public host {
 public:
  world(simulation& s, std::size_t run) : s_(s), run_(run) {}
  instant now() override { return s_.now_; }
  work_answer work(const work_request& r) override { return answer(s_.work_, r); }
  work_answer decide(const work_request& r) override { return answer(s_.decisions_, r); }
  void send_message(std::string_view name, std::string_view key,
                    const rules::entries& variables) override {
    s_.sent_.push_back({sent::what::message, std::string(name), std::string(key), variables});
  }
  void send_signal(std::string_view name, const rules::entries& variables) override {
    s_.sent_.push_back({sent::what::signal, std::string(name), "", variables});
  }
  void call(std::int64_t activity, std::string_view process,
            const rules::entries& variables) override {
    s_.sent_.push_back({sent::what::call, std::string(process), "", variables, run_, activity});
  }
  void cancel_call(std::int64_t activity) override {
    std::erase_if(s_.sent_, [&](const sent& one) {
      return one.kind == sent::what::call && one.run == run_ && one.activity == activity;
    });
    s_.cancel_called(run_, activity);
  }

 private:
  static work_answer answer(const std::map<std::string, worker, std::less<>>& all,
                            const work_request& r) {
    const auto found = all.find(r.type);
    return found == all.end() ? work_answer(work_done{}) : found->second(r);
  }
  simulation& s_;
  const std::size_t run_;
};

simulation::simulation(std::vector<std::shared_ptr<const model>> models, instant begin)
    : models_(std::move(models)), now_(begin) {}

result<std::size_t> simulation::start(std::string_view process, rules::entries variables) {
  for (const auto& m : models_)
    for (const int p : m->processes())
      if (m->at(p).id == process) {
        auto begun = begin(m, p, -1, std::move(variables), 0, 0);
        if (begun) deliver();
        return begun;
      }
  return refuse(kind::not_found, "process.unknown");
}

result<std::size_t> simulation::begin(std::shared_ptr<const model> m, int process, int start,
                                      rules::entries variables, std::size_t caller,
                                      std::int64_t calling) {
  const std::size_t number = runs_.size();
  run r;
  r.instance = std::make_unique<instance>();
  r.instance->key = id{static_cast<std::int64_t>(number) + 1};
  r.instance->model = std::move(m);
  r.instance->process = process;
  r.instance->called = calling != 0;
  r.caller = caller;
  r.calling = calling;
  runs_.push_back(std::move(r));
  stimulus s;
  s.kind = stimulus::what::start;
  s.element = start;
  s.variables = std::move(variables);
  if (auto good = move(number, s); !good) return good.why();
  return number;
}

outcome simulation::give(std::size_t run, const stimulus& s) {
  if (auto good = move(run, s); !good) return good;
  deliver();
  return nothing{};
}

outcome simulation::move(std::size_t number, const stimulus& s) {
  world w(*this, number);
  auto done = step(*runs_[number].instance, s, w);
  if (!done) return done.why();
  run& r = runs_[number];
  for (const auto& p : done->path) path_.push_back({number, p});
  if (snapshots_) {
    const json::value before = to_json(*r.instance);
    auto again = instance_of(before, r.instance->model);
    differ_ = differ_ || !again || to_json(*again) != before;
    if (again) {
      const id key = r.instance->key;
      *r.instance = std::move(*again);
      r.instance->key = key;
    }
  }
  if (done->ended && r.calling) {
    sent back{sent::what::back, done->uncaught, "", r.instance->variables, r.caller, r.calling};
    sent_.push_back(std::move(back));
  }
  return nothing{};
}

// What was sent in one step is delivered after it, in order.
void simulation::deliver() {
  if (delivering_) return;
  delivering_ = true;
  int took = 0;
  for (int rounds = 0; !sent_.empty() && rounds < 100'000; ++rounds) {
    const sent next = std::move(sent_.front());
    sent_.pop_front();
    switch (next.kind) {
      case sent::what::message:
        deliver_message(next, took);
        break;
      case sent::what::signal:
        deliver_signal(next, took);
        break;
      case sent::what::call:
        deliver_call(next);
        break;
      case sent::what::back: {
        stimulus s;
        s.kind = next.name.empty() ? stimulus::what::complete : stimulus::what::error;
        s.code = next.name;
        s.variables = next.variables;
        for (const auto& w : runs_[next.run].instance->waits)
          if (w.activity == next.activity && w.kind == wait::what::call) s.wait = w.number;
        if (s.wait) (void)move(next.run, s).ok();
        break;
      }
    }
  }
  delivering_ = false;
}

void simulation::deliver_call(const sent& c) {
  for (const auto& m : models_)
    for (const int p : m->processes())
      if (m->at(p).id == c.name) {
        (void)begin(m, p, -1, c.variables, c.run, c.activity).ok();
        return;
      }
}

void simulation::cancel_called(std::size_t caller, std::int64_t calling) {
  for (std::size_t n = 0; n < runs_.size(); ++n)
    if (runs_[n].calling == calling && runs_[n].caller == caller &&
        runs_[n].instance->standing == standing::running) {
      runs_[n].calling = 0;
      stimulus s;
      s.kind = stimulus::what::cancel;
      (void)move(n, s).ok();
    }
}

void simulation::deliver_message(const sent& m, int& took) {
  for (std::size_t n = 0; n < runs_.size(); ++n)
    for (const auto& w : runs_[n].instance->waits)
      if (w.kind == wait::what::message && w.name == m.name && w.key == m.key) {
        stimulus s;
        s.kind = stimulus::what::message;
        s.wait = w.number;
        s.variables = m.variables;
        took += move(n, s).ok();
        break;  // once an instance
      }
  for (const auto& model : models_)
    for (const int p : model->processes())
      for (const int c : model->at(p).children)
        if (const element& e = model->at(c);
            e.kind == element_kind::start && e.event == trigger::message && e.reference == m.name)
          took += begin(model, p, c, m.variables, 0, 0).ok();
}

void simulation::deliver_signal(const sent& m, int& took) {
  const std::size_t there = runs_.size();
  for (std::size_t n = 0; n < there; ++n) {
    std::vector<std::int64_t> waiting;
    for (const auto& w : runs_[n].instance->waits)
      if (w.kind == wait::what::signal && w.name == m.name) waiting.push_back(w.number);
    for (const auto number : waiting) {
      stimulus s;
      s.kind = stimulus::what::signal;
      s.wait = number;
      s.variables = m.variables;
      took += move(n, s).ok();
    }
  }
  for (const auto& model : models_)
    for (const int p : model->processes())
      for (const int c : model->at(p).children)
        if (const element& e = model->at(c);
            e.kind == element_kind::start && e.event == trigger::signal && e.reference == m.name)
          took += begin(model, p, c, m.variables, 0, 0).ok();
}

int simulation::message(std::string_view name, std::string_view key,
                        const rules::entries& variables) {
  int took = 0;
  deliver_message({sent::what::message, std::string(name), std::string(key), variables}, took);
  deliver();
  return took;
}

int simulation::signal(std::string_view name, const rules::entries& variables) {
  int took = 0;
  deliver_signal({sent::what::signal, std::string(name), "", variables}, took);
  deliver();
  return took;
}

void simulation::advance(instant to) {
  for (int rounds = 0; rounds < 100'000; ++rounds) {
    std::size_t run = 0;
    const wait* next = nullptr;
    for (std::size_t n = 0; n < runs_.size(); ++n)
      for (const auto& w : runs_[n].instance->waits)
        if (w.kind == wait::what::timer && w.due <= to && (!next || w.due < next->due)) {
          run = n;
          next = &w;
        }
    if (!next) break;
    now_ = std::max(now_, *next->due);
    stimulus s;
    s.kind = stimulus::what::timer;
    s.wait = next->number;
    (void)give(run, s).ok();
  }
  now_ = std::max(now_, to);
}

}  // namespace madang::process
