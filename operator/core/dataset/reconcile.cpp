// Dataset: a Job inspects the files -> the quality gate -> Ready.
#include "operator/core/reconcile.h"

#include <algorithm>

#include "operator/core/dataset/file_removal.h"
#include "operator/core/dataset/in_use.h"
#include "operator/core/dataset/inspection_result.h"
#include "operator/core/dataset/quality_gate.h"
#include "operator/core/dataset/worker_pods.h"
#include "operator/core/dataset_resolution.h"
#include "operator/core/grants.h"
#include "operator/core/run/machine.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
namespace condition = api::condition;
using O = DatasetObserved;
using D = DatasetDecision;
using Status = api::DatasetStatus;

/// The digest outlives runs: a version that was Ready once never changes its content.
void begin(const O& o, D& d, const Status& former) {
  d.status.digest = former.digest;
  d.status.fingerprint = former.fingerprint;
  d.status.file_list = former.file_list;
  d.status.conditions = former.conditions;
  for (const auto type : {condition::kSourceReachable, condition::kQualityGate}) {
    tell({o, d}, type, ConditionStatus::Unknown, reason::kNotInspected, "not inspected yet");
  }
}

void look(const O& o, D& d) {
  const auto lineage = o.dataset.meta.annotations.find(std::string(kLineageAnnotation));
  d.status.lineage = lineage == o.dataset.meta.annotations.end() ? std::nullopt : decode_lineage(lineage->second);
  d.status.resolved = api::ResolvedDataset{o.dataset.spec.store, api::dataset_path(o.dataset.spec)};
  keep_finalizer(o, d);
}

std::optional<Refusal> refuse(const O& o) {
  if (const Format format = o.dataset.spec.format; !contract::can_read(format)) {
    return Refusal{std::string(reason::kUnsupportedFormat),
                   "spec.format: " + std::string(format.name()) +
                       " cannot be inspected; supported: " + contract::format_names(&contract::FormatInfo::reads)};
  }
  return refuse_unknown_store(o.platform, o.dataset.spec.store, "spec.store");
}

void running(const O& o, D& d, const Attempt& attempt) {
  progress({o, d}, api::Phase::Running, reason::kRunning, "Job " + attempt.job->meta.name + " inspects the files");
}

/// Ready needs a reachable source, a passed gate, and the content that this version always had.
std::optional<Failure> judge_facts(const O& o, D& d, const contract::DatasetFacts& facts) {
  auto& s = d.status;
  const auto& spec = o.dataset.spec;
  take_facts(s, facts, report_path(o.dataset.meta));
  tell({o, d}, condition::kSourceReachable, ConditionStatus::True, reason::kSourceFound,
       std::to_string(facts.images) + " images in store " + spec.store + ", " + api::dataset_path(spec));
  const GateResult gate = check_quality_gate(spec.quality_gate, facts, spec.allow_loss);
  tell({o, d}, condition::kQualityGate, gate.passed ? ConditionStatus::True : ConditionStatus::False,
       gate.passed ? reason::kQualityGatePassed : reason::kQualityGateFailed, gate.message);
  if (!gate.passed) {
    fail({o, d}, reason::kQualityGateFailed, "the quality gate failed: " + gate.message);
    return std::nullopt;
  }
  if (!s.digest.empty() && s.digest != facts.digest) {
    return failure_of(failure::kContentChanged,
                      "the files have digest " + facts.digest + ", but " + spec.version + " was Ready with " +
                          s.digest +
                          "; a version is immutable: restore the files, or register the new ones as a new version");
  }
  s.digest = facts.digest;
  s.fingerprint = facts.fingerprint;
  s.file_list = facts.file_list;
  succeed({o, d}, reason::kInspected,
          std::to_string(facts.images) + " images, " + std::to_string(facts.annotations) + " annotations, " +
              std::to_string(facts.classes) + " classes, " + s.size);
  return std::nullopt;
}

std::optional<Failure> judge(const O& o, D& d, const Attempt& attempt) {
  for (const auto& result : attempt.results) {
    if (!result.dataset || result.dataset->digest.empty()) continue;
    return judge_facts(o, d, *result.dataset);
  }
  return result_lost(attempt, "its result cannot be read");
}

/// The reason of SourceReachable is its own word; everything else keeps its failure class.
std::optional<Refusal> take_failure(const O& o, D& d, Failure& failure) {
  if (failure.failure_class != failure::kInputMissing) return std::nullopt;
  tell({o, d}, condition::kSourceReachable, ConditionStatus::False, reason::kPathNotFound, failure.evidence);
  return Refusal{std::string(reason::kPathNotFound),
                 failure.evidence + " (put the files there: they are looked for again by themselves; the annotation " +
                     std::string(kRerunAnnotation) + " looks at once)"};
}

/// One step of history, whether the Pod starts or runs.
bool inspects(api::Phase phase) { return phase == api::Phase::Starting || phase == api::Phase::Running; }

std::optional<Record> record(const O& o, const Status& now) {
  const auto& before = o.dataset.status;
  const bool same_step = before.phase == now.phase || (inspects(before.phase) && inspects(now.phase));
  const bool changed = !same_step || before.spec_hash != now.spec_hash || before.digest != now.digest ||
                       (now.phase == api::Phase::Failed && before.message != now.message) ||
                       before.observed_generation != o.dataset.meta.generation;
  if (!changed) return std::nullopt;
  DatasetRecord out{o.dataset, "", false};
  out.dataset.status = now;
  const auto transform = o.dataset.meta.annotations.find(std::string(kTransformAnnotation));
  if (transform != o.dataset.meta.annotations.end()) out.transform_config = transform->second;
  return out;
}

/// A run that uses the files compares them first, and says on its own status what it found. What it says of a version
/// that is Ready here is looked at.
template <class Resource>
bool found_other_bytes(const std::vector<Resource>& users, const api::Dataset& dataset) {
  return std::ranges::any_of(users, [&](const Resource& user) {
    const auto& s = user.status;
    return s.failure && s.failure->failure_class == failure::kContentChanged && s.finished_at &&
           *s.finished_at > dataset.status.finished_at && pins(user, dataset);
  });
}

bool is_doubted(const O& o) {
  const auto& d = o.dataset;
  if (d.status.phase != api::Phase::Succeeded || !d.status.finished_at) return false;
  return found_other_bytes(o.training_jobs, d) || found_other_bytes(o.pipelines, d);
}

constexpr Kind<O, D> kDataset{
    .name = "Dataset",
    .refuse = refuse,
    .pod = inspection_pod,
    .running = running,
    .judge = judge,
    .record = record,
    .done = reason::kInspected,
    .wants_new_run = is_doubted,
    .begin = begin,
    .result = [](const Status& s) { return s.digest; },
    .look = look,
    .prepare =
        [](const O& o, D& d) {
          return start_when_granted({o, d}, refuse_profile(o.platform, o.dataset.spec.profile));
        },
    .purpose = [](const O& o, const Status&) { return without_effect(o.platform, o.dataset.spec.profile); },
    .take_failure = take_failure,
};

}  // namespace

DatasetDecision reconcile(const DatasetObserved& o) {
  return o.dataset.meta.deletion_timestamp ? remove_files(o) : run_pass(kDataset, o);
}

}  // namespace visionops::core
