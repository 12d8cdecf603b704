#include "tests/record/records.h"

namespace visionops::record {
namespace {

constexpr TimePoint kStart{Duration{1'790'000'000'000}};

api::ObjectMeta meta(const std::string& name, const std::string& resource_version) {
  api::ObjectMeta m;
  m.name = name;
  m.namespace_ = "default";
  m.uid = "uid-" + name;
  m.resource_version = resource_version;
  m.creation_timestamp = kStart;
  return m;
}

}  // namespace

core::DatasetRecord dataset(const std::string& name, const std::string& group, const std::string& version) {
  core::DatasetRecord record;
  auto& d = record.dataset;
  d.meta = meta(name, "10");
  d.spec.group = group;
  d.spec.type = DatasetType::Raw;
  d.spec.split = Split::Train;
  d.spec.version = version;
  d.spec.tasks = {Task::Detection, Task::AttributeClassification};
  d.spec.store = "datasets";
  d.spec.description = "Scenes of " + group;
  d.status.phase = api::Phase::Succeeded;
  d.status.digest = "sha256:" + name;
  d.status.images = 120;
  d.status.classes = 3;
  d.status.annotations = 456;
  d.status.size_bytes = 789;
  d.status.class_counts = {{"car", 100, 200}};
  return record;
}

api::PinnedDataset pinned(const core::DatasetRecord& record) {
  const auto& d = record.dataset;
  api::PinnedDataset p;
  p.name = d.meta.name;
  p.uid = d.meta.uid;
  p.group = d.spec.group;
  p.split = d.spec.split;
  p.version = d.spec.version;
  p.format = d.spec.format;
  p.store = d.spec.store;
  p.path = api::dataset_path(d.spec);
  p.digest = d.status.digest;
  return p;
}

core::DatasetRecord derived(const std::string& name, const std::vector<api::PinnedDataset>& parents, std::int64_t run,
                            const std::string& version) {
  auto record = dataset(name, "fused", version);
  record.dataset.spec.type = DatasetType::Fusion;
  record.dataset.status.lineage = api::Lineage{"fuse", "uid-fuse", run, parents};
  record.transform_config = R"({"postMerge":[{"merge_datasets":{}}]})";
  return record;
}

core::PipelineRecord pipeline(std::int64_t run, api::Phase phase, const std::string& resource_version) {
  core::PipelineRecord record;
  auto& p = record.pipeline;
  p.meta = meta("fuse", resource_version);
  p.spec.output.group = "fused";
  p.spec.output.store = "datasets";
  p.status.run = run;
  p.status.phase = phase;
  p.status.stage = api::PipelineStage::ImageWriting;
  p.status.spec_hash = "hash-" + std::to_string(run);
  p.status.attempt = 1;
  p.status.started_at = kStart;
  p.status.resolved.emplace();
  p.status.resolved->output =
      api::ResolvedOutput{"fused-train-v1.0.0", "fused", Split::Train, "v1.0.0", "datasets", "x"};
  if (phase == api::Phase::Succeeded) {
    p.status.images_in = 240;
    p.status.images_out = 200;
    p.status.finished_at = kStart + std::chrono::minutes(1);
  }
  return record;
}

core::TrainingRecord training(std::int64_t run, api::Phase phase, const std::string& resource_version) {
  core::TrainingRecord record;
  auto& t = record.job;
  t.meta = meta("detector", resource_version);
  t.spec.model = "centernet_nano";
  t.spec.task = Task::Detection;
  t.spec.hyperparameters.emplace();
  t.spec.hyperparameters->epochs = 30;
  t.status.run = run;
  t.status.attempt = 1;
  t.status.phase = phase;
  t.status.spec_hash = "hash-" + std::to_string(run);
  t.status.epochs = 30;
  t.status.started_at = kStart;
  t.status.resolved.emplace();
  t.status.resolved->train = pinned(dataset("fused-train-v1.0.0", "fused"));
  t.status.resolved->val = pinned(dataset("scan-val-v1.0.0", "scan"));
  if (phase == api::Phase::Succeeded) {
    t.status.epoch = 30;
    t.status.metrics = {{"map50", 0.95}};
    t.status.best = api::BestMetric{"map50", 0.95, 17};
    t.status.model = api::CheckpointRecord{"runs/detector/epoch-0017.pt", "abc", 1000, 17, false};
    t.status.finished_at = kStart + std::chrono::hours(1);
  }
  return record;
}

core::TelemetryRecord telemetry(std::int64_t run, std::int32_t attempt, std::int64_t sequence, std::int64_t first,
                                std::int64_t last) {
  core::TelemetryRecord record;
  auto& m = record.message;
  m.owner = {"TrainingJob", "default", "detector", "uid-detector", run, attempt};
  m.pod = "detector-" + std::to_string(attempt);
  m.sequence = sequence;
  m.sent_at = kStart;
  for (auto step = first; step <= last; ++step) {
    contract::MetricPoint point;
    point.name = "loss";
    point.step = step;
    point.epoch = static_cast<std::int32_t>(step / 10);
    point.value = 1.0 / static_cast<double>(step + attempt);
    point.at = kStart + Duration{step};
    m.metrics.push_back(point);
  }
  m.progress.emplace();
  m.progress->stage = "Training";
  m.progress->epoch = static_cast<std::int32_t>(last / 10);
  m.progress->epochs = 30;
  return record;
}

core::TelemetryRecord pipeline_progress(std::int64_t run, const std::string& pod, std::int64_t sequence,
                                        std::int64_t done, std::int64_t total) {
  core::TelemetryRecord record;
  auto& m = record.message;
  m.owner = {"Pipeline", "default", "fuse", "uid-fuse", run, 1};
  m.pod = pod;
  m.sequence = sequence;
  m.sent_at = kStart;
  m.progress.emplace();
  m.progress->stage = "ImageWriting";
  m.progress->done = done;
  m.progress->total = total;
  return record;
}

}  // namespace visionops::record
