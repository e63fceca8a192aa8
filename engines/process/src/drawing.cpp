// Layout: flow goes to the right, a column is as far from the start as the longest way there; what
// stands in one column stands below each other. A drawing that somebody made is never touched.
#include "madang/process/drawing.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace madang::process {
namespace {

constexpr std::string_view di_space = "http://www.omg.org/spec/BPMN/20100524/DI";
constexpr std::string_view dc_space = "http://www.omg.org/spec/DD/20100524/DC";
constexpr std::string_view dd_space = "http://www.omg.org/spec/DD/20100524/DI";

struct bounds {
  int x = 0, y = 0, width = 0, height = 0;
  int middle() const { return y + height / 2; }
};

constexpr int gap_x = 60, gap_y = 40, inset = 40, task_width = 140, task_height = 80;

class layout {
 public:
  explicit layout(const model& m) : m_(m) {}

  // Places what is in the scope, its corner at 0, 0; the room it takes.
  bounds place(int scope, int left, int top) {
    const element& s = m_.at(scope);
    std::vector<int> nodes;
    for (const int c : s.children)
      if (m_.at(c).kind != element_kind::boundary) nodes.push_back(c);
    rank(nodes);
    std::map<int, std::vector<int>> columns;
    for (const int n : nodes)
      if (m_.at(n).kind != element_kind::event_subprocess) columns[ranks_[n]].push_back(n);
    int x = left, bottom = top;
    for (const auto& [_, column] : columns) {
      int y = top, width = 0;
      for (const int n : column) {
        const bounds b = one(n, x, y);
        y += b.height + gap_y + (m_.at(n).boundary.empty() ? 0 : 30);
        width = std::max(width, b.width);
      }
      for (const int n : column) shift(n, (width - at[n].width) / 2, 0);
      bottom = std::max(bottom, y - gap_y);
      x += width + gap_x;
    }
    center(columns, top, bottom);
    int right = x - gap_x;
    for (const int n : nodes)
      if (m_.at(n).kind == element_kind::event_subprocess) {
        const bounds b = one(n, left, bottom + 2 * gap_y);
        bottom = b.y + b.height;
        right = std::max(right, b.x + b.width);
      }
    return {left, top, std::max(right - left, 36), std::max(bottom - top, 36)};
  }

  std::map<int, bounds> at;

 private:
  bounds one(int n, int x, int y) {
    const element& e = m_.at(n);
    bounds b{x, y, task_width, task_height};
    if (e.is_scope()) {
      const bounds inner = place(n, x + inset, y + inset);
      b = {x, y, inner.width + 2 * inset, inner.height + 2 * inset};
    } else if (e.kind <= element_kind::end) {
      b = {x, y + 22, 36, 36};
    } else if (e.kind >= element_kind::exclusive) {
      b = {x, y + 15, 50, 50};
    }
    at[n] = b;
    int along = b.x + 20;
    for (const int event : e.boundary) {
      at[event] = {along, b.y + b.height - 18, 36, 36};
      along += 46;
    }
    return {x, y, b.width, std::max(b.y + b.height - y, task_height)};
  }

  void shift(int n, int dx, int dy) {
    at[n].x += dx;
    at[n].y += dy;
    for (const int event : m_.at(n).boundary) {
      at[event].x += dx;
      at[event].y += dy;
    }
    if (m_.at(n).is_scope())
      for (const int c : m_.at(n).children)
        if (m_.at(c).kind != element_kind::boundary) shift(c, dx, dy);
  }

  // A short column stands in the middle of the highest.
  void center(const std::map<int, std::vector<int>>& columns, int top, int bottom) {
    for (const auto& [_, column] : columns) {
      if (column.empty()) continue;
      const bounds& first = at[column.front()];
      const bounds& last = at[column.back()];
      const int free = (bottom - top) - (last.y + last.height - std::min(first.y, top));
      if (free > 1)
        for (const int n : column) shift(n, 0, free / 2);
    }
  }

  void rank(const std::vector<int>& nodes) {
    for (const int n : nodes) {
      bool led_to = false;
      for (const int f : m_.at(n).incoming) led_to = led_to || m_.flow(f).from != n;
      if (!led_to) walk(n, 0);
    }
    for (const int n : nodes)
      if (!ranks_.contains(n)) walk(n, 0);  // only rounds lead there
  }

  // Without recursion: a model may be a long chain. Ways back to what is on the way are no ways on.
  void walk(int start, int rank) {
    struct stop {
      int node, rank;
      std::size_t next = 0;
      std::vector<int> targets;
    };
    std::vector<stop> way;
    std::set<int> on_way;
    std::size_t budget = 200'000;
    const auto enter = [&](int n, int r) {
      if (budget == 0 || on_way.contains(n)) return;
      --budget;
      const auto known = ranks_.find(n);
      if (known != ranks_.end() && known->second >= r) return;
      ranks_[n] = r;
      on_way.insert(n);
      stop s{n, r, 0, {}};
      for (const int f : m_.at(n).outgoing) s.targets.push_back(m_.flow(f).to);
      for (const int b : m_.at(n).boundary)
        for (const int f : m_.at(b).outgoing) s.targets.push_back(m_.flow(f).to);
      way.push_back(std::move(s));
    };
    enter(start, rank);
    while (!way.empty()) {
      stop& s = way.back();
      if (s.next == s.targets.size()) {
        on_way.erase(s.node);
        way.pop_back();
        continue;
      }
      const int target = s.targets[s.next++], r = s.rank + 1;
      if (target >= 0) enter(target, r);
    }
  }

  const model& m_;
  std::map<int, int> ranks_;
};

xml::node tag(std::string_view prefix, std::string_view name, std::string_view space) {
  xml::node n;
  n.prefix = prefix;
  n.name = name;
  n.space = space;
  return n;
}

xml::node bounds_tag(const bounds& b) {
  xml::node n = tag("dc", "Bounds", dc_space);
  n.set("x", std::to_string(b.x));
  n.set("y", std::to_string(b.y));
  n.set("width", std::to_string(b.width));
  n.set("height", std::to_string(b.height));
  return n;
}

xml::node edge(const sequence_flow& f, const bounds& from, const bounds& to, bool below) {
  xml::node n = tag("bpmndi", "BPMNEdge", di_space);
  n.set("id", f.id + "_di");
  n.set("bpmnElement", f.id);
  std::vector<std::pair<int, int>> points;
  const int y1 = from.middle(), y2 = to.middle(), x1 = from.x + from.width, x2 = to.x;
  if (below) {
    const int low = std::max(from.y + from.height, to.y + to.height) + 24;
    const int mid = from.x + from.width / 2;
    points = {{mid, from.y + from.height}, {mid, low}, {to.x - 20, low}, {to.x - 20, y2}, {x2, y2}};
  } else if (x2 < x1) {  // a way back
    const int low = std::max(from.y + from.height, to.y + to.height) + 24;
    const int mid = to.x + to.width / 2;
    points = {{from.x + from.width / 2, from.y + from.height},
              {from.x + from.width / 2, low},
              {mid, low},
              {mid, to.y + to.height}};
  } else if (y1 == y2) {
    points = {{x1, y1}, {x2, y2}};
  } else {
    const int mid = x2 - gap_x / 2;
    points = {{x1, y1}, {mid, y1}, {mid, y2}, {x2, y2}};
  }
  for (const auto& [x, y] : points) {
    xml::node p = tag("di", "waypoint", dd_space);
    p.set("x", std::to_string(x));
    p.set("y", std::to_string(y));
    n.children.push_back(std::move(p));
  }
  return n;
}

void declare(xml::node& n, std::string_view prefix, std::string_view space) {
  n.declares.emplace_back(prefix, space);
}

xml::node diagram(const model& m, int process, int number) {
  layout l(m);
  l.place(process, 160, 120);
  xml::node out = tag("bpmndi", "BPMNDiagram", di_space);
  declare(out, "bpmndi", di_space);
  declare(out, "dc", dc_space);
  declare(out, "di", dd_space);
  out.set("id", "diagram_" + std::to_string(number));
  xml::node plane = tag("bpmndi", "BPMNPlane", di_space);
  plane.set("id", "plane_" + std::to_string(number));
  plane.set("bpmnElement", m.at(process).id);
  for (const auto& [n, b] : l.at) {
    const element& e = m.at(n);
    xml::node shape = tag("bpmndi", "BPMNShape", di_space);
    shape.set("id", e.id + "_di");
    shape.set("bpmnElement", e.id);
    if (e.is_scope()) shape.set("isExpanded", "true");
    shape.children.push_back(bounds_tag(b));
    plane.children.push_back(std::move(shape));
  }
  for (const auto& f : m.flows())
    if (f.from >= 0 && f.to >= 0 && l.at.contains(f.from) && l.at.contains(f.to))
      plane.children.push_back(
          edge(f, l.at[f.from], l.at[f.to], m.at(f.from).kind == element_kind::boundary));
  out.children.push_back(std::move(plane));
  return out;
}

void say_names(xml::node& n, std::string_view attribute) {
  if (n.kind != xml::node::what::element) return;
  if (n.space == bpmn_space)
    if (const auto said = n.get(attribute, own_space); !said.empty())
      n.set("name", std::string(said));
  for (auto& c : n.children) say_names(c, attribute);
}

void gather_names(const xml::node& n, std::string_view attribute, names_by_id& into) {
  if (n.kind != xml::node::what::element) return;
  if (n.space == bpmn_space && n.has("id")) {
    auto said = n.get(attribute, own_space);
    if (said.empty()) said = n.get("name");
    if (!said.empty()) into.emplace(n.get("id"), said);
  }
  for (const auto& c : n.children) gather_names(c, attribute, into);
}

void add_layout(xml::document& d, const model& m) {
  std::erase_if(d.root.children, [](const xml::node& n) { return n.is(di_space, "BPMNDiagram"); });
  int number = 0;
  for (const int p : m.processes()) d.root.children.push_back(diagram(m, p, ++number));
}

}  // namespace

names_by_id names_in(const model& m, std::string_view language) {
  names_by_id out;
  gather_names(m.file().root, "name-" + std::string(language), out);
  return out;
}

bool is_drawn(const model& m) {
  for (const auto& c : m.file().root.children) {
    if (!c.is(di_space, "BPMNDiagram")) continue;
    const xml::node* plane = c.child(di_space, "BPMNPlane");
    if (plane && plane->child(di_space, "BPMNShape")) return true;
  }
  return false;
}

std::string drawing_of(const model& m, std::string_view language) {
  xml::document d = m.file();
  if (!is_drawn(m)) add_layout(d, m);
  say_names(d.root, "name-" + std::string(language));
  return xml::write(d);
}

std::string drawn(const model& m) {
  xml::document d = m.file();
  if (!is_drawn(m)) add_layout(d, m);
  return xml::write(d);
}

}  // namespace madang::process
