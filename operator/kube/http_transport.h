// HTTPS to one API server. The .cpp is the only client file of the project that is compiled with cpprest.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "operator/kube/endpoint.h"
#include "operator/kube/event_frames.h"

namespace visionops::kube {

struct HttpCall {
  std::string method = "GET";
  std::string path{};  ///< begins with '/', query included, percent-encoded
  std::string body{};
  std::string content_type = "application/json";
  std::string accept = "application/json";
  std::chrono::milliseconds deadline = std::chrono::seconds(30);  ///< of the whole exchange
};

struct HttpReply {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
  Encoding encoding = Encoding::Json;  ///< of the body
};

/// Thread-safe. Calls block the calling thread, which must not be one of cpprest's pool.
/// A request can reach the server twice (cpprest replays on a dead pooled connection), so every
/// call must be idempotent.
class HttpTransport {
 public:
  static Result<std::unique_ptr<HttpTransport>> connect(const Endpoint& endpoint);
  ~HttpTransport();

  /// Any HTTP status is a reply; Retry for what never became one, Cancelled when stopped.
  Result<HttpReply> send(const HttpCall& call, std::stop_token stop = {});

  /// Gets one event; false when it wants no more.
  using OnEvent = std::function<bool(const std::string& bytes, Encoding encoding)>;

  /// Streams a reply event by event until it ends, `on_event` returns false, `stop` is requested, or no
  /// byte arrives for `idle`. A status other than 200 is returned with its body and no event. A stream that has begun
  /// and then stays quiet ends like any other: whether the server has nothing to say or is gone shows when it is
  /// opened again.
  Result<HttpReply> stream(const HttpCall& call, std::chrono::milliseconds idle, const OnEvent& on_event,
                           std::stop_token stop);

  /// How far the call that is longest beyond its deadline is beyond it; zero: none is. More than moments mean that
  /// cancelling no longer works, so that the process should start anew.
  [[nodiscard]] std::chrono::milliseconds longest_overdue() const;

 private:
  struct Engine;
  explicit HttpTransport(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace visionops::kube
