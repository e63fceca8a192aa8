// Expected values by the words of WebVTT (W3C), ISO/IEC 14496-12 and RFC 8794, by hand.
#include "madang/assembly/recording.hpp"

#include <gtest/gtest.h>

namespace madang::assembly {
namespace {

std::string octets(std::initializer_list<int> all) {
  std::string out;
  for (const int c : all) out += static_cast<char>(c);
  return out;
}

std::string box(const std::string& name, const std::string& body = {}) {
  return octets({0, 0, 0, static_cast<int>(8 + body.size())}) + name + body;
}

TEST(captions, are_read_with_their_speakers_and_without_tags_notes_and_styles) {
  const auto read = read_captions(
      "\xEF\xBB\xBFWEBVTT - Answer\r\nKind: captions\r\n\r\nNOTE by hand\r\nmore --> of it\r\n\r\n"
      "STYLE\r\n::cue { color: red }\r\n\r\nfirst\r\n"
      "00:01.000 --> 00:03.500 line:0 align:start\r\n<v.loud Minister Cho>We mend <i>it</i> &amp; "
      "more.\r\nBy &lt;March&gt;.\r\n\r\n01:00:04.000 --> 01:00:05.250\r\nThank you");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(0).speaker, "Minister Cho");
  EXPECT_EQ(read->at(0).text, "We mend it & more.\nBy <March>.");
  EXPECT_EQ(read->at(0).begins, 1'000);
  EXPECT_EQ(read->at(0).ends, 3'500);
  EXPECT_EQ(read->at(1).begins, 3'604'000);
  EXPECT_EQ(read->at(1).ends, 3'605'250);
}

TEST(captions, are_refused_with_the_line_that_is_wrong) {
  const auto line_of = [](std::string_view cue) {
    const auto read = read_captions("WEBVTT\n\n" + std::string(cue));
    return read ? std::string("read") : read.why().facts.at("line");
  };
  EXPECT_EQ(line_of("00:00.000 --> 00:01.000\nHello\n"), "read");
  EXPECT_EQ(line_of("00:02.000 --> 00:01.000\nHello\n"), "3");          // ends before it begins
  EXPECT_EQ(line_of("00:00.000 -> 00:01.000\nHello\n"), "4");           // no arrow, so a name
  EXPECT_EQ(line_of("name\n00:00,000 --> 00:01,000\nHello\n"), "4");    // SubRip writes commas
  EXPECT_EQ(line_of("00:60.000 --> 01:01.000\nHello\n"), "3");
  EXPECT_EQ(line_of("0:00.000 --> 00:01.000\nHello\n"), "3");
  EXPECT_EQ(line_of("99999999999999999999:00.000 --> 00:01.000\n"), "3");
  EXPECT_EQ(line_of("name alone"), "3");
}

TEST(captions, are_no_other_file) {
  for (const std::string& wrong :
       {std::string(), std::string("WEBVTT"), std::string("WEBVTT\n\nNOTE nothing\n"),
        std::string("WEBVTTX\n\n00:00.000 --> 00:01.000\nHello\n"),
        std::string("1\n00:00.000 --> 00:01.000\nHello\n"), std::string("<html>"),
        "WEBVTT\n\n00:00.000 --> 00:01.000\n" + octets({0xFF}) + "\n",
        "WEBVTT\n\n00:00.000 --> 00:01.000\n" + std::string(captions_octets, 'x')}) {
    const auto read = read_captions(wrong);
    ASSERT_FALSE(read) << wrong.substr(0, 40);
    EXPECT_EQ(read.why().code, "shared_file.captions") << wrong.substr(0, 40);
  }
}

TEST(transcripts, join_what_one_says_until_another_speaks_or_two_seconds_pass) {
  const auto all = transcript_of({{1'000, 2'000, "Cho", "We mend"},
                                  {3'999, 5'000, "Cho", "it by\nMarch."},
                                  {7'000, 8'000, "Cho", "Then the rest."},
                                  {8'000, 9'000, "Kim", "Thank you."},
                                  {9'000, 9'500, "Kim", ""},
                                  {3'661'000, 3'662'000, "", "The end."}});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].text, "We mend it by March.");
  EXPECT_EQ(all[0].at, "0:01");
  EXPECT_EQ(all[1].text, "Then the rest.");
  EXPECT_EQ(all[1].at, "0:07");
  EXPECT_EQ(all[2].speaker, "Kim");
  EXPECT_EQ(all[3].at, "1:01:01");
}

TEST(recordings, are_known_by_what_they_are_made_of) {
  const auto ftyp = box("ftyp", "isom0000"), moov = box("moov"), mdat = box("mdat", "xy");
  EXPECT_EQ(type_of_recording(ftyp + moov + mdat), "video/mp4");
  EXPECT_EQ(type_of_recording(ftyp + mdat + box("free") + moov), "video/mp4");
  // The last box to the end of the file; a box whose size is written in 64 bits.
  EXPECT_EQ(type_of_recording(ftyp + moov + octets({0, 0, 0, 0}) + "mdatxyz"), "video/mp4");
  EXPECT_EQ(type_of_recording(ftyp + moov + octets({0, 0, 0, 1}) + "mdat" +
                              octets({0, 0, 0, 0, 0, 0, 0, 17}) + "x"),
            "video/mp4");
  for (const auto& wrong :
       {std::string(), std::string("<html>"), ftyp, ftyp + moov, ftyp + mdat, moov + ftyp + mdat,
        ftyp + moov + mdat + "tail", (ftyp + moov + mdat).substr(0, 33),
        ftyp + moov + octets({0, 0, 0, 4}) + "mdat", ftyp + ftyp + moov + mdat,
        ftyp + moov + octets({0, 0, 0, 1}) + "mdat" +
            octets({255, 255, 255, 255, 255, 255, 255, 255})})
    EXPECT_EQ(type_of_recording(wrong), "") << wrong.size();
  const auto head = octets({0x1A, 0x45, 0xDF, 0xA3});
  const auto segment = octets({0x18, 0x53, 0x80, 0x67, 0x80});
  const auto named = [&](const std::string& type) {
    const auto element = octets({0x42, 0x82, 0x80 | static_cast<int>(type.size())}) + type;
    return head + octets({0x80 | static_cast<int>(element.size())}) + element;
  };
  EXPECT_EQ(type_of_recording(named("webm") + segment), "video/webm");
  EXPECT_EQ(type_of_recording(named("matroska") + segment), "");
  EXPECT_EQ(type_of_recording(named("webm")), "");
  EXPECT_EQ(type_of_recording(head), "");
  EXPECT_EQ(type_of_recording(head + octets({0xFF}) + "webm"), "");
  EXPECT_EQ(type_of_recording(head + octets({0x00}) + segment), "");
}

}  // namespace
}  // namespace madang::assembly
