#include "madang/process/suite.hpp"

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

#include "madang/process/simulation.hpp"
#include "madang/rules/statutes.hpp"

namespace madang::process {
namespace {

struct wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string join(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : " ") + one;
  return out;
}

std::vector<std::string> split(std::string_view s) {
  std::istringstream in{std::string(s)};
  std::vector<std::string> out;
  for (std::string one; in >> one;) out.push_back(one);
  return out;
}

std::string whole_model(const std::string& text) {
  if (text.find("<definitions") != std::string::npos) return text;
  std::string out =
      "<definitions xmlns=\"" + std::string(bpmn_space) + "\" xmlns:zeebe=\"" +
      std::string(zeebe_space) + "\" xmlns:m=\"" + std::string(own_space) +
      "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" targetNamespace=\"urn:case\">";
  if (text.find("<process") != std::string::npos) return out + text + "</definitions>";
  const auto line = text.find("\n--\n");
  const auto inside = text.substr(0, line);
  const auto beside = line == std::string::npos ? std::string() : text.substr(line + 4);
  return out + "<process id=\"process\" isExecutable=\"true\">" + inside + "</process>" + beside +
         "</definitions>";
}

// One line of a case: its word, and what follows.
class line_of_case {
 public:
  explicit line_of_case(std::string_view s) : rest_(text::trim(s)) {}
  std::string word() {
    const auto end = std::min(rest_.find(' '), rest_.size());
    std::string out(rest_.substr(0, end));
    rest_ = text::trim(rest_.substr(end));
    return out;
  }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  // "{...}" to its end, if one begins here.
  rules::entries variables() {
    if (!rest_.starts_with('{')) return {};
    int depth = 0;
    std::size_t end = 0;
    bool quoted = false;
    for (; end < rest_.size(); ++end) {
      if (rest_[end] == '"') quoted = !quoted;
      if (quoted) continue;
      depth += rest_[end] == '{';
      depth -= rest_[end] == '}';
      if (depth == 0) break;
    }
    if (end == rest_.size()) throw wrong("a context that does not end");
    const auto v = value(rest_.substr(0, end + 1));
    rest_ = text::trim(rest_.substr(end + 1));
    return v.members();
  }
  static rules::value value(std::string_view feel) {
    auto v = rules::value_of_literal(feel);
    if (v.is_null() && feel != "null") throw wrong("not FEEL: " + std::string(feel));
    return v;
  }

 private:
  std::string_view rest_;
};

class one_case {
 public:
  void play(const std::string& word, line_of_case& l) {
    if (word == "work" || word == "decision") return expect_work(word == "decision", l);
    if (word == "deploy") return expect_mistake(l);
    if (word == "then") return then(l);
    if (word == "refused") {
      const std::string code = l.word();
      if (refused_ != code) throw wrong("refused " + code + ", but it was " + said_refused());
      refused_.reset();
      return;
    }
    if (refused_) throw wrong("the line before was refused: " + *refused_);
    act(word, l);
  }
  void model(const std::string& text) {
    auto read = model::read(whole_model(text));
    if (!read) throw wrong("the model is refused: " + read.why().code);
    models_.push_back(*read);
  }
  void end() const {
    if (refused_) throw wrong("the last line was refused: " + *refused_);
    if (world_ && world_->snapshots_differ()) throw wrong("a snapshot does not come back");
  }

 private:
  using answer = std::function<work_answer(const work_request&)>;
  struct answers {
    std::vector<answer> all;
    std::size_t next = 0;
  };

  std::string said_refused() const { return refused_ ? *refused_ : "not"; }

  void expect_work(bool decision, line_of_case& l) {
    const std::string type = l.word(), how = l.word();
    answer a;
    if (how == "gives") {
      if (decision) {
        a = [v = line_of_case::value(l.rest())](const work_request&) {
          return work_done{{{"result", v}}};
        };
      } else {
        a = [v = l.variables()](const work_request&) { return work_done{v}; };
      }
    } else if (how == "throws") {
      const std::string code = l.word();
      a = [code, v = l.variables()](const work_request&) { return work_error{code, v}; };
    } else if (how == "fails") {
      a = [](const work_request&) { return refuse(kind::unavailable, "process.nobody_does"); };
    } else if (how == "waits") {
      a = [](const work_request&) { return work_later{}; };
    } else {
      throw wrong("gives, throws, fails or waits");
    }
    auto& all = answers_[(decision ? "d:" : "w:") + type];
    if (!all) all = std::make_shared<answers>();
    all->all.push_back(std::move(a));
  }

  void expect_mistake(line_of_case& l) {
    if (l.word() != "fails") throw wrong("deploy fails CODE at ELEMENT");
    const std::string code = l.word();
    l.word();
    const std::string at = l.word();
    std::string found;
    for (const auto& m : models_)
      for (const auto& one : m->mistakes()) {
        if (one.why.code == code && one.element == at) return;
        found += " " + one.why.code + " at " + one.element;
      }
    throw wrong("no such mistake; there are:" + found);
  }

  simulation& world() {
    if (world_) return *world_;
    for (const auto& m : models_)
      if (!m->mistakes().empty())
        throw wrong("the model has a mistake: " + m->mistakes()[0].why.code + " at " +
                    m->mistakes()[0].element);
    world_.emplace(models_, *instant::parse("2026-01-01T00:00:00Z"));
    world_->through_snapshots(true);
    for (const auto& [name, all] : answers_) {
      const auto worker = [all = all](const work_request& r) {
        const answer& a = all->all[std::min(all->next, all->all.size() - 1)];
        ++all->next;
        return a(r);
      };
      if (name.starts_with("w:")) world_->on_work(name.substr(2), worker);
      else world_->on_decision(name.substr(2), worker);
    }
    return *world_;
  }

  void note(const outcome& o) {
    if (!o) refused_ = o.why().code;
  }

  // The instance with something that waits (or stands still) at an element.
  struct place {
    std::size_t run = 0;
    std::int64_t wait = 0, activity = 0;
  };
  place find(const std::string& id) {
    for (std::size_t n = 0; n < world().runs().size(); ++n) {
      const instance& i = *world().runs()[n].instance;
      for (const auto& w : i.waits)
        if (i.model->at(w.element).id == id) return {n, w.number, w.activity};
      for (const auto& a : i.live)
        if (i.model->at(a->element).id == id && (a->incident || i.model->at(a->element).is_scope()))
          return {n, 0, a->number};
    }
    throw wrong("nothing waits at " + id);
  }

  void act(const std::string& word, line_of_case& l) {
    stimulus s;
    if (word == "start") {
      std::string process = models_.empty() || models_[0]->processes().empty()
                                ? ""
                                : models_[0]->at(models_[0]->processes()[0]).id;
      if (!l.empty() && !l.rest().starts_with('{')) process = l.word();
      auto begun = world().start(process, l.variables());
      if (!begun) refused_ = begun.why().code;
    } else if (word == "after") {
      const std::string how_long = l.word();
      const auto nanos = rules::parse_duration(how_long);
      if (!nanos) throw wrong("not a duration: " + how_long);
      world().advance(instant{world().now().micros + static_cast<std::int64_t>(*nanos / 1000)});
    } else if (word == "message") {
      const std::string name = l.word();
      std::string key;
      if (!l.empty() && !l.rest().starts_with('{')) {
        const auto v = line_of_case::value(l.word());
        key = v.is(rules::kind::string) ? v.text() : v.str();
      }
      if (world().message(name, key, l.variables()) == 0) refused_ = "nobody";
    } else if (word == "signal") {
      const std::string name = l.word();
      if (world().signal(name, l.variables()) == 0) refused_ = "nobody";
    } else if (word == "cancel") {
      s.kind = stimulus::what::cancel;
      note(world().give(0, s));
    } else if (word == "assign") {
      s.kind = stimulus::what::assign;
      s.activity = world().runs()[0].instance->root()->number;
      s.variables = l.variables();
      note(world().give(0, s));
    } else {
      act_at(word, l);
    }
  }

  void act_at(const std::string& word, line_of_case& l) {
    stimulus s;
    const std::string id = l.word();
    if (word == "activate") {
      s.kind = stimulus::what::activate;
      const auto& m = models_[0];
      s.element = m->find(id);
      if (s.element < 0) throw wrong("no element " + id);
      const place p = find(m->at(m->at(s.element).scope).id);
      s.activity = p.activity;
      s.variables = l.variables();
      return note(world().give(p.run, s));
    }
    const place p = find(id);
    s.wait = p.wait;
    s.activity = p.activity;
    if (word == "complete") {
      s.kind = stimulus::what::complete;
      s.variables = l.variables();
      if (l.word() == "by") s.person = l.word();
    } else if (word == "error") {
      s.kind = stimulus::what::error;
      s.code = l.word();
      s.variables = l.variables();
    } else if (word == "retry") {
      s.kind = stimulus::what::retry;
    } else if (word == "skip") {
      s.kind = stimulus::what::skip;
      s.variables = l.variables();
    } else {
      throw wrong("unknown word: " + word);
    }
    note(world().give(p.run, s));
  }

  // ---- what must be so ----

  void same(const std::string& what, const std::string& wanted, const std::string& found) {
    if (wanted != found) throw wrong(what + ": wanted [" + wanted + "], found [" + found + "]");
  }

  void then(line_of_case& l) {
    if (refused_) throw wrong("the line before was refused: " + *refused_);
    const std::string what = l.word();
    auto& runs = world().runs();
    if (what == "done")
      return same("done", join(split(l.rest())), join(passed(passage::what::completed)));
    if (what == "gone") {
      auto wanted = split(l.rest()), found = passed(passage::what::cancelled);
      std::ranges::sort(wanted);
      std::ranges::sort(found);
      return same("gone", join(wanted), join(found));
    }
    if (what == "waits") {
      auto wanted = split(l.rest()), found = waiting();
      std::ranges::sort(wanted);
      return same("waits", join(wanted), join(found));
    }
    if (what == "variables") return check_variables(l.variables());
    if (what == "incident") {
      const std::string id = l.word();
      return check_incident(id, l.word());
    }
    if (what == "runs") return same("runs", l.word(), std::to_string(runs.size()));
    if (what == "called") {
      const std::string process = l.word(), wanted = l.word();
      for (auto r = runs.rbegin(); r != runs.rend(); ++r)
        if (r->instance->model->at(r->instance->process).id == process)
          return same("called " + process, wanted, std::string(name_of(r->instance->standing)));
      throw wrong("nobody called " + process);
    }
    if (what == "due") {
      const std::string id = l.word();
      const place p = find(id);
      return same("due", l.word(), runs[p.run].instance->find_wait(p.wait)->due->str());
    }
    same("standing", what, std::string(name_of(runs.at(0).instance->standing)));
  }

  std::vector<std::string> passed(passage::what kind) {
    std::vector<std::string> out;
    std::size_t& seen = kind == passage::what::completed ? seen_done_ : seen_gone_;
    for (; seen < world().path().size(); ++seen) {
      const auto& [run, p] = world().path()[seen];
      if (p.kind != kind) continue;
      const element& e = world().runs()[run].instance->model->at(p.element);
      if (e.kind != element_kind::process) out.push_back(e.id);
    }
    return out;
  }

  std::vector<std::string> waiting() {
    std::vector<std::string> out;
    for (const auto& r : world().runs())
      for (const auto& w : r.instance->waits) out.push_back(r.instance->model->at(w.element).id);
    std::ranges::sort(out);
    return out;
  }

  void check_variables(const rules::entries& wanted) {
    const instance& i = *world().runs().at(0).instance;
    const rules::entries& there = i.live.empty() ? i.variables : i.live.front()->variables;
    for (const auto& [name, v] : wanted) {
      auto found = std::ranges::find_if(there, [&](const auto& e) { return e.first == name; });
      const std::string is = found == there.end() ? "nothing" : found->second.literal();
      const bool equal = found != there.end() && rules::equal(found->second, v).value_or(false);
      const bool both_null = v.is_null() && (found == there.end() || found->second.is_null());
      if (!equal && !both_null) throw wrong(name + ": wanted " + v.literal() + ", found " + is);
    }
  }

  void check_incident(const std::string& id, const std::string& code) {
    std::string found;
    for (const auto& r : world().runs())
      for (const auto& a : r.instance->live)
        if (a->incident) {
          const std::string& at = r.instance->model->at(a->element).id;
          if (at == id && a->incident->code == code) return;
          if (found.size() < 300) found += " " + a->incident->code + " at " + at;
        }
    throw wrong("no incident " + code + " at " + id + "; there are:" + found);
  }

  std::vector<std::shared_ptr<const process::model>> models_;
  std::map<std::string, std::shared_ptr<answers>> answers_;
  std::optional<simulation> world_;
  std::optional<std::string> refused_;
  std::size_t seen_done_ = 0, seen_gone_ = 0;
};

void run_file(const std::filesystem::path& file, suite_outcome& out) {
  std::ifstream in(file);
  if (!in) {
    out.failures.push_back({file.filename().string(), "", "cannot be read", 0});
    return;
  }
  std::optional<one_case> now;
  std::string name, line;
  int number = 0;
  bool failed = false;
  const auto attempt = [&](auto f) {
    if (failed) return;
    try {
      f();
    } catch (const std::exception& e) {
      failed = true;
      out.failures.push_back({file.filename().string(), name, e.what(), number});
    }
  };
  while (std::getline(in, line)) {
    ++number;
    const std::string_view bare = text::trim(line);
    if (bare.empty() || bare.starts_with('#')) continue;
    line_of_case l(bare);
    const std::string word = l.word();
    if (word == "case") {
      if (now) attempt([&] { now->end(); });
      now.emplace();
      failed = false;
      name = l.rest();
      ++out.cases;
    } else if (!now) {
      out.failures.push_back(
          {file.filename().string(), "", "a line before the first case", number});
      return;
    } else if (word == "model") {
      std::string text;
      while (std::getline(in, line) && text::trim(line) != "end") {
        text += line + "\n";
        ++number;
      }
      ++number;
      attempt([&] { now->model(text); });
    } else {
      attempt([&] { now->play(word, l); });
    }
  }
  if (now) attempt([&] { now->end(); });
}

}  // namespace

suite_outcome run_suite(const std::filesystem::path& where) {
  suite_outcome out;
  if (!std::filesystem::is_directory(where)) {
    run_file(where, out);
    return out;
  }
  std::set<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(where))
    if (f.path().extension() == ".case") files.insert(f.path());
  for (const auto& f : files) run_file(f, out);
  return out;
}

}  // namespace madang::process
