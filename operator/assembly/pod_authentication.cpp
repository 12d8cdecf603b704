#include "operator/assembly/pod_authentication.h"

#include <spdlog/spdlog.h>

namespace visionops::commands {

namespace {
/// Reviews a second, and at once: every Pod of a large cluster may come after a restart of the operator.
constexpr telemetry::RateLimits kReviews{50, 500, 1};
}  // namespace

PodAuthentication::PodAuthentication(std::unique_ptr<kube::TokenReviewer> reviewer, runtime::FindObject find,
                                     std::shared_ptr<spdlog::logger> log)
    : reviewer_(std::move(reviewer)), find_(std::move(find)), log_(std::move(log)), reviews_(kReviews) {}

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
  return identity_of({cluster::Kind::Pod, pod.namespace_, pod.name}, pod.uid, find_);
}

std::optional<telemetry::PodIdentity> identity_of(const cluster::ObjectKey& pod, const std::string& uid,
                                                  const runtime::FindObject& find) {
  telemetry::PodIdentity identity{pod.namespace_, pod.name, uid};
  auto run = runtime::run_of_pod(pod, uid, find);
  if (!run && run.error().cls == ErrorClass::NotFound) return std::nullopt;
  if (run) {
    identity.run = *std::move(run);
  } else {
    identity.without_run = run.error().message;
  }
  return identity;
}

telemetry::Taken verdict(runtime::FoldResult result) {
  if (result == runtime::FoldResult::Unknown) return telemetry::Taken::UnknownOwner;
  return result == runtime::FoldResult::Refused ? telemetry::Taken::Full : telemetry::Taken::Yes;
}

}  // namespace visionops::commands
