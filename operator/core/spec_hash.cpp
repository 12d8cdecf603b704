#include "operator/core/spec_hash.h"

#include "base/digest.h"
#include "base/json.h"
#include "operator/core/reconcile.h"
#include "operator/core/spec_problems.h"

namespace visionops::core {

namespace {

template <class T>
bool is_hash_of(const T& resource) {
  const auto problems = spec_problems(resource);
  const auto& hash = resource.status.spec_hash;
  return hash == spec_hash(resource, problems) || hash == earlier_spec_hash(resource, problems);
}

}  // namespace

std::string short_hash(const std::string& text) {
  constexpr std::size_t kHashDigits = 16;
  return sha256_hex(text).substr(0, kHashDigits);
}

std::string spec_hash_of(const std::string& spec, const std::vector<std::string>& steering, const api::ObjectMeta& meta,
                         const Problems& problems) {
  // What a field's table does not call steering is part of what the run makes: a field that nobody thought of starts a
  // new run, and none goes on with what is no longer wanted.
  const auto parsed = parse_json(spec);
  Json identity = parsed ? *parsed : Json(spec);
  if (identity.is_object()) {
    for (const auto& name : steering) identity.erase(name);
  }
  Json canonical{{"spec", std::move(identity)}};
  for (const auto& p : problems) canonical["problems"].push_back(p.path + ": " + p.message);
  const auto rerun = meta.annotations.find(std::string(kRerunAnnotation));
  if (rerun != meta.annotations.end()) canonical["rerun"] = rerun->second;
  return short_hash(dump_json(canonical));
}

bool is_spec_of_run(const api::Pipeline& pipeline) { return is_hash_of(pipeline); }

bool is_spec_of_run(const api::TrainingJob& job) { return is_hash_of(job); }

}  // namespace visionops::core
