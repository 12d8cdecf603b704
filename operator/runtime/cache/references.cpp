#include "operator/runtime/cache/references.h"

#include <algorithm>
#include <optional>
#include <string>

namespace visionops::runtime {
namespace {

bool same(const std::string& wanted, const std::string& actual) { return !wanted.empty() && wanted == actual; }

bool refers(const api::DatasetReference& reference, const api::Dataset& dataset) {
  return same(reference.name, dataset.meta.name) || same(reference.group, dataset.spec.group);
}

bool refers(const std::optional<api::DatasetReference>& reference, const api::Dataset& dataset) {
  return reference && refers(*reference, dataset);
}

bool pins(const std::optional<api::PinnedDataset>& pinned, const api::Dataset& dataset) {
  return pinned && same(pinned->name, dataset.meta.name);
}

/// The versions of the output, the Datasets of this Pipeline, and whoever holds a name that the next
/// version could get (names start with the group).
bool is_output_side(const api::Pipeline& pipeline, const api::Dataset& dataset) {
  const auto& group = pipeline.spec.output.group;
  if (same(group, dataset.spec.group) || (!group.empty() && dataset.meta.name.starts_with(group))) return true;
  return dataset.status.lineage && same(dataset.status.lineage->pipeline, pipeline.meta.name);
}

}  // namespace

bool concerns(const api::Pipeline& pipeline, const api::Dataset& dataset) {
  const auto is_source = [&](const api::PipelineSource& source) { return refers(source.dataset, dataset); };
  if (std::ranges::any_of(pipeline.spec.sources, is_source) || is_output_side(pipeline, dataset)) return true;
  if (!pipeline.status.resolved) return false;
  const auto is_pinned = [&](const api::PinnedDataset& pinned) { return same(pinned.name, dataset.meta.name); };
  const auto& resolved = *pipeline.status.resolved;
  return std::ranges::any_of(resolved.sources, is_pinned) ||
         (resolved.output && same(resolved.output->dataset, dataset.meta.name));
}

bool concerns(const api::Pipeline& pipeline, const api::Pipeline& other) {
  return pipeline.meta.name != other.meta.name && same(pipeline.spec.output.group, other.spec.output.group) &&
         pipeline.spec.output.split == other.spec.output.split;
}

bool concerns(const api::TrainingJob& job, const api::Dataset& dataset) {
  const auto& wanted = job.spec.datasets;
  if (refers(wanted.train, dataset) || refers(wanted.val, dataset) || refers(wanted.test, dataset)) return true;
  if (!job.status.resolved) return false;
  const auto& resolved = *job.status.resolved;
  return pins(resolved.train, dataset) || pins(resolved.val, dataset) || pins(resolved.test, dataset);
}

bool concerns(const api::TrainingJob& job, const api::TrainingJob& other) {
  return job.spec.resume_from && same(job.spec.resume_from->training_job, other.meta.name);
}

}  // namespace visionops::runtime
