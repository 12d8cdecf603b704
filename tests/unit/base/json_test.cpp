#include "base/json.h"

#include <gtest/gtest.h>

namespace visionops {
namespace {

TEST(Json, NamesTheByteOfAMistake) {
  const auto json = parse_json(R"({"a": 1,})");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().cls, ErrorClass::Invalid);
  EXPECT_NE(json.error().message.find("byte 9"), std::string::npos) << json.error().message;
}

TEST(Json, RefusesWhatIsNestedTooDeepBeforeBuildingIt) {
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  const auto json = parse_json(deep);
  ASSERT_FALSE(json);
  EXPECT_NE(json.error().message.find("deeper than 64"), std::string::npos);
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
}

TEST(Json, DoesNotCountBracketsInsideStrings) {
  EXPECT_TRUE(parse_json("[\"" + std::string(200, '[') + R"(\"[")" + "]"));
}

TEST(Json, RefusesNumbersBeyondDoubleAndBrokenText) {
  EXPECT_FALSE(parse_json("1e999"));
  EXPECT_FALSE(parse_json("NaN"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("\"\xFF\""));
  EXPECT_FALSE(parse_json("{} {}"));
}

TEST(Json, IsWrittenCanonicallyEvenWithBrokenBytes) {
  EXPECT_EQ(dump_json(Json{{"b", 1}, {"a", {1, 2}}}), R"({"a":[1,2],"b":1})");
  EXPECT_EQ(dump_json(Json("\xFFx")), "\"\xEF\xBF\xBDx\"");
}

TEST(Json, KnowsItsDepth) {
  EXPECT_TRUE(within_depth(Json(1), 1));
  EXPECT_FALSE(within_depth(Json(1), 0));
  EXPECT_TRUE(within_depth(Json{{"a", {{"b", 1}}}}, 3));
  EXPECT_FALSE(within_depth(Json{{"a", {{"b", 1}}}}, 2));
}

}  // namespace
}  // namespace visionops
