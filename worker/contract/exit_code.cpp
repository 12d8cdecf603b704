#include "worker/contract/exit_code.h"

#include <algorithm>
#include <array>

namespace visionops::contract {
namespace {

struct ByHand {
  ExitCode code;
  std::string_view text;
};

/// What a code of a Pod means of a command that a person typed.
constexpr std::array kByHand{
    ByHand{ExitCode::InvalidInput, "The command line or a manifest is wrong."},
    ByHand{ExitCode::InputMissing, "What was named does not exist, or there is no cluster in the data folder."},
    ByHand{ExitCode::OutputConflict, "It is there already, or somebody else changed it or holds the folder."},
    ByHand{ExitCode::StorageFailure, "A disk, a database or a server did not do what was asked."},
};

constexpr std::array kCommandsOnly{
    ExitCodeInfo{ExitCode::Done, "Done", RetryDecision::Never, "The work is done and its result is written.", "", ""},
    ExitCodeInfo{
        ExitCode::Unfinished,
        "Unfinished",
        {},
        "What was asked for is not so: something failed or waits (run, wait), differs (diff), or a part of the "
        "operator failed.",
        "",
        "Read the last lines: they name the resource and the reason."},
    ExitCodeInfo{ExitCode::ProgramMissing,
                 "ProgramMissing",
                 {},
                 "A program beside this one is not there: this build or image does not contain it.",
                 "",
                 ""},
    ExitCodeInfo{ExitCode::Interrupted,
                 "Interrupted",
                 {},
                 "Stopped by Ctrl-C or SIGTERM.",
                 "",
                 "The same command goes on where this one stopped."},
};

std::string_view by_hand(ExitCode code) {
  const auto* it = std::ranges::find(kByHand, code, &ByHand::code);
  return it == kByHand.end() ? "" : it->text;
}

}  // namespace

const std::vector<ExitCodeInfo>& exit_code_table() {
  static const std::vector<ExitCodeInfo> table = [] {
    constexpr int kHighest = 255;  // of a process
    std::vector<ExitCodeInfo> rows(kCommandsOnly.begin(), kCommandsOnly.end());
    for (int status = 0; status <= kHighest; ++status) {
      const auto failure = failure_class_of_status(status);
      if (!failure) continue;
      const auto& row = meaning_of(*failure);
      const auto code = static_cast<ExitCode>(status);
      rows.push_back({code, row.name, row.retry, row.meaning, by_hand(code), row.hint});
    }
    std::ranges::sort(rows, {}, &ExitCodeInfo::code);
    return rows;
  }();
  return table;
}

std::optional<ExitCode> exit_code_of(FailureClass failure) {
  const auto& table = exit_code_table();
  const auto it = std::ranges::find(table, enum_name(failure), &ExitCodeInfo::name);
  return it == table.end() ? std::nullopt : std::optional(it->code);
}

}  // namespace visionops::contract
