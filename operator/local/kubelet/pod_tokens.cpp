#include "operator/local/kubelet/pod_tokens.h"

#include "base/digest.h"
#include "operator/local/api_server/random_text.h"

namespace visionops::local {

std::string PodTokens::issue(const cluster::Pod& pod) {
  const std::string token = random_token();
  revoke(pod.meta.uid);
  const MutexLock lock(mutex_);
  by_digest_[sha256_hex(token)] = {pod.meta.namespace_, pod.meta.name, pod.meta.uid};
  return token;
}

void PodTokens::revoke(const std::string& uid) {
  const MutexLock lock(mutex_);
  std::erase_if(by_digest_, [&](const auto& entry) { return entry.second.uid == uid; });
}

std::optional<PodIdentity> PodTokens::identify(const std::string& token) const {
  const MutexLock lock(mutex_);
  const auto it = by_digest_.find(sha256_hex(token));
  return it == by_digest_.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace visionops::local
