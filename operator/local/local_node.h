// The one thread of the embedded cluster: Job controller and node, woken by changes of the store,
// by the end of processes, and by time. Idle it sleeps in poll(2).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "operator/local/api_server/object_store.h"
#include "operator/local/job_controller/job_controller.h"
#include "operator/local/kubelet/node.h"
#include "operator/local/sign_of_life.h"

namespace visionops::local {

/// start and shutdown from one thread.
class LocalNode {
 public:
  /// Kills and removes what an earlier owner left (Node::recover). The store must outlive this.
  /// Signs of life of its thread go into `data`; empty: nowhere.
  LocalNode(ObjectStore& store, PodTokens& tokens, NodeOptions options, const Clock& clock,
            const std::filesystem::path& data = {});
  ~LocalNode();  ///< shutdown without grace

  /// Retry when the kernel gives no thread or descriptor.
  Status start();
  /// Ends all Pods, at the latest after `grace` by SIGKILL; they become Failed with reason NodeLost.
  /// Returns when the thread has ended.
  void shutdown(Duration grace);
  /// Without a thread: the steps that need no process (lost Pods, finished Jobs, deletions) until
  /// nothing changes any more. Nothing starts.
  void settle();

 private:
  void run(const std::stop_token& stop);
  bool run_once(const std::stop_token& stop);
  std::optional<TimePoint> step(TimePoint now);
  void sleep(std::optional<TimePoint> due);

  ObjectStore& store_;
  const Clock& clock_;
  std::function<void(const std::string&)> log_;
  JobController jobs_;
  std::optional<ProcessGuard> guard_;
  Node node_;
  SignOfLife life_;      ///< of the thread alone
  FileDescriptor wake_;  ///< eventfd
  Mutex mutex_;
  Duration grace_ VISIONOPS_GUARDED_BY(mutex_){};  ///< of the shutdown
  std::optional<TimePoint> deadline_;              ///< of the thread alone
  std::jthread thread_;
};

}  // namespace visionops::local
