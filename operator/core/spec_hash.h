// Spec hash: what makes a run. Two specs with equal hash ask for the same result; fields that only
// steer how it is reached (suspend, retry, deadlines, TTL, alerts, queue, texts) are not part of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fields/field_table.h"
#include "operator/api/dataset.h"
#include "operator/api/pipeline.h"
#include "operator/api/training_job.h"

namespace visionops::core {

std::string short_hash(const std::string& text);
/// 16 hex digits of the SHA-256 of the canonical JSON of spec (less the fields named in `steering`), what decoding
/// refused, and the value of the rerun annotation.
std::string spec_hash_of(const std::string& spec, const std::vector<std::string>& steering, const api::ObjectMeta& meta,
                         const Problems& problems);
template <api::Resource T>
std::string spec_hash(const T& resource, const Problems& problems) {
  using Spec = decltype(resource.spec);
  return spec_hash_of(encode_text(TypeOf<Spec>::get(), &resource.spec), Spec::fields().steering(), resource.meta,
                      problems);
}

/// A kind that no earlier version had.
template <class T>
std::string earlier_spec_hash(const T& /*resource*/, const Problems& /*problems*/) {
  return {};
}
/// As earlier versions hashed it, when spec.resources was part of what a run makes: a run that was begun so goes on.
template <api::Resource T>
std::string earlier_spec_hash(const T& resource, const Problems& problems) {
  using Spec = decltype(resource.spec);
  auto steering = Spec::fields().steering();
  std::erase(steering, "resources");
  return spec_hash_of(encode_text(TypeOf<Spec>::get(), &resource.spec), steering, resource.meta, problems);
}
/// 16 hex digits of what a spec asks for its Pods: resources, profile, secrets, mounts; empty for a kind without.
template <class T>
std::string resources_hash(const T& resource) {
  const auto& spec = resource.spec;
  std::optional<std::string> asked;
  if constexpr (requires { spec.resources; }) asked = spec.resources ? encode_text(*spec.resources) : std::string();
  if constexpr (requires { spec.profile; }) {
    asked = asked.value_or("") + (spec.profile.empty() ? "" : "\nprofile " + spec.profile);
  }
  if constexpr (requires { spec.secrets; }) {
    for (const auto& secret : spec.secrets) *asked += "\nsecret " + secret;
  }
  if constexpr (requires { spec.mounts; }) {
    for (const auto& store : spec.mounts) *asked += "\nmount " + store;
  }
  return asked ? short_hash(*asked) : std::string();
}

/// Whether the spec is the one that the run in status was begun with. Not so between an edit and the first look
/// at it: then the status tells of the former spec.
bool is_spec_of_run(const api::Pipeline& pipeline);
bool is_spec_of_run(const api::TrainingJob& job);

}  // namespace visionops::core
