#include "operator/runtime/resource_facts.h"

namespace visionops::runtime {

std::string_view phase_of(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return enum_name(dataset->status.phase);
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return enum_name(pipeline->status.phase);
  if (const auto* job = std::get_if<api::TrainingJob>(&object)) return enum_name(job->status.phase);
  return {};
}

bool is_finished(const cluster::Object& object) {
  if (std::holds_alternative<api::Dataset>(object)) return false;
  const auto phase = phase_of(object);
  return phase == "Succeeded" || phase == "Failed";
}

core::Record record_of(const cluster::Object& object) {
  if (const auto* dataset = std::get_if<api::Dataset>(&object)) return core::DatasetRecord{*dataset, {}, false};
  if (const auto* pipeline = std::get_if<api::Pipeline>(&object)) return core::PipelineRecord{*pipeline};
  return core::TrainingRecord{std::get<api::TrainingJob>(object)};
}

}  // namespace visionops::runtime
