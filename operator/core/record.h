// History rows as values. The record writer turns them into upserts keyed by
// (kind, namespace, name, uid, run), so a replay changes nothing. History is never an input.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"
#include "worker/contract/telemetry.h"

namespace visionops::core {

/// dataset_groups + datasets, and dataset_lineage when the Dataset has parents.
struct DatasetRecord {
  api::Dataset dataset;          ///< spec and status as just written
  std::string transform_config;  ///< JSON snapshot of the manipulators; empty for registered data
  bool deleted = false;
};
/// pipeline_executions
struct PipelineRecord {
  api::Pipeline pipeline;
  bool own_spec = true;  ///< the spec is that of status.run; false: it was edited since, and only the status counts
};
/// training_jobs (with solutions, recipes rows that it implies)
struct TrainingRecord {
  api::TrainingJob job;
  bool own_spec = true;  ///< as in PipelineRecord
};
/// metrics, checkpoints, gpu_samples
struct TelemetryRecord {
  contract::TelemetryMessage message;
};
struct NotificationRecord {
  std::string kind, namespace_, name, uid;
  std::int64_t run = 0;
  std::string alert;
  std::string message;
  TimePoint at{};
};

using Record = std::variant<DatasetRecord, PipelineRecord, TrainingRecord, TelemetryRecord, NotificationRecord>;

}  // namespace visionops::core
