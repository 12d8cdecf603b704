// POST of telemetry messages over HTTP, one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"

namespace visionops::sidecar {

enum class SendOutcome {
  Delivered,
  TryAgain,  ///< no answer, 401 (the token may be renewed), 429, 5xx
  Refused,   ///< the operator will never take this message: 400, 403, 413, ...
};

struct SendResult {
  SendOutcome outcome = SendOutcome::TryAgain;
  std::string reason;                   ///< for the log; never a part of the token
  std::optional<Duration> retry_after;  ///< the operator's wish
};

/// Keeps the connection open between messages. Not thread-safe.
class Sender {
 public:
  /// The token file is read before each message, since the kubelet renews it; an empty path sends none.
  Sender(std::string url, std::filesystem::path token_file);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Blocks for at most `limit`.
  SendResult post(const std::string& body, Duration limit);

 private:
  struct Connection;
  std::string url_;
  std::filesystem::path token_file_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace visionops::sidecar
