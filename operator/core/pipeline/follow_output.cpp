#include "operator/core/pipeline/follow_output.h"

#include "operator/core/dataset_resolution.h"
#include "operator/core/pipeline/output_dataset.h"
#include "operator/core/pipeline/progress.h"
#include "operator/core/run/steps.h"

namespace visionops::core {

using api::ConditionStatus;
namespace condition = api::condition;
using O = PipelineObserved;
using D = PipelineDecision;

namespace {

/// The same words from the creation to the end of the inspection, whose steps the Dataset tells itself.
void tell_inspection(const O& o, D& d) {
  const std::string text = "Dataset " + d.status.resolved->output->dataset + " is written and being inspected";
  tell({o, d}, condition::kDatasetReady, ConditionStatus::False, reason::kDatasetCreated, text);
  progress({o, d}, api::Phase::Running, reason::kDatasetCreated, text);
}

Next create_output(const O& o, D& d) {
  auto dataset = output_dataset(o, d.status);
  tell_inspection(o, d);
  // the digest is the memory that the Job has succeeded: stored before anything follows from it
  d.status_first = true;
  d.actions.push_back(CreateDataset{std::move(dataset)});
  if (!o.refused.empty()) {
    tell_refused({o, d});
    return Next::Stop;
  }
  emit(d, cluster::EventType::Normal, reason::kDatasetCreated, d.status.message);
  return Next::Stop;
}

}  // namespace

void output_failed(const O& o, D& d, std::string_view reason, const std::string& message) {
  tell({o, d}, condition::kDatasetReady, ConditionStatus::False, reason, message);
  fail({o, d}, reason, message);
}

Next follow_output(const O& o, D& d) {
  if (d.status.attempt == 0 || d.status.output_digest.empty()) return Next::Continue;
  const auto& output = *d.status.resolved->output;
  const auto* dataset = find_dataset(o.datasets, output.dataset);
  if (!dataset) return create_output(o, d);
  const std::string name = "Dataset " + output.dataset;
  if (!is_made_by(*dataset, o.pipeline, d.status.run)) {
    output_failed(o, d, failure::kOutputConflict, name + " exists already and was not made by this run");
  } else if (dataset->status.phase == api::Phase::Failed) {
    output_failed(o, d, reason::kDatasetNotReady, name + " was written but is not usable: " + dataset->status.message);
  } else if (dataset->status.phase != api::Phase::Succeeded) {
    tell_inspection(o, d);
  } else if (dataset->status.digest != d.status.output_digest) {
    output_failed(o, d, reason::kDigestMismatch,
                  name + " has digest " + dataset->status.digest + ", but the run wrote " + d.status.output_digest);
  } else {
    tell({o, d}, condition::kDatasetReady, ConditionStatus::True, reason::kDatasetReady, name + " is Ready");
    complete_progress(d.status);
    succeed({o, d}, reason::kSucceeded, name + ": " + std::to_string(d.status.images_out) + " images");
  }
  return Next::Stop;
}

}  // namespace visionops::core
