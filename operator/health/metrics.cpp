#include "operator/health/metrics.h"

#include <prometheus/text_serializer.h>

#include <vector>

namespace visionops::serve {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

/// The queue has the name of the operator; controllers share it.
const prometheus::Labels kQueue{{"name", "visionops"}};

/// client-go workqueue: 10 ns x10, 12 steps.
std::vector<double> queue_buckets() { return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000}; }

/// controller-runtime reconcile_time_seconds, from 5 ms to 60 s.
std::vector<double> reconcile_buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
          0.7,   0.8,  0.9,   1.0,  1.25, 1.5,  1.75, 2.0,  2.5, 3.0,  3.5, 4.0,  4.5, 5.0,
          6.0,   7.0,  8.0,   9.0,  10.0, 15.,  20.,  25.,  30., 40.,  50., 60.};
}

Family<Counter>& counter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
Family<Gauge>& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
Family<Histogram>& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

prometheus::Labels labels(const char* name, std::string_view value) { return {{name, std::string(value)}}; }
prometheus::Labels labels(const char* a, std::string_view x, const char* b, std::string_view y) {
  return {{a, std::string(x)}, {b, std::string(y)}};
}

}  // namespace

Metrics::Metrics(Registry& r)
    : reconcile_total_(counter(r, "controller_runtime_reconcile_total", "Reconciliations by controller and result.")),
      reconcile_errors_(counter(r, "controller_runtime_reconcile_errors_total", "Failed reconciliations.")),
      reconcile_time_(histogram(r, "controller_runtime_reconcile_time_seconds", "Length of a reconciliation.")),
      active_workers_(gauge(r, "controller_runtime_active_workers", "Workers that reconcile now.")),
      max_workers_(gauge(r, "controller_runtime_max_concurrent_reconciles", "Workers that may reconcile at once.")),
      queue_depth_(gauge(r, "workqueue_depth", "Keys that wait for a worker.").Add(kQueue)),
      queue_adds_(counter(r, "workqueue_adds_total", "Keys added, repetitions included.").Add(kQueue)),
      queue_retries_(counter(r, "workqueue_retries_total", "Keys added again after a failure.").Add(kQueue)),
      queue_duration_(histogram(r, "workqueue_queue_duration_seconds", "How long a ready key waited for a worker.")
                          .Add(kQueue, queue_buckets())),
      work_duration_(histogram(r, "workqueue_work_duration_seconds", "How long a worker was busy with a key.")
                         .Add(kQueue, queue_buckets())),
      watch_restarts_(counter(r, "visionops_watch_restarts_total", "Watches that ended, by kind and cause.")),
      cache_objects_(gauge(r, "visionops_cache_objects", "Objects kept in memory, by kind.")),
      writes_(counter(r, "visionops_cluster_writes_total", "Writes sent to the API server, by verb and kind.")),
      statuses_refused_(counter(r, "visionops_statuses_refused_total",
                                "Statuses that the API server did not take as valid, by kind.")),
      resources_(gauge(r, "visionops_resources", "Resources by kind and phase.")),
      leads_(gauge(r, "leader_election_master_status", "1 while this replica leads.").Add(kQueue)),
      record_queue_depth_(gauge(r, "visionops_record_queue_depth", "History rows that wait for the database.").Add({})),
      records_dropped_(
          counter(r, "visionops_records_dropped_total", "History rows lost because the queue was full.").Add({})),
      telemetry_(counter(r, "visionops_telemetry_messages_total", "Messages of sidecars, by result.")) {}

void Metrics::reconciled(std::string_view controller, std::string_view result, std::chrono::duration<double> took) {
  reconcile_total_.Add(labels("controller", controller, "result", result)).Increment();
  // Add() of the error family also without an error: a counter that appears only with the first error
  // cannot be alerted on with rate().
  auto& errors = reconcile_errors_.Add(labels("controller", controller));
  if (result == "error") errors.Increment();
  reconcile_time_.Add(labels("controller", controller), reconcile_buckets()).Observe(took.count());
}

void Metrics::active_workers(std::string_view controller, int delta) {
  active_workers_.Add(labels("controller", controller)).Increment(delta);
}
void Metrics::max_workers(std::string_view controller, int workers) {
  max_workers_.Add(labels("controller", controller)).Set(workers);
}

void Metrics::queue_depth(std::size_t depth) { queue_depth_.Set(static_cast<double>(depth)); }
void Metrics::queue_added() { queue_adds_.Increment(); }
void Metrics::queue_retried() { queue_retries_.Increment(); }
void Metrics::queue_waited(std::chrono::duration<double> wait) { queue_duration_.Observe(wait.count()); }
void Metrics::queue_worked(std::chrono::duration<double> work) { work_duration_.Observe(work.count()); }

void Metrics::watch_restarted(std::string_view kind, std::string_view cause) {
  watch_restarts_.Add(labels("kind", kind, "cause", cause)).Increment();
}
void Metrics::cached(std::string_view kind, std::size_t objects) {
  cache_objects_.Add(labels("kind", kind)).Set(static_cast<double>(objects));
}
void Metrics::wrote(std::string_view verb, std::string_view kind) {
  writes_.Add(labels("verb", verb, "kind", kind)).Increment();
}
void Metrics::status_refused(std::string_view kind) { statuses_refused_.Add(labels("kind", kind)).Increment(); }

void Metrics::resources(std::string_view kind, std::string_view phase, int delta) {
  resources_.Add(labels("kind", kind, "phase", phase)).Increment(delta);
}
void Metrics::leads(bool leading) { leads_.Set(leading ? 1 : 0); }
void Metrics::record_queue_depth(std::size_t depth) { record_queue_depth_.Set(static_cast<double>(depth)); }
void Metrics::records_dropped(std::size_t count) { records_dropped_.Increment(static_cast<double>(count)); }
void Metrics::telemetry_message(std::string_view result) { telemetry_.Add(labels("result", result)).Increment(); }

std::string prometheus_text(const Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace visionops::serve
