#include "worker/pipeline/publish/source_contents.h"

#include "worker/dataset/content_check.h"

namespace visionops::pipeline {

SourceContents::SourceContents(const contract::PipelineRun& run) {
  for (const auto& source : run.sources) sources_.push_back(source.dataset);
}

Status SourceContents::check(const RunEnvironment& environment) {
  for (std::size_t s = 0; s < sources_.size(); ++s) {
    auto& dataset = sources_[s];
    const auto label = "sources[" + std::to_string(s) + "] " + (dataset.name.empty() ? dataset.path : dataset.name);
    if (environment.stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
    const auto store = environment.open_store(dataset.store);
    if (!store) return store.error().in(label);
    auto checked = dataset_folder::check_content(**store, dataset, environment.threads);
    if (!checked) return checked.error().in(label);
    changed_ = std::move(checked->changed);
    if (!changed_.empty()) return {};
    dataset.fingerprint = std::move(checked->fingerprint);
  }
  return {};
}

}  // namespace visionops::pipeline
