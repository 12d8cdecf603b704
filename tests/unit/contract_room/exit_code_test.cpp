#include "worker/contract/exit_code.h"

#include <gtest/gtest.h>

#include <set>

#include "worker/contract/run_result.h"

namespace visionops::contract {
namespace {

RetryDecision retry_of(int status) { return meaning_of(failure_class_of_status(status).value()).retry; }

TEST(ExitCodes, AreUniqueDocumentedAndFound) {
  std::set<int> codes;
  std::set<std::string_view> names;
  for (const auto& info : exit_code_table()) {
    EXPECT_TRUE(codes.insert(static_cast<int>(info.code)).second) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.meaning.empty());
    const auto failure = failure_class_of(info.code);
    EXPECT_EQ(failure.has_value(), info.retry.has_value() && info.code != ExitCode::Done) << info.name;
    if (failure) {
      EXPECT_EQ(exit_code_of(*failure), info.code);
    }
  }
  EXPECT_EQ(codes, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 64, 65, 127, 130, 138, 143}));
}

TEST(ExitCodes, NeverRetryWhatTheSameInputWouldFailAgain) {
  for (const auto code : {ExitCode::InvalidInput, ExitCode::InputMissing, ExitCode::OutputConflict,
                          ExitCode::LossNotAllowed, ExitCode::QualityFailed, ExitCode::ContentChanged}) {
    const auto& row = meaning_of(failure_class_of(code).value());
    const bool mended_elsewhere = code == ExitCode::InputMissing || code == ExitCode::ContentChanged;
    EXPECT_EQ(row.retry, mended_elsewhere ? RetryDecision::Later : RetryDecision::Never) << row.name;
    EXPECT_FALSE(row.hint.empty()) << row.name << " leaves the user without a way out";
  }
  EXPECT_EQ(retry_of(65), RetryDecision::Counted);
  EXPECT_EQ(retry_of(143), RetryDecision::Free);
}

TEST(ExitCodes, OfOthersAreNotJudgedHere) {
  for (const int status : {0, 1, 9, 63, 66, 127, 130, 137, 139, 255, -1})
    EXPECT_FALSE(failure_class_of_status(status)) << status;
}

TEST(ExitCodes, AreTheSameForEveryProgramWhateverTheErrorClass) {
  EXPECT_EQ(exit_code_of(ErrorClass::Invalid), ExitCode::InvalidInput);
  EXPECT_EQ(exit_code_of(ErrorClass::NotFound), ExitCode::InputMissing);
  EXPECT_EQ(exit_code_of(ErrorClass::Conflict), ExitCode::OutputConflict);
  EXPECT_EQ(exit_code_of(ErrorClass::AlreadyExists), ExitCode::OutputConflict);
  EXPECT_EQ(exit_code_of(ErrorClass::Retry), ExitCode::StorageFailure);
  EXPECT_EQ(exit_code_of(ErrorClass::Gone), ExitCode::StorageFailure);
  EXPECT_EQ(exit_code_of(ErrorClass::Cancelled), ExitCode::Terminated);
  EXPECT_EQ(exit_code_of(ErrorClass::Internal), ExitCode::Internal);
}

TEST(FailureClasses, AreFoundByTheirNamesAndTellWhatTheyMean) {
  for (const auto& row : kFailureMeanings) {
    EXPECT_EQ(parse_enum<FailureClass>(row.name), row.value) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    const auto error = error_result(row.value, "why", "where");
    EXPECT_EQ(error.failure_class, row.name);
    EXPECT_EQ(error.hint, row.hint);
  }
  EXPECT_FALSE(parse_enum<FailureClass>("Done"));
  EXPECT_EQ(error_result(ExitCode::LossNotAllowed, "").failure_class, "LossNotAllowed");
}

// A user's image must not restart for ever at no cost.
TEST(FailureClasses, ThatAreFreeAreNoWordOfAWorkerButItsOwnEnd) {
  for (const auto& row : kFailureMeanings) {
    const bool free_by_word = row.retry == RetryDecision::Free && row.reported;
    EXPECT_TRUE(!free_by_word || row.value == FailureClass::Terminated) << row.name;
  }
}

}  // namespace
}  // namespace visionops::contract
