// What is shown of strangers' files, judged by Poppler and qpdf; and what a program that works in a
// folder cannot do, tried with programs that try.
#include "madang/redaction/reading.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "confine.hpp"
#include "madang/documents/press.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string le(std::uint32_t n, int octets) {
  std::string out;
  for (int i = 0; i < octets; ++i) out += static_cast<char>(n >> (8 * i) & 255u);
  return out;
}

// A package whose parts are stored as they are (APPNOTE 6.3 sections 4.3.7 and 4.3.12).
std::string package(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out, directory;
  for (const auto& [name, data] : parts) {
    const auto sum = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())));
    const auto size = static_cast<std::uint32_t>(data.size());
    const std::string common = le(20, 2) + le(0, 2) + le(0, 2) + le(0, 2) + le(33, 2) + le(sum, 4) +
                               le(size, 4) + le(size, 4) +
                               le(static_cast<std::uint32_t>(name.size()), 2) + le(0, 2);
    directory += "PK\x01\x02" + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) +
                 le(static_cast<std::uint32_t>(out.size()), 4) + name;
    out += "PK\x03\x04" + common + name + data;
  }
  const auto n = static_cast<std::uint32_t>(parts.size());
  return out + directory + "PK\x05\x06" + le(0, 4) + le(n, 2) + le(n, 2) +
         le(static_cast<std::uint32_t>(directory.size()), 4) +
         le(static_cast<std::uint32_t>(out.size()), 4) + le(0, 2);
}

constexpr const char* no_office =
    "libreoffice-writer-nogui is not installed, or this kernel has no Landlock";
constexpr const char* odt = "application/vnd.oasis.opendocument.text";
constexpr const char* docx =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

// ODF 1.2 part 1 section 3, part 3 section 3.
std::string odt_of(const std::string& body) {
  return package(
      {{"mimetype", odt},
       {"META-INF/manifest.xml",
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" "
        "manifest:version=\"1.2\"><manifest:file-entry manifest:full-path=\"/\" "
        "manifest:media-type=\"application/vnd.oasis.opendocument.text\"/><manifest:file-entry "
        "manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"
        "</manifest:manifest>"},
       {"content.xml",
        "<office:document-content "
        "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
        "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
        "xmlns:xlink=\"http://www.w3.org/1999/xlink\" office:version=\"1.2\"><office:body>"
        "<office:text>" + body + "</office:text></office:body></office:document-content>"}});
}

// ISO/IEC 29500-1 section 11.3.10 and 29500-2 section 10.
std::string docx_of(const std::string& words) {
  const std::string word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  return package(
      {{"[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
        "Extension=\"rels\" ContentType=\"application/"
        "vnd.openxmlformats-package.relationships+xml\"/>"
        "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"},
       {"_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        "<Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
        "relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>"},
       {"word/document.xml", "<w:document xmlns:w=\"" + word + "\"><w:body><w:p><w:r><w:t>" +
                                 words + "</w:t></w:r></w:p></w:body></w:document>"}});
}

std::string said_by(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char some[4096];
  for (std::size_t n; (n = std::fread(some, 1, sizeof some, pipe)) > 0;) out.append(some, n);
  ::pclose(pipe);
  return out;
}

class a_file : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "reading-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string kept(const std::string& name, std::string_view octets) const {
    std::ofstream(folder / name, std::ios::binary) << octets;
    return (folder / name).string();
  }
  std::string words_by_poppler(std::string_view pdf) const {
    return said_by("pdftotext " + kept("judged.pdf", pdf) + " -");
  }
  static result<std::string> print(documents::scan s) {
    static const documents::press press;
    s.number = "2026-1128-000001";
    s.title = "Test";
    return press.print(s);
  }
  static bool office_is_here() {
    return has_fence() &&
           std::filesystem::exists("/usr/lib/libreoffice/program/soffice.bin");
  }
  std::filesystem::path folder;
};

TEST_F(a_file, of_an_office_program_becomes_pages_with_its_words) {
  if (!office_is_here()) GTEST_SKIP() << no_office;
  const auto from_odt =
      as_pdf(odt_of("<text:p>\xEC\x9E\x84\xEB\x8C\x80\xEC\xB0\xA8 lease</text:p>"), odt, print);
  ASSERT_TRUE(from_odt) << from_odt.why().code;
  EXPECT_THAT(words_by_poppler(*from_odt), HasSubstr("\xEC\x9E\x84\xEB\x8C\x80\xEC\xB0\xA8 lease"));
  const auto words = words_of(*from_odt, 1);
  ASSERT_TRUE(words);
  EXPECT_EQ(*words, "\xEC\x9E\x84\xEB\x8C\x80\xEC\xB0\xA8 lease");
  const auto from_docx = as_pdf(docx_of("Deed of gift"), docx, print);
  ASSERT_TRUE(from_docx) << from_docx.why().code;
  EXPECT_THAT(words_by_poppler(*from_docx), HasSubstr("Deed of gift"));
}

TEST_F(a_file, of_an_office_program_brings_nothing_of_this_machine_with_it) {
  if (!office_is_here()) GTEST_SKIP() << no_office;
  const std::string secret = kept("secret.txt", "SECRETOFTHEHOUSE");
  const auto pdf = as_pdf(odt_of("<text:p>before</text:p><text:section text:name=\"s\">"
                                 "<text:section-source xlink:href=\"file://" + secret +
                                 "\" xlink:type=\"simple\"/><text:p>kept</text:p></text:section>"),
                          odt, print);
  ASSERT_TRUE(pdf) << pdf.why().code;
  EXPECT_THAT(words_by_poppler(*pdf), HasSubstr("before"));
  EXPECT_THAT(words_by_poppler(*pdf), Not(HasSubstr("SECRETOFTHEHOUSE")));
  for (const auto& e : std::filesystem::directory_iterator(folder.parent_path()))
    EXPECT_FALSE(e.path().filename().string().starts_with("OSL_PIPE")) << e.path();
}

TEST_F(a_file, that_is_none_is_refused) {
  if (!office_is_here()) GTEST_SKIP() << no_office;
  const auto broken = as_pdf(odt_of("<text:p>open"), odt, print);
  EXPECT_FALSE(broken && words_by_poppler(*broken).find("open") == std::string::npos);
  EXPECT_EQ(as_pdf("x", "application/hwp+zip", print).why().code, "redaction.not_a_picture");
  EXPECT_EQ(as_pdf("x", "image/png", print).why().code, "redaction.broken");
}

TEST_F(a_file, that_is_a_picture_becomes_a_page_of_its_form) {
  // PNM: 40 x 20 points, red; by netpbm to PNG.
  std::string ppm = "P6\n40 20\n255\n";
  for (int i = 0; i < 800; ++i) ppm += std::string("\xFF\0\0", 3);
  said_by("pnmtopng " + kept("red.ppm", ppm) + " > " + (folder / "red.png").string());
  std::ifstream in(folder / "red.png", std::ios::binary);
  const std::string png{std::istreambuf_iterator<char>(in), {}};
  const auto pdf = as_pdf(png, "image/png", print);
  ASSERT_TRUE(pdf) << pdf.why().code;
  const std::string file = kept("judged.pdf", *pdf);
  EXPECT_THAT(said_by("qpdf --check " + file), HasSubstr("No syntax or stream encoding errors"));
  // A4 lying is 841.9 wide; 20/40 of that high.
  EXPECT_THAT(said_by("pdfinfo " + file), HasSubstr("841.9 x 420.9"));
}

std::uint32_t le32_at(const std::string& s, std::size_t at) {
  std::uint32_t n = 0;
  for (int i = 3; i >= 0; --i)
    n = n << 8 | static_cast<unsigned char>(s[at + static_cast<std::size_t>(i)]);
  return n;
}

TEST(a_text, is_read_aloud) {
  EXPECT_EQ(spoken(" \n").why().code, "redaction.nothing_said");
  if (!has_voice()) GTEST_SKIP() << "espeak-ng is not installed, or this kernel has no Landlock";
  const auto short_one = spoken("One.");
  const auto long_one = spoken("One hundred and twenty-three apartments in the old town.");
  ASSERT_TRUE(short_one && long_one);
  for (const auto& w : {*short_one, *long_one}) {
    EXPECT_EQ(w.substr(0, 4) + w.substr(8, 8), "RIFFWAVEfmt ");  // multimedia data standards 1991
    EXPECT_EQ(le32_at(w, 4), w.size() - 8);
    EXPECT_EQ(w.substr(36, 4), "data");
    EXPECT_EQ(le32_at(w, 40), w.size() - 44);
  }
  EXPECT_GT(long_one->size(), 2 * short_one->size());
  // Korean is read by the voice for it: what espeak-ng itself says in Korean, octet for octet.
  const auto korean = spoken("\xEC\x95\x88\xEB\x85\x95\xED\x95\x98\xEC\x84\xB8\xEC\x9A\x94");
  ASSERT_TRUE(korean);
  const std::string by_hand = said_by(
      "printf '\xEC\x95\x88\xEB\x85\x95\xED\x95\x98\xEC\x84\xB8\xEC\x9A\x94' "
      "> /tmp/reading-ko.txt; espeak-ng -v ko -s 150 -b 1 --stdout -f /tmp/reading-ko.txt; "
      "rm /tmp/reading-ko.txt");
  EXPECT_EQ(korean->substr(44), by_hand.substr(44));
}

TEST_F(a_file, in_a_folder_is_all_that_a_program_there_reaches) {
  const std::string outside = kept("outside.txt", "OUTSIDE");
  const auto inside = folder / "work";
  std::filesystem::create_directory(inside);
  std::ofstream(inside / "in.txt") << "INSIDE";
  const bounds b{.folder = inside};
  const auto run = [&](const std::string& script) {
    return run_confined({"/usr/bin/bash", "-c", script}, {}, b);
  };
  if (!has_fence()) GTEST_SKIP() << "this kernel has no Landlock";
  const auto reads = run("cat " + (inside / "in.txt").string());
  ASSERT_TRUE(reads) << reads.why().code;
  EXPECT_EQ(reads->out, "INSIDE");
  EXPECT_EQ(run("cat " + outside)->out, "");
  EXPECT_EQ(run("cat /etc/passwd")->out, "");
  EXPECT_EQ(run("ls / /proc /var/lib")->out, "");
  EXPECT_TRUE(run("echo x > " + outside + "; echo y > " + (folder / "new").string() + "; rm -f " +
                  outside));
  EXPECT_FALSE(std::filesystem::exists(folder / "new"));
  EXPECT_EQ(said_by("cat " + outside), "OUTSIDE");
  EXPECT_NE(run("exec 3<>/dev/tcp/127.0.0.1/9")->said.find("not permitted"), std::string::npos);
  // What it writes is bounded, file by file.
  const std::string file = (inside / "out").string();
  EXPECT_EQ(run("echo z > " + file + " && cat " + file)->out, "z\n");
}

}  // namespace
}  // namespace madang::redaction
