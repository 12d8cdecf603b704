#include "tests/unit/core/widget.h"

#include "operator/core/run/machine.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

using O = WidgetObserved;
using D = WidgetDecision;
using Status = WidgetStatus;

std::optional<Refusal> refuse(const O& o) {
  return refuse_unknown_store(o.platform, o.widget.spec.store, "spec.store");
}

WorkerPod pod(const O& o, const Status& /*status*/) {
  WorkerPod out;
  out.image = o.platform.worker_image;
  out.command = "inspect-run";
  out.run.inspect.emplace().dataset.path = o.widget.spec.path;
  out.worker_stores = {{o.widget.spec.store, false}};
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
    .steering = [](const O& o) { return steering_of(o.widget.spec); },
    .result = [](const Status& s) { return std::to_string(s.images); },
};

}  // namespace

void validate(const WidgetSpec& spec, Problems& problems) {
  if (spec.path.empty()) problems.push_back({"spec.path", "is required"});
}

std::string spec_hash(const Widget& widget, const Problems& /*problems*/) {
  return widget.spec.store + ":" + widget.spec.path;
}

WidgetDecision reconcile(const WidgetObserved& o) { return run_pass(kWidget, o); }

}  // namespace visionops::core
