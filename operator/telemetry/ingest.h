// The door for the sidecars: POST /telemetry with a bearer token and one TelemetryMessage as JSON.
//
//   204 taken                  400 malformed message        401 no token of a running Pod
//   403 about another's run    404 another path             413 larger than 64 KiB
//   429 too many (Retry-After) 503 the endpoint is closing or failed
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "operator/http/listener.h"
#include "operator/telemetry/pod_identity.h"
#include "operator/telemetry/rate_limit.h"
#include "worker/contract/telemetry.h"

namespace spdlog {
class logger;
}

namespace visionops::telemetry {

/// nullopt: not the token of a running Pod. Called on the thread of the endpoint, so it may block.
using Authenticate = std::function<std::optional<PodIdentity>(const std::string& token)>;
enum class Taken {
  Yes,
  UnknownOwner,  ///< the resource is gone: 403, and nothing is kept
  Full,          ///< a limit is reached: 429
};
/// Takes a checked message. Called on the thread of the endpoint, one at a time.
using Sink = std::function<Taken(contract::TelemetryMessage message)>;

struct IngestOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: a free one
  std::optional<http::TlsFiles> tls;
  RateLimits rate;  ///< per Pod
  /// false: this replica does not lead. It answers 503 and ends the connection, so that the sidecar comes
  /// to another one. Called on the thread of the endpoint; empty: always true.
  std::function<bool()> leading;
  std::size_t waiting = 256;  ///< messages read but not yet judged; more are answered with 429
  /// One call per answer: "accepted", "malformed", "unauthenticated", "forbidden", "too_large", "limited",
  /// "standby".
  /// Called from any thread.
  std::function<void(std::string_view result)> count;
  std::shared_ptr<spdlog::logger> log;  ///< required
};

/// Listens from start() until destruction. Messages are queued for one thread, which judges and answers them.
class Ingest {
 public:
  static Result<std::unique_ptr<Ingest>> start(IngestOptions options, Authenticate authenticate, Sink sink);
  /// Returns when neither authenticate nor sink is called any more.
  ~Ingest();
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;

  /// "http://127.0.0.1:41234/telemetry", for VISIONOPS_TELEMETRY_URL.
  [[nodiscard]] std::string url() const;

 private:
  class Parts;
  explicit Ingest(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::telemetry
