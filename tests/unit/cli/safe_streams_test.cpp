// Texts of others cannot steer a terminal.
#include "base/cli/safe_streams.h"

#include <gtest/gtest.h>

#include <iostream>

namespace visionops::cli {
namespace {

TEST(SafeStreams, ShowControlsAndHiddenMarksAsEscapes) {
  EXPECT_EQ(escaped("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(escaped("\xc2\x9b"
                    "2J"),
            "\\x9b2J")
      << "CSI of C1";
  EXPECT_EQ(escaped("a\u202e.exe"), "a\\u202e.exe");
  EXPECT_EQ(escaped("one\rtwo\bx"), "one\\rtwo\\x08x");
  EXPECT_EQ(escaped("\xff\xfe"), "\\xff\\xfe") << "no UTF-8";
  EXPECT_EQ(escaped("\U000e0041"), "\\U000e0041");
}

TEST(SafeStreams, LeaveTextAlone) {
  const std::string text = "größe 학습\tdone ✓ 👩‍🔬\n";
  EXPECT_EQ(escaped(text), text);
}

TEST(SafeStreams, EscapeWhatGoesThroughThemAndNothingElse) {
  testing::internal::CaptureStdout();
  {
    const SafeStreams safe;
    std::cout << "name \x1b]0;title\x07\n";
    std::cout << "\xed\x95"
              << "\x99\n";  // a character in two writes
    machine_output() << "{\"a\": \"\xc2\x85\"}\n";
    drawn_output() << "\x1b[32mdone\x1b[0m\n";
  }
  std::cout << "\x1b[0m" << std::flush;
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "name \\x1b]0;title\\x07\n학\n{\"a\": \"\xc2\x85\"}\n\x1b[32mdone\x1b[0m\n\x1b[0m");
}

}  // namespace
}  // namespace visionops::cli
