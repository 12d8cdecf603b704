#include "operator/runtime/telemetry/run_of_pod.h"

#include <algorithm>
#include <charconv>

#include "operator/core/reconcile.h"
#include "operator/runtime/cache/kinds.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::ObjectKey;
using contract::RunOwner;

std::string label(const api::ObjectMeta& meta, std::string_view name) {
  const auto found = meta.labels.find(std::string(name));
  return found == meta.labels.end() ? std::string() : found->second;
}

template <class Number>
Number label_number(const api::ObjectMeta& meta, std::string_view name) {
  const std::string text = label(meta, name);
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const api::OwnerReference* job_of(const api::ObjectMeta& pod) {
  const auto found = std::ranges::find_if(pod.owner_references,
                                          [](const api::OwnerReference& o) { return o.controller && o.kind == "Job"; });
  return found == pod.owner_references.end() ? nullptr : &*found;
}

/// A Job that was restored from a backup may have labels only.
RunOwner claimed_by(const api::ObjectMeta& job) {
  RunOwner out;
  out.namespace_ = job.namespace_;
  const auto controller =
      std::ranges::find_if(job.owner_references, [](const api::OwnerReference& o) { return o.controller; });
  const bool owned = controller != job.owner_references.end();
  out.kind = owned ? controller->kind : label(job, core::kOwnerKindLabel);
  out.name = owned ? controller->name : label(job, core::kOwnerNameLabel);
  out.uid = owned ? controller->uid : label(job, core::kOwnerUidLabel);
  out.run = label_number<std::int64_t>(job, core::kRunLabel);
  out.attempt = label_number<std::int32_t>(job, core::kAttemptLabel);
  out.identity = label(job, core::kIdentityLabel);
  return out;
}

std::shared_ptr<const Object> find_with_uid(const ObjectKey& key, const std::string& uid, const FindObject& find) {
  auto object = find(key);
  return object && cluster::meta_of(*object).uid == uid ? std::move(object) : nullptr;
}

}  // namespace

Result<RunOwner> run_of_pod(const ObjectKey& pod, const std::string& uid, const FindObject& find) {
  const auto seen = find_with_uid(pod, uid, find);
  if (!seen) return not_found_error("Pod " + pod.name + " is not known");
  const auto* controller = job_of(cluster::meta_of(*seen));
  if (controller == nullptr) return invalid_error("the Pod belongs to no Job, so it carries out no run");
  const auto job = find_with_uid({Kind::Job, pod.namespace_, controller->name}, controller->uid, find);
  if (!job) return not_found_error("Job " + controller->name + " of Pod " + pod.name + " is not known");
  const RunOwner run = claimed_by(cluster::meta_of(*job));
  const auto kind = owner_kind(run.kind);
  if (run.uid.empty() || !kind || !find_with_uid({*kind, run.namespace_, run.name}, run.uid, find)) {
    return invalid_error("the Job of the Pod belongs to no Dataset, Pipeline or TrainingJob of its namespace");
  }
  return run;
}

}  // namespace visionops::runtime
