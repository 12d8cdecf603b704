#include "operator/core/pipeline/output_dataset.h"

#include <algorithm>

#include "base/json.h"
#include "operator/core/children.h"
#include "operator/core/dataset_resolution.h"
#include "operator/core/reconcile.h"

namespace visionops::core {

namespace {

Json encode(const std::vector<contract::ManipulatorCall>& calls) {
  Json out = Json::array();
  for (const auto& call : calls) {
    auto params = parse_json(call.params.json.empty() ? "{}" : call.params.json);
    out.push_back({{call.name, params ? std::move(params).value() : Json(call.params.json)}});
  }
  return out;
}

/// spec.output.tasks, else the tasks that all sources have in common, in the order of the first one.
std::vector<Task> output_tasks(const PipelineObserved& o, const api::PipelineStatus& status) {
  if (!o.pipeline.spec.output.tasks.empty()) return o.pipeline.spec.output.tasks;
  std::vector<Task> common;
  bool first = true;
  for (const auto& source : status.resolved->sources) {
    const auto* dataset = find_dataset(o.datasets, source.name);
    if (!dataset) continue;
    const auto& tasks = dataset->spec.tasks;
    if (first) common = tasks;
    std::erase_if(common, [&](Task t) { return std::find(tasks.begin(), tasks.end(), t) == tasks.end(); });
    first = false;
  }
  return common;
}

Modality output_modality(const PipelineObserved& o, const api::PipelineStatus& status) {
  for (const auto& source : status.resolved->sources) {
    if (const auto* dataset = find_dataset(o.datasets, source.name)) return dataset->spec.modality;
  }
  return Modality::RGB;
}

}  // namespace

api::Lineage lineage_of_run(const api::Pipeline& pipeline, const api::PipelineStatus& status) {
  api::Lineage out;
  out.pipeline = pipeline.meta.name;
  out.pipeline_uid = pipeline.meta.uid;
  out.run = status.run;
  if (status.resolved) out.parents = status.resolved->sources;
  return out;
}

bool is_made_by(const api::Dataset& dataset, const api::Pipeline& pipeline, std::int64_t run) {
  const auto lineage = lineage_of(dataset);
  return lineage && lineage->pipeline_uid == pipeline.meta.uid && lineage->run == run;
}

std::string transform_snapshot(const api::Pipeline& pipeline, const api::PipelineStatus& status) {
  Json out{{"sources", Json::array()}, {"postMerge", encode(pipeline.spec.post_merge)}};
  for (std::size_t i = 0; i < pipeline.spec.sources.size(); ++i) {
    const bool pinned = status.resolved && i < status.resolved->sources.size();
    out["sources"].push_back({{"dataset", pinned ? status.resolved->sources[i].name : ""},
                              {"manipulators", encode(pipeline.spec.sources[i].manipulators)}});
  }
  return dump_json(out);
}

api::Dataset output_dataset(const PipelineObserved& o, const api::PipelineStatus& status) {
  const auto& output = o.pipeline.spec.output;
  const auto& resolved = *status.resolved->output;
  api::Dataset d;
  d.meta.name = resolved.dataset;
  d.meta.namespace_ = o.pipeline.meta.namespace_;
  d.meta.labels = {{std::string(kOwnerKindLabel), "Pipeline"},
                   {std::string(kOwnerNameLabel), label_value(o.pipeline.meta.name)},
                   {std::string(kRunLabel), std::to_string(status.run)},
                   {"app.kubernetes.io/managed-by", "visionops"}};
  d.meta.annotations = {{std::string(kLineageAnnotation), encode_lineage(lineage_of_run(o.pipeline, status))},
                        {std::string(kTransformAnnotation), transform_snapshot(o.pipeline, status)}};
  d.spec.group = resolved.group;
  d.spec.type = output.type;
  d.spec.split = resolved.split;
  d.spec.version = resolved.version;
  d.spec.format = output.format;
  d.spec.tasks = output_tasks(o, status);
  d.spec.modality = output_modality(o, status);
  d.spec.store = resolved.store;
  d.spec.path = resolved.path;
  d.spec.description = "made by Pipeline " + o.pipeline.meta.name + ", run " + std::to_string(status.run);
  d.spec.quality_gate = output.quality_gate;
  return d;
}

}  // namespace visionops::core
