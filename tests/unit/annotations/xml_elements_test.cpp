// XML of annotation files: what is read, what is refused, each limit at it and beyond it.
#include "worker/dataset/text/xml_elements.h"

#include <gtest/gtest.h>

namespace visionops::annotations {
namespace {

/// JSON of the document, or the words of the refusal.
std::string told(std::string_view text) {
  const auto tree = read_xml_tree(text);
  return tree ? json_of(*tree) : tree.error().message;
}

std::string nested(std::size_t depth) {
  std::string open, close;
  for (std::size_t i = 0; i < depth; ++i) {
    open += "<a>";
    close += "</a>";
  }
  return open + "x" + close;
}

TEST(XmlElements, ANodeIsTextAttributesAndChildren) {
  EXPECT_EQ(told(R"(<r><a k="v">t<b>1</b><c/><b>2</b></a></r>)"),
            R"({"a":{"@k":"v","b":["1","2"],"c":"","#text":"t"}})");
  EXPECT_EQ(told("<a> x </a>"), R"(" x ")");
  EXPECT_EQ(told("<a>\n  <b>\n   x y\n  </b></a>"), R"({"b":"x y"})");
  EXPECT_EQ(told("<a>&lt;&amp;&#233;</a>"), R"("<&é")");
}

TEST(XmlElements, PiecesMakeNoDifference) {
  const std::string text = R"(<?xml version="1.0"?><r n="1"><a>é</a><b><c d="2"/></b></r>)";
  for (std::size_t size = 1; size < text.size(); ++size) {
    std::string seen;
    XmlElements xml([&seen](const XmlNode& root, const XmlNode& child) -> Status {
      seen += *root.attribute("n") + child.name + json_of(child);
      return {};
    });
    for (std::size_t at = 0; at < text.size(); at += size) {
      ASSERT_TRUE(xml.feed(std::string_view(text).substr(at, size)).ok());
    }
    ASSERT_TRUE(xml.finish().ok());
    EXPECT_EQ(seen, R"(1a"é"1b{"c":{"@d":"2"}})") << size;
  }
}

TEST(XmlElements, EveryCutOfADocumentIsAnErrorWithItsLine) {
  const std::string text = "<r>\n<a b=\"1\">x</a>\n</r>";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_TRUE(told(text.substr(0, size)).starts_with("line ")) << size << " " << told(text.substr(0, size));
  }
}

TEST(XmlElements, EncodingsThatAreCertainAreReadAndOthersNamed) {
  EXPECT_EQ(told("<?xml version='1.0' encoding='GBK'?><a>x</a>"), R"("x")");
  EXPECT_EQ(told("<?xml version='1.0' encoding='utf-16'?><a>é</a>"), R"("é")");
  EXPECT_EQ(told("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>"), R"("é")");
  EXPECT_NE(told("<?xml version='1.0' encoding='GBK'?><a>\xb9\xb7</a>").find("encoding GBK"), std::string::npos);
  EXPECT_NE(told("<a>\xb9\xb7</a>").find("line 1"), std::string::npos);
}

TEST(XmlElements, EntitiesAreRefusedWhereTheyAreDeclared) {
  EXPECT_NE(told("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").find("declares entities"), std::string::npos);
  EXPECT_NE(told("<!DOCTYPE a [<!ENTITY b SYSTEM '/etc/passwd'>]><a/>").find("declares entities"), std::string::npos);
  EXPECT_NE(told("<!DOCTYPE a [<!ENTITY % b 'c'>]><a/>").find("declares entities"), std::string::npos);
  EXPECT_EQ(told("<!DOCTYPE a SYSTEM 'a.dtd'><a>x</a>"), R"("x")");
}

TEST(XmlElements, DepthIsBounded) {
  EXPECT_TRUE(told(nested(kMaxXmlDepth)).starts_with("{"));
  EXPECT_NE(told(nested(kMaxXmlDepth + 1)).find("nested deeper"), std::string::npos);
}

TEST(XmlElements, ElementsAreBoundedInADocumentAndInAChild) {
  std::string many;
  for (std::size_t i = 0; i < kMaxXmlElements; ++i) many += "<a/>";
  EXPECT_NE(told("<r>" + many + "</r>").find("elements"), std::string::npos);
  std::size_t children = 0;
  XmlElements xml([&children](const XmlNode&, const XmlNode&) -> Status {
    ++children;
    return {};
  });
  ASSERT_TRUE(xml.feed("<r>" + many + "<a/></r>").ok());
  ASSERT_TRUE(xml.finish().ok());
  EXPECT_EQ(children, kMaxXmlElements + 1);
  XmlElements nested_ones([](const XmlNode&, const XmlNode&) -> Status { return {}; });
  EXPECT_FALSE(nested_ones.feed("<r><b>" + many + "</b></r>").ok());
}

TEST(XmlElements, TextIsBounded) {
  const std::string half(kMaxXmlBytes / 2, 'x');
  EXPECT_TRUE(read_xml_tree("<r><a>" + half + "</a></r>").ok());
  EXPECT_NE(told("<r><a>" + half + "</a><a>" + half + "x</a></r>").find("bytes of text"), std::string::npos);
}

TEST(XmlElements, ATextThatFitsComesBack) {
  for (const std::string text : {"a", "<&>\"'", "é 狗", " a "}) {
    EXPECT_TRUE(fits_xml(text));
    const auto tree = read_xml_tree("<a b=\"" + xml_text(text) + "\">" + xml_text(text) + "</a>");
    ASSERT_TRUE(tree.ok());
    EXPECT_EQ(tree->text, text);
    EXPECT_EQ(*tree->attribute("b"), text);
  }
  EXPECT_FALSE(fits_xml("a\x01"));
  EXPECT_FALSE(fits_xml("a\nb"));
}

TEST(XmlElements, ATextMeansANumberOnlyWhereItIsWrittenLikeOne) {
  EXPECT_EQ(json_value_of("3"), "3");
  EXPECT_EQ(json_value_of("0.5"), "0.5");
  EXPECT_EQ(json_value_of("true"), "true");
  for (const auto* text : {"007", "1e5", "3.0", "+3", "nan", "", " 3", "True"}) {
    EXPECT_EQ(json_value_of(text), "\"" + std::string(text) + "\"");
  }
}

}  // namespace
}  // namespace visionops::annotations
