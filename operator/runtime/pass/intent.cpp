#include "operator/runtime/pass/intent.h"

#include <utility>

#include "base/json.h"
#include "operator/core/reconcile.h"

namespace visionops::runtime {
namespace {

template <class StatusType>
Intent intent_of(core::DecisionOf<StatusType> decision) {
  return {.actions = std::move(decision.actions),
          .status = std::move(decision.status),
          .status_first = decision.status_first,
          .events = std::move(decision.events),
          .records = std::move(decision.records),
          .check_again_in = decision.check_again_in};
}

Json status_json(const cluster::Object& object) {
  const Json json = cluster::encode(object);
  const auto status = json.find("status");
  return status == json.end() ? Json::object() : *status;
}

}  // namespace

Intent decide(const cluster::Object& resource, const Surroundings& from, TimePoint now) {
  if (const auto* dataset = std::get_if<api::Dataset>(&resource)) {
    return intent_of(core::reconcile(gather(*dataset, from, now)));
  }
  if (const auto* pipeline = std::get_if<api::Pipeline>(&resource)) {
    return intent_of(core::reconcile(gather(*pipeline, from, now)));
  }
  return intent_of(core::reconcile(gather(std::get<api::TrainingJob>(resource), from, now)));
}

cluster::Object with_status(const cluster::Object& resource, const StatusValue& status) {
  cluster::Object changed = resource;
  if (auto* dataset = std::get_if<api::Dataset>(&changed)) {
    dataset->status = std::get<api::DatasetStatus>(status);
  } else if (auto* pipeline = std::get_if<api::Pipeline>(&changed)) {
    pipeline->status = std::get<api::PipelineStatus>(status);
  } else {
    std::get<api::TrainingJob>(changed).status = std::get<api::TrainingJobStatus>(status);
  }
  return changed;
}

bool same_status(const cluster::Object& a, const cluster::Object& b) { return status_json(a) == status_json(b); }

}  // namespace visionops::runtime
