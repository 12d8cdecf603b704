// What the HTTP handlers reply, ready made.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <stop_token>
#include <string>

#include "base/mutex.h"
#include "operator/health/http_server.h"

namespace visionops::serve {

struct Page {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
};

/// Renewed by one thread, read by any; reading never waits for a source.
class PageSnapshot {
 public:
  PageSnapshot(HttpServerOptions options, PageSources sources);

  /// Renews until `stop` is requested: a thread body. A source that throws makes /healthz fail.
  void keep_fresh(std::stop_token stop);
  void refresh();
  /// 404 for an unknown path.
  [[nodiscard]] Page page(const std::string& path) const;

 private:
  struct Pages {
    Page metrics, healthz, readyz;
    std::chrono::steady_clock::time_point made{};
  };
  [[nodiscard]] Pages make() const;

  const HttpServerOptions options_;
  const PageSources sources_;
  mutable Mutex mutex_;
  std::condition_variable_any never_;
  std::shared_ptr<const Pages> pages_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops::serve
