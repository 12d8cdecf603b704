#include "operator/core/spec_hash.h"

#include <initializer_list>

#include "base/digest.h"
#include "base/field_table.h"
#include "operator/core/reconcile.h"
#include "operator/core/spec_problems.h"

namespace visionops::core {

namespace {

constexpr std::size_t kHashDigits = 16;

template <class Spec>
std::string hash_of(const Spec& spec, const api::ObjectMeta& meta, const Problems& problems,
                    std::initializer_list<const char*> steering) {
  Json canonical{{"spec", encode_fields(spec)}};
  for (const char* name : steering) canonical["spec"].erase(name);
  for (const auto& p : problems) canonical["problems"].push_back(p.path + ": " + p.message);
  const auto rerun = meta.annotations.find(std::string(kRerunAnnotation));
  if (rerun != meta.annotations.end()) canonical["rerun"] = rerun->second;
  return sha256_hex(dump_json(canonical)).substr(0, kHashDigits);
}

}  // namespace

std::string spec_hash(const api::Dataset& dataset, const Problems& problems) {
  return hash_of(dataset.spec, dataset.meta, problems, {"origin", "description", "deletionPolicy"});
}

std::string spec_hash(const api::Pipeline& pipeline, const Problems& problems) {
  return hash_of(pipeline.spec, pipeline.meta, problems,
                 {"suspend", "retry", "deadlines", "ttlSecondsAfterFinished", "onSourceChange"});
}

std::string spec_hash(const api::TrainingJob& job, const Problems& problems) {
  return hash_of(
      job.spec, job.meta, problems,
      {"suspend", "retry", "deadlines", "ttlSecondsAfterFinished", "alerts", "tracking", "queue", "queuePriority"});
}

bool is_spec_of_run(const api::Pipeline& pipeline) {
  return pipeline.status.spec_hash == spec_hash(pipeline, spec_problems(pipeline));
}

bool is_spec_of_run(const api::TrainingJob& job) { return job.status.spec_hash == spec_hash(job, spec_problems(job)); }

}  // namespace visionops::core
