#include "operator/core/pipeline/worker_pod.h"

#include <algorithm>

#include "operator/core/dataset_resolution.h"

namespace visionops::core {

namespace {

contract::PipelineRun pipeline_run_of(const api::PipelineSpec& spec, const api::ResolvedPipeline& resolved,
                                      const std::vector<api::Dataset>& datasets) {
  contract::PipelineRun run;
  for (std::size_t i = 0; i < resolved.sources.size() && i < spec.sources.size(); ++i) {
    run.sources.push_back({location_of(resolved.sources[i], datasets), spec.sources[i].manipulators});
  }
  run.post_merge = spec.post_merge;
  const api::ResolvedOutput& output = *resolved.output;
  run.output.name = output.dataset;
  run.output.store = output.store;
  run.output.path = output.path;
  run.output.format = spec.output.format;
  run.output.split = output.split;
  run.output.version = output.version;
  run.output_group = output.group;
  run.output_type = spec.output.type;
  run.allow_loss = spec.allow_loss;
  run.images = spec.images;
  run.seed = spec.seed;
  run.shards = std::max(spec.parallelism, 1);
  return run;
}

}  // namespace

WorkerPod pipeline_pod(const PipelineObserved& o, const api::PipelineStatus& status) {
  const auto& spec = o.pipeline.spec;
  WorkerPod pod;
  pod.image = o.platform.worker_image;
  pod.command = "pipeline";
  pod.run.pipeline = pipeline_run_of(spec, *status.resolved, o.datasets);
  pod.sidecar = true;
  for (const auto& source : status.resolved->sources) pod.worker_stores.push_back({source.store, false});
  pod.worker_stores.push_back({status.resolved->output->store, true});
  if (spec.resources) {
    pod.cpu = spec.resources->cpu;
    pod.memory = spec.resources->memory;
  }
  pod.pods = spec.parallelism;
  pod.profile = spec.profile;
  return pod;
}

}  // namespace visionops::core
