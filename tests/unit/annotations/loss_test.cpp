// What readers leave out is a loss; what they keep is none.
#include <gtest/gtest.h>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {
namespace {

TEST(LossOfReading, CountsEachElementOnceAndNamesTheFirst) {
  Findings findings;
  for (int line = 1; line <= 200; ++line) {
    findings.add({"MalformedRow", "labels/a.txt", "line " + std::to_string(line), "class 9 does not exist"});
  }
  findings.add({"DanglingImage", "annotation.json", "annotations[3].image_id", "image 8 does not exist"});
  findings.add({"DanglingCategory", "annotation.json", "annotations[4].category_id", "category 8 does not exist"});
  const auto loss = loss_of_reading(findings);
  ASSERT_EQ(loss.entries.size(), 2U);
  EXPECT_EQ(loss.entries[0].kind, LossKind::Rows);
  EXPECT_EQ(loss.entries[0].count, 200);
  EXPECT_EQ(loss.entries[0].examples.size(), kLossExamples);
  EXPECT_EQ(loss.entries[0].examples[0], "MalformedRow labels/a.txt line 1: class 9 does not exist");
  EXPECT_EQ(loss.entries[1].kind, LossKind::Objects);
  EXPECT_EQ(loss.entries[1].count, 2);
  EXPECT_EQ(loss.entries[1].examples[0],
            "DanglingImage annotation.json annotations[3].image_id: image 8 does not exist");
}

TEST(LossOfReading, WhatWasKeptIsNoLoss) {
  Findings findings;
  findings.add({"ZeroSizeBox", "annotation.json", "annotations[0]", "box [1, 1, 0, 2] has no area"});
  findings.add({"DuplicateClassName", "data.yaml", "names[1]", "\"car\" stands before"});
  EXPECT_TRUE(loss_of_reading(findings).entries.empty());
}

TEST(NotAllowed, ElementsThatWereLeftOutStopUntilTheyAreNamed) {
  Findings findings;
  findings.add({"UnsafePath", "annotation.json", "images[0].file_name", "\"../a.jpg\" leaves the folder"});
  findings.add({"BadRle", "annotation.json", "annotations[0].segmentation", "needs size and counts"});
  const auto loss = loss_of_reading(findings);
  EXPECT_EQ(not_allowed(loss, {}).size(), 2U);
  EXPECT_EQ(not_allowed(loss, {LossKind::Masks}).front().kind, LossKind::Images);
  EXPECT_TRUE(not_allowed(loss, {LossKind::Images, LossKind::Masks}).empty());
  EXPECT_TRUE(not_allowed(loss, {LossKind::All}).empty());
}

}  // namespace
}  // namespace visionops::annotations
