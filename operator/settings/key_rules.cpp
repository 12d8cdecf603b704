#include "operator/settings/key_rules.h"

#include <algorithm>
#include <array>

namespace visionops::api {

namespace {

using Keys = std::string_view;

constexpr std::array<Keys, 7> kOurs{"app.kubernetes.io/name",
                                    "app.kubernetes.io/instance",
                                    "app.kubernetes.io/component",
                                    "app.kubernetes.io/managed-by",
                                    "job-name",
                                    "controller-uid",
                                    "kubernetes.io/config.source"};
constexpr std::array<Keys, 2> kOurDomains{"visionops.dev", "batch.kubernetes.io"};
/// Kueue takes Pods with these for Workloads of their own; the Job is in the queue already.
constexpr std::array<Keys, 5> kOfQueues{"kueue.x-k8s.io/queue-name", "kueue.x-k8s.io/priority-class",
                                        "kueue.x-k8s.io/managed", "kueue.x-k8s.io/pod-group-name",
                                        "kueue.x-k8s.io/prebuilt-workload-name"};
/// Annotations that switch profiles of the kernel for a container off (AppArmor, seccomp).
constexpr std::array<Keys, 2> kSecurityDomains{"security.beta.kubernetes.io", "security.alpha.kubernetes.io"};

std::string_view domain_of(std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

bool is_in(std::string_view domain, std::string_view parent) {
  return domain == parent || (domain.ends_with(parent) && domain[domain.size() - parent.size() - 1] == '.');
}

template <class Domains>
bool is_in_any(std::string_view key, const Domains& domains) {
  return std::ranges::any_of(domains, [&](auto parent) { return is_in(domain_of(key), parent); });
}

}  // namespace

std::optional<std::string> why_reserved(std::string_view key) {
  if (std::ranges::find(kOurs, key) != kOurs.end() || is_in_any(key, kOurDomains)) {
    return "is set by the operator and by Kubernetes, who know their Pods by it";
  }
  if (std::ranges::find(kOfQueues, key) != kOfQueues.end()) return "belongs to Kueue; use spec.queue";
  if (is_in_any(key, kSecurityDomains)) return "changes what a container may do";
  return std::nullopt;
}

}  // namespace visionops::api
