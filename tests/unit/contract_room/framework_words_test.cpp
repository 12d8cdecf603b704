#include "worker/contract/framework_words.h"

#include <gtest/gtest.h>

namespace visionops::contract {
namespace {

using Words = std::vector<std::string>;

TEST(FrameworkWords, NamesAreReplacedAfterTheWordsAreParted) {
  const WordValues values{{"data", "/a folder/data.yaml"}, {"epochs", "3"}};
  EXPECT_EQ(fill_words({"yolo detect train", "data={data}", "epochs={epochs}"}, values),
            (Words{"yolo", "detect", "train", "data=/a folder/data.yaml", "epochs=3"}));
}

TEST(FrameworkWords, ATextWithANameThatHasNoValueIsLeftOutAsAWhole) {
  EXPECT_EQ(fill_words({"train", "--weights {weights}", "--lr {lr}"}, {{"lr", ""}}), (Words{"train", "--lr", ""}));
  EXPECT_EQ(fill_text("a{b}c", {}), std::nullopt);
}

TEST(FrameworkWords, AValueIsNotLookedAtAgain) {
  EXPECT_EQ(fill_text("{a}{b}", {{"a", "{b}"}, {"b", "{a}"}}), "{b}{a}");
}

TEST(FrameworkWords, BracesThatHoldNoNameStandForThemselves) {
  EXPECT_EQ(fill_text("{} {1} {a b} {\"x\": 1} {open", {}), "{} {1} {a b} {\"x\": 1} {open");
  EXPECT_EQ(fill_text("{{a}}", {{"a", "1"}}), "{1}");
}

TEST(FrameworkWords, TheNamesOfATextAreListedOnce) {
  EXPECT_EQ(names_in("{data}/x {hyper.lr-0} {data} {} {-a}"), (Words{"data", "hyper.lr-0"}));
}

}  // namespace
}  // namespace visionops::contract
