#include "worker/contract/exit_code.h"

#include <algorithm>

namespace visionops::contract {

const std::vector<ExitCodeInfo>& exit_code_table() {
  static const std::vector<ExitCodeInfo> table = [] {
    constexpr int kHighest = 255;  // of a process
    std::vector<ExitCodeInfo> rows{
        {ExitCode::Done, "Done", RetryDecision::Never, "The work is done and its result is written.", ""}};
    for (int status = 0; status <= kHighest; ++status) {
      const auto failure = failure_class_of_status(status);
      if (!failure) continue;
      const auto& row = meaning_of(*failure);
      rows.push_back({static_cast<ExitCode>(status), row.name, row.retry, row.meaning, row.hint});
    }
    return rows;
  }();
  return table;
}

std::optional<ExitCode> exit_code_of(FailureClass failure) {
  const auto& table = exit_code_table();
  const auto it = std::ranges::find(table, enum_name(failure), &ExitCodeInfo::failure_class);
  return it == table.end() ? std::nullopt : std::optional(it->code);
}

}  // namespace visionops::contract
