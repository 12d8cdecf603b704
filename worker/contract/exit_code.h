// Exit codes of the worker and what they mean for a retry. docs/reference/exit-codes.md is generated from
// exit_code_table().
#pragma once

#include <string>
#include <vector>

namespace visionops::contract {

enum class ExitCode {
  Done = 0,
  InvalidInput = 2,      ///< malformed run spec, annotation file or parameter
  InputMissing = 3,      ///< a dataset folder or file that must exist does not
  OutputConflict = 4,    ///< the output exists with other content
  LossNotAllowed = 5,    ///< the conversion would lose something that allowLoss does not name
  QualityFailed = 6,     ///< nothing usable is left (for example no image after the filters)
  Diverged = 7,          ///< training met NaN or infinity and could not recover
  ContentChanged = 8,    ///< the files of a dataset are not those that it was Ready with
  Internal = 64,         ///< a broken invariant of ours
  StorageFailure = 65,   ///< the store refused reading or writing (full, read-only, I/O error)
  RetryRequested = 138,  ///< "please restart me" (128 + SIGUSR1)
  Terminated = 143,      ///< SIGTERM: state saved, run can be resumed
};

/// How the operator treats a failed attempt.
enum class RetryDecision {
  Never,    ///< the same input fails again: Failed at once
  Counted,  ///< retry with backoff, counts against retry.limit
  Free,     ///< retry, not counted: the platform took the Pod away
};

struct ExitCodeInfo {
  ExitCode code;
  std::string failure_class;  ///< CamelCase reason in status
  RetryDecision retry;
  std::string meaning;
  std::string hint;
};

const std::vector<ExitCodeInfo>& exit_code_table();
/// nullptr for codes that are not ours (signals are judged by the operator's failure policy).
const ExitCodeInfo* find_exit_code(int code);

}  // namespace visionops::contract
