// BPMN MIWG's reference models: nothing is lost on the way in and out. The suite is read in place;
// its origin is github.com/bpmn-miwg/bpmn-miwg-test-suite (CC BY 3.0).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/process/model.hpp"

namespace madang::process {
namespace {

std::filesystem::path suite() {
  const char* where = std::getenv("MADANG_SUITES");
  return std::filesystem::path(where ? where : "../shared/suites") / "bpmn-miwg/Reference";
}

std::string text_of(const std::filesystem::path& p) {
  std::ifstream in(p);
  std::stringstream s;
  s << in.rdbuf();
  return s.str();
}

// A plain walk over the octets that knows nothing of trees: start tags by local name.
std::map<std::string, int> start_tags(std::string_view s) {
  std::map<std::string, int> out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '<') continue;
    const auto skip = [&](std::string_view open, std::string_view close) {
      if (!s.substr(i).starts_with(open)) return false;
      i = s.find(close, i) + close.size() - 1;
      return true;
    };
    if (skip("<!--", "-->") || skip("<![CDATA[", "]]>") || skip("<?", "?>")) continue;
    if (s[i + 1] == '/' || s[i + 1] == '!') continue;
    const auto end = s.find_first_of(" \t\r\n/>", i + 1);
    std::string name(s.substr(i + 1, end - i - 1));
    if (const auto colon = name.find(':'); colon != std::string::npos) name.erase(0, colon + 1);
    ++out[name];
    char quote = 0;                          // a ">" may stand in an attribute
    for (i = end; i < s.size() && (quote || s[i] != '>'); ++i) {
      if (quote && s[i] == quote) quote = 0;
      else if (!quote && (s[i] == '"' || s[i] == '\'')) quote = s[i];
    }
  }
  return out;
}

void count(const xml::node& n, std::map<std::string, int>& out) {
  if (n.kind != xml::node::what::element) return;
  ++out[n.name];
  for (const auto& c : n.children) count(c, out);
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[65536];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  pclose(pipe);
  return out;
}

// By libxml2's own tool, which shares no code with our writer. One model has a relative namespace,
// for which no canonical form is defined: that is compared as it is laid out.
std::string canonical_form(const std::filesystem::path& file) {
  const std::string quoted = " '" + file.string() + "' 2>/dev/null";
  const std::string canonical = output_of("xmllint --c14n" + quoted);
  if (!canonical.empty()) return canonical;
  const std::string laid_out = output_of("xmllint --format" + quoted);
  return laid_out.substr(std::min(laid_out.find('\n'), laid_out.size()));   // but the declaration
}

TEST(Interchange, EveryReferenceModelIsReadAndWrittenWithoutLoss) {
  if (!std::filesystem::exists(suite()))
    GTEST_SKIP() << "no suite; it is at github.com/bpmn-miwg/bpmn-miwg-test-suite";
  int files = 0;
  for (const auto& f : std::filesystem::directory_iterator(suite())) {
    if (f.path().extension() != ".bpmn") continue;
    ++files;
    SCOPED_TRACE(f.path().filename().string());
    const std::string text = text_of(f.path());
    auto m = model::read(text);
    ASSERT_TRUE(m.ok()) << m.why().code;
    std::map<std::string, int> counted;
    count((*m)->file().root, counted);
    EXPECT_EQ(counted, start_tags(text));
    const auto out = std::filesystem::temp_directory_path() / ("m" + new_id().str() + ".bpmn");
    std::ofstream(out) << xml::write((*m)->file());
    const std::string before = canonical_form(f.path());
    ASSERT_FALSE(before.empty()) << "xmllint (libxml2-utils)";
    EXPECT_EQ(before, canonical_form(out));
    std::filesystem::remove(out);
  }
  EXPECT_EQ(files, 21);
}

// Those that are executable in the eyes of who made them run here, or each thing that stands in the
// way has a name and a place.
TEST(Interchange, ExecutableModelsRunOrSayWhyNot) {
  if (!std::filesystem::exists(suite()))
    GTEST_SKIP() << "no suite; it is at github.com/bpmn-miwg/bpmn-miwg-test-suite";
  int executable = 0;
  for (const auto& f : std::filesystem::directory_iterator(suite())) {
    if (f.path().extension() != ".bpmn") continue;
    auto m = model::read(text_of(f.path()));
    if ((*m)->processes().empty()) continue;
    ++executable;
    for (const auto& one : (*m)->mistakes()) {
      EXPECT_FALSE(one.element.empty()) << f.path() << " " << one.why.code;
      EXPECT_GT(one.line, 0) << f.path() << " " << one.why.code;
    }
  }
  EXPECT_EQ(executable, 7);
}

}  // namespace
}  // namespace madang::process
