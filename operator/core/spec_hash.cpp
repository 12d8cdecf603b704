#include "operator/core/spec_hash.h"

#include "base/digest.h"
#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/core/reconcile.h"
#include "operator/core/spec_problems.h"

namespace visionops::core {

namespace {

constexpr std::size_t kHashDigits = 16;

/// What a field's table does not call steering is part of what the run makes: a field that nobody thought of starts a
/// new run, and none goes on with what is no longer wanted.
template <class Spec>
Json identity_of(const Spec& spec) {
  Json identity = encode_fields(spec);
  for (const auto& name : Spec::fields().steering()) identity.erase(name);
  return identity;
}

template <class Resource>
std::string hash_of(const Resource& resource, const Problems& problems) {
  Json canonical{{"spec", identity_of(resource.spec)}};
  for (const auto& p : problems) canonical["problems"].push_back(p.path + ": " + p.message);
  const auto rerun = resource.meta.annotations.find(std::string(kRerunAnnotation));
  if (rerun != resource.meta.annotations.end()) canonical["rerun"] = rerun->second;
  return sha256_hex(dump_json(canonical)).substr(0, kHashDigits);
}

}  // namespace

std::string spec_hash(const api::Dataset& dataset, const Problems& problems) { return hash_of(dataset, problems); }
std::string spec_hash(const api::Pipeline& pipeline, const Problems& problems) { return hash_of(pipeline, problems); }
std::string spec_hash(const api::TrainingJob& job, const Problems& problems) { return hash_of(job, problems); }

bool is_spec_of_run(const api::Pipeline& pipeline) {
  return pipeline.status.spec_hash == spec_hash(pipeline, spec_problems(pipeline));
}

bool is_spec_of_run(const api::TrainingJob& job) { return job.status.spec_hash == spec_hash(job, spec_problems(job)); }

}  // namespace visionops::core
