#include "operator/core/run/run_history.h"

#include <utility>

#include "base/fields/field_doc.h"

namespace visionops::core {

std::vector<api::RunRecord> archive_run(const api::RunStatus& status, std::string result) {
  constexpr std::size_t kMaxMessage = 256;
  auto runs = status.runs;
  if (status.run == 0) return runs;
  runs.push_back({status.run, status.spec_hash, std::string(enum_name(status.phase)), std::move(result),
                  cut_text(status.message, kMaxMessage), status.started_at, status.finished_at});
  if (runs.size() > kMaxRuns) runs.erase(runs.begin(), runs.end() - static_cast<std::ptrdiff_t>(kMaxRuns));
  return runs;
}

}  // namespace visionops::core
