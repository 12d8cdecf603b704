#include "worker/contract/hyperparameter.h"

#include <gtest/gtest.h>

#include <array>

namespace visionops::contract {
namespace {

constexpr auto kRows = std::to_array<Hyperparameter>({
    {"width", 32, "Channels.", 8, 256},
    {"flip", false, "Mirror."},
    {"jitter", 1.25, "Scale.", 1, 4},
});
constexpr auto kOthers = std::to_array<Hyperparameter>({{"threads", 0, "Of the arithmetic.", 0, 1024}});

Problems problems_of(const char* extra) {
  Problems problems;
  check_hyperparameters({kRows, kOthers}, {extra}, "extra", problems);
  return problems;
}

TEST(Hyperparameters, HaveTheirDefaultsAndTypes) {
  const Hyperparameters<kRows> absent;
  static_assert(std::is_same_v<decltype(absent.get<"width">()), std::int32_t>);
  static_assert(std::is_same_v<decltype(absent.get<"flip">()), bool>);
  EXPECT_EQ(absent.get<"width">(), 32);
  EXPECT_FALSE(absent.get<"flip">());
  EXPECT_EQ(absent.get<"jitter">(), 1.25);
  const Hyperparameters<kRows> given({R"({"flip":true,"jitter":2,"threads":4,"width":16})"});
  EXPECT_EQ(given.get<"width">(), 16);
  EXPECT_TRUE(given.get<"flip">());
  EXPECT_EQ(given.get<"jitter">(), 2);
  EXPECT_EQ(Hyperparameters<kOthers>({R"({"threads":4,"width":16})"}).get<"threads">(), 4);
}

TEST(Hyperparameters, AreCheckedByNameTypeAndBounds) {
  EXPECT_TRUE(problems_of("").empty());
  EXPECT_TRUE(problems_of(R"({"width":8,"flip":null,"jitter":4,"threads":0})").empty());
  EXPECT_EQ(problems_of(R"({"widht":8})"), (Problems{{"extra.widht", "unknown field; did you mean \"width\"?"}}));
  EXPECT_EQ(problems_of(R"({"width":0})"), (Problems{{"extra.width", "must be at least 8"}}));
  EXPECT_EQ(problems_of(R"({"jitter":5,"threads":2000})").size(), 2U);
  const auto wrong = problems_of(R"({"width":"wide"})");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].path, "extra.width");
  EXPECT_EQ(problems_of("[1]").at(0).path, "extra");
}

// The operator has refused them; a trainer by hand falls back to what is known to work.
TEST(Hyperparameters, OfWrongValuesAreTheDefaults) {
  const Hyperparameters<kRows> wrong({R"({"width":7,"flip":"yes"})"});
  EXPECT_EQ(wrong.get<"width">(), 32);
  EXPECT_FALSE(wrong.get<"flip">());
  EXPECT_EQ(Hyperparameters<kRows>({"no json"}).get<"width">(), 32);
}

}  // namespace
}  // namespace visionops::contract
