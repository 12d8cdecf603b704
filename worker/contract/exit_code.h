// Exit codes of all programs, one table. What a code of a Pod means and whether it is retried is the row of its failure
// class; docs/reference/exit-codes.md, --help and the manual are written from here. PURE.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/contract/failure_class.h"

namespace visionops::contract {

enum class ExitCode {
  Done = 0,
  Unfinished = 1,        ///< by hand: what was asked for is not so (something failed, waits or differs)
  InvalidInput = 2,      ///< malformed run spec, annotation file or parameter
  InputMissing = 3,      ///< a dataset folder or file that must exist does not
  OutputConflict = 4,    ///< the output exists with other content
  LossNotAllowed = 5,    ///< the conversion would lose something that allowLoss does not name
  QualityFailed = 6,     ///< nothing usable is left (for example no image after the filters)
  Diverged = 7,          ///< training met NaN or infinity and could not recover
  ContentChanged = 8,    ///< the files of a dataset are not those that it was Ready with
  Internal = 64,         ///< a broken invariant of ours
  StorageFailure = 65,   ///< the store refused reading or writing (full, read-only, I/O error)
  ProgramMissing = 127,  ///< a program beside this one is not there
  Interrupted = 130,     ///< by hand: Ctrl-C, or SIGTERM
  RetryRequested = 138,  ///< "please restart me" (128 + SIGUSR1)
  Terminated = 143,      ///< SIGTERM: state saved, run can be resumed
};

/// nullopt for Done, which is none, for codes of commands that run in no Pod, and for a number that is no code of ours:
/// of those a trainer may end with any.
constexpr std::optional<FailureClass> failure_class_of(ExitCode code) {
  switch (code) {  // no default: the compiler names a code that is missing
    case ExitCode::Done:
    case ExitCode::Unfinished:
    case ExitCode::ProgramMissing:
    case ExitCode::Interrupted:
      return std::nullopt;
    case ExitCode::InvalidInput:
      return FailureClass::InvalidInput;
    case ExitCode::InputMissing:
      return FailureClass::InputMissing;
    case ExitCode::OutputConflict:
      return FailureClass::OutputConflict;
    case ExitCode::LossNotAllowed:
      return FailureClass::LossNotAllowed;
    case ExitCode::QualityFailed:
      return FailureClass::QualityFailed;
    case ExitCode::Diverged:
      return FailureClass::Diverged;
    case ExitCode::ContentChanged:
      return FailureClass::ContentChanged;
    case ExitCode::Internal:
      return FailureClass::Internal;
    case ExitCode::StorageFailure:
      return FailureClass::StorageFailure;
    case ExitCode::RetryRequested:
      return FailureClass::RetryRequested;
    case ExitCode::Terminated:
      return FailureClass::Terminated;
  }
  return std::nullopt;
}

/// Of the exit status of a process; Done has none, nor have codes that are not ours (signals are judged by the
/// operator's failure policy).
constexpr std::optional<FailureClass> failure_class_of_status(int status) {
  return failure_class_of(static_cast<ExitCode>(status));
}

/// The code that stands for a class; nullopt for a class that has none.
std::optional<ExitCode> exit_code_of(FailureClass failure);

/// How a program of ours ends when this is what went wrong. What an error means is decided here, once, for all
/// programs.
constexpr ExitCode exit_code_of(ErrorClass error) {
  switch (error) {
    case ErrorClass::Invalid:
      return ExitCode::InvalidInput;
    case ErrorClass::NotFound:
      return ExitCode::InputMissing;
    case ErrorClass::Conflict:
    case ErrorClass::AlreadyExists:
      return ExitCode::OutputConflict;
    case ErrorClass::Retry:
    case ErrorClass::Gone:
      return ExitCode::StorageFailure;
    case ErrorClass::Cancelled:
      return ExitCode::Terminated;
    case ErrorClass::OutOfMemory:
    case ErrorClass::Internal:
      return ExitCode::Internal;
  }
  return ExitCode::Internal;
}

/// A row of docs/reference/exit-codes.md.
struct ExitCodeInfo {
  ExitCode code;
  std::string_view name;               ///< of a code of a Pod: its failure class
  std::optional<RetryDecision> retry;  ///< nothing for codes of commands that run in no Pod
  std::string_view meaning;            ///< in a Pod, and in general
  std::string_view by_hand;            ///< what else it means of a command; may be empty
  std::string_view hint;
};

/// All codes, ascending.
const std::vector<ExitCodeInfo>& exit_code_table();

}  // namespace visionops::contract
