// From a sidecar's token to the Pod and the resource it works for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "operator/kube/token_review.h"
#include "operator/runtime/telemetry/run_of_pod.h"
#include "operator/runtime/telemetry/telemetry_fold.h"
#include "operator/telemetry/identity_cache.h"
#include "operator/telemetry/ingest.h"
#include "operator/telemetry/rate_limit.h"

namespace spdlog {
class logger;
}

namespace visionops::commands {

/// Of one thread: the endpoint's.
class PodAuthentication {
 public:
  /// `find` looks into the caches: no call to the API server beside the review.
  PodAuthentication(std::unique_ptr<kube::TokenReviewer> reviewer, runtime::FindObject find,
                    std::shared_ptr<spdlog::logger> log);

  /// nullopt: not the token of a Pod of ours, or nobody can tell at the moment; the sidecar tries again.
  std::optional<telemetry::PodIdentity> identify(const std::string& token);

 private:
  Result<telemetry::IdentityCache::Identity> ask(const std::string& token);

  std::unique_ptr<kube::TokenReviewer> reviewer_;
  runtime::FindObject find_;
  std::shared_ptr<spdlog::logger> log_;
  telemetry::IdentityCache cache_;
  telemetry::RateLimit reviews_;  ///< a flood of invented tokens must not become one on the API server
};

/// nullopt: the Pod is not known (yet).
std::optional<telemetry::PodIdentity> identity_of(const cluster::ObjectKey& pod, const std::string& uid,
                                                  const runtime::FindObject& find);

/// What the sender hears of it.
telemetry::Taken verdict(runtime::FoldResult result);

}  // namespace visionops::commands
