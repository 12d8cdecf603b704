#include "operator/core/training_job/proof.h"

#include <algorithm>
#include <string>
#include <vector>

#include "operator/cluster/sidecar_state.h"
#include "operator/core/training_job/own_result.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::core {

namespace {

using cluster::Pod;
using contract::SidecarWord;
using contract::StoredCheckpoint;

/// The Pod is over, or its sidecar is: nothing more will be said.
bool has_spoken(const Pod& pod) {
  const auto* sidecar = cluster::sidecar_state(pod);
  const bool over = pod.phase == cluster::PodPhase::Succeeded || pod.phase == cluster::PodPhase::Failed;
  return over || !sidecar || sidecar->terminated;
}

const contract::TrainFacts* claim_of(const Attempt& attempt) {
  const auto it = std::find_if(attempt.results.begin(), attempt.results.end(), [](const auto& r) { return r.train; });
  return it == attempt.results.end() ? nullptr : &*it->train;
}

bool same(const StoredCheckpoint& a, const StoredCheckpoint& b) {
  return a.path == b.path && a.sha256 == b.sha256 && a.bytes == b.bytes && a.epoch == b.epoch;
}

/// Why the word of this Pod's sidecar does not bear out the claim; empty: it does.
std::string doubt(const Pod& pod, const std::optional<SidecarWord>& word, const contract::TrainFacts& claim,
                  const api::TrainingJob& job, const api::TrainingJobStatus& status) {
  const std::string who = "the sidecar of Pod " + pod.meta.name;
  if (!word) return who + " has not said what it read back from the store";
  if (word->owner_uid != job.meta.uid || word->run != status.run) {
    return who + " speaks of run " + std::to_string(word->run) + " of the TrainingJob with uid " + word->owner_uid;
  }
  if (word->identity != status.resolved->identity) {
    return who + " speaks of a run of identity " + word->identity + ", this one is " + status.resolved->identity;
  }
  if (!word->model || !word->last) {
    return who + " has found no model" + (word->problem.empty() ? "" : ": " + word->problem);
  }
  if (!same(*claim.model, *word->model)) {
    return "the trainer names " + claim.model->path + " with sha256 " + claim.model->sha256 + ", but " + who +
           " read back " + word->model->path + " with sha256 " + word->model->sha256;
  }
  if (claim.last && !same(*claim.last, *word->last)) {
    return "the trainer names " + claim.last->path + " as its last checkpoint, but " + who + " read back " +
           word->last->path;
  }
  return "";
}

Proof lost(const Pod& pod) {
  Proof out;
  out.failure = failure_of(failure::kNodeLost, "Pod " + pod.meta.name + " on node " + pod.node +
                                                   " was lost before its sidecar had read the model back");
  return out;
}

Proof unproven(const std::string& evidence) {
  Proof out;
  out.failure = failure_of(failure::kCheckpointNotVerified, evidence);
  return out;
}

bool went_with_its_node(const Pod& pod) { return pod.disrupted || pod.reason == "NodeLost"; }

/// Pods whose worker ended well: the others are the attempt's failures, or replaced.
std::vector<const Pod*> done_pods(const Attempt& attempt) {
  auto out = attempt.pods;
  std::erase_if(out, [](const Pod* pod) {
    const auto* worker = cluster::worker_state(*pod);
    return worker ? !worker->terminated || worker->exit_code != 0 : pod->phase != cluster::PodPhase::Succeeded;
  });
  return out;
}

/// What is to be done while a sidecar has not spoken; nullopt when it never will, because it went with its node.
std::optional<Proof> wait_for(const Pod& pod, TimePoint now) {
  Proof out;
  out.pending = true;
  out.look_again_at = overdue_at(pod);
  return out.look_again_at && now >= *out.look_again_at ? std::nullopt : std::optional(out);
}

}  // namespace

Proof prove_model(const Attempt& attempt, const TrainingJobObserved& observed, const api::TrainingJobStatus& status) {
  const std::string done = "Job " + attempt.job->meta.name + " is done, but ";
  const auto* claim = claim_of(attempt);
  const auto foreign = claim ? why_foreign(*claim, *status.resolved) : attempt.foreign_result;
  if (!foreign.empty()) return unproven(done + "reports nothing of this run: " + foreign);
  if (!claim) return unproven(done + "reports no result that can be read");
  if (!claim->model) return unproven(done + "reports no model that was verified in the store");
  Proof verdict = unproven(done + "none of its Pods is left to prove its model");
  for (const auto* pod : done_pods(attempt)) {
    if (!has_spoken(*pod)) {
      const auto waiting = wait_for(*pod, observed.now);
      if (waiting || !verdict.pending) verdict = waiting.value_or(lost(*pod));
      continue;
    }
    const auto* sidecar = cluster::sidecar_state(*pod);
    const auto word = sidecar ? contract::decode_sidecar_word(sidecar->message) : std::nullopt;
    const std::string why = doubt(*pod, word, *claim, observed.job, status);
    if (!why.empty()) {
      if (!verdict.pending) verdict = !word && went_with_its_node(*pod) ? lost(*pod) : unproven(done + why);
      continue;
    }
    Proof proof;
    proof.facts = *claim;
    proof.facts->model = word->model;
    proof.facts->last = word->last;
    return proof;
  }
  return verdict;
}

}  // namespace visionops::core
