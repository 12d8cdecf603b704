// Widget: a Job counts the images of a folder.
#include "operator/api/widget.h"
#include "operator/core/kind_decision.h"
#include "operator/core/run/machine.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

using O = ObservedOf<api::Widget>;
using D = DecisionOf<api::WidgetStatus>;
using Status = api::WidgetStatus;

std::optional<Refusal> refuse(const O& o) {
  return refuse_unknown_store(o.platform, o.resource.spec.store, "spec.store");
}

WorkerPod pod(const O& o, const Status& /*status*/) {
  WorkerPod out;
  out.image = o.platform.worker_image;
  out.command = "inspect-run";
  auto& dataset = out.run.inspect.emplace().dataset;
  dataset.name = o.resource.meta.name;
  dataset.store = o.resource.spec.store;
  dataset.path = o.resource.spec.path;
  out.run.inspect->report_path = "widgets/" + o.resource.meta.uid + ".json";
  out.worker_stores = {{o.resource.spec.store, true}};
  return out;
}

void running(const O& o, D& d, const Attempt& attempt) {
  progress({o, d}, api::Phase::Running, reason::kRunning, "Job " + attempt.job->meta.name + " counts");
}

std::optional<Failure> judge(const O& o, D& d, const Attempt& attempt) {
  if (attempt.results.empty() || !attempt.results[0].dataset) return result_lost(attempt, "it counted nothing");
  d.status.images = attempt.results[0].dataset->images;
  succeed({o, d}, reason::kSucceeded, std::to_string(d.status.images) + " images");
  return std::nullopt;
}

constexpr Kind<O, D> kWidget{
    .name = "Widget",
    .refuse = refuse,
    .pod = pod,
    .running = running,
    .judge = judge,
    .record = [](const O&, const Status&) { return std::optional<Record>(); },
    .steering = [](const O& o) { return steering_of(o.resource.spec); },
    .result = [](const Status& s) { return std::to_string(s.images); },
};

}  // namespace

D decide(const O& o) { return run_pass(kWidget, o); }

template D reconcile(const O& o);

}  // namespace visionops::core
