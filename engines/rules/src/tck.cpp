#include "madang/rules/tck.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "madang/base/text.hpp"
#include "madang/rules/model.hpp"
#include "tck_values.hpp"

namespace madang::rules {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

std::string trimmed(std::string_view s) { return std::string(text::trim(s)); }

struct folder_run {
  fs::path folder;
  std::string name;
  const std::function<void(const tck_case&)>& told;
  tck_sum sum{};

  void report(const fs::path& file, std::string_view id, std::string message) {
    ++sum.all;
    sum.passed += message.empty();
    told({name, file.filename().string(), std::string(id), message.empty(), std::move(message)});
  }

  std::vector<model::file> files_for(const std::string& main) const {
    std::vector<model::file> out;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".dmn")
        out.push_back({entry.path().filename().string(), slurp(entry.path())});
    std::ranges::sort(out, [&](const auto& a, const auto& b) {
      return std::pair(a.name != main, a.name) < std::pair(b.name != main, b.name);
    });
    return out;
  }

  void run(const fs::path& file) {
    auto root = xml::parse(slurp(file));
    if (!root) return report(file, "", root.why().code);
    const auto* main = root->child("modelName");
    auto m = model::load(files_for(main ? trimmed(main->text) : ""));
    for (const auto* c : root->all("testCase"))
      report(file, c->attribute("id"), m ? one(**m, *c) : "model: " + m.why().code);
  }

  // Empty: it came as expected.
  static std::string one(const model& m, const xml::element& c) {
    evaluation e(date_time{{2026, 11, 23}, {0, zone::utc()}});
    decision_run run(m);
    std::vector<std::pair<std::string, value>> inputs;
    for (const auto* x : c.all("inputNode")) {
      value v = read_tck_value(*x);
      const std::string input(x->attribute("name"));
      inputs.emplace_back(input, v);
      run.set(input, std::move(v), x->attribute("namespace"));
    }
    const bool service = c.attribute("type") == "decisionService";
    for (const auto* x : c.all("resultNode")) {
      const std::string wanted(x->attribute("name"));
      e.diagnostics.clear();
      value is = service ? run.invoke(e, c.attribute("invocableName"), inputs)
                         : run.decide(e, wanted);
      if (service && is.is(kind::context) && is.member(wanted)) is = value(*is.member(wanted));
      if (auto wrong = compared(*x, is, e); !wrong.empty()) return wanted + ": " + wrong;
    }
    return {};
  }

  static std::string compared(const xml::element& x, const value& is, const evaluation& e) {
    const auto* holder = x.child("expected");
    const value expected = holder ? read_tck_value(*holder) : value();
    std::string notes;
    for (const auto& d : e.diagnostics) {
      notes += " " + d.code + "@" + std::to_string(d.at);
      for (const auto& [key, fact] : d.facts) notes += " " + key + "=" + fact;
    }
    if (x.attribute("errorResult") == "true") {
      if (!is.is_null()) return "expected an error, came " + is.literal();
      return e.diagnostics.empty() ? "expected an error, came null without a diagnostic" : "";
    }
    if (equal_enough(expected, is)) return {};
    const std::string why = std::string(text::trim(notes)).substr(0, 200);
    return "expected " + expected.literal() + ", came " + is.literal() +
           (why.empty() ? "" : " (" + why + ")");
  }
};

}  // namespace

tck_sum run_tck(const fs::path& tree, const std::function<void(const tck_case&)>& told) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(tree))
    if (entry.is_regular_file() && entry.path().extension() == ".xml" &&
        entry.path().filename().string().find("-test-") != std::string::npos)
      folders.push_back(entry.path());
  std::ranges::sort(folders);
  tck_sum out;
  for (const auto& file : folders) {
    folder_run run{file.parent_path(), fs::relative(file.parent_path(), tree).string(), told};
    run.run(file);
    out.passed += run.sum.passed;
    out.all += run.sum.all;
  }
  return out;
}

}  // namespace madang::rules
