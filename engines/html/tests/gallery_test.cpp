#include "gallery.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

// Writes the gallery: every part of the design system on pages as they will be, in two languages
// and two contrasts, for journeys/gallery.mjs to look at with a browser and axe. Names are
// invented.
namespace madang::html {
namespace {

TEST(gallery, is_written_in_two_languages_and_two_contrasts_with_no_text_missing) {
  auto loaded = texts::load({std::string(MADANG_SOURCE) + "/packs/korea/texts",
                               std::string(MADANG_SOURCE) + "/packs/common/texts"},
                              {"ko", "en"});
  ASSERT_TRUE(loaded) << loaded.why().code << " " << loaded.why().facts.at("key");
  auto built = assets::load(std::string(MADANG_SOURCE) + "/web/dist");
  std::filesystem::path folder = std::filesystem::path(MADANG_SOURCE) / "build" / "gallery";
  if (const char* elsewhere = std::getenv("MADANG_GALLERY")) folder = elsewhere;
  std::filesystem::create_directories(folder);
  for (const char* language : {"ko", "en"})
    for (bool high : {false, true}) {
      shell s = gallery_shell(*loaded, built ? &*built : nullptr, language);
      s.high_contrast = high;
      for (const auto& [name, markup] : gallery_pages(s)) {
        std::ofstream out(folder / (name + "." + language + (high ? ".high" : "") + ".html"));
        out << markup;
        EXPECT_EQ(markup.find("style="), std::string::npos) << name;
        EXPECT_EQ(markup.find("[shell."), std::string::npos) << name;
      }
    }
  EXPECT_EQ(loaded->missing(), 0u);
}

}  // namespace
}  // namespace madang::html
