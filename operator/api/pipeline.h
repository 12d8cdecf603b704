// Pipeline: sources -> manipulators -> merge -> manipulators -> a new Dataset.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/vocabulary.h"
#include "operator/api/conditions.h"
#include "operator/api/dataset.h"
#include "operator/api/object_meta.h"
#include "worker/contract/format.h"
#include "worker/contract/manipulator_call.h"

namespace visionops::api {

/// Either name, or group + split (+ version): the newest Ready version, pinned in status.
struct DatasetReference {
  std::string name;
  std::string group;
  std::optional<Split> split;
  std::string version;
  bool operator==(const DatasetReference&) const = default;

  static const Table<DatasetReference>& fields();
};

struct PipelineSource {
  DatasetReference dataset;
  std::vector<contract::ManipulatorCall> manipulators;

  static const Table<PipelineSource>& fields();
};

struct PipelineOutput {
  std::string group;
  DatasetType type = DatasetType::Processed;
  Split split = Split::None;
  std::string version;  ///< empty: the next patch version of (group, split)
  WrittenFormat format = Format("COCO");
  std::vector<Task> tasks;
  std::string store;
  std::string path;  ///< empty: {type}/{group}/{split}/{version}
  std::optional<QualityGate> quality_gate;

  static const Table<PipelineOutput>& fields();
};

enum class OnSourceChange { Ignore, Run };
constexpr auto names_of(OnSourceChange) {
  using enum OnSourceChange;
  return std::to_array<Named<OnSourceChange>>({{Ignore, "Ignore"}, {Run, "Run"}});
}

/// Per Pod; quantities of Kubernetes.
struct PodResources {
  std::string cpu;
  std::string memory;
  bool operator==(const PodResources&) const = default;

  static const Table<PodResources>& fields();
};

/// Attempts beyond the first one; failures of the platform (lost node, preemption) are not counted.
struct RetryPolicy {
  std::int32_t limit = 3;

  static const Table<RetryPolicy>& fields();
};

/// Seconds; absent means no deadline.
struct Deadlines {
  std::optional<std::int64_t> pending_seconds;
  std::optional<std::int64_t> active_seconds;
  std::optional<std::int64_t> silence_seconds;

  static const Table<Deadlines>& fields();
};

struct PipelineSpec {
  std::vector<PipelineSource> sources;
  std::vector<contract::ManipulatorCall> post_merge;
  PipelineOutput output;
  std::vector<LossKind> allow_loss;
  ImageMode images = ImageMode::Copy;
  std::int64_t seed = 0;
  std::int32_t parallelism = 1;
  std::optional<PodResources> resources;
  std::optional<RetryPolicy> retry;
  std::optional<Deadlines> deadlines;
  std::optional<std::int64_t> ttl_seconds_after_finished;  ///< of the Job, never of the resource
  OnSourceChange on_source_change = OnSourceChange::Ignore;
  bool suspend = false;

  static const Table<PipelineSpec>& fields();
};

enum class PipelinePhase { Pending, Running, Succeeded, Failed, Suspended };
constexpr auto names_of(PipelinePhase) {
  using enum PipelinePhase;
  return std::to_array<Named<PipelinePhase>>({{Pending, "Pending"},
                                              {Running, "Running"},
                                              {Succeeded, "Succeeded"},
                                              {Failed, "Failed"},
                                              {Suspended, "Suspended"}});
}

enum class PipelineStage { None, AnnotationProcessing, ImageWriting, Publishing };
constexpr auto names_of(PipelineStage) {
  using enum PipelineStage;
  return std::to_array<Named<PipelineStage>>({{None, "None"},
                                              {AnnotationProcessing, "AnnotationProcessing"},
                                              {ImageWriting, "ImageWriting"},
                                              {Publishing, "Publishing"}});
}

/// One line of history in status; bounded to the newest 10.
struct RunRecord {
  std::int64_t run = 0;
  std::string spec_hash;
  std::string phase;
  std::string result;  ///< Dataset or model that came out
  std::string message;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> finished_at;

  static const Table<RunRecord>& fields();
};

struct ResolvedOutput {
  std::string dataset;  ///< name of the Dataset resource
  std::string group;
  Split split = Split::None;
  std::string version;
  std::string store;
  std::string path;
  bool operator==(const ResolvedOutput&) const = default;

  static const Table<ResolvedOutput>& fields();
};

struct ResolvedPipeline {
  std::vector<PinnedDataset> sources;
  std::optional<ResolvedOutput> output;

  static const Table<ResolvedPipeline>& fields();
};

/// Why attempts ended, and how often: retries are decided from this, never from Pods.
struct FailureRecord {
  std::string failure_class;  ///< "InvalidInput", "NodeLost", "HostOOM", ...
  std::string evidence;       ///< the line or field that proves it
  std::string hint;           ///< the way out
  std::int32_t exit_code = 0;

  static const Table<FailureRecord>& fields();
};

struct PipelineStatus {
  std::int64_t observed_generation = 0;
  std::string spec_hash;  ///< of the run that this status tells of
  PipelinePhase phase = PipelinePhase::Pending;
  PipelineStage stage = PipelineStage::None;
  std::vector<Condition> conditions;
  std::string message;
  std::int32_t progress_percent = 0;
  std::string progress;  ///< "37%"
  std::int64_t images_in = 0;
  std::int64_t images_out = 0;
  std::int64_t run = 0;
  std::int32_t attempt = 0;           ///< Jobs started in this run
  std::int32_t counted_failures = 0;  ///< of those, failures that count against retry.limit
  std::optional<FailureRecord> last_failure;
  std::optional<ResolvedPipeline> resolved;
  std::string output_digest;
  std::map<std::string, std::int64_t> loss;  ///< by kind, what was lost with permission
  std::int64_t renamed_images = 0;
  std::int64_t skipped_images = 0;
  std::optional<TimePoint> started_at;
  std::optional<TimePoint> finished_at;
  std::optional<TimePoint> retry_at;  ///< when the next attempt may start
  std::string duration;
  std::vector<RunRecord> runs;

  static const Table<PipelineStatus>& fields();
};

struct Pipeline {
  ObjectMeta meta;
  PipelineSpec spec;
  PipelineStatus status;
  Problems problems;
};

Pipeline decode_pipeline(const Json& json);
Json encode(const Pipeline& pipeline);
void validate(const PipelineSpec& spec, Problems& problems);

}  // namespace visionops::api
