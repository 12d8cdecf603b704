// One attempt as seen from outside: its Job, its Pods, and what they say. Everything is read anew from
// the observation; nothing is remembered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/run/failure_policy.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

enum class AttemptState {
  Missing,    ///< no Job of that name: not created yet, or removed by somebody
  Pending,    ///< no worker runs yet; see `waiting`
  Running,    ///< at least one worker runs or is done, none failed
  Succeeded,  ///< every worker ended with exit code 0; see `results`
  Failed,     ///< see `failure`
};

/// Why no worker runs yet, in the words of the scheduler or the node.
struct Waiting {
  std::string reason;
  std::string message;
};

struct Attempt {
  AttemptState state = AttemptState::Missing;
  const cluster::Job* job = nullptr;         ///< nullptr when Missing; points into the observation
  std::vector<const cluster::Pod*> pods;     ///< of that Job, by completion index and name; without those that its
                                             ///< queue has taken back
  Waiting waiting;                           ///< when Pending, or when some Pods of a Running attempt wait
  std::int32_t running = 0;                  ///< workers that run now
  std::vector<contract::RunResult> results;  ///< of workers that ended with 0, by completion index
  std::string foreign_result;                ///< why a result was not taken: it names another run; else empty
  Failure failure;                           ///< when Failed
  std::optional<TimePoint> look_again_at;    ///< when time alone changes what there is to tell
  std::optional<TimePoint> refused_since;    ///< when Missing because the cluster does not take its Job; see `waiting`
  bool starts_normally = false;              ///< Pending, but nothing is wrong and it has not been long
};

/// A Job makes its Pods within moments; one that has none after this long is kept from it by something.
inline constexpr Duration kPodsAreOverdue = std::chrono::seconds(2);

/// Whether the status already says what there is to say of a start that goes as it should: between the
/// creation of the Job and its first worker, each step of a start is no news.
bool is_told(const Attempt& attempt, const std::vector<api::Condition>& conditions);

/// The attempt of `child`. Its Job is the one of that name that is_of() it, Pods belong to the Job by owner
/// reference, and a result that names another run is not taken: see foreign_result.
Attempt observe_attempt(const ChildOf& child, const std::vector<cluster::Job>& jobs,
                        const std::vector<cluster::Pod>& pods, TimePoint now);

/// Of an attempt that ended well and reports nothing that counts: what it reports belongs to another run, or
/// `otherwise` tells what is missing.
Failure result_lost(const Attempt& attempt, const std::string& otherwise);

/// When a Pod that the platform took away should have reported its end; nullopt for others.
std::optional<TimePoint> overdue_at(const cluster::Pod& pod);
/// A Pod that the platform took away and that should have ended by now: nobody will ever report its
/// end, because its node is gone.
bool is_lost(const cluster::Pod& pod, TimePoint now);
/// Whether the worker of a Pod has ended, but a container that somebody put beside it holds the Pod and what it was
/// given. Sidecars of ours end by themselves.
bool lingers(const cluster::Pod& pod);
/// Whether a Pod of this Job lingers.
bool lingers(const cluster::Job& job, const std::vector<cluster::Pod>& pods);
/// Whether a worker of this Job may still run or start.
bool is_active(const cluster::Job& job, const std::vector<cluster::Pod>& pods, TimePoint now);
/// Whether the worker of this Pod may still run.
bool is_active(const cluster::Pod& pod, TimePoint now);

}  // namespace visionops::core
