#include "worker/contract/exit_code.h"

#include <gtest/gtest.h>

#include <set>

namespace visionops::contract {
namespace {

TEST(ExitCodes, AreUniqueDocumentedAndFound) {
  std::set<int> codes;
  std::set<std::string> classes;
  for (const auto& info : exit_code_table()) {
    EXPECT_TRUE(codes.insert(static_cast<int>(info.code)).second) << info.failure_class;
    EXPECT_TRUE(classes.insert(info.failure_class).second) << info.failure_class;
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_EQ(find_exit_code(static_cast<int>(info.code)), &info);
  }
  EXPECT_EQ(codes, (std::set<int>{0, 2, 3, 4, 5, 6, 7, 8, 64, 65, 138, 143}));
}

TEST(ExitCodes, NeverRetryWhatTheSameInputWouldFailAgain) {
  for (const auto code : {ExitCode::InvalidInput, ExitCode::InputMissing, ExitCode::OutputConflict,
                          ExitCode::LossNotAllowed, ExitCode::QualityFailed, ExitCode::ContentChanged}) {
    const auto* info = find_exit_code(static_cast<int>(code));
    ASSERT_NE(info, nullptr);
    EXPECT_EQ(info->retry, RetryDecision::Never) << info->failure_class;
    EXPECT_FALSE(info->hint.empty()) << info->failure_class << " leaves the user without a way out";
  }
  EXPECT_EQ(find_exit_code(65)->retry, RetryDecision::Counted);
  EXPECT_EQ(find_exit_code(143)->retry, RetryDecision::Free);
}

TEST(ExitCodes, OfOthersAreNotJudgedHere) {
  for (const int code : {1, 9, 63, 66, 137, 139, 255, -1}) EXPECT_EQ(find_exit_code(code), nullptr) << code;
}

}  // namespace
}  // namespace visionops::contract
