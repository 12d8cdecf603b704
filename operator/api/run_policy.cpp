// The fields about running that Pipeline and TrainingJob share: resources, retries, deadlines.
#include "base/field_table.h"
#include "operator/api/patterns.h"
#include "operator/api/pipeline.h"

namespace visionops::api {

namespace {
constexpr double kYear = 365.0 * 24 * 3600;
}  // namespace

const Table<PodResources>& PodResources::fields() {
  static const Table<PodResources> table{
      field("cpu", &PodResources::cpu, "CPU of each worker Pod, as request and limit.")
          .unit("cores, a Kubernetes quantity in quotes")
          .default_text("\"1\"")
          .max_length(32)
          .pattern(kQuantityPattern, kQuantityWords)
          .rule(kPositiveQuantityRule, kPositiveQuantityWords)
          .example("\"4\""),
      field("memory", &PodResources::memory, "Memory of each worker Pod, as request and limit.")
          .unit("bytes, a Kubernetes quantity")
          .default_text("1Gi")
          .max_length(32)
          .pattern(kQuantityPattern, kQuantityWords)
          .rule(kPositiveQuantityRule, kPositiveQuantityWords)
          .example("4Gi"),
  };
  return table;
}

const Table<RetryPolicy>& RetryPolicy::fields() {
  static const Table<RetryPolicy> table{
      field("limit", &RetryPolicy::limit,
            "Attempts beyond the first one. Only failures that another attempt may cure are retried; what the platform "
            "did (lost node, preemption, eviction) is not counted.")
          .unit("attempts")
          .always()
          .range(0, 100),
  };
  return table;
}

const Table<Deadlines>& Deadlines::fields() {
  static const Table<Deadlines> table{
      field("pendingSeconds", &Deadlines::pending_seconds,
            "How long the Pods of an attempt may wait for a node or an image before the run fails.")
          .unit("seconds")
          .default_text("no deadline")
          .range(1, kYear)
          .example("3600"),
      field("activeSeconds", &Deadlines::active_seconds, "How long one attempt may run.")
          .unit("seconds")
          .default_text("no deadline")
          .range(1, kYear)
          .example("86400"),
      field("silenceSeconds", &Deadlines::silence_seconds,
            "How long a running attempt may send no telemetry before it counts as hung and is stopped.")
          .unit("seconds")
          .default_text("no deadline")
          .range(10, kYear)
          .example("600"),
  };
  return table;
}

}  // namespace visionops::api
