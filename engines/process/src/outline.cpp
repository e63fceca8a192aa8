#include "madang/process/outline.hpp"

#include <algorithm>
#include <set>

#include "madang/process/drawing.hpp"

namespace madang::process {
namespace {

class writer {
 public:
  writer(const model& m, std::string_view language) : m_(m), names_(names_in(m, language)) {}
  std::vector<outline_line> lines;

  void scope(int number, int depth) {
    const element& s = m_.at(number);
    std::vector<int> begin = s.starts;
    for (const int c : s.children)
      if (m_.at(c).kind == element_kind::start && std::ranges::find(begin, c) == begin.end())
        begin.push_back(c);
    for (const int b : begin) from(b, depth);
    // What no flow leads to: handlers, event sub-processes, choices of an ad-hoc sub-process.
    for (const int c : s.children)
      if (m_.at(c).kind != element_kind::boundary && !seen_.contains(c)) from(c, depth);
  }

 private:
  // Depth first along the flows: a branch is told to its end, where branches meet it is told once.
  void from(int number, int depth) {
    std::vector<int> open{number};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      if (!seen_.insert(at).second) continue;
      line(at, depth);
      const element& e = m_.at(at);
      if (e.is_scope()) scope(at, depth + 1);
      for (const int b : e.boundary) {
        if (!seen_.insert(b).second) continue;
        line(b, depth + 1);
        for (const int f : m_.at(b).outgoing) from(m_.flow(f).to, depth + 1);
        if (m_.at(b).compensated_by >= 0) from(m_.at(b).compensated_by, depth + 2);
      }
      for (auto f = e.outgoing.rbegin(); f != e.outgoing.rend(); ++f)
        open.push_back(m_.flow(*f).to);
    }
  }

  void line(int number, int depth) {
    const element& e = m_.at(number);
    outline_line l;
    l.depth = depth;
    l.element = number;
    l.id = e.id;
    l.name = name(e.id);
    l.kind = e.kind;
    l.event = e.event;
    for (const int f : e.incoming)
      if (auto flow = name(m_.flow(f).id); !flow.empty()) l.when.push_back(std::move(flow));
    lines.push_back(std::move(l));
  }

  std::string name(const std::string& id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? std::string() : found->second;
  }

  const model& m_;
  const names_by_id names_;
  std::set<int> seen_;
};

}  // namespace

std::vector<outline_line> outline(const model& m, int process, std::string_view language) {
  writer w(m, language);
  w.scope(process, 0);
  return std::move(w.lines);
}

std::vector<outline_line> outline(const instance& i, const std::vector<history_step>& history,
                                  std::string_view language) {
  auto lines = outline(*i.model, i.process, language);
  for (auto& l : lines) {
    bool left = false;
    for (const auto& step : history)
      for (const auto& p : step.path.as_array()) {
        const auto& pair = p.as_array();
        if (pair[1].as_string() != l.id) continue;
        if (pair[0].as_string() == name_of(passage::what::completed)) ++l.times;
        left = left || pair[0].as_string() == name_of(passage::what::cancelled);
      }
    if (l.times > 0) l.is = outline_line::state::done;
    else if (left) l.is = outline_line::state::left;
    for (const auto& a : i.live)
      if (a->element == l.element)
        l.is = a->incident ? outline_line::state::trouble : outline_line::state::here;
  }
  return lines;
}

std::vector<drawing_mark> marks_of(const instance& i, const std::vector<history_step>& history) {
  using what = drawing_mark::what;
  std::vector<drawing_mark> out;
  std::set<std::string, std::less<>> flows, skipped;
  for (const auto& step : history) {
    // What was skipped is the first thing the step completed.
    const bool skips = json::str(step.stimulus, "kind") == name_of(stimulus::what::skip);
    bool first = true;
    for (const auto& p : step.path.as_array()) {
      const auto& pair = p.as_array();
      const std::string id(pair[1].as_string());
      if (pair[0].as_string() == name_of(passage::what::taken)) flows.insert(id);
      if (skips && first && pair[0].as_string() == name_of(passage::what::completed)) {
        skipped.insert(id);
        first = false;
      }
    }
  }
  const bool ended = i.standing != standing::running;
  for (const auto& l : outline(i, history)) {
    what is = what::done;
    if (l.is == outline_line::state::ahead) {
      if (!ended || l.kind == element_kind::event_subprocess) continue;
      is = what::skipped;
    } else if (l.is == outline_line::state::here) {
      const bool person = l.kind == element_kind::user || l.kind == element_kind::task ||
                          i.model->at(l.element).is_scope();
      is = person ? what::here : what::waits;
    } else if (l.is == outline_line::state::left) {
      is = what::left;
    } else if (l.is == outline_line::state::trouble) {
      is = what::trouble;
    } else if (skipped.contains(l.id)) {
      is = what::skipped;
    }
    out.push_back({l.id, is});
  }
  for (const auto& id : flows) out.push_back({id, what::taken});
  return out;
}

std::string_view name_of(drawing_mark::what w) {
  constexpr std::string_view names[] = {"done", "here",    "waits", "trouble",
                                        "left", "skipped", "taken"};
  return names[static_cast<int>(w)];
}

std::string_view name_of(outline_line::state s) {
  constexpr std::string_view names[] = {"ahead", "here", "done", "left", "trouble"};
  return names[static_cast<int>(s)];
}

}  // namespace madang::process
