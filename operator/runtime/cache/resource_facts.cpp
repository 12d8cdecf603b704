#include "operator/runtime/cache/resource_facts.h"

#include <string>

#include "operator/core/reconcile.h"
#include "operator/core/spec_hash.h"

namespace visionops::runtime {
namespace {

core::DatasetRecord dataset_record(const api::Dataset& dataset, bool deleted) {
  const auto transform = dataset.meta.annotations.find(std::string(core::kTransformAnnotation));
  return {dataset, transform == dataset.meta.annotations.end() ? std::string{} : transform->second, deleted};
}

}  // namespace

std::string_view phase_of(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return enum_name(dataset->status.phase);
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return enum_name(pipeline->status.phase);
  if (const auto* job = std::get_if<api::TrainingJob>(&object)) return enum_name(job->status.phase);
  return {};
}

std::string_view message_of(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return dataset->status.message;
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return pipeline->status.message;
  if (const auto* job = std::get_if<api::TrainingJob>(&object)) return job->status.message;
  return {};
}

std::int64_t run_of(const cluster::Object& object) {
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return pipeline->status.run;
  if (const auto* job = std::get_if<api::TrainingJob>(&object)) return job->status.run;
  return 0;
}

bool is_finished(const cluster::Object& object) {
  if (std::holds_alternative<api::Dataset>(object)) return false;
  const auto phase = phase_of(object);
  return phase == "Succeeded" || phase == "Failed";
}

bool was_observed(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return dataset->status.observed_generation > 0;
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return pipeline->status.observed_generation > 0;
  if (const auto* job = std::get_if<api::TrainingJob>(&object)) return job->status.observed_generation > 0;
  return false;
}

core::Record record_of(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return dataset_record(*dataset, false);
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) {
    return core::PipelineRecord{*pipeline, core::is_spec_of_run(*pipeline)};
  }
  const auto& job = std::get<api::TrainingJob>(object);
  return core::TrainingRecord{job, core::is_spec_of_run(job)};
}

core::Record last_record_of(const cluster::Object& object) {
  constexpr const char* kDeleted = "deleted before its run ended";
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return dataset_record(*dataset, true);
  cluster::Object last = object;
  if (is_finished(last)) return record_of(last);
  if (auto* pipeline = std::get_if<api::Pipeline>(&last)) {
    pipeline->status.phase = api::Phase::Failed;
    pipeline->status.message = kDeleted;
  } else {
    auto& job = std::get<api::TrainingJob>(last);
    job.status.phase = api::Phase::Failed;
    job.status.message = kDeleted;
  }
  return record_of(last);
}

}  // namespace visionops::runtime
