#include "operator/runtime/operator_process.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace visionops::runtime {

struct OperatorProcess::Threads {
  std::stop_source stop;
  Mutex mutex;
  std::condition_variable_any ended;
  int running VISIONOPS_GUARDED_BY(mutex) = 0;
  std::vector<std::jthread> all;

  template <class Body>
  void start(spdlog::logger& log, Body body) {
    {
      const MutexLock lock(mutex);
      ++running;
    }
    all.emplace_back([this, &log, body = std::move(body)] {
      try {
        body(stop.get_token());
      } catch (const std::exception& e) {
        // A half-working operator is worse than a restarted one.
        log.critical("a thread of the operator cannot go on: {}", e.what());
        std::terminate();
      }
      const MutexLock lock(mutex);
      --running;
      ended.notify_all();
    });
  }

  bool wait_ended(Duration deadline) {
    MutexLock lock(mutex);
    return ended.wait_for(lock, deadline, [this]() VISIONOPS_REQUIRES(mutex) { return running == 0; });
  }
};

OperatorProcess::OperatorProcess(cluster::ClusterApi& api, const Clock& clock, TelemetryBoard& board,
                                 OperatorSettings settings, Outlets outlets)
    : log_(outlets.log),
      engine_(api, clock, board, std::move(settings.engine), std::move(outlets)),
      workers_(std::clamp(settings.workers, 1, 64)) {}

OperatorProcess::~OperatorProcess() { stop(Duration::zero()); }

void OperatorProcess::start() {
  watch();
  work();
}

void OperatorProcess::watch() {
  if (threads_) return;
  threads_ = std::make_unique<Threads>();
  for (auto& reflector : engine_.reflectors()) {
    threads_->start(*log_, [r = reflector.get()](std::stop_token stop) { r->run(stop); });
  }
}

void OperatorProcess::work() {
  if (!threads_ || working_) return;
  working_ = true;
  for (int i = 0; i < workers_; ++i) {
    threads_->start(*log_, [this](std::stop_token stop) { engine_.run_worker(stop); });
  }
}

bool OperatorProcess::stop(Duration deadline) {
  if (!threads_) return true;
  threads_->stop.request_stop();
  engine_.close();
  return threads_->wait_ended(deadline);
}

}  // namespace visionops::runtime
