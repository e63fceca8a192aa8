#include <algorithm>
#include <cstdint>

#include "madang/documents/examine.hpp"

namespace madang::documents {
namespace {

constexpr std::size_t most_changes = 200;
constexpr std::size_t most_cells = 4'000'000;   // of the table below: 8 MB

using lines = std::vector<std::string>;

class differ {
 public:
  differ(const lines& was, const lines& is) : was_(was), is_(is) {}

  std::vector<line_change> run() {
    std::size_t from = 0, a = was_.size(), b = is_.size();
    while (from < a && from < b && was_[from] == is_[from]) ++from;
    while (a > from && b > from && was_[a - 1] == is_[b - 1]) --a, --b;
    const std::size_t rows = a - from, columns = b - from;
    if ((rows + 1) * (columns + 1) > most_cells) {
      // Another document altogether: nothing is gained by finding what they share.
      for (std::size_t i = 0; i < std::max(rows, columns); ++i)
        add(i < rows ? was_[from + i] : "", i < columns ? is_[from + i] : "");
      return std::move(changes_);
    }
    fill(from, rows, columns);
    walk(from, rows, columns);
    return std::move(changes_);
  }

 private:
  const lines &was_, &is_;
  std::vector<line_change> changes_;
  std::vector<std::uint16_t> common_;   // longest common subsequence of the rests

  void add(const std::string& was, const std::string& is) {
    if (changes_.size() < most_changes && was != is) changes_.push_back({was, is});
  }

  void fill(std::size_t from, std::size_t rows, std::size_t columns) {
    const std::size_t width = columns + 1;
    common_.assign((rows + 1) * width, 0);
    for (std::size_t i = rows; i-- > 0;)
      for (std::size_t j = columns; j-- > 0;)
        common_[i * width + j] =
            was_[from + i] == is_[from + j]
                ? static_cast<std::uint16_t>(common_[(i + 1) * width + j + 1] + 1)
                : std::max(common_[(i + 1) * width + j], common_[i * width + j + 1]);
  }

  // Lines that went and lines that came at one place are paired in order: "was" became "is".
  void walk(std::size_t from, std::size_t rows, std::size_t columns) {
    const std::size_t width = columns + 1;
    std::vector<std::size_t> gone, come;
    const auto pair_up = [&] {
      for (std::size_t k = 0; k < std::max(gone.size(), come.size()); ++k)
        add(k < gone.size() ? was_[gone[k]] : "", k < come.size() ? is_[come[k]] : "");
      gone.clear();
      come.clear();
    };
    for (std::size_t i = 0, j = 0; i < rows || j < columns;) {
      if (i < rows && j < columns && was_[from + i] == is_[from + j]) {
        pair_up();
        ++i, ++j;
      } else if (j == columns || (i < rows && common_[(i + 1) * width + j] >=
                                                  common_[i * width + j + 1])) {
        gone.push_back(from + i++);
      } else {
        come.push_back(from + j++);
      }
    }
    pair_up();
  }
};

}  // namespace

std::vector<line_change> compare(const lines& was, const lines& is) {
  return differ(was, is).run();
}

}  // namespace madang::documents
