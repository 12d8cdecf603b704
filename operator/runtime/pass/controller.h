// The loop: key -> gather -> decide -> apply -> one status write -> events -> records.
#pragma once

#include <atomic>

#include "operator/runtime/cache/refused_creates.h"
#include "operator/runtime/cache/start_warnings.h"
#include "operator/runtime/pass/cluster_writer.h"
#include "operator/runtime/pass/intent.h"
#include "operator/runtime/pass/owed_reports.h"
#include "operator/runtime/pass/status_pace.h"
#include "operator/runtime/pass/status_refusals.h"
#include "operator/runtime/queue/shared_work_queue.h"
#include "operator/runtime/watch/pod_catch_up.h"

namespace visionops::runtime {

/// How a pass ended and when the key is due again.
struct PassOutcome {
  enum class Kind {
    Done,       ///< nothing to do until something changes
    Later,      ///< look again after `after` (a deadline, a retry time)
    Unsettled,  ///< an own write is not visible yet; look again after `after`
    Conflict,   ///< the view was stale; decide again on a newer one
    Refused,    ///< the API server does not take the status: `error`; again after `after`
    Failed,     ///< `error`; again after a growing backoff
  };
  Kind kind = Kind::Done;
  Duration after{};
  Error error;
};

/// What a pass did to the cluster.
struct PassWrites {
  bool any = false;             ///< something was stored
  bool status_refused = false;  ///< as invalid
};

/// work() may be called from many threads; the queue never hands one key to two of them.
class Controller {
 public:
  Controller(ClusterWriter& writer, PodCatchUp& pods, StartWarnings& start_warnings, RefusedCreates& refused_creates,
             SharedWorkQueue& queue, TelemetryBoard& board, Surroundings surroundings, const Outlets& outlets);

  /// Processes one item that was taken from the queue, and gives it back with done(). Never throws.
  void work(const WorkItem& item);

 private:
  PassOutcome guarded_pass(const cluster::ObjectKey& key);
  PassOutcome pass(const cluster::ObjectKey& key);
  PassOutcome carry_out(const cluster::Object& seen, const Intent& intent);
  Status write(const Intent& intent, cluster::Object& resource, PassWrites& writes);
  Status apply_all(const Intent& intent, cluster::Object& resource, bool live, PassWrites& writes);
  PassOutcome refuse(const cluster::Object& seen, const Intent& intent, const Error& error);
  void report(const Report& report);
  void report_failure(const core::Action& action, const cluster::Object& resource, const Error& error);
  void reschedule(const cluster::ObjectKey& key, const PassOutcome& outcome);

  ClusterWriter& writer_;
  PodCatchUp& pods_;
  StartWarnings& start_warnings_;
  RefusedCreates& refused_creates_;
  SharedWorkQueue& queue_;
  TelemetryBoard& board_;
  const Surroundings surroundings_;
  const Outlets& outlets_;
  OwedReports owed_;
  StatusPace pace_;
  StatusRefusals refusals_;
};

}  // namespace visionops::runtime
