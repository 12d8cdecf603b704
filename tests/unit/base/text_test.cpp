#include "base/text.h"

#include <gtest/gtest.h>

#include <vector>

namespace visionops {
namespace {

TEST(Join, PutsTheWordBetweenAndNowhereElse) {
  EXPECT_EQ(join(std::vector<std::string>{}), "");
  EXPECT_EQ(join(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(join(std::vector<std::string>{"", "b", ""}, "+"), "+b+");
  EXPECT_EQ(join(std::vector{1, 2, 3}, ", ", [](int n) { return std::to_string(n); }), "1, 2, 3");
}

}  // namespace
}  // namespace visionops
