// The run machine: one chain of steps from a spec to its result, the same for every kind.
//
//   Pending -> (Queued) -> Starting -> Running -> Succeeded | Failed,  Suspended from any of them but the last two
//
// Each step either decides the rest of the pass or leaves it to the next one. What differs between kinds stands in
// their Kind (kind.h); what needs no kind in steps.h and the policies.
#pragma once

#include <array>
#include <utility>

#include "operator/core/run/attempt_book.h"
#include "operator/core/run/attempt_conditions.h"
#include "operator/core/run/deadline.h"
#include "operator/core/run/kind.h"
#include "operator/core/run/queue.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/run/steps.h"
#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"

namespace visionops::core {

template <class O, class D>
class RunMachine {
 public:
  RunMachine(const Kind<O, D>& kind, const O& o, D& d)
      : kind_(kind),
        o_(o),
        d_(d),
        pass_(o, d),
        steering_(kind.steering(o)),
        problems_(spec_problems(resource_of(o))),
        resources_(resources_hash(resource_of(o))) {}

  void pass() {
    using M = RunMachine;
    constexpr std::array chain{&M::begin_changed_run, &M::look,           &M::stay_finished, &M::refuse,
                               &M::follow_result,     &M::follow_attempt, &M::stay_finished, &M::suspend,
                               &M::prepare,           &M::start_attempt};
    for (const auto step : chain) {
      if ((this->*step)() == Next::Stop) break;
    }
    close(pass_, kind_.done);
    if (auto record = kind_.record(o_, d_.status)) d_.records.push_back(std::move(*record));
  }

 private:
  Next begin_changed_run() {
    auto& s = d_.status;
    std::string hash = spec_hash(resource_of(o_), problems_);
    if (s.run > 0 && is_hash_of_run(hash) && !kind_.wants_new_run(o_)) return Next::Continue;
    const auto former = std::exchange(s, {});
    follow_run(s, former, std::move(hash), kind_.result(former));
    kind_.begin(o_, d_, former);
    tell_begin(pass_);
    return Next::Continue;
  }

  bool is_hash_of_run(const std::string& hash) const {
    return d_.status.spec_hash == hash || d_.status.spec_hash == earlier_spec_hash(resource_of(o_), problems_);
  }

  Next look() {
    kind_.look(o_, d_);
    return Next::Continue;
  }

  Next stay_finished() {
    if (!is_finished(d_.status)) return Next::Continue;
    if (!begins_again(pass_, steering_, resources_)) return rest(pass_, steering_);
    begin_again(pass_);
    return Next::Continue;
  }

  Next refuse() {
    const auto why =
        problems_.empty() ? kind_.refuse(o_) : Refusal{std::string(reason::kInvalidSpec), describe(problems_)};
    if (!why) return Next::Continue;
    stop_jobs(pass_);
    fail(pass_, why->reason, why->message);
    return Next::Stop;
  }

  Next follow_result() { return kind_.follow_result(o_, d_); }

  Next follow_attempt() {
    if (!in_flight(d_.status)) return Next::Continue;
    Attempt attempt = observe_attempt(child(), o_.jobs, o_.pods, o_.now);
    // suspend stops whatever is not done yet
    if (steering_.suspend && attempt.state != AttemptState::Succeeded) return Next::Continue;
    if (wants_other_resources(attempt)) {
      give_up_attempt(pass_);
      return Next::Continue;
    }
    if (attempt.state == AttemptState::Running || attempt.state == AttemptState::Succeeded) {
      d_.status.refused_by.clear();
    }
    if (attempt.state == AttemptState::Missing && !o_.refused.empty()) {
      attempt.waiting = refused_creation(pass_);
      attempt.refused_since = d_.status.attempt_started_at;
    }
    if (attempt.state == AttemptState::Pending && attempt.job->spec.suspend) {
      attempt.waiting =
          wait_in_queue(*attempt.job, o_.workloads, api::find_condition(d_.status.conditions, api::condition::kQueued));
    }
    const auto deadline = check_deadlines(steering_.deadlines, attempt, kind_.heartbeat(o_, d_.status), o_.now);
    if (deadline.expired) return take_failure(*deadline.expired);
    for (const auto& at : {deadline.next, attempt.look_again_at}) {
      if (at) check_at(d_, *at, o_.now);
    }
    return follow(attempt);
  }

  /// A running attempt is stopped for it only where the next one goes on from there.
  bool wants_other_resources(const Attempt& attempt) const {
    const bool stoppable = attempt.state == AttemptState::Pending || attempt.state == AttemptState::Missing ||
                           (attempt.state == AttemptState::Running && kind_.resumes);
    return stoppable && !d_.status.resources_hash.empty() && d_.status.resources_hash != resources_;
  }

  Next follow(const Attempt& attempt) {
    switch (attempt.state) {
      case AttemptState::Missing:
        create_missing_job();
        return Next::Stop;
      case AttemptState::Pending:
        if (!is_told(attempt, d_.status.conditions)) kind_.pending(o_, d_, attempt);
        return Next::Stop;
      case AttemptState::Running:
        kind_.running(o_, d_, attempt);
        return Next::Stop;
      case AttemptState::Failed:
        return take_failure(attempt.failure);
      case AttemptState::Succeeded:
        break;
    }
    if (auto why = kind_.judge(o_, d_, attempt)) return take_failure(std::move(*why));
    if (!is_finished(d_.status)) return Next::Stop;
    clear_attempt_conditions(d_.status);
    return Next::Continue;
  }

  Next take_failure(Failure failure) {
    clear_attempt_conditions(d_.status);
    const auto words = kind_.take_failure(o_, d_, failure);
    account_for(pass_, failure, steering_.retry_limit, words);
    return Next::Continue;
  }

  void create_missing_job() {
    if (kind_.prepare(o_, d_) == Next::Stop) return;  // what is pinned stays; what the Pods name may be gone
    if (const auto waiting = wait_for_orphans(pass_)) {
      return progress(pass_, api::Phase::Starting, waiting->reason, waiting->message);
    }
    create_job(pass_, child(), pod());
    if (!o_.refused.empty()) tell_refused(pass_);
  }

  WorkerPod pod() const {
    WorkerPod out = kind_.pod(o_, d_.status);
    out.avoid_nodes = d_.status.refused_by;
    return out;
  }

  Next suspend() {
    if (!steering_.suspend) return resume(pass_);
    clear_attempt_conditions(d_.status);
    return pause(pass_, kind_.goes_on(d_.status));
  }

  Next prepare() { return kind_.prepare(o_, d_); }

  Next start_attempt() {
    if (const auto waiting = prepare_attempt(pass_)) return wait_to_start(pass_, *waiting);
    kind_.begin_attempt(d_.status);
    count_attempt(pass_);
    d_.status.resources_hash = resources_;
    tell_start(pass_, create_job(pass_, child(), pod()), kind_.purpose(o_, d_.status));
    return Next::Stop;
  }

  ChildOf child() const { return child_of(kind_.name, resource_of(o_).meta, d_.status); }

  const Kind<O, D>& kind_;
  const O& o_;
  D& d_;
  Pass pass_;
  Steering steering_;
  Problems problems_;
  std::string resources_;  ///< hash of what the spec asks for
};

/// One pass over a resource. Of one that is being deleted nothing is decided: its children go with it.
template <class O, class D>
D run_pass(const Kind<O, D>& kind, const O& o) {
  D d;
  d.status = resource_of(o).status;
  if (!resource_of(o).meta.deletion_timestamp) RunMachine<O, D>(kind, o, d).pass();
  return d;
}

}  // namespace visionops::core
