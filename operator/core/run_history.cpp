#include "operator/core/run_history.h"

#include "base/field_doc.h"

namespace visionops::core {

std::vector<api::RunRecord> append_run(std::vector<api::RunRecord> runs, api::RunRecord record) {
  constexpr std::size_t kMaxMessage = 256;
  if (record.run == 0) return runs;
  record.message = cut_text(record.message, kMaxMessage);
  runs.push_back(std::move(record));
  if (runs.size() > kMaxRuns) runs.erase(runs.begin(), runs.end() - static_cast<std::ptrdiff_t>(kMaxRuns));
  return runs;
}

}  // namespace visionops::core
