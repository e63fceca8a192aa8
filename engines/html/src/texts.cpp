#include "madang/html/texts.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>
#include <vector>

#include "madang/base/words.hpp"
#include "madang/base/yaml.hpp"

namespace madang::html {
namespace {

constexpr std::uintmax_t file_bytes = 1u << 20;
constexpr int deepest = 10;
constexpr std::size_t remembered_missing = 1000;

// A tag of BCP 47 as far as its letters go; catches a comma that YAML took for the next member.
bool is_language(std::string_view tag) {
  if (tag.size() < 2 || tag.size() > 35) return false;
  return std::all_of(tag.begin(), tag.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

std::optional<refusal> bad(const char* code, const std::string& file, const std::string& key) {
  return refuse(kind::invalid, code, key, {{"file", file}, {"key", key}});
}

}  // namespace

struct texts::inside {
  std::map<std::string, words, std::less<>> said;
  std::set<std::string, std::less<>> own;   // keys of the folder that is being read
  std::vector<std::string> languages;
  mutable std::atomic<std::size_t> missing{0};
  mutable std::mutex mutex;
  mutable std::set<std::string, std::less<>> bracketed;  // node-based: views into it stay good

  std::optional<refusal> leaf(const yaml::node& n, const std::string& key,
                              const std::string& file) {
    words w;
    for (const auto& entry : n.members()) {
      const std::string& language = entry.first.text();
      if (!entry.second.is_scalar() || !is_language(language)) return bad("texts.leaf", file, key);
      if (std::find(languages.begin(), languages.end(), language) != languages.end())
        w.set(language, entry.second.text());
    }
    for (const auto& language : languages)
      if (!w.has(language)) return bad("texts.leaf", file, key);
    if (!own.insert(key).second) return bad("texts.duplicate", file, key);
    said.emplace(key, std::move(w));   // what a folder above has said stands
    return {};
  }

  std::optional<refusal> read(const yaml::node& n, const std::string& key, const std::string& file,
                              int depth) {
    if (depth > deepest) return bad("texts.too_large", file, key);
    if (!n.is_map()) return bad("texts.leaf", file, key);
    if (!n.members().empty() && n.members()[0].second.is_scalar()) return leaf(n, key, file);
    for (const auto& entry : n.members()) {
      std::string below = key.empty() ? entry.first.text() : key + "." + entry.first.text();
      if (auto why = read(entry.second, below, file, depth + 1)) return why;
    }
    return {};
  }

  std::optional<refusal> read_file(const std::filesystem::path& path) {
    std::error_code error;
    const auto folder = path.parent_path();   // of several packs: which one is meant
    const std::string file =
        (folder.parent_path().filename() / folder.filename() / path.filename()).string();
    if (std::filesystem::file_size(path, error) > file_bytes || error)
      return bad("texts.too_large", file, "");
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    try {
      const auto root = yaml::read(bytes.str());
      if (root.is_null()) return {};
      return read(root, "", file, 0);
    } catch (const yaml::broken& e) {
      return bad("texts.syntax", file + ":" + std::to_string(e.line), e.what());
    }
  }

  std::string_view bracket(std::string_view key) const {
    ++missing;
    std::lock_guard hold(mutex);
    std::string shown = "[" + std::string(key) + "]";
    auto found = bracketed.find(shown);
    if (found != bracketed.end()) return *found;
    if (bracketed.size() >= remembered_missing) return "[?]";
    return *bracketed.insert(std::move(shown)).first;
  }
};

texts::texts(std::unique_ptr<inside> i) : inside_(std::move(i)) {}
texts::texts(texts&&) noexcept = default;
texts& texts::operator=(texts&&) noexcept = default;
texts::~texts() = default;

result<texts> texts::load(const std::vector<std::filesystem::path>& folders,
                          const std::vector<std::string>& languages) {
  auto i = std::make_unique<inside>();
  i->languages = languages;
  bool any = false;
  for (const auto& folder : folders) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    any = any || !error;
    std::sort(files.begin(), files.end());
    i->own.clear();
    for (const auto& path : files)
      if (auto why = i->read_file(path)) return *why;
  }
  if (!any)
    return refuse(kind::not_found, "texts.folder", {},
                  {{"file", folders.empty() ? std::string() : folders.front().string()}});
  i->own.clear();
  return texts(std::move(i));
}

outcome texts::add_language(const std::string& language,
                            const std::map<std::string, std::string>& said) {
  for (const auto& [key, text] : said) {
    auto found = inside_->said.find(key);
    if (found == inside_->said.end())
      return refuse(kind::invalid, "texts.unknown_key", key, {{"file", language}, {"key", key}});
    found->second.set(language, text);
  }
  return nothing{};
}

std::string_view texts::operator()(std::string_view key, std::string_view language) const {
  auto found = inside_->said.find(key);
  return found == inside_->said.end() ? inside_->bracket(key) : found->second.in(language);
}

std::string texts::fill(std::string_view key, std::string_view language, const facts& f) const {
  return html::fill((*this)(key, language), language, f);
}

bool texts::has(std::string_view key) const {
  return inside_->said.find(key) != inside_->said.end();
}
std::size_t texts::size() const { return inside_->said.size(); }
std::size_t texts::missing() const { return inside_->missing; }

}  // namespace madang::html
