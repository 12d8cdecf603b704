#include "operator/runtime/cache/resource_facts.h"

#include <string>

#include "operator/core/reconcile.h"
#include "operator/core/spec_hash.h"

namespace visionops::runtime {
namespace {

/// What `tell` says of a resource; the default of others.
template <class Answer, class Tell>
Answer of_ours(const cluster::Object& object, const Tell& tell) {
  return std::visit(
      [&]<class T>(const T& typed) -> Answer {
        if constexpr (api::Resource<T>) return tell(typed);
        return Answer{};
      },
      object);
}

core::DatasetRecord dataset_record(const api::Dataset& dataset, bool deleted) {
  const auto transform = dataset.meta.annotations.find(std::string(core::kTransformAnnotation));
  return {dataset, transform == dataset.meta.annotations.end() ? std::string{} : transform->second, deleted};
}

std::optional<core::Record> record(const api::Dataset& dataset) { return dataset_record(dataset, false); }
std::optional<core::Record> record(const api::Pipeline& pipeline) {
  return core::PipelineRecord{pipeline, core::is_spec_of_run(pipeline)};
}
std::optional<core::Record> record(const api::TrainingJob& job) {
  return core::TrainingRecord{job, core::is_spec_of_run(job)};
}
/// Kinds without a history.
std::optional<core::Record> record(const auto&) { return std::nullopt; }

std::optional<core::Record> last_record(const api::Dataset& dataset) { return dataset_record(dataset, true); }
std::optional<core::Record> last_record(const auto& resource) { return record(resource); }

}  // namespace

std::string_view phase_of(const cluster::Object& object) {
  return of_ours<std::string_view>(object, [](const auto& resource) { return enum_name(resource.status.phase); });
}

std::string_view message_of(const cluster::Object& object) {
  return of_ours<std::string_view>(object,
                                   [](const auto& resource) { return std::string_view(resource.status.message); });
}

std::int64_t run_of(const cluster::Object& object) {
  return of_ours<std::int64_t>(object, []<class T>(const T& resource) {
    if constexpr (api::EndingResource<T>) return resource.status.run;
    return std::int64_t{0};
  });
}

bool is_finished(const cluster::Object& object) {
  return of_ours<bool>(object, []<class T>(const T& resource) {
    if constexpr (api::EndingResource<T>) {
      using Phase = std::remove_cvref_t<decltype(resource.status.phase)>;
      return resource.status.phase == Phase::Succeeded || resource.status.phase == Phase::Failed;
    }
    return false;
  });
}

bool was_observed(const cluster::Object& object) {
  return of_ours<bool>(object, [](const auto& resource) { return resource.status.observed_generation > 0; });
}

std::optional<core::Record> record_of(const cluster::Object& object) {
  return of_ours<std::optional<core::Record>>(object, [](const auto& resource) { return record(resource); });
}

std::optional<core::Record> last_record_of(const cluster::Object& object) {
  return of_ours<std::optional<core::Record>>(object, [&]<class T>(T last) {
    if constexpr (api::EndingResource<T>) {
      if (is_finished(object)) return record(last);
      last.status.phase = std::remove_cvref_t<decltype(last.status.phase)>::Failed;
      last.status.message = "deleted before its run ended";
    }
    return last_record(last);
  });
}

}  // namespace visionops::runtime
