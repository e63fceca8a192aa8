// Writes the sample papers, for the judges and for the eye: write_samples FOLDER
#include <cstdio>

#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

namespace {

// A paper with pictures, one in colour and one in grey, and the statement beneath the last.
constexpr const char* with_pictures = R"(
name: with-pictures
title: {ko: "붙임 사진", en: "Attached pictures"}
body:
  - heading: {ko: "붙임 사진", en: "Attached pictures"}
  - pictures: pictures
    above: "{.name}"
  - seal: "위와 같습니다."
    at: bottom
footer: "{issue.number}"
)";

json::value gradient(const char* name, bool in_colour) {
  constexpr int columns = 300, rows = 120;
  std::string samples;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < columns; ++x) {
      const auto light = static_cast<char>(255 * x / columns);
      samples += {light, in_colour ? static_cast<char>(2 * y) : light, light};
    }
  const picture p = pack_picture(columns, rows, samples);
  return json::object{{"name", name},
                      {"columns", p.columns},
                      {"rows", p.rows},
                      {"grey", p.grey},
                      {"packed", text::base64(text::bytes_of(p.packed))}};
}

}  // namespace

int main(int count, char** words_given) {
  if (count != 2) return std::fprintf(stderr, "write_samples FOLDER\n"), 2;
  const samples::fs::path out = words_given[1];
  samples::fs::create_directories(out);
  auto h = samples::government(out / "pki");
  samples::write(out / "root.pem", h->root().pem());
  const press p;
  auto print = [&](const std::string& kind, const std::string& language, const std::string& name) {
    auto seal = samples::seal_for(*h, kind);
    auto s = samples::make(kind, *seal, language);
    if (name == "long") {
      auto& members = s.data.as_object()["members"].as_array();
      while (members.size() < 60) members.push_back(json::value(members[members.size() % 4]));
    }
    auto made = p.render_and_sign(s.layout, s.data, s.issue, *seal);
    if (!made) {
      std::fprintf(stderr, "%s: %s %s\n", name.c_str(), made.why().code.c_str(),
                   made.why().field.c_str());
      std::exit(1);
    }
    samples::write(out / (name + ".pdf"), made->pdf);
    samples::write(out / (name + ".code"), s.issue.code);
    samples::write(out / (name + ".key"),
                   text::base64url((*seal->certificate.verifier()).point()));
  };
  {
    auto seal = samples::seal_for(*h, samples::kinds[0]);
    auto s = samples::make(samples::kinds[0], *seal);
    s.issue.code.clear();
    const json::value data = json::object{
        {"pictures", json::array{gradient("in colour", true), gradient("in grey", false)}}};
    auto made = p.render_and_sign(*layout::compile(with_pictures), data, s.issue, *seal);
    if (!made) return std::fprintf(stderr, "pictures: %s\n", made.why().code.c_str()), 1;
    samples::write(out / "with-pictures.pdf", made->pdf);
  }
  for (const char* kind : samples::kinds) print(kind, "ko", kind);
  print("resident-certificate", "en", "english");
  print("resident-certificate", "ko", "long");
}
