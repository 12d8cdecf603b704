// The steps of the run machine that need nothing of a kind.
#pragma once

#include <optional>
#include <string>

#include "operator/core/run/attempt_book.h"
#include "operator/core/run/kind.h"

namespace visionops::core {

/// A run that was never started is decided anew in each pass, whatever its phase.
bool is_finished(const api::RunStatus& status);
/// Whether run, attempt and phase are the same.
bool same_phase_of_run(const api::RunStatus& a, const api::RunStatus& b);

/// Makes `next`, a status of its kind with nothing in it, the run after `former`.
void follow_run(api::RunStatus& next, const api::RunStatus& former, std::string spec_hash, std::string result);
/// The number of the run is stored before anything uses it.
void tell_begin(const Pass& pass);

/// Of a finished run: nothing works any more, and its Jobs go when their time is over.
Next rest(const Pass& pass, const Steering& steering);

/// Whether a failed run goes on with another attempt: the time has come to look again at what a person mends outside of
/// the resource, or the spec now gives it what it lacked (memory, time, retries) and is the same run otherwise.
bool begins_again(const Pass& pass, const Steering& steering, const std::string& resources);
void begin_again(const Pass& pass);
/// The attempt in flight ends without a failure; the next one has other resources.
void give_up_attempt(const Pass& pass);

/// What holds up an attempt whose Job does not exist; empty: nothing does, it is made in this pass.
Waiting refused_creation(const Pass& pass);
void tell_refused(const Pass& pass);

/// Stops whatever is not done yet.
Next pause(const Pass& pass, const std::string& goes_on);
Next resume(const Pass& pass);

/// For Kind::prepare: tells what is missing (InputsReady=False) and lets nothing of an older run go on.
Next wait_for_inputs(const Pass& pass, const Waiting& missing);
/// The message of the failure that led here stays; when another one took its place, it is told again.
Next wait_to_start(const Pass& pass, const Waiting& waiting);

void count_attempt(const Pass& pass);
/// The Job of the attempt, and what its Pods need to find each other. The Job as it is asked for.
cluster::Job create_job(const Pass& pass, const ChildOf& child, WorkerPod pod);
void tell_start(const Pass& pass, const cluster::Job& job, const std::string& purpose);

/// The attempt in flight is over: another one follows, or the run has failed, at once when there are `last_words`.
void account_for(const Pass& pass, const Failure& failure, std::int32_t retry_limit,
                 const std::optional<Refusal>& last_words);

/// The end of every pass: Ready is always there, and each condition of this generation.
void close(const Pass& pass, std::string_view done_reason);

}  // namespace visionops::core
