// What a spec names and the administrator has to have declared: a profile, Secrets, stores to mount.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/core/decision.h"
#include "operator/core/observed.h"
#include "operator/core/run/kind.h"

namespace visionops::core {

/// UnknownProfile, with the names that there are.
std::optional<Refusal> refuse_profile(const Platform& platform, const std::string& profile);
/// SecretNotAllowed, with those that are.
std::optional<Refusal> refuse_secrets(const Platform& platform, const std::vector<std::string>& secrets);
/// UnknownStore; StoreNotMountable for a bucket.
std::optional<Refusal> refuse_mounts(const Platform& platform, const std::vector<std::string>& mounts);
/// UnsupportedResources when the nodes that the administrator chose have another GPU than `product`.
std::optional<Refusal> refuse_gpu_product(const Platform& platform, const std::string& profile,
                                          const std::string& product);

/// Nothing starts as long as there is a `why`. It is looked at in every pass, so also when the operator comes back with
/// other settings: a run that has not begun is Failed till then, one that has waits for its next attempt. What runs
/// goes on: its Pods exist.
Next start_when_granted(const Pass& p, const std::optional<Refusal>& why);

/// "; spec.profile has no effect on one machine": what is not done there, and said. Else empty.
std::string without_effect(const Platform& platform, const std::string& profile,
                           const std::vector<std::string>& secrets = {});

}  // namespace visionops::core
