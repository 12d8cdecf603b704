// HTTPS to one API server. The .cpp is the only client file of the project that is compiled with cpprest.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "operator/kube/codec/encoding.h"
#include "operator/kube/transport/endpoint.h"

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

  /// Gets what has come and takes out of it what is whole; false when it wants no more. `ended`: nothing will follow.
  using OnBytes = std::function<bool(std::string& unread, Encoding encoding, bool ended)>;

  /// Streams a reply until it ends, `on_bytes` returns false, `stop` is requested, or no byte arrives for `idle`.
  /// A status other than 200 is returned with its body, and nothing goes to `on_bytes`. A stream that has begun
  /// and then stays quiet ends like any other, but without `ended`: whether the server has nothing to say or is gone
  /// shows when it is opened again.
  Result<HttpReply> stream(const HttpCall& call, std::chrono::milliseconds idle, const OnBytes& on_bytes,
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
