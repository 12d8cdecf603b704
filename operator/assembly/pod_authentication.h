// From a sidecar's token to the Pod and the resource it works for.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "operator/cluster/cluster_api.h"
#include "operator/kube/token_review.h"
#include "operator/telemetry/identity_cache.h"
#include "operator/telemetry/rate_limit.h"

namespace spdlog {
class logger;
}

namespace visionops::commands {

/// Of one thread: the endpoint's.
class PodAuthentication {
 public:
  PodAuthentication(std::unique_ptr<kube::TokenReviewer> reviewer, cluster::ClusterApi& api,
                    std::shared_ptr<spdlog::logger> log);

  /// nullopt: not the token of a Pod of ours, or nobody can tell at the moment; the sidecar tries again.
  std::optional<telemetry::PodIdentity> identify(const std::string& token);

 private:
  Result<telemetry::IdentityCache::Identity> ask(const std::string& token);

  std::unique_ptr<kube::TokenReviewer> reviewer_;
  cluster::ClusterApi& api_;
  std::shared_ptr<spdlog::logger> log_;
  telemetry::IdentityCache cache_;
  telemetry::RateLimit reviews_;  ///< a flood of invented tokens must not become one on the API server
};

}  // namespace visionops::commands
