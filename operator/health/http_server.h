// /metrics, /healthz and /readyz over HTTP.
//
// A request only copies a snapshot that one own thread renews. That thread is also the liveness check:
// when the sources of the snapshot hang, /healthz turns to 503.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace visionops::serve {

struct Health {
  bool ok = true;
  std::string reason;  ///< why not, one line
};

/// Asked about once per refresh, by one thread. They may take short locks and must not do I/O.
struct PageSources {
  std::function<std::string()> metrics{};  ///< Prometheus text; empty function: 404
  std::function<Health()> alive{};         ///< empty function: alive while the process is
  std::function<Health()> ready{};         ///< empty function: always ready
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";  ///< an IP address
  std::uint16_t port = 0;          ///< 0: a free one
  Duration refresh{1'000};
  Duration hang_limit{30'000};  ///< a snapshot older than this means that the process hangs
};

class HttpServer {
 public:
  /// Invalid: not an IP address. Retry: the port is in use.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, PageSources sources);
  ~HttpServer();  ///< closes the listener and waits for the refresh thread
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:8080"
  [[nodiscard]] std::string url() const;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::serve
