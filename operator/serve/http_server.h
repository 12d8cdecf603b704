// /metrics, /healthz and /readyz over HTTP.
//
// The handlers of cpprest run on one process-wide thread pool that also serves sockets and timers: a
// handler that waits can stop them all. So they only copy a snapshot that one own thread renews. That
// thread is also the liveness check: when the sources of the snapshot hang, /healthz turns to 503.
//
// The pool is sized once, by main, before anything uses cpprest:
// crossplat::threadpool::initialize_with_threads(n), n >= 4 (a smaller pool can deadlock inside the
// library, cpprestsdk #111). It throws when the pool is in use already.
#pragma once

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
  std::string address = "http://127.0.0.1:8081";  ///< scheme, host and port; port 0 is not supported by cpprest
  Duration refresh{1'000};
  Duration hang_limit{30'000};  ///< a snapshot older than this means that the process hangs
};

class HttpServer {
 public:
  /// Invalid: malformed address. Retry: the address is in use.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, PageSources sources);
  ~HttpServer();  ///< closes the listener and waits for the refresh thread
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::serve
