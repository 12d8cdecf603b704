#include "operator/core/pipeline/worker_job.h"

#include <algorithm>

#include "operator/core/dataset_resolution.h"
#include "operator/core/pod_template.h"
#include "operator/core/run_identity.h"

namespace visionops::core {

namespace {

contract::PipelineRun run_of(const api::PipelineSpec& spec, const api::ResolvedPipeline& resolved,
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

ChildOf pipeline_child(const api::Pipeline& pipeline, const api::PipelineStatus& status) {
  return {"Pipeline", pipeline.meta, status.run, status.attempt, run_identity(pipeline.meta, status)};
}

cluster::Job pipeline_job(const api::Pipeline& pipeline, const api::PipelineStatus& status, const Platform& platform,
                          const std::vector<api::Dataset>& datasets) {
  const auto& spec = pipeline.spec;
  const ChildOf child = pipeline_child(pipeline, status);
  WorkerPod pod;
  pod.image = platform.worker_image;
  pod.command = "pipeline";
  pod.run.pipeline = run_of(spec, *status.resolved, datasets);
  pod.run.owner = run_owner(child);
  pod.sidecar = true;
  for (const auto& source : status.resolved->sources) pod.worker_stores.push_back({source.store, false});
  pod.worker_stores.push_back({status.resolved->output->store, true});
  if (spec.resources) {
    pod.cpu = spec.resources->cpu;
    pod.memory = spec.resources->memory;
  }
  cluster::Job job;
  job.meta = child_meta(child);
  job.spec.completions = std::max(spec.parallelism, 1);
  job.spec.parallelism = job.spec.completions;
  job.spec.pod = build_pod(pod, child, platform);
  return job;
}

}  // namespace visionops::core
