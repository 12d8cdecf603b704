#include "worker/contract/prepared_run.h"

#include "base/fields/field_table.h"
#include "worker/contract/telemetry.h"

namespace visionops::contract {

const Table<PreparedRun>& PreparedRun::fields() {
  constexpr std::size_t kPathBytes = 4096;
  using P = PreparedRun;
  static const Table<P> table{
      field("data", &P::data, "Absolute path of the layout of the Datasets.").max_length(kPathBytes),
      field("classes", &P::classes, "Classes of all Datasets together.").min(0),
      field("checkpoint", &P::checkpoint, "Absolute path of the checkpoint to go on from.").max_length(kPathBytes),
      field("resumedFromEpoch", &P::resumed_from_epoch, "Epochs that the checkpoint has behind it.").min(0),
      field("best", &P::best, "Best model of the run until now."),
      field("bestMetrics", &P::best_metrics, "Metrics of its epoch.").max_properties(kMaxMetricNames),
      field("weights", &P::weights, "Absolute path of the weights to start from.").max_length(kPathBytes),
      field("finished", &P::finished, "Result of the run, which had ended before."),
  };
  return table;
}

std::string encode(const PreparedRun& prepared) { return encode_text(prepared) + "\n"; }

Result<PreparedRun> decode_prepared_run(const std::string& text) {
  Problems problems;
  auto prepared = decode_text<PreparedRun>(text, "", problems);
  if (!problems.empty()) return invalid_error(std::string(kPreparedFile) + ": " + describe(problems));
  return prepared;
}

}  // namespace visionops::contract
