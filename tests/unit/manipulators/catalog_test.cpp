#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "base/json.h"
#include "worker/contract/manipulator_call.h"
#include "worker/pipeline/manipulators/manipulator.h"

namespace visionops::contract {
namespace {

Problems check(const std::string& name, const std::string& params,
               ManipulatorScope scope = ManipulatorScope::PerSource) {
  Problems problems;
  validate_call({name, {params}}, scope, "spec.sources[0].manipulators[1]", problems);
  return problems;
}

TEST(ManipulatorCatalog, HasEachNameOnceInOrder) {
  std::vector<std::string> names;
  for (const auto& info : manipulator_catalog()) names.push_back(info.name);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(names.size(), pipeline::manipulator_table().size());
  EXPECT_NE(pipeline::find_manipulator("merge_datasets"), nullptr) << "several sources need it";
}

TEST(ManipulatorCatalog, EveryEntryIsDocumentedAndItsExampleIsValid) {
  for (const auto& info : manipulator_catalog()) {
    SCOPED_TRACE(info.name);
    EXPECT_GT(info.doc.size(), 20U);
    EXPECT_FALSE(info.scopes.empty());
    EXPECT_TRUE(std::regex_match(info.version, std::regex(R"([0-9]+\.[0-9]+\.[0-9]+)"))) << info.version;
    for (const auto scope : info.scopes) {
      Problems problems;
      validate_call({info.name, {info.example}}, scope, "", problems);
      EXPECT_TRUE(problems.empty()) << describe(problems);
    }
    const Json schema = Json::parse(info.params_schema);
    EXPECT_EQ(schema.at("type"), "object");
    if (!schema.contains("properties")) continue;
    for (const auto& [key, property] : schema.at("properties").items()) {
      EXPECT_TRUE(property.contains("description")) << key;
    }
  }
}

TEST(ManipulatorCatalog, ConversionsNameTheirFormat) {
  for (const auto& info : manipulator_catalog()) {
    EXPECT_EQ(!info.output_format.empty(), info.category == ManipulatorCategory::FormatConvert) << info.name;
  }
}

TEST(ValidateCall, NamesTheNearestManipulatorForAnUnknownOne) {
  const auto problems = check("rotate180", "{}");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].path, "spec.sources[0].manipulators[1]");
  EXPECT_EQ(problems[0].message, "unknown manipulator \"rotate180\"; did you mean \"rotate_180\"?");
}

TEST(ValidateCall, GivesNoHintForANameThatIsNearNothing) {
  EXPECT_EQ(check("zzzzzzzz", "{}").at(0).message, "unknown manipulator \"zzzzzzzz\"");
}

TEST(ValidateCall, RefusesAMergeUnderASourceAndARotationAfterTheMerge) {
  EXPECT_EQ(check("merge_datasets", "{}").at(0).message,
            "can only be used under postMerge, after the sources are joined");
  EXPECT_EQ(check("rotate_180", "{}", ManipulatorScope::PostMerge).at(0).message,
            "can only be used under the manipulators of a source");
}

TEST(ValidateCall, NamesTheParameterThatIsUnknownMistypedOrOutOfRange) {
  const auto unknown = check("rotate_180", R"({"quality":85})");
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown[0].path, "spec.sources[0].manipulators[1].rotate_180.quality");
  const auto mistyped = check("change_compression", R"({"quality":"85"})");
  ASSERT_EQ(mistyped.size(), 1U);
  EXPECT_EQ(mistyped[0].path, "spec.sources[0].manipulators[1].change_compression.quality");
  EXPECT_EQ(check("change_compression", R"({"quality":101})").size(), 1U);
  EXPECT_EQ(check("change_compression", "{}").at(0).message, "is required");
  EXPECT_EQ(check("filter_keep_by_class", R"({"classes":[]})").size(), 1U);
  EXPECT_EQ(check("filter_keep_by_class", R"({"classes":"car"})").size(), 1U);
  EXPECT_EQ(check("sample_n_images", R"({"n":0})").size(), 1U);
  EXPECT_EQ(check("rotate_180", "{broken").at(0).path, "spec.sources[0].manipulators[1].rotate_180");
}

TEST(ValidateCall, ChecksWhatAFieldTableCannotSay) {
  EXPECT_EQ(check("filter_invalid_class_name", "{}").at(0).message, "needs a pattern or a blacklist");
  EXPECT_EQ(check("filter_invalid_class_name", R"({"pattern":"("})").at(0).path,
            "spec.sources[0].manipulators[1].filter_invalid_class_name.pattern");
  EXPECT_EQ(check("filter_invalid_class_name", R"({"pattern":"(a)\\1"})").size(), 1U);
  EXPECT_EQ(check("remap_class_name", R"({"mapping":{}})").size(), 1U);
  EXPECT_EQ(check("remap_class_name", R"({"mapping":{"car":""}})").size(), 1U);
  EXPECT_EQ(check("filter_final_classes", R"({"classes":["a","a"]})", ManipulatorScope::PostMerge).at(0).message,
            "names \"a\" twice");
  EXPECT_EQ(check("mask_region_by_class", R"({"classes":["a"],"colour":[0,0,256]})").size(), 1U);
}

}  // namespace
}  // namespace visionops::contract
