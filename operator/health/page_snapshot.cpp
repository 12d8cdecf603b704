#include "operator/health/page_snapshot.h"

#include <exception>
#include <utility>

namespace visionops::serve {
namespace {

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;
constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

Page health_page(const std::function<Health()>& source) {
  const Health health = source ? source() : Health{};
  if (health.ok) return {kOk, "ok\n"};
  return {kUnavailable, health.reason + "\n"};
}

}  // namespace

PageSnapshot::PageSnapshot(HttpServerOptions options, PageSources sources)
    : options_(std::move(options)), sources_(std::move(sources)) {
  refresh();
}

void PageSnapshot::keep_fresh(std::stop_token stop) {
  while (!stop.stop_requested()) {
    refresh();
    MutexLock lock(mutex_);
    // Traffic and rollouts wait for the moment of becoming ready; nobody waits for the next metrics.
    const auto wait = pages_->readyz.status == kOk ? options_.refresh : options_.refresh / 10;
    never_.wait_for(lock, stop, wait, [] { return false; });
  }
}

void PageSnapshot::refresh() {
  auto fresh = std::make_shared<const Pages>(make());
  const MutexLock lock(mutex_);
  pages_ = std::move(fresh);
}

PageSnapshot::Pages PageSnapshot::make() const {
  Pages pages;
  pages.made = std::chrono::steady_clock::now();
  try {
    pages.metrics = sources_.metrics ? Page{kOk, sources_.metrics(), kMetricsType} : Page{kNotFound, "no metrics\n"};
    pages.healthz = health_page(sources_.alive);
    pages.readyz = health_page(sources_.ready);
  } catch (const std::exception& e) {
    const Page failed{kUnavailable, std::string("a source of this page failed: ") + e.what() + "\n"};
    pages.metrics = pages.healthz = pages.readyz = failed;
  }
  return pages;
}

Page PageSnapshot::page(const std::string& path) const {
  std::shared_ptr<const Pages> pages;
  {
    const MutexLock lock(mutex_);
    pages = pages_;
  }
  if (path == "/metrics") return pages->metrics;
  if (path == "/readyz") return pages->readyz;
  if (path != "/healthz") return {kNotFound, "there are /metrics, /healthz and /readyz\n"};
  if (std::chrono::steady_clock::now() - pages->made > options_.hang_limit) {
    return {kUnavailable, "the process hangs: no fresh state for too long\n"};
  }
  return pages->healthz;
}

}  // namespace visionops::serve
