// What is taken out of a paper is gone, by the judgement of foreign programs: pdftotext and
// pdfimages (Poppler), qpdf, mutool extract. The paper is made here with what usually survives a
// black box.
#include "madang/redaction/redaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "madang/documents/press.hpp"

namespace madang::redaction {
namespace {

using testing::HasSubstr;
using testing::Not;

// Objects without a cross-reference table: readers look for them (ISO 32000-1 allows none of it,
// and all do).
std::string pdf_of(const std::vector<std::string>& objects, const std::string& more = {}) {
  std::string out = "%PDF-1.7\n";
  for (std::size_t i = 0; i < objects.size(); ++i)
    out += std::to_string(i + 1) + " 0 obj" + objects[i] + "endobj\n";
  return out + more + "trailer<</Root 1 0 R/Info 9 0 R>>\n%%EOF\n";
}

std::string stream(const std::string& keys, const std::string& data) {
  return "<<" + keys + "/Length " + std::to_string(data.size()) + ">>stream\n" + data +
         "\nendstream ";
}

// Page of 300 x 200 points. The secret stands in the text, in white, invisibly, in a layer that is
// off, in a picture, in the metadata, an annotation, an attachment, a script, the outline, the
// structure and an earlier revision.
std::string hostile_paper() {
  std::string picture;
  for (int i = 0; i < 40 * 10; ++i) picture += "SECRETPIX"[i % 9];
  return pdf_of(
      {"<</Type/Catalog/Pages 2 0 R/Metadata 10 0 R/Names<</EmbeddedFiles<</Names[(a)11 0 R]>>"
       "/JavaScript<</Names[(j)<</S/JavaScript/JS(app.alert\\(\"SECRETJS\"\\))>>]>>>>"
       "/OCProperties<</OCGs[8 0 R]/D<</OFF[8 0 R]>>>>/Outlines<</First 13 0 R>>>>",
       "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F 4 0 R>>"
       "/XObject<</P 6 0 R>>/Properties<</L 8 0 R>>>>/Contents 5 0 R/Annots[7 0 R]>>",
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
       stream("",
              "BT /F 12 Tf 20 150 Td (Open words and SECRETNAME here) Tj ET "
              "BT 1 g /F 12 Tf 20 120 Td (SECRETWHITE) Tj ET 0 g "
              "BT 3 Tr /F 12 Tf 20 100 Td (SECRETGHOST) Tj ET BT 0 Tr ET "
              "/OC /L BDC BT /F 12 Tf 20 80 Td (SECRETLAYER) Tj ET EMC "
              "/Span<</ActualText(SECRETACTUAL)>>BDC BT /F 12 Tf 20 60 Td (shown) Tj ET EMC "
              "q 40 0 0 10 200 20 cm /P Do Q"),
       stream("/Type/XObject/Subtype/Image/Width 40/Height 10/BitsPerComponent 8"
              "/ColorSpace/DeviceGray",
              picture),
       "<</Type/Annot/Subtype/Text/Rect[250 150 260 160]/Contents(SECRETNOTE)>>",
       "<</Type/OCG/Name(SECRETLAYERNAME)>>", "<</Title(SECRETTITLE)/Author(SECRETAUTHOR)>>",
       stream("/Type/Metadata/Subtype/XML", "<x>SECRETXMP</x>"),
       "<</Type/Filespec/F(a.txt)/EF<</F 12 0 R>>>>", stream("/Type/EmbeddedFile", "SECRETFILE"),
       "<</Title(SECRETOUTLINE)>>"},
      // An earlier revision of the page, whose object the one above replaced.
      "5 0 obj" + stream("", "BT /F 12 Tf 20 150 Td (SECRETREVISION) Tj ET") +
          "endobj\n"
          "5 0 obj" +
          stream("",
                 "BT /F 12 Tf 20 150 Td (Open words and SECRETNAME here) Tj ET "
                 "BT 1 g /F 12 Tf 20 120 Td (SECRETWHITE) Tj ET 0 g "
                 "BT 3 Tr /F 12 Tf 20 100 Td (SECRETGHOST) Tj ET BT 0 Tr ET "
                 "/OC /L BDC BT /F 12 Tf 20 80 Td (SECRETLAYER) Tj ET EMC "
                 "BT /F 12 Tf 20 60 Td (shown) Tj ET "
                 "q 40 0 0 10 200 20 cm /P Do Q") +
          "endobj\n");
}

bool there(const char* program) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"})
    if (std::filesystem::exists(std::string(folder) + program)) return true;
  return false;
}
#define NEEDS(program) \
  if (!there(program)) GTEST_SKIP() << program << " is not installed (packages-test.txt)"

std::string said_by(const std::string& command) {
  std::string out;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  char some[4096];
  for (std::size_t n; (n = fread(some, 1, sizeof some, pipe)) > 0;) out.append(some, n);
  pclose(pipe);
  return out;
}

class paper : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("madang-redaction-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& octets) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << octets;
    return path.string();
  }
  std::string printed(std::vector<documents::scanned_page> pages) {
    static const documents::press press;
    auto out = press.print({"2026-1128-000001", "ko", "Test", "2026-1128-000001",
                            *instant::parse("2026-11-28T00:00:00Z"), std::move(pages)});
    EXPECT_TRUE(out.ok());
    return out.ok() ? *out : std::string();
  }
  std::filesystem::path folder_;
};

TEST_F(paper, its_words_are_found_where_they_stand) {
  NEEDS("mutool");
  const auto found = find_in(hostile_paper(), "secret name");
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  // The base line is at 200 - 150 = 50 points from the top.
  EXPECT_LT(found->front().y, 50);
  EXPECT_GT(found->front().y + found->front().height, 50);
}

TEST_F(paper, what_is_taken_out_is_gone_and_the_rest_is_there) {
  NEEDS("mutool");
  NEEDS("pdftotext");
  NEEDS("qpdf");
  const std::string before = hostile_paper();
  ASSERT_THAT(said_by("pdftotext " + write("before.pdf", before) + " -"), HasSubstr("SECRETNAME"));
  std::vector<mark> marks;
  const auto found = find_in(before, "SECRETNAME");
  ASSERT_TRUE(found.ok());
  for (const auto& p : *found) marks.push_back({p, "1"});
  marks.push_back({{1, 195, 165, 60, 30}, "2"});
  auto pages = take_out(before, marks);
  ASSERT_TRUE(pages.ok()) << pages.why().code;
  const std::string file = write("after.pdf", printed(std::move(*pages)));

  const std::string text = said_by("pdftotext -layout " + file + " -");
  for (const char* word : {"Open", "words", "and", "here", "shown"})
    EXPECT_THAT(text, HasSubstr(word));
  // The number of each ground stands where something was.
  EXPECT_THAT(text, HasSubstr("1"));
  EXPECT_THAT(text, HasSubstr("2"));
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  // Every stream decompressed, every object in the open.
  const std::string bare = said_by("qpdf --qdf --object-streams=disable " + file + " -");
  ASSERT_THAT(bare, HasSubstr("%PDF-"));
  EXPECT_THAT(bare, Not(HasSubstr("SECRET")));
  EXPECT_THAT(bare, Not(HasSubstr("/Annots")));
  EXPECT_THAT(bare, Not(HasSubstr("/EmbeddedFile")));
  EXPECT_THAT(bare, Not(HasSubstr("/OCG")));
  EXPECT_THAT(bare, Not(HasSubstr("JavaScript")));
  // UTF-16, as text strings may be.
  std::string wide;
  for (const char c : std::string("SECRET")) wide += std::string("\0", 1) + c;
  EXPECT_EQ(bare.find(wide), std::string::npos);
  EXPECT_THAT(said_by("pdfinfo " + file), Not(HasSubstr("SECRET")));
  EXPECT_THAT(said_by("qpdf --check " + file + " && echo sound"), HasSubstr("sound"));
  // One picture a page and no other.
  EXPECT_THAT(said_by("pdfimages -list " + file + " | tail -n +3 | wc -l"), HasSubstr("1"));
}

TEST_F(paper, what_lies_beneath_a_mark_is_black_in_every_picture_of_the_file) {
  NEEDS("mutool");
  NEEDS("pdfimages");
  auto pages = take_out(hostile_paper(), {{{1, 195, 165, 60, 30}, ""}});
  ASSERT_TRUE(pages.ok());
  const std::string file = write("after.pdf", printed(std::move(*pages)));
  said_by("pdfimages " + file + " " + (folder_ / "image").string());
  std::ifstream in(folder_ / "image-000.ppm", std::ios::binary);
  if (!in) in.open(folder_ / "image-000.pgm", std::ios::binary);
  ASSERT_TRUE(in);
  std::string all((std::istreambuf_iterator<char>(in)), {});
  // 300 points at 150 dpi are 625 samples, 200 are 417; grey or colour.
  const std::size_t channels = all.starts_with("P6") ? 3 : 1;
  ASSERT_GT(all.size(), 625 * 417 * channels);
  const std::string samples = all.substr(all.size() - 625 * 417 * channels);
  const auto at = [&](int x, int y) {
    const auto of = [](int points) { return static_cast<std::size_t>(points) * 150 / 72; };
    return samples[(of(y) * 625 + of(x)) * channels];
  };
  for (int y = 166; y < 194; y += 3)
    for (int x = 196; x < 254; x += 3) ASSERT_EQ(at(x, y), '\0') << x << " " << y;
  EXPECT_NE(at(150, 100), '\0');
}

TEST_F(paper, words_nobody_could_see_do_not_come_along_unmarked) {
  NEEDS("mutool");
  NEEDS("pdftotext");
  auto pages = take_out(hostile_paper(), {});
  ASSERT_TRUE(pages.ok());
  const std::string text =
      said_by("pdftotext " + write("after.pdf", printed(std::move(*pages))) + " -");
  EXPECT_THAT(text, HasSubstr("SECRETNAME"));
  for (const char* hidden : {"WHITE", "GHOST", "LAYER", "NOTE", "REVISION", "ACTUAL"})
    EXPECT_THAT(text, Not(HasSubstr(hidden)));
}

TEST_F(paper, the_classic_black_box_over_live_text_hides_nothing_in_the_copy) {
  NEEDS("mutool");
  NEEDS("pdftotext");
  const std::string covered =
      pdf_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
              "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F 4 0 R>>>>"
              "/Contents 5 0 R>>",
              "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
              stream("",
                     "BT /F 12 Tf 20 150 Td (SECRET) Tj ET 15 140 80 30 re f "
                     "BT /F 12 Tf 20 50 Td (seen) Tj ET"),
              "null", "null", "null", "<<>>"});
  auto pages = take_out(covered, {});
  ASSERT_TRUE(pages.ok());
  const std::string text =
      said_by("pdftotext " + write("after.pdf", printed(std::move(*pages))) + " -");
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  EXPECT_THAT(text, HasSubstr("seen"));
}

// A page of 40 x 20 points, left half red, right half white, as netpbm writes it.
std::string half_red() {
  std::string ppm = "P6\n40 20\n255\n";
  for (int i = 0; i < 40 * 20; ++i)
    ppm += i % 40 < 20 ? std::string("\xff\0\0", 3) : std::string(3, '\xff');
  return ppm;
}

TEST_F(paper, of_another_kind_is_seen_as_pictures) {
  NEEDS("pngtopnm");
  NEEDS("mutool");
  const std::string ppm = write("half.ppm", half_red());
  struct {
    const char* command;
    const char* type;
    int columns, rows;
    bool grey;
  } const kinds[] = {{"pnmtopng", "image/png", 40, 20, false},
                     {"pnmtopng -interlace", "image/png", 40, 20, false},
                     {"ppmtopgm %s | pnmtopng", "image/png", 40, 20, true},
                     {"ppmtopgm %s | pgmtopbm | pnmtopng", "image/png", 40, 20, true},
                     {"pnmtojpeg", "image/jpeg", 40, 20, false},
                     {"ppmtopgm %s | pnmtojpeg", "image/jpeg", 40, 20, true}};
  for (const auto& k : kinds) {
    std::string command = k.command;
    if (const auto at = command.find("%s"); at != command.npos) command.replace(at, 2, ppm);
    else command += " " + ppm;
    const auto seen = seen_in(said_by(command), k.type);
    ASSERT_TRUE(seen.ok()) << command << " " << seen.why().code;
    ASSERT_EQ(seen->size(), 1u) << command;
    EXPECT_EQ(seen->front().columns, k.columns) << command;
    EXPECT_EQ(seen->front().rows, k.rows) << command;
    EXPECT_EQ(seen->front().grey, k.grey) << command;
  }
  const auto pages = seen_in(hostile_paper(), "application/pdf");
  ASSERT_TRUE(pages.ok());
  ASSERT_EQ(pages->size(), 1u);
  EXPECT_EQ(pages->front().columns, 1240);   // 300 x 200 points, as wide as A4 at 150 dpi
}

TEST(a_picture, that_is_none_is_refused) {
  NEEDS("pngtopnm");
  EXPECT_EQ(seen_in("\x89PNG\r\n\x1a\nno more", "image/png").why().code, "redaction.broken");
  EXPECT_EQ(seen_in("\xff\xd8\xff", "image/jpeg").why().code, "redaction.broken");
  EXPECT_EQ(seen_in("words", "text/plain").why().code, "redaction.not_a_picture");
}

TEST(a_raster, keeps_its_colours_when_it_is_made_smaller) {
  raster r;
  ASSERT_TRUE(read_ppm(half_red(), 1 << 20, r));
  const raster small = shrunk(r, 10, 10);
  EXPECT_EQ(small.columns, 10);
  EXPECT_EQ(small.rows, 5);
  EXPECT_EQ(small.samples.substr(0, 3), std::string("\xff\0\0", 3));
  EXPECT_EQ(small.samples.substr(27, 3), "\xff\xff\xff");
}

TEST(a_raster, of_bits_and_greys_is_read_as_points) {
  raster r;
  ASSERT_TRUE(read_ppm("P4\n3 1\n\xa0", 100, r));   // 101: black, white, black
  EXPECT_EQ(r.samples, std::string("\0\0\0\xff\xff\xff\0\0\0", 9));
  ASSERT_TRUE(read_ppm(std::string("P5\n2 1\n15\n\x0f\0", 13), 100, r));
  EXPECT_EQ(r.samples, std::string("\xff\xff\xff\0\0\0", 6));
  EXPECT_FALSE(read_ppm("P6\n9 9\n255\nx", 1 << 20, r));
  EXPECT_FALSE(read_ppm("P6\n2000000000 2000000000\n255\nx", 1 << 20, r));
}

TEST(a_hostile_pdf, is_refused_by_name) {
  EXPECT_EQ(sheets_of("hello").why().code, "redaction.not_pdf");
  NEEDS("mutool");
  EXPECT_EQ(sheets_of("%PDF-1.7\nnothing more").why().code, "redaction.broken");
  std::string endless = pdf_of(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>", "null"});
  EXPECT_FALSE(sheets_of(endless).ok());
  std::string vast = pdf_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 900000 900000]>>"});
  EXPECT_EQ(sheets_of(vast).why().code, "redaction.too_large");
}

TEST(a_hostile_pdf, that_draws_for_ever_is_stopped) {
  NEEDS("mutool");
  // Forms that draw the next one ten times: 10^8 drawings.
  std::vector<std::string> objects{
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</XObject<</X 4 0 R>>>>"
      "/Contents 20 0 R>>"};
  std::string ten;
  for (int i = 0; i < 10; ++i) ten += "/X Do ";
  for (int n = 4; n < 19; ++n)
    objects.push_back(
        stream("/Type/XObject/Subtype/Form/BBox[0 0 300 200]/Resources<</XObject<</X " +
                   std::to_string(n + 1) + " 0 R>>>>",
               ten));
  objects.push_back(stream("/Type/XObject/Subtype/Form/BBox[0 0 300 200]", "0 0 9 9 re f"));
  objects.push_back(stream("", "/X Do"));
  const auto stopped = picture_of(pdf_of(objects), 1, 150);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.why().code, "redaction.stopped");
}

TEST(marks, lie_on_their_page) {
  NEEDS("mutool");
  for (const place& p : {place{2, 0, 0, 10, 10}, place{1, 400, 0, 10, 10}, place{1, 0, 0, 0, 10},
                         place{0, 0, 0, 10, 10}})
    EXPECT_EQ(take_out(hostile_paper(), {{p, "1"}}).why().code, "redaction.outside");
}

TEST(text, loses_its_passages_and_their_length) {
  const std::string said = "김하윤은 2026년에 김하윤로 썼다";
  auto passages = passages_of(said, "김하윤");
  ASSERT_EQ(passages.size(), 2u);
  for (auto& p : passages) p.label = "6";
  EXPECT_EQ(*take_out_of_text(said, passages), "[■ 6]은 2026년에 [■ 6]로 썼다");
}

TEST(text, that_is_marked_twice_is_taken_out_once) {
  EXPECT_EQ(*take_out_of_text("abcdef", {{1, 4, "1"}, {3, 5, "2"}}), "a[■ 1, 2]f");
}

TEST(text, is_not_cut_within_a_character) {
  EXPECT_EQ(take_out_of_text("가나", {{1, 3, "1"}}).why().code, "redaction.outside");
  EXPECT_EQ(take_out_of_text("ab", {{0, 9, "1"}}).why().code, "redaction.outside");
}

}  // namespace
}  // namespace madang::redaction
