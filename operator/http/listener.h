// An HTTP/1.1 listener for small requests: pages of /metrics and messages of sidecars. One thread does all
// socket work; a handler answers when it likes, from any thread. Why it is not cpprest's:
// docs/decisions/0004-http-listener.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "operator/http/limits.h"

namespace visionops::http {

struct Request {
  std::string method;         ///< "GET", "POST", ...
  std::string path;           ///< of the target, without the query; as sent, nothing is decoded
  std::string authorization;  ///< value of the header, empty without
  std::string body;           ///< at most ListenerOptions::max_body bytes
};

struct Response {
  int status = 200;
  std::string body{};
  std::string content_type = "text/plain; charset=utf-8";
  std::optional<std::int32_t> retry_after_s{};
  bool close = false;  ///< end the connection after this answer
};

/// Answers one request, once, from any thread; later calls and calls after the listener's end do nothing.
using Respond = std::function<void(Response)>;
/// Called on the listener's thread: must not wait. What it throws is answered with 500.
using Handle = std::function<void(Request, Respond)>;

/// PEM files. They are read again when they change, so that a renewed certificate is used without a restart.
struct TlsFiles {
  std::filesystem::path certificate_chain;
  std::filesystem::path private_key;
};

struct ListenerOptions {
  std::string host = "127.0.0.1";                 ///< an IP address
  std::uint16_t port = 0;                         ///< 0: a free one
  std::size_t max_body = 64 * 1024;               ///< bytes; more is answered with 413 and not kept
  std::size_t max_connections = kMaxConnections;  ///< where more come, some give way (seats.h)
  Duration patience = kPatience;
  std::optional<TlsFiles> tls{};       ///< TLS 1.2 or newer; absent: plain HTTP
  std::function<void(int)> refused{};  ///< status that the listener itself answered: 400, 413, 431
};

/// How full a listener is.
struct Load {
  std::size_t connections = 0;
  std::uint64_t gave_way = 0;  ///< connections that were ended for others, since the start
};

/// Listens from start() until destruction.
class Listener {
 public:
  /// Invalid: not an IP address, unusable certificate or key. Retry: the port is in use.
  static Result<std::unique_ptr<Listener>> start(ListenerOptions options, Handle handle);
  /// Open connections are cut. Returns when the handler is not called any more.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// "http://127.0.0.1:41234", with the port that was taken.
  [[nodiscard]] std::string url() const;
  /// From any thread.
  [[nodiscard]] Load load() const;

 private:
  class Parts;
  explicit Listener(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::http
