#include "../src/feed.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace madang;
using namespace madang::first_street;

namespace {

std::string sample(const std::string& name) {
  std::ifstream in(std::string(MADANG_SOURCE) + "/systems/first_street/fuzz/corpus/feed/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string one_item(const std::string& inside) {
  return "<rss version=\"2.0\"><channel><title>t</title><item>" + inside +
         "</item></channel></rss>";
}

}  // namespace

// RFC 4287 section 3.1.1.2: text of type html holds markup, once escaped.
TEST(feed, atom_is_read_with_its_markup_as_text) {
  const auto f = read_feed(sample("atom"));
  ASSERT_TRUE(f.ok());
  ASSERT_EQ(f->entries.size(), 1u);
  EXPECT_EQ(f->title, "Ideas");
  EXPECT_EQ(f->entries[0].title, "A bold idea");
  EXPECT_EQ(f->entries[0].link, "https://ideas.example.org/1");
  EXPECT_EQ(f->entries[0].at->str(), "2026-03-02T00:00:00.000Z");
  EXPECT_EQ(f->entries[0].summary, "Why & how");
}

TEST(feed, rss_is_read_and_an_entry_without_title_takes_its_text) {
  const auto f = read_feed(sample("rss"));
  ASSERT_TRUE(f.ok());
  ASSERT_EQ(f->entries.size(), 2u);
  EXPECT_EQ(f->entries[0].summary, "Text");
  EXPECT_EQ(f->entries[0].at->str(), "2026-03-02T00:00:00.000Z");
  EXPECT_EQ(f->entries[1].title, "No title");
  EXPECT_EQ(f->entries[1].link, "https://news.example.org/2");
  EXPECT_FALSE(f->entries[1].at);
}

TEST(feed, the_old_form_with_items_beside_the_channel_is_read) {
  const auto f = read_feed(sample("rdf"));
  ASSERT_TRUE(f.ok());
  ASSERT_EQ(f->entries.size(), 1u);
  EXPECT_EQ(f->entries[0].title, "First");
}

TEST(feed, hostile_addresses_are_no_entries) {
  for (const char* link : {"javascript:alert(1)", "data:text/html,x", "/1", "", "ftp://a/1"})
    EXPECT_TRUE(read_feed(one_item("<title>x</title><link>" + std::string(link) + "</link>"))
                    ->entries.empty())
        << link;
}

TEST(feed, entities_and_what_is_no_feed_are_refused) {
  const std::string entities =
      "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
      "<rss version=\"2.0\"><channel><title>&b;</title></channel></rss>";
  EXPECT_EQ(read_feed(entities).why().code, "feed.broken");
  EXPECT_EQ(read_feed("<rss><channel>").why().code, "feed.broken");
  EXPECT_EQ(read_feed("{}").why().code, "feed.broken");
  EXPECT_EQ(read_feed("<html xmlns=\"http://www.w3.org/1999/xhtml\"/>").why().code,
            "feed.unknown");
  EXPECT_EQ(read_feed(std::string(feed_octets + 1, ' ')).why().code, "feed.too_large");
}

TEST(feed, what_is_long_is_cut_between_characters) {
  std::string title;
  for (int i = 0; i < 300; ++i) title += "가";
  const auto f = read_feed(
      one_item("<title>" + title + "</title><link>https://a.example.org/</link>"));
  EXPECT_EQ(text::length(f->entries.at(0).title), longest_title);
}

// RFC 5322 section 3.3 and appendix A; RFC 822 section 5.1 for the zones by name.
TEST(feed, dates_of_mail_are_read_in_their_zone) {
  EXPECT_EQ(mail_date("Fri, 21 Nov 1997 09:55:06 -0600")->str(), "1997-11-21T15:55:06.000Z");
  EXPECT_EQ(mail_date("21 Nov 97 09:55 GMT")->str(), "1997-11-21T09:55:00.000Z");
  EXPECT_EQ(mail_date("Mon, 02 Mar 2026 00:30:00 KST")->str(), "2026-03-01T15:30:00.000Z");
  for (const char* bad : {"", "yesterday", "31 Feb 2026 00:00:00 GMT", "1 Mar 2026 25:00:00 GMT",
                          "1 Mar 2026 00:00:00 +99", "1 Mar 2026 00:00:00"})
    EXPECT_FALSE(mail_date(bad)) << bad;
}

TEST(feed, text_loses_its_tags_and_keeps_its_signs) {
  EXPECT_EQ(plain_text("<p>A &lt; B &#8212; &#x41;</p>\n<p>1 < 2</p>"), "A < B — A 1 < 2");
  EXPECT_EQ(plain_text("<script>x"), "x");
  EXPECT_EQ(plain_text("&unknown; & &#0;"), "&unknown; &");
}
