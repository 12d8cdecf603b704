#include "operator/core/dataset/quality_gate.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

contract::DatasetFacts facts() {
  auto f = *inspection_result("x").dataset;
  f.problems = 4;
  f.missing_images = 2;
  f.damaged_images = 1;
  return f;
}

TEST(QualityGate, PassesWithoutBounds) {
  EXPECT_TRUE(check_quality_gate(std::nullopt, facts()).passed);
  EXPECT_EQ(check_quality_gate(api::QualityGate{}, facts()).message, "no bounds are set");
}

TEST(QualityGate, ElementsThatCannotBeReadFailItUnlessTheirKindIsAllowed) {
  auto f = facts();
  f.losses = {{"Objects", 3}, {"Rows", 1}};
  const auto result = check_quality_gate(std::nullopt, f);
  EXPECT_FALSE(result.passed);
  EXPECT_NE(result.message.find("(Objects 3, Rows 1; "), std::string::npos) << result.message;
  EXPECT_NE(result.message.find("spec.allowLoss: [Objects, Rows]"), std::string::npos) << result.message;
  EXPECT_NE(check_quality_gate({}, f, {LossKind::Rows}).message.find("allowLoss: [Objects]"), std::string::npos);
  EXPECT_TRUE(check_quality_gate({}, f, {LossKind::Rows, LossKind::Objects}).passed);
  EXPECT_TRUE(check_quality_gate({}, f, {LossKind::All}).passed);
  f.losses = {{"AKindOfALaterWorker", 1}};
  EXPECT_FALSE(check_quality_gate({}, f, {LossKind::Rows}).passed) << "what is not known is not allowed";
}

TEST(QualityGate, ABoundHoldsWhenItIsJustReached) {
  api::QualityGate gate;
  gate.max_missing_images = 2;
  gate.max_damaged_images = 1;
  gate.max_problems = 4;
  gate.min_images = 10;
  gate.min_images_per_class = 3;
  EXPECT_TRUE(check_quality_gate(gate, facts()).passed);
  EXPECT_EQ(check_quality_gate(gate, facts()).message, "5 bounds hold");
}

TEST(QualityGate, NamesEveryBoundThatFailsWithItsValue) {
  api::QualityGate gate;
  gate.max_missing_images = 0;
  gate.max_problems = 100;
  gate.min_images = 11;
  gate.min_images_per_class = 4;
  const auto result = check_quality_gate(gate, facts());
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.message,
            "maxMissingImages is 0, found 2; minImages is 11, found 10; minImagesPerClass is 4, found 3 for class bus");
}

TEST(QualityGate, OfVeryManyClassesTheOneWithTheFewestImagesDecides) {
  auto f = facts();
  f.classes = 1203;  // LVIS; the counts of two of them have fitted
  f.fewest_images = contract::ResultClassCount{"unicycle", 7, 9};
  api::QualityGate gate;
  gate.min_images_per_class = 7;
  EXPECT_TRUE(check_quality_gate(gate, f).passed);
  gate.min_images_per_class = 8;
  EXPECT_EQ(check_quality_gate(gate, f).message, "minImagesPerClass is 8, found 7 for class unicycle");
}

TEST(QualityGate, ABoundThatCannotBeCheckedHasNotBeenMet) {
  auto f = facts();
  f.classes = 80;
  api::QualityGate gate;
  gate.min_images_per_class = 1;
  EXPECT_FALSE(check_quality_gate(gate, f).passed);
  EXPECT_NE(check_quality_gate(gate, f).message.find("only 2 of 80"), std::string::npos);
}

}  // namespace
}  // namespace visionops::core
