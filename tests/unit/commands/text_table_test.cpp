#include "operator/present/text_table.h"

#include <gtest/gtest.h>

namespace visionops::commands {
namespace {

TEST(TextTable, AlignsColumnsAndLeavesNoTrailingBlanks) {
  const auto lines = format_table({"NAME", "PHASE"}, {{"a", "Running"}, {"longer-name", ""}});
  EXPECT_EQ(lines, (std::vector<std::string>{"NAME          PHASE", "a             Running", "longer-name"}));
}

TEST(TextTable, CountsCodePointsAndNotBytes) {
  const auto lines = format_table({}, {{"größe", "x"}, {"abcde", "y"}});
  EXPECT_EQ(lines.at(0), "größe   x");
  EXPECT_EQ(lines.at(1), "abcde   y");
}

TEST(TextTable, NeverPassesControlCharactersToTheTerminal) {
  const auto lines = format_table({}, {{"bad\x1b[31mname\n"}});
  EXPECT_EQ(lines.at(0), "bad\\x1b[31mname\\n");
}

TEST(TextTable, CutsLinesToTheWidthWithoutSplittingACodePoint) {
  EXPECT_EQ(format_table({}, {{"äöüabc"}}, 3).at(0), "äö…");
}

TEST(TextTable, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(display_width("학습"), 4U);
  EXPECT_EQ(cut_middle("abcdefghij", 5), "ab…ij");
  EXPECT_EQ(cut_to_width("학습작업", 5), "학습…");
}

TEST(TextTable, ColourSequencesHaveNoWidth) { EXPECT_EQ(display_width("\x1b[1mab\x1b[0m"), 2U); }

}  // namespace
}  // namespace visionops::commands
