#include "trial.hpp"

#include <algorithm>

#include "madang/rules/temporal.hpp"

namespace madang::counters {
namespace {

constexpr int most_lines = 500;

// A line that is eaten word by word; a word may stand in quotation marks.
class words_of_line {
 public:
  explicit words_of_line(std::string_view s) : rest_(text::trim(s)) {}
  std::string word() {
    rest_ = text::trim(rest_);
    if (rest_.starts_with('"')) {
      const auto end = rest_.find('"', 1);
      if (end == std::string_view::npos) return take(rest_.size());
      std::string out(rest_.substr(1, end - 1));
      rest_.remove_prefix(end + 1);
      return out;
    }
    return take(std::min(rest_.find_first_of(" \t"), rest_.size()));
  }
  // A FEEL context; nothing: no variables. Anything else is no context.
  std::optional<rules::entries> variables() {
    rest_ = text::trim(rest_);
    if (rest_.empty()) return rules::entries{};
    const rules::value v = rules::value_of_literal(rest_);
    if (!v.is(rules::kind::context)) return {};
    rest_ = {};
    return v.members();
  }
  bool context_next() const { return text::trim(rest_).starts_with('{'); }
  bool empty() const { return text::trim(rest_).empty(); }

 private:
  std::string take(std::size_t n) {
    std::string out(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return out;
  }
  std::string_view rest_;
};

class player {
 public:
  player(const counter& office, std::shared_ptr<const process::model> m, instant begin)
      : model_(m), world_({std::move(m)}, begin) {
    for (const auto& w : counter::works)
      world_.on_work(std::string(w), [](const process::work_request&) -> process::work_answer {
        return process::work_done{};
      });
    if (office.law())
      for (const auto& p : office.law()->provisions())
        world_.on_decision(p.id,
                           [&office](const process::work_request& r) { return office.decide(r); });
  }

  trial_result play(std::string_view lines) {
    int number = 0;
    for (const auto& raw : text::split(lines, '\n')) {
      ++number;
      const auto line = text::trim(raw);
      if (line.empty() || line.starts_with('#')) continue;
      if (number > most_lines) break;
      auto good = one(line);
      if (!good) {
        auto why = good.why();
        why.facts["line"] = std::to_string(number);
        why.facts["text"] = std::string(line.substr(0, 200));
        out_.stopped = std::move(why);
        break;
      }
      note();
    }
    finish();
    return std::move(out_);
  }

 private:
  outcome not_understood() { return refuse(kind::invalid, "trial.line", "trial"); }
  outcome failed(const refusal& why) {
    return refuse(kind::invalid, "trial.failed", "trial", {{"code", why.code}});
  }

  outcome one(std::string_view line) {
    words_of_line l(line);
    const std::string verb = l.word();
    if (verb == "start") {
      const auto v = l.variables();
      if (!v) return not_understood();
      auto run = world_.start(model_->at(model_->processes().front()).id, *v);
      return run ? outcome(nothing{}) : failed(run.why());
    }
    if (verb == "work" || verb == "decision") {
      const std::string type = l.word();
      const auto v = l.variables();
      if (type.empty() || !v) return not_understood();
      const auto answer = [v = *v](const process::work_request&) -> process::work_answer {
        return process::work_done{v};
      };
      if (verb == "work") world_.on_work(type, answer);
      else world_.on_decision(type, answer);
      return nothing{};
    }
    if (verb == "after") {
      const auto nanos = rules::parse_duration(l.word());
      if (!nanos || *nanos < 0) return not_understood();
      world_.advance(instant{world_.now().micros + static_cast<std::int64_t>(*nanos / 1000)});
      return nothing{};
    }
    if (verb == "message") {
      const std::string name = l.word();
      const std::string key = l.context_next() ? "" : l.word();
      const auto v = l.variables();
      if (name.empty() || !v) return not_understood();
      if (world_.message(name, key, *v) == 0)
        return failed(refuse(kind::conflict, "process.no_wait"));
      return nothing{};
    }
    if (verb == "complete") return complete(l);
    return not_understood();
  }

  outcome complete(words_of_line& l) {
    const int element = model_->find(l.word());
    const auto v = l.variables();
    if (element < 0 || !v) return not_understood();
    for (std::size_t run = 0; run < world_.runs().size(); ++run)
      for (const auto& w : world_.runs()[run].instance->waits) {
        const bool fits =
            w.kind == process::wait::what::task || w.kind == process::wait::what::work;
        if (w.element != element || !fits) continue;
        process::stimulus s;
        s.kind = process::stimulus::what::complete;
        s.wait = w.number;
        s.person = "1";
        s.variables = *v;
        auto done = world_.give(run, s);
        return done ? done : failed(done.why());
      }
    return failed(refuse(kind::conflict, "process.no_wait"));
  }

  // What has been gone since the last line, at the time that it is now.
  void note() {
    for (; seen_ < world_.path().size(); ++seen_) {
      const auto& p = world_.path()[seen_].what;
      const std::string id = p.kind == process::passage::what::taken ? model_->flow(p.element).id
                                                                     : model_->at(p.element).id;
      out_.path.push_back({std::string(process::name_of(p.kind)), id, world_.now()});
    }
  }

  void finish() {
    note();
    if (world_.runs().empty()) return;
    const process::instance& i = *world_.runs().front().instance;
    process::history_step all;
    json::array path;
    for (const auto& l : out_.path) path.push_back(json::array{l.what, l.element});
    all.path = std::move(path);
    out_.marks = process::marks_of(i, {all});
    for (const auto& w : i.waits) {
      const std::string& id = model_->at(w.element).id;
      if (std::ranges::find(out_.waits, id) == out_.waits.end()) out_.waits.push_back(id);
    }
    out_.standing = process::name_of(i.standing);
    const rules::entries& v = i.root() ? i.root()->variables : i.variables;
    for (const auto& [name, is] : v) {
      std::string said = is.literal();
      if (said.size() > 200) {
        std::size_t end = 200;
        while (end > 0 && (static_cast<unsigned char>(said[end]) & 0xC0) == 0x80) --end;
        said = said.substr(0, end) + " …";
      }
      out_.variables += name + " = " + said + "\n";
    }
  }

  std::shared_ptr<const process::model> model_;
  process::simulation world_;
  std::size_t seen_ = 0;
  trial_result out_;
};

}  // namespace

trial_result try_out(const counter& office, const std::string& bpmn, std::string_view lines,
                     instant begin) {
  trial_result wrong;
  auto m = process::model::read(bpmn);
  if (!m) {
    wrong.stopped = m.why();
    return wrong;
  }
  if (!(*m)->mistakes().empty() || (*m)->processes().empty()) {
    wrong.stopped = refuse(kind::invalid, "draft.findings", "trial",
                           {{"n", std::to_string((*m)->mistakes().size())}});
    return wrong;
  }
  return player(office, *m, begin).play(lines);
}

}  // namespace madang::counters
