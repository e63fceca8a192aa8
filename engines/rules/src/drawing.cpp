// The method of Sugiyama, Tagawa and Toda: columns by the longest way to an end, a bend in every
// column that a line passes, and an order in each column by the mean place of the neighbours, gone
// over a few times; what crosses least is kept.
#include "madang/rules/drawing.hpp"

#include <algorithm>
#include <utility>

namespace madang::rules {
namespace {

constexpr double box_height = 44, bend_height = 12, gap_below = 14, gap_beside = 64, margin = 12;
constexpr double letter = 7.6, wide_letter = 14.5, box_padding = 32, narrowest = 96, widest = 260;
constexpr int rounds = 8;
constexpr std::size_t most_spots = 4000;     // boxes and bends

// A box, or the place where a line passes a column.
struct spot {
  int element = -1;                // -1: a bend
  int column = 0, row = 0;
  double y = 0;
  std::vector<int> before, after;  // spots in the neighbouring columns
  double height() const { return element < 0 ? bend_height : box_height; }
};

double width_of(std::string_view name) {
  double w = box_padding;
  for (std::size_t at = 0; at < name.size();) {
    const auto octet = static_cast<unsigned char>(name[at]);
    w += octet < 0x80 ? letter : wide_letter;
    at += octet < 0x80 ? 1 : octet < 0xE0 ? 2 : octet < 0xF0 ? 3 : 4;
  }
  return std::clamp(w, narrowest, widest);
}

// The elements of the model and all they require.
std::vector<int> drawn_in(const model& m) {
  const auto& all = m.elements();
  std::vector<char> wanted(all.size(), 0);
  std::vector<int> open;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].space == m.space()) open.push_back(static_cast<int>(i));
  while (!open.empty()) {
    const auto e = static_cast<std::size_t>(open.back());
    open.pop_back();
    if (std::exchange(wanted[e], 1)) continue;
    for (const int r : all[e].requires_these) open.push_back(r);
  }
  std::vector<int> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (wanted[i]) out.push_back(static_cast<int>(i));
  return out;
}

class layout {
 public:
  explicit layout(const model& m) : m_(m), drawn_(drawn_in(m)) {}

  std::optional<drawing> make() {
    if (drawn_.empty() || drawn_.size() > most_drawn) return {};
    put_in_columns();
    if (!put_bends()) return {};
    order();
    place();
    return drawn();
  }

 private:
  const std::vector<int>& requirements_of(int e) const {
    return m_.elements()[static_cast<std::size_t>(e)].requires_these;
  }

  // The longest way from an element to one that nothing requires; a line that closes a circle does
  // not count.
  int way_to_end(int e) {
    auto& known = way_[static_cast<std::size_t>(e)];
    if (known != unknown) return std::max(known, 0);
    known = begun;
    int longest = 0;
    for (const int user : users_[static_cast<std::size_t>(e)])
      if (way_[static_cast<std::size_t>(user)] != begun)
        longest = std::max(longest, way_to_end(user) + 1);
    return way_[static_cast<std::size_t>(e)] = longest;
  }

  void put_in_columns() {
    const auto n = m_.elements().size();
    users_.resize(n);
    way_.assign(n, unknown);
    spot_of_.assign(n, -1);
    for (const int e : drawn_)
      for (const int r : requirements_of(e))
        if (r != e) users_[static_cast<std::size_t>(r)].push_back(e);
    int longest = 0;
    for (const int e : drawn_) longest = std::max(longest, way_to_end(e));
    columns_.resize(static_cast<std::size_t>(longest) + 1);
    for (const int e : drawn_)
      spot_of_[static_cast<std::size_t>(e)] = add(e, longest - way_[static_cast<std::size_t>(e)]);
  }
  int add(int element, int column) {
    const int number = static_cast<int>(spots_.size());
    auto& in = columns_[static_cast<std::size_t>(column)];
    spots_.push_back({element, column, static_cast<int>(in.size()), 0, {}, {}});
    in.push_back(number);
    return number;
  }
  spot& at(int number) { return spots_[static_cast<std::size_t>(number)]; }
  void join(int left, int right) {
    at(left).after.push_back(right);
    at(right).before.push_back(left);
  }

  // False: there would be too many.
  bool put_bends() {
    for (const int e : drawn_)
      for (const int r : requirements_of(e)) {
        const int from = spot_of_[static_cast<std::size_t>(r)];
        const int to = spot_of_[static_cast<std::size_t>(e)];
        line made{r, e, {from}};
        int last = from;
        for (int column = at(from).column + 1; column < at(to).column; ++column) {
          const int bend = add(-1, column);
          join(last, bend);
          made.through.push_back(last = bend);
        }
        if (at(from).column < at(to).column) join(last, to);
        made.through.push_back(to);
        lines_.push_back(std::move(made));
        if (spots_.size() > most_spots) return false;
      }
    return true;
  }

  static void number(std::vector<spot>& spots, const std::vector<int>& column) {
    for (std::size_t i = 0; i < column.size(); ++i)
      spots[static_cast<std::size_t>(column[i])].row = static_cast<int>(i);
  }

  // Pairs of lines between neighbouring columns that cross.
  std::int64_t crossings() {
    std::int64_t out = 0;
    for (const auto& column : columns_) {
      std::vector<std::pair<int, int>> ends;
      for (const int s : column)
        for (const int next : at(s).after) ends.emplace_back(at(s).row, at(next).row);
      for (std::size_t i = 0; i < ends.size(); ++i)
        for (std::size_t j = i + 1; j < ends.size(); ++j)
          out += (ends[i].first < ends[j].first && ends[i].second > ends[j].second) ||
                 (ends[i].first > ends[j].first && ends[i].second < ends[j].second);
    }
    return out;
  }

  void order_column(std::vector<int>& column, bool by_before) {
    const auto mean = [&](int s) {
      const auto& next = by_before ? at(s).before : at(s).after;
      if (next.empty()) return static_cast<double>(at(s).row);
      double sum = 0;
      for (const int n : next) sum += at(n).row;
      return sum / static_cast<double>(next.size());
    };
    std::ranges::stable_sort(column, {}, mean);
    number(spots_, column);
  }

  void order() {
    auto best = columns_;
    auto fewest = crossings();
    for (int round = 0; round < rounds && fewest > 0; ++round) {
      const bool forth = round % 2 == 0;
      if (forth)
        for (auto& column : columns_) order_column(column, true);
      else
        for (auto column = columns_.rbegin(); column != columns_.rend(); ++column)
          order_column(*column, false);
      if (const auto now = crossings(); now < fewest) {
        fewest = now;
        best = columns_;
      }
    }
    columns_ = std::move(best);
    for (const auto& column : columns_) number(spots_, column);
  }

  // Each column stands in the middle of the highest one.
  void place() {
    for (const auto& column : columns_) {
      double y = 0;
      for (const int s : column) {
        at(s).y = y;
        y += at(s).height() + gap_below;
      }
      heights_.push_back(y - gap_below);
      double w = narrowest;
      for (const int s : column)
        if (at(s).element >= 0)
          w = std::max(w, width_of(m_.elements()[static_cast<std::size_t>(at(s).element)].name));
      widths_.push_back(w);
    }
    height_ = *std::ranges::max_element(heights_);
    for (std::size_t c = 0; c < columns_.size(); ++c)
      for (const int s : columns_[c]) at(s).y += margin + (height_ - heights_[c]) / 2;
  }

  drawing drawn() {
    drawing out;
    std::vector<double> left{margin};
    for (const double w : widths_) left.push_back(left.back() + w + gap_beside);
    out.width = left.back() - gap_beside + margin;
    out.height = height_ + 2 * margin;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      for (const int s : columns_[c]) {
        const spot& one = at(s);
        if (one.element >= 0)
          out.elements.push_back({one.element, static_cast<int>(c), left[c], one.y, widths_[c],
                                  box_height, requirements_of(one.element)});
      }
    const auto middle = [&](int s) { return at(s).y + at(s).height() / 2; };
    for (const auto& l : lines_) {
      const auto kind = m_.elements()[static_cast<std::size_t>(l.from)].kind;
      drawn_line made{l.from, l.to,
                      kind == drg_element::what::knowledge || kind == drg_element::what::service,
                      {}};
      for (std::size_t i = 0; i < l.through.size(); ++i) {
        const int s = l.through[i];
        const auto c = static_cast<std::size_t>(at(s).column);
        if (i > 0) made.points.emplace_back(left[c], middle(s));
        if (i + 1 < l.through.size()) made.points.emplace_back(left[c] + widths_[c], middle(s));
      }
      out.lines.push_back(std::move(made));
    }
    return out;
  }

  struct line {
    int from, to;                  // elements
    std::vector<int> through;      // spots, both ends with them
  };
  static constexpr int unknown = -2, begun = -1;

  const model& m_;
  std::vector<int> drawn_, way_, spot_of_;
  std::vector<std::vector<int>> users_, columns_;
  std::vector<spot> spots_;
  std::vector<line> lines_;
  std::vector<double> heights_, widths_;
  double height_ = 0;
};

}  // namespace

std::optional<drawing> draw_requirements(const model& m) { return layout(m).make(); }

}  // namespace madang::rules
