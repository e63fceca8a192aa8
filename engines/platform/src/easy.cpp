#include "madang/platform/easy.hpp"

#include <algorithm>
#include <filesystem>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::platform {
namespace {

const std::string folder = "participation/easy";

[[noreturn]] void broken(const std::string& part, const std::string& what) {
  throw packs::broken_pack({folder + "/" + part + ".yaml", 0, what});
}

void judge_sentences(const std::string& part, const words& w,
                     const std::vector<std::string>& languages) {
  for (const auto& language : languages) {
    if (!w.has(language)) broken(part, "says something not in " + language);
    std::size_t sentences = 0;
    for (const auto& one : text::split(w(language), '.')) {
      const auto said = text::trim(one);
      if (said.empty()) continue;
      if (text::length(said) > easy_text::longest_sentence)
        broken(part, "has a sentence that is too long: " + std::string(said));
      ++sentences;
    }
    if (sentences == 0 || sentences > easy_text::most_sentences)
      broken(part, "has a step of no or too many sentences: " + w(language));
  }
}

easy_text read(const packs::pack& pack, const std::string& part) {
  const json::value v = pack.yaml(folder + "/" + part + ".yaml");
  easy_text out{part, json::num(v, "order"), std::string(json::str(v, "go")),
                json::words_of(json::at(v, "name")), json::words_of(json::at(v, "what")), {}};
  if (!out.go.starts_with('/')) broken(part, "does not say where it goes");
  judge_sentences(part, out.name, pack.languages());
  judge_sentences(part, out.what, pack.languages());
  const auto known = html::icon_names();
  if (const auto& steps = json::at(v, "steps"); steps.is_array())
    for (const auto& one : steps.get_array()) {
      easy_step s{std::string(json::str(one, "icon")), {}};
      if (std::ranges::find(known, s.icon) == known.end()) broken(part, "no picture: " + s.icon);
      for (const auto& language : pack.languages())
        if (const auto said = json::str(one, language); !said.empty())
          s.text.set(language, std::string(said));
      judge_sentences(part, s.text, pack.languages());
      out.steps.push_back(std::move(s));
    }
  if (out.steps.empty()) broken(part, "has no steps");
  return out;
}

}  // namespace

std::vector<easy_text> easy_texts_of(const packs::pack& pack) {
  std::vector<easy_text> out;
  for (const auto& file : pack.list(folder, ".yaml"))
    out.push_back(read(pack, std::filesystem::path(file).stem().string()));
  std::ranges::sort(out, {}, [](const auto& e) { return std::pair(e.order, e.part); });
  return out;
}

html::node easy_link(const context& c, std::string_view part) {
  using namespace html;
  const std::string name(part);
  if (!c.home.pack().has(folder + "/" + name + ".yaml")) return {};
  return p(a(href("/easy/" + name), icon("book"), " ", c.say("easy.link")));
}

}  // namespace madang::platform
