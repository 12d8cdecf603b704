// POST of telemetry messages over HTTP/1.1, one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "worker/sidecar/channel.h"
#include "worker/sidecar/endpoint.h"

namespace visionops::sidecar {

enum class SendOutcome {
  Delivered,
  TryAgain,  ///< no answer, 401 (the token may be renewed), 408, 429, 5xx
  Refused,   ///< the operator will never take this message: 400, 403, 413, ...
};

struct SendResult {
  SendOutcome outcome = SendOutcome::TryAgain;
  std::string reason;                   ///< for the log; never a part of the token
  std::optional<Duration> retry_after;  ///< the operator's wish
};

/// Keeps the connection open between messages. Follows no redirects and no proxies: the operator is inside
/// the cluster. Not thread-safe.
class Sender {
 public:
  /// The token file is read before each message, since the kubelet renews it; an empty path sends none.
  Sender(Endpoint endpoint, std::filesystem::path token_file);

  /// Blocks for at most `limit`, the resolution of a name apart. A message may arrive twice.
  SendResult post(const std::string& body, Duration limit);

 private:
  Result<SendResult> exchange(const std::string& request, Deadline deadline);

  Endpoint endpoint_;
  std::filesystem::path token_file_;
  std::unique_ptr<Channel> channel_;  // empty: not connected
};

}  // namespace visionops::sidecar
