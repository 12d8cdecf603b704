#include "operator/assembly/pod_authentication.h"

#include <spdlog/spdlog.h>

#include "operator/core/reconcile.h"

namespace visionops::commands {

namespace {
/// Reviews a second, and at once: every Pod of a large cluster may come after a restart of the operator.
constexpr telemetry::RateLimits kReviews{50, 500, 1};
}  // namespace

PodAuthentication::PodAuthentication(std::unique_ptr<kube::TokenReviewer> reviewer, cluster::ClusterApi& api,
                                     std::shared_ptr<spdlog::logger> log)
    : reviewer_(std::move(reviewer)), api_(api), log_(std::move(log)), reviews_(kReviews) {}

std::optional<telemetry::PodIdentity> PodAuthentication::identify(const std::string& token) {
  const auto identity = cache_.identify(token, std::chrono::steady_clock::now(),
                                        [this](const std::string& unknown) { return ask(unknown); });
  if (identity) return *identity;
  log_->warn("telemetry: {}", identity.error().message);
  return std::nullopt;
}

Result<telemetry::IdentityCache::Identity> PodAuthentication::ask(const std::string& token) {
  using Identity = telemetry::IdentityCache::Identity;
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  if (!reviews_.admit("reviews", now)) return retry_error("too many tokens to review");
  const auto reviewed = reviewer_->review(Secret(token));
  if (!reviewed) return reviewed.error();
  if (!*reviewed) return Identity();
  const kube::ReviewedPod& pod = **reviewed;
  const auto object = api_.get({cluster::Kind::Pod, pod.namespace_, pod.name});
  if (!object && object.error().cls != ErrorClass::NotFound) return object.error().in("Pod of a token");
  if (!object || cluster::meta_of(*object).uid != pod.uid) return Identity();
  const auto& labels = cluster::meta_of(*object).labels;
  const auto owner = labels.find(std::string(core::kOwnerUidLabel));
  if (owner == labels.end()) return Identity();
  return Identity(telemetry::PodIdentity{pod.namespace_, pod.name, pod.uid, owner->second});
}

}  // namespace visionops::commands
