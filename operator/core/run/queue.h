// Why the Job of an attempt waits in its queue, in the words of Kueue.
#pragma once

#include <string>
#include <vector>

#include "operator/api/conditions.h"
#include "operator/cluster/workload.h"
#include "operator/core/run/attempt.h"

namespace visionops::core {

/// The Job that a Workload is about; nullptr when none of a TrainingJob can be. By name: Kueue makes
/// Workloads of every queued Job of a cluster, and gives them none of our labels.
const api::OwnerReference* queued_job(const cluster::Workload& workload);

/// Precondition: `job` is suspended. Reason: QuotaPending before its first admission, Preempted or Requeued
/// after Kueue has taken it back, Deactivated when Kueue will not admit it by itself. Without a Workload
/// (not seen yet, or not readable) what `known`, the condition Queued so far, says still holds.
Waiting wait_in_queue(const cluster::Job& job, const std::vector<cluster::Workload>& workloads,
                      const api::Condition* known);

}  // namespace visionops::core
