// The kubelet and scheduler of the embedded cluster: runs Pods as host processes.
//
// Level-triggered like the Job controller: step() compares the Pods of the store with the processes
// that run. A Pod that is bound to this node and has no processes was lost with an earlier
// visionops; it becomes Failed with reason NodeLost and the disruption condition.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "operator/local/api_server/object_store.h"
#include "operator/local/kubelet/capacity.h"
#include "operator/local/kubelet/pod_run.h"
#include "operator/local/kubelet/pod_tokens.h"

namespace visionops::local {

struct NodeOptions {
  std::string name = "local";
  std::filesystem::path pods;    ///< folder of the Pods' files; absolute and without links
  std::filesystem::path stores;  ///< what Pods see as $VISIONOPS_STORES
  std::int64_t cpu_milli = 1000;
  std::int32_t gpus = 0;
  std::size_t max_log_bytes = 64U << 20U;
  std::string program_folder;                  ///< where commands without slash are looked up first
  std::function<std::string()> telemetry_url;  ///< of this process, asked when a Pod starts; empty: what the Pod says
  std::map<std::string, std::string> environment;  ///< inherited by every Pod, PATH among it
  std::function<void(const std::string&)> log;     ///< what an administrator should see; may be empty
  /// What stands for the images of frameworks here: the folder of an image's programs, which is searched first. Empty:
  /// the image is ours. An error says how to get it; the Pod waits for it.
  std::function<Result<std::string>(const std::string& image)> programs_of = {};
};

/// step, drain and the destructor belong to one thread, which must outlive the processes
/// (PR_SET_PDEATHSIG). Only `tokens` may be used from others.
class Node {
 public:
  Node(ObjectStore& store, PodTokens& tokens, NodeOptions options);
  ~Node();

  /// Once, before the first step: kills processes that an earlier visionops left behind and removes
  /// the folders of Pods that are gone.
  void recover();
  /// Children of Pod processes die with us when there is a guard; it must outlive the Node.
  void set_guard(ProcessGuard* guard) { guard_ = guard; }
  /// The answer is when time alone asks for the next step.
  std::optional<TimePoint> step(TimePoint now);
  /// No Pod starts any more; those that run get SIGTERM, and SIGKILL in time before `deadline`.
  void drain(TimePoint now, TimePoint deadline);
  [[nodiscard]] bool empty() const { return runs_.empty(); }
  /// Descriptors that become readable when a step is needed.
  [[nodiscard]] std::vector<int> pidfds() const;

 private:
  struct Running {
    std::unique_ptr<PodRun> run;
    bool unwritten = true;  ///< the stored status is behind
    bool swept = false;     ///< nothing of the finished Pod runs any more
  };
  void advance(Running& running, TimePoint now);
  void end_vanished(const std::set<std::string>& live, TimePoint now);
  void sync(const cluster::Pod& pod, TimePoint now);
  void schedule(const cluster::Pod& pod, TimePoint now);
  [[nodiscard]] std::optional<std::string> missing_programs(const cluster::Pod& pod) const;
  [[nodiscard]] std::string search_path(const cluster::Container& container) const;
  [[nodiscard]] std::vector<ContainerSetup> set_up(const cluster::Pod& pod, const PodFolder& folder);
  void start(cluster::Pod pod, TimePoint now);
  void mark_unschedulable(const cluster::Pod& pod, const std::string& why);
  void mark_lost(const cluster::Pod& pod);
  void fail_to_start(cluster::Pod pod, const Error& why);
  void sweep(Running& running);
  void finish(const std::string& uid);
  void remove_folders(const std::set<std::string>& live);
  void keep_logs_bounded(TimePoint now);
  Status write(cluster::Pod pod);
  void say(const std::string& line) const;

  ObjectStore& store_;
  PodTokens& tokens_;
  NodeOptions options_;
  Capacity capacity_;
  ProcessGuard* guard_ = nullptr;
  bool draining_ = false;
  std::map<std::string, Running> runs_;  ///< by uid
  std::set<std::string> folders_;        ///< uids with files on this node
  TimePoint next_log_check_{};
  bool retry_ = false;  ///< a write failed in this step, or a Pod waits for programs
};

}  // namespace visionops::local
