// The batch/v1 Job controller of the embedded cluster: Indexed Jobs with backoffLimit 0.
//
// Source of the rules: kubernetes pkg/controller/job (1.34). As there,
// - a Pod carries the finalizer batch.kubernetes.io/job-tracking until it is counted, so that a
//   deleted Pod is a failure and never a Pod that was forgotten;
// - a Job becomes Failed or Complete only when none of its Pods runs any more;
// - a suspended Job has no Pods and no startTime; what it ran is not counted.
// Unlike there Pod names are deterministic: <job>-<index>.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "operator/local/api_server/object_store.h"

namespace visionops::local {

inline constexpr std::string_view kJobTrackingFinalizer = "batch.kubernetes.io/job-tracking";
inline constexpr std::string_view kJobNameLabel = "batch.kubernetes.io/job-name";
inline constexpr std::string_view kControllerUidLabel = "batch.kubernetes.io/controller-uid";
inline constexpr std::string_view kCompletionIndexLabel = "batch.kubernetes.io/job-completion-index";

/// Level-triggered: a step compares what is with what should be, and remembers nothing between steps.
/// One thread at a time.
class JobController {
 public:
  explicit JobController(ObjectStore& store) : store_(store) {}
  /// Brings every Job one step further. The answer is when time alone will ask for the next step
  /// (deadline, TTL, a write that failed); changes of Jobs and Pods ask for one at once.
  std::optional<TimePoint> step(TimePoint now);

 private:
  ObjectStore& store_;
};

}  // namespace visionops::local
