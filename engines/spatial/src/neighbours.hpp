#pragma once
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "madang/spatial/shape.hpp"

namespace madang::spatial {

// Points in square buckets, asked for from the near to the far.
class neighbours {
 public:
  explicit neighbours(std::span<const point> points) : around_(bounds(points)) {
    const double n = static_cast<double>(std::max<std::size_t>(points.size(), 1));
    const double w = around_.width(), h = around_.height();
    // No more buckets than some points, also when all points lie on one line.
    side_ = std::max({std::sqrt(w * h / n), w / n, h / n, 1e-9});
    columns_ = column(around_.high.x) + 1;
    rows_ = row(around_.high.y) + 1;
    buckets_.resize(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_));
    for (std::size_t i = 0; i < points.size(); ++i)
      buckets_[at(column(points[i].x), row(points[i].y))].push_back(i);
  }

  // Calls see(indices, seen_to) for one ring of buckets after the other until it says false or all
  // have been seen; every point nearer to p than seen_to is in this or an earlier ring.
  template <class See>
  void visit(point p, See see) const {
    const int c = column(p.x), r = row(p.y), last = std::max(columns_, rows_);
    std::vector<std::size_t> found;
    for (int ring = 0; ring <= last; ++ring) {
      found.clear();
      for (int y = std::max(0, r - ring); y <= std::min(rows_ - 1, r + ring); ++y) {
        const int step = y == r - ring || y == r + ring ? 1 : std::max(1, 2 * ring);
        for (int x = c - ring; x <= c + ring; x += step)
          if (x >= 0 && x < columns_)
            found.insert(found.end(), buckets_[at(x, y)].begin(), buckets_[at(x, y)].end());
      }
      if (!see(found, ring * side_)) return;
    }
  }

 private:
  // What lies outside is seen from the nearest bucket, which is not farther than itself.
  int column(double x) const {
    return static_cast<int>(std::clamp(x - around_.low.x, 0.0, around_.width()) / side_);
  }
  int row(double y) const {
    return static_cast<int>(std::clamp(y - around_.low.y, 0.0, around_.height()) / side_);
  }
  std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(x);
  }

  box around_;
  double side_ = 1;
  int columns_ = 1, rows_ = 1;
  std::vector<std::vector<std::size_t>> buckets_;
};

}  // namespace madang::spatial
