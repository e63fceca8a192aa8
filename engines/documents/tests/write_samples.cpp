// Writes the sample papers, for the judges and for the eye: write_samples FOLDER
#include <cstdio>

#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

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
  for (const char* kind : samples::kinds) print(kind, "ko", kind);
  print("resident-certificate", "en", "english");
  print("resident-certificate", "ko", "long");
}
