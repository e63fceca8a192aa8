#include "madang/xml/xml.hpp"

#include <gtest/gtest.h>

namespace madang::xml {
namespace {

TEST(Xml, WhatWasReadIsWrittenAgain) {
  const std::string body =
      "<a:r xmlns:a=\"urn:a\" xmlns=\"urn:d\" a:x=\"1 &lt; 2&#10;&quot;\" y=\"\"><!-- c --><b>t "
      "&amp; u</b>\n  <c/><![CDATA[<raw>]]><?go on?>tail&#13;</a:r>";
  auto read = parse(body);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body + "\n", write(*read));
}

TEST(Xml, NamespacesAreThoseOfTheDeclarations) {
  auto read = parse("<r xmlns='urn:d' xmlns:p='urn:p' p:id='1' id='2'><p:c/></r>");
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->root.is("urn:d", "r"));
  EXPECT_EQ(read->root.get("id"), "2");
  EXPECT_EQ(read->root.get("id", "urn:p"), "1");
  EXPECT_NE(read->root.child("urn:p", "c"), nullptr);
  EXPECT_EQ(read->root.child("urn:d", "c"), nullptr);
}

TEST(Xml, AMistakeIsRefusedWithItsLine) {
  auto read = parse("<r>\n<a>\n</r>");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.why().code, "xml.malformed");
  EXPECT_EQ(read.why().facts.at("line"), "3");
}

TEST(Xml, EntitiesAreNotExpanded) {
  auto bomb = parse("<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><r>&b;</r>");
  ASSERT_FALSE(bomb.ok());
  EXPECT_EQ(bomb.why().code, "xml.doctype");
}

TEST(Xml, DepthAndSizeHaveLimits) {
  std::string deep;
  for (int i = 0; i < 250; ++i) deep += "<a>";
  for (int i = 0; i < 250; ++i) deep += "</a>";
  EXPECT_EQ(parse(deep).why().code, "xml.too_deep");
  EXPECT_EQ(parse("<a/>", {.octets = 3}).why().code, "xml.too_large");
}

}  // namespace
}  // namespace madang::xml
