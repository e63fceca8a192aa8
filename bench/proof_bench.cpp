// How long the proof of a decision table takes, as an official waits for it when she saves: tables
// of 3 columns over numbers and yes or no, hit policy UNIQUE, every pair compared and every gap
// sought.
//   bands     a grid of bands that fits together, without gap or overlap
//   random    intervals at random: thousands of overlaps, many gaps
//   a limit   bands, and a parameter as an end, so that every order of it is gone through
#include <chrono>
#include <cstdio>
#include <random>

#include "madang/rules/proof.hpp"

using namespace madang::rules;

namespace {

using rows = std::vector<std::array<std::string, 3>>;

std::string band(int n, int all) {
  if (n == 0) return "&lt; 10";
  if (n == all - 1) return "&gt;= " + std::to_string(n * 10);
  return "[" + std::to_string(n * 10) + ".." + std::to_string(n * 10 + 10) + ")";
}

rows bands(int rules) {
  rows out;
  int side = 1;
  while (side * side * 2 < rules) ++side;
  for (int i = 0; i < side; ++i)
    for (int j = 0; j < side; ++j)
      for (const char* b : {"true", "false"}) out.push_back({band(i, side), band(j, side), b});
  return out;
}

rows scattered(int rules) {
  std::mt19937 random(7);
  const auto interval = [&] {
    const int a = static_cast<int>(random() % 100), b = a + static_cast<int>(random() % 30);
    return "[" + std::to_string(a) + ".." + std::to_string(b) + "]";
  };
  rows out;
  for (int i = 0; i < rules; ++i)
    out.push_back({interval(), interval(), random() % 3 ? "-" : "true"});
  return out;
}

rows limited(int rules) {
  rows out = bands(rules);
  for (auto& r : out)
    if (r[0] == "&lt; 10") r[0] = "&lt; limit";
  return out;
}

std::string model_of(const rows& all) {
  std::string inputs, required, cells;
  for (const char* name : {"a", "b", "limit", "c"}) {
    const std::string type = *name == 'c' ? "boolean" : "number", n = name;
    inputs += "<inputData name='" + n + "' id='" + n + "'><variable name='" + n + "' typeRef='" +
              type + "'/></inputData>";
    required +=
        "<informationRequirement><requiredInput href='#" + n + "'/></informationRequirement>";
    if (n != "limit")
      cells += "<input><inputExpression typeRef='" + type + "'><text>" + n +
               "</text></inputExpression></input>";
  }
  cells += "<output/>";
  for (const auto& r : all) {
    cells += "<rule>";
    for (const auto& c : r) cells += "<inputEntry><text>" + c + "</text></inputEntry>";
    cells += "<outputEntry><text>1</text></outputEntry></rule>";
  }
  return "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='b' "
         "namespace='urn:b'>" +
         inputs + "<decision name='d' id='d'><variable name='d'/>" + required +
         "<decisionTable>" + cells + "</decisionTable></decision></definitions>";
}

void measure(const char* name, const rows& all) {
  auto m = model::load({{"t.dmn", model_of(all)}});
  if (!m) return;
  using steady = std::chrono::steady_clock;
  double best = 1e9;
  std::size_t found = 0;
  for (int i = 0; i < 5; ++i) {
    const auto began = steady::now();
    found = prove(**m).size();
    best = std::min(best, std::chrono::duration<double, std::milli>(steady::now() - began).count());
  }
  std::printf("%-8s %4zu rules %10.1f ms %8zu findings\n", name, all.size(), best, found);
}

}  // namespace

int main() {
  for (const int rules : {10, 50, 200, 500}) {
    measure("bands", bands(rules));
    measure("random", scattered(rules));
    measure("a limit", limited(rules));
  }
}
