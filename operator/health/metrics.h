// The metric families of the operator, with the names of controller-runtime and client-go where those
// exist, so that dashboards for other operators work unchanged (controller-runtime pkg/internal/controller/
// metrics, pkg/metrics/workqueue.go). No label is an object name or a uid: the number of time series does
// not grow with the number of resources.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace visionops::serve {

/// Made once by main and passed in; all functions may be called from any thread and never block on I/O.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  // controllers
  void reconciled(std::string_view controller, std::string_view result, std::chrono::duration<double> took);
  void active_workers(std::string_view controller, int delta);
  void max_workers(std::string_view controller, int workers);

  // work queue
  void queue_depth(std::size_t depth);
  void queue_added();
  void queue_retried();
  void queue_waited(std::chrono::duration<double> wait);
  void queue_worked(std::chrono::duration<double> work);

  // cluster
  void watch_restarted(std::string_view kind, std::string_view cause);
  void cached(std::string_view kind, std::size_t objects);
  void wrote(std::string_view verb, std::string_view kind);
  void status_refused(std::string_view kind);

  /// Of the pages' thread.
  void leads(bool leading);

  // VisionOps
  void resources(std::string_view kind, std::string_view phase, int delta);
  void record_queue_depth(std::size_t depth);
  void records_dropped(std::size_t count);
  void telemetry_message(std::string_view result);

 private:
  prometheus::Family<prometheus::Counter>& reconcile_total_;
  prometheus::Family<prometheus::Counter>& reconcile_errors_;
  prometheus::Family<prometheus::Histogram>& reconcile_time_;
  prometheus::Family<prometheus::Gauge>& active_workers_;
  prometheus::Family<prometheus::Gauge>& max_workers_;
  prometheus::Gauge& queue_depth_;
  prometheus::Counter& queue_adds_;
  prometheus::Counter& queue_retries_;
  prometheus::Histogram& queue_duration_;
  prometheus::Histogram& work_duration_;
  prometheus::Family<prometheus::Counter>& watch_restarts_;
  prometheus::Family<prometheus::Gauge>& cache_objects_;
  prometheus::Family<prometheus::Counter>& writes_;
  prometheus::Family<prometheus::Counter>& statuses_refused_;
  prometheus::Family<prometheus::Gauge>& resources_;
  prometheus::Gauge& leads_;
  prometheus::Gauge& record_queue_depth_;
  prometheus::Counter& records_dropped_;
  prometheus::Family<prometheus::Counter>& telemetry_;
};

/// The registry in the Prometheus text format 0.0.4.
std::string prometheus_text(const prometheus::Registry& registry);

}  // namespace visionops::serve
