#include "operator/health/runtime_metrics.h"

namespace visionops::serve {

runtime::Observers observe(Metrics& metrics) {
  runtime::Observers o;
  o.queue.depth = [&metrics](std::size_t depth) { metrics.queue_depth(depth); };
  o.queue.added = [&metrics] { metrics.queue_added(); };
  o.queue.retried = [&metrics] { metrics.queue_retried(); };
  o.queue.waited = [&metrics](Duration wait) { metrics.queue_waited(wait); };
  o.passed = [&metrics](const runtime::PassSample& pass) {
    metrics.reconciled(pass.controller, pass.result, pass.took);
    metrics.queue_worked(pass.took);
  };
  o.active_workers = [&metrics](std::string_view controller, int delta) { metrics.active_workers(controller, delta); };
  o.resources = [&metrics](std::string_view kind, std::string_view phase, int delta) {
    metrics.resources(kind, phase, delta);
  };
  o.watch_restarted = [&metrics](std::string_view kind, std::string_view cause) {
    metrics.watch_restarted(kind, cause);
  };
  o.cached = [&metrics](std::string_view kind, std::size_t objects) { metrics.cached(kind, objects); };
  o.wrote = [&metrics](std::string_view verb, std::string_view kind) { metrics.wrote(verb, kind); };
  o.status_refused = [&metrics](std::string_view kind) { metrics.status_refused(kind); };
  return o;
}

}  // namespace visionops::serve
