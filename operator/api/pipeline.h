// Pipeline: sources -> manipulators -> merge -> manipulators -> a new Dataset.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/vocabulary.h"
#include "operator/api/column.h"
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
  std::string profile;  ///< of the administrator; empty: what all Pods have
  bool suspend = false;

  static const Table<PipelineSpec>& fields();
};

enum class PipelineStage { None, AnnotationProcessing, ImageWriting, Publishing };
constexpr auto names_of(PipelineStage) {
  using enum PipelineStage;
  return std::to_array<Named<PipelineStage>>({{None, "None"},
                                              {AnnotationProcessing, "AnnotationProcessing"},
                                              {ImageWriting, "ImageWriting"},
                                              {Publishing, "Publishing"}});
}

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

struct PipelineStatus : RunStatus {
  PipelineStage stage = PipelineStage::None;
  std::int32_t progress_percent = 0;
  std::string progress;  ///< "37%"
  std::int64_t images_in = 0;
  std::int64_t images_out = 0;
  std::optional<ResolvedPipeline> resolved;
  std::string output_digest;
  std::map<std::string, std::int64_t> loss;  ///< by kind, what was lost with permission
  std::int64_t renamed_images = 0;
  std::int64_t skipped_images = 0;

  static const Table<PipelineStatus>& fields();
};

struct Pipeline {
  ObjectMeta meta;
  PipelineSpec spec;
  PipelineStatus status;
  Problems problems;
  static constexpr ResourceKind kKind{
      "Pipeline", "pipelines", "vpl",
      "Pipeline makes a new Dataset from others: each source through its own steps, then all together through "
      "common ones. Sources are never changed."};
  static std::span<const Column<Pipeline>> columns();
};

Pipeline decode_pipeline(const Json& json);
Json encode(const Pipeline& pipeline);
void validate(const PipelineSpec& spec, Problems& problems);

}  // namespace visionops::api
