#include "base/names.h"

#include <gtest/gtest.h>

namespace visionops {
namespace {

TEST(DnsLabel, KnowsTheRulesOfRfc1123) {
  EXPECT_TRUE(is_dns_label("a"));
  EXPECT_TRUE(is_dns_label("0-a"));
  EXPECT_TRUE(is_dns_label(std::string(63, 'a')));
  for (const auto& bad :
       {std::string(), std::string(64, 'a'), std::string("-a"), std::string("a-"), std::string("A"), std::string("a_b"),
        std::string("a.b"), std::string("a\0b", 3), std::string("\xED\x95\x9C")}) {
    EXPECT_FALSE(is_dns_label(bad)) << bad;
  }
}

TEST(DnsSubdomain, IsLabelsJoinedByDots) {
  EXPECT_TRUE(is_dns_subdomain("street-train-v1.0.0"));
  EXPECT_TRUE(is_dns_subdomain(std::string(253, 'a')));
  for (const auto& bad : {std::string(), std::string(254, 'a'), std::string("."), std::string("a..b"),
                          std::string(".a"), std::string("a."), std::string("a.-b"), std::string("a/b")}) {
    EXPECT_FALSE(is_dns_subdomain(bad)) << bad;
  }
}

TEST(ChildName, IsReadableWhileItFits) {
  EXPECT_EQ(child_name("street-train", "inspect-1"), "street-train-inspect-1");
  EXPECT_EQ(child_name("a", "r1", 4), "a-r1");
}

TEST(ChildName, TellsADotFromADash) {
  const auto dotted = child_name("lr-0.1", "r1-a1");
  EXPECT_TRUE(is_dns_label(dotted)) << dotted;
  EXPECT_EQ(dotted.find("lr-0-1-"), 0U) << dotted;
  EXPECT_NE(dotted, child_name("lr-0-1", "r1-a1"));
}

TEST(ChildName, StaysUniqueAndValidWhenItsParentIsCut) {
  const std::string shared(60, 'x');
  const std::string first = child_name(shared + "-first", "r1-a1");
  const std::string second = child_name(shared + "-second", "r1-a1");
  EXPECT_NE(first, second);
  EXPECT_EQ(first, child_name(shared + "-first", "r1-a1"));
  for (std::size_t length = 1; length <= 253; ++length) {
    std::string parent(length, 'a');
    if (length > 20) parent.replace(10, 10, "-.-.-.-.-.");
    const auto name = child_name(parent, "run-12-attempt-3");
    EXPECT_TRUE(is_dns_label(name)) << name;
  }
}

TEST(ChildName, SurvivesASuffixThatLeavesNoRoom) {
  const auto name = child_name("parent", std::string(200, 's'));
  EXPECT_TRUE(is_dns_label(name)) << name;
  EXPECT_NE(name, child_name("parent", std::string(201, 's')));
}

TEST(EditDistance, CountsInsertionsDeletionsAndSubstitutions) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("sources", "source"), 1U);
  EXPECT_EQ(edit_distance("same", "same"), 0U);
}

TEST(EditDistance, IsBoundedForLongInputs) {
  EXPECT_EQ(edit_distance(std::string(1 << 20, 'a'), std::string(1 << 20, 'b')), 64U);
}

}  // namespace
}  // namespace visionops
