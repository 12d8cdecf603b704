#include "operator/core/dataset/file_removal.h"

#include <algorithm>
#include <limits>

#include "operator/core/dataset/in_use.h"
#include "operator/core/dataset/shared_folder.h"
#include "operator/core/dataset/worker_pods.h"
#include "operator/core/reconcile.h"
#include "operator/core/run/run_identity.h"
#include "operator/core/run/steps.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

/// The end of a run wakes the Dataset; this is for the end that nobody saw.
constexpr Duration kNextLookAtUsers = std::chrono::minutes(1);

/// In place of a spec hash: the run that removes the files.
constexpr const char* kRemovalHash = "removal";

bool has_finalizer(const api::ObjectMeta& meta) {
  return std::find(meta.finalizers.begin(), meta.finalizers.end(), kFilesFinalizer) != meta.finalizers.end();
}

bool wants_removal(const api::Dataset& d) { return d.spec.deletion_policy == DeletionPolicy::Delete; }

/// nullopt when the files can be found; else why they stay.
std::optional<std::string> reason_to_keep(const DatasetObserved& o) {
  if (!wants_removal(o.dataset)) return "deletionPolicy is Retain";
  if (!o.dataset.problems.empty()) return "the spec is invalid: " + describe(o.dataset.problems);
  if (const auto refusal = refuse_unknown_store(o.platform, o.dataset.spec.store, "spec.store"))
    return refusal->message;
  if (o.dataset.status.digest.empty()) return "the Dataset was never Ready, so which files are its own is not known";
  if (const auto shared = shared_folder(o); !shared.all_with.empty()) return "they are shared with " + shared.all_with;
  if (o.namespace_ends) return "the namespace is being deleted, so nothing can be started there that removes them";
  return std::nullopt;
}

std::string counted(std::int64_t files) { return std::to_string(files) + (files == 1 ? " file" : " files"); }

std::string staying(std::int64_t files) { return counted(files) + (files == 1 ? " stays" : " stay"); }

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// "12 files removed; 3 files stay, shared with street-val; 1 file stays, not its own (first holiday.jpg)"
std::string told(const contract::RemovalFacts& facts) {
  std::string text = counted(facts.removed) + " removed";
  if (!facts.refused.empty()) text += ": " + facts.refused;
  if (facts.shared > 0) text += "; " + staying(facts.shared) + ", shared with " + listed(facts.owners);
  if (facts.replaced > 0) text += "; " + staying(facts.replaced) + ", changed since the inspection";
  if (facts.unlisted > 0) text += "; " + staying(facts.unlisted) + ", not its own";
  if (!facts.left.empty()) text += " (first " + listed(facts.left) + ")";
  return text;
}

bool is_told(const api::DatasetStatus& status, std::string_view reason, const std::string& message) {
  const auto* ready = api::find_condition(status.conditions, api::condition::kReady);
  return ready && ready->reason == reason && status.message == message;
}

/// Told in one pass, let go in the next: nobody could read what a resource that is gone had to say. A malformed one is
/// never written back, so it goes at once.
void let_go(const DatasetObserved& o, DatasetDecision& d, std::string_view reason, const std::string& message) {
  const bool told = is_told(d.status, reason, message);
  if (!told) {
    progress({o, d}, d.status.phase, reason, message);
    emit(d, cluster::EventType::Normal, reason, message);
  }
  if (!told && o.dataset.problems.empty()) return;
  d.actions.push_back(RemoveFinalizer{std::string(kFilesFinalizer)});
  api::Dataset gone = o.dataset;
  gone.status = d.status;
  d.records.push_back(DatasetRecord{std::move(gone), "", true});
}

void begin_removal(const DatasetObserved& o, DatasetDecision& d) {
  if (d.status.spec_hash == kRemovalHash) return;
  api::RunStatus next;
  follow_run(next, d.status, kRemovalHash, d.status.digest);
  next.observed_generation = d.status.observed_generation;
  next.conditions = std::move(d.status.conditions);
  static_cast<api::RunStatus&>(d.status) = std::move(next);
  d.status_first = true;
  progress({o, d}, api::Phase::Running, reason::kRemovingFiles, "removing the files");
}

std::string where(const api::Dataset& d) { return "store " + d.spec.store + ", " + api::dataset_path(d.spec); }

void end_removal(const DatasetObserved& o, DatasetDecision& d, const Attempt& attempt) {
  const auto it = std::find_if(attempt.results.begin(), attempt.results.end(), [](const auto& r) { return r.removal; });
  if (it == attempt.results.end()) {
    return let_go(o, d, reason::kFilesRemoved, "the files are removed (" + where(o.dataset) + ")");
  }
  const bool kept = !it->removal->refused.empty() || (it->removal->removed == 0 && it->removal->shared > 0);
  let_go(o, d, kept ? reason::kFilesKept : reason::kFilesRemoved, where(o.dataset) + ": " + told(*it->removal));
}

void create_removal(const DatasetObserved& o, DatasetDecision& d) {
  create_job({o, d}, child_of("Dataset", o.dataset.meta, d.status), removal_pod(o, d.status));
  if (o.refused.empty()) return;
  d.status_first = true;  // the next try may be refused as well
  progress(
      {o, d}, d.status.phase, reason::kCreateRefused,
      "the files cannot be removed: the cluster refuses the Pod that would do it, and is asked again: " + o.refused);
}

/// Next::Stop while runs work with the files. Once a removal was begun, what it has left is of no use to anybody.
Next wait_for_users(const DatasetObserved& o, DatasetDecision& d) {
  if (d.status.spec_hash == kRemovalHash) return Next::Continue;
  const std::string users = users_of(o);
  if (users.empty()) return Next::Continue;
  const std::string text = "the files are in use by " + users +
                           "; they are removed when those runs are over, or at once when they are deleted";
  if (!is_told(d.status, reason::kInUse, text)) {
    progress({o, d}, d.status.phase, reason::kInUse, text);
    emit(d, cluster::EventType::Warning, reason::kInUse, text);
  }
  check_at(d, o.now + kNextLookAtUsers, o.now);
  return Next::Stop;
}

/// However it fails: it is tried again.
void take_failure(const DatasetObserved& o, DatasetDecision& d, Failure failure) {
  if (failure.retry == contract::RetryDecision::Never || failure.retry == contract::RetryDecision::Later)
    failure.retry = contract::RetryDecision::Counted;
  const auto outcome =
      record_failure(d.status, failure, std::numeric_limits<std::int32_t>::max(), o.platform.retry_backoff, o.now);
  progress({o, d}, d.status.phase, failure.failure_class, "the files cannot be removed: " + outcome.message);
  emit(d, cluster::EventType::Warning, failure.failure_class, d.status.message);
}

/// Next::Stop when the pass is decided: the files are gone, or the attempt still runs.
Next follow_removal(const DatasetObserved& o, DatasetDecision& d) {
  if (!in_flight(d.status)) return Next::Continue;
  const Attempt attempt = observe_attempt(child_of("Dataset", o.dataset.meta, d.status), o.jobs, o.pods, o.now);
  const bool failed = attempt.state == AttemptState::Failed;
  if (attempt.state == AttemptState::Succeeded || (failed && attempt.failure.failure_class == failure::kInputMissing)) {
    end_removal(o, d, attempt);
    return Next::Stop;
  }
  if (failed) {
    take_failure(o, d, attempt.failure);
    return Next::Continue;
  }
  if (attempt.state == AttemptState::Missing) create_removal(o, d);
  if (attempt.look_again_at) check_at(d, *attempt.look_again_at, o.now);
  return Next::Stop;
}

void start_removal(const DatasetObserved& o, DatasetDecision& d) {
  if (prepare_attempt({o, d})) {
    if (d.status.retry_at) check_at(d, *d.status.retry_at, o.now);
    return;
  }
  count_attempt({o, d});
  create_removal(o, d);
}

}  // namespace

void keep_finalizer(const DatasetObserved& o, DatasetDecision& d) {
  const bool has = has_finalizer(o.dataset.meta);
  // a malformed resource is never written back, not even its metadata
  if (wants_removal(o.dataset) && !has && o.dataset.problems.empty()) {
    d.actions.push_back(AddFinalizer{std::string(kFilesFinalizer)});
  }
  if (!wants_removal(o.dataset) && has) d.actions.push_back(RemoveFinalizer{std::string(kFilesFinalizer)});
}

DatasetDecision remove_files(const DatasetObserved& o) {
  DatasetDecision d;
  d.status = o.dataset.status;
  if (!has_finalizer(o.dataset.meta)) return d;
  if (const auto why = reason_to_keep(o)) {
    let_go(o, d, reason::kFilesKept, "the files stay (" + where(o.dataset) + "): " + *why);
    return d;
  }
  if (wait_for_users(o, d) == Next::Stop) return d;
  begin_removal(o, d);
  if (follow_removal(o, d) == Next::Continue) start_removal(o, d);
  return d;
}

}  // namespace visionops::core
