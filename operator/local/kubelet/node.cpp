#include "operator/local/kubelet/node.h"

#include <algorithm>

#include "base/names.h"
#include "operator/local/kubelet/container_environment.h"
#include "operator/local/process/leftover_processes.h"
#include "worker/contract/run_spec.h"

namespace visionops::local {
namespace {

using cluster::Pod;
using cluster::PodPhase;

constexpr Duration kLogCheck = std::chrono::seconds(1);
constexpr Duration kWriteRetry = std::chrono::seconds(1);
constexpr Duration kMaxSidecarShare = std::chrono::seconds(5);
constexpr Duration kNoGrace = Duration::zero();

bool ended(const Pod& pod) { return pod.phase == PodPhase::Succeeded || pod.phase == PodPhase::Failed; }

void keep_earlier(std::optional<TimePoint>& due, std::optional<TimePoint> candidate) {
  if (candidate && (!due || *candidate < *due)) due = candidate;
}

/// First come, first served; the view is sorted by name.
std::vector<ObjectPtr> by_age(std::vector<ObjectPtr> pods) {
  std::stable_sort(pods.begin(), pods.end(), [](const ObjectPtr& a, const ObjectPtr& b) {
    return meta_of(*a).creation_timestamp < meta_of(*b).creation_timestamp;
  });
  return pods;
}

Duration grace_of(const Pod& pod) {
  return std::chrono::seconds(std::clamp<std::int64_t>(pod.spec.termination_grace_period_seconds, 0, 24 * 3600));
}

}  // namespace

Node::Node(ObjectStore& store, PodTokens& tokens, NodeOptions options)
    : store_(store), tokens_(tokens), options_(std::move(options)), capacity_(options_.cpu_milli, options_.gpus) {}

Node::~Node() = default;

void Node::say(const std::string& line) const {
  if (options_.log) options_.log(line);
}

void Node::recover() {
  const auto killed = kill_processes_with(contract::kPodDirEnv, options_.pods.string() + "/");
  if (!killed.empty()) say("killed " + std::to_string(killed.size()) + " processes that an earlier run left behind");
  std::error_code failure;
  for (std::filesystem::directory_iterator it(options_.pods, failure), end; !failure && it != end;
       it.increment(failure)) {
    folders_.insert(it->path().filename());
  }
  std::set<std::string> live;
  for (const auto& pod : store_.view(cluster::Kind::Pod)) live.insert(meta_of(*pod).uid);
  remove_folders(live);
}

std::optional<TimePoint> Node::step(TimePoint now) {
  retry_ = false;
  for (auto& [uid, running] : runs_) advance(running, now);
  const auto pods = by_age(store_.view(cluster::Kind::Pod));
  std::set<std::string> live;
  for (const auto& pod : pods) live.insert(meta_of(*pod).uid);
  end_vanished(live, now);
  for (const auto& pod : pods) sync(std::get<Pod>(*pod), now);
  remove_folders(live);
  keep_logs_bounded(now);

  std::optional<TimePoint> due;
  for (const auto& [uid, running] : runs_) keep_earlier(due, running.run->due());
  if (!runs_.empty()) keep_earlier(due, next_log_check_);
  if (retry_) keep_earlier(due, now + kWriteRetry);
  return due;
}

std::vector<int> Node::pidfds() const {
  std::vector<int> out;
  for (const auto& [uid, running] : runs_) running.run->add_pidfds(out);
  return out;
}

/// Processes first, then the status: what the store says is never ahead of the truth.
void Node::advance(Running& running, TimePoint now) {
  PodRun& run = *running.run;
  if (run.step(now)) running.unwritten = true;
  if (run.finished() && !running.swept) sweep(running);
  if (!running.unwritten) return;
  const auto key = cluster::key_of(run.pod());
  auto live = store_.get(key);
  if (!live || meta_of(*live).uid != run.pod().meta.uid) return;
  auto& pod = std::get<Pod>(*live);
  run.write_status(pod);
  running.unwritten = !write(pod).ok();
}

/// Runs whose Pod object is gone end at once; runs that are over and reported are forgotten.
void Node::end_vanished(const std::set<std::string>& live, TimePoint now) {
  std::vector<std::string> over;
  for (auto& [uid, running] : runs_) {
    const bool vanished = !live.contains(uid);
    if (vanished) running.run->stop(now, StopReason::Deleted, kNoGrace, kNoGrace);
    if (running.run->finished() && (vanished || !running.unwritten)) over.push_back(uid);
  }
  for (const auto& uid : over) finish(uid);
}

/// What left its process group still belongs to the Pod and ends before the Pod is said to have ended.
void Node::sweep(Running& running) {
  running.swept = true;
  const std::string& uid = running.run->pod().meta.uid;
  const auto strays = kill_processes_with(contract::kPodDirEnv, PodFolder(options_.pods, uid).volume());
  if (!strays.empty()) say("killed " + std::to_string(strays.size()) + " processes that outlived their Pod " + uid);
}

void Node::finish(const std::string& uid) {
  runs_.erase(uid);
  capacity_.release(uid);
  tokens_.revoke(uid);
}

void Node::sync(const Pod& pod, TimePoint now) {
  if (const auto it = runs_.find(pod.meta.uid); it != runs_.end()) {
    if (pod.meta.deletion_timestamp) it->second.run->stop(now, StopReason::Deleted, grace_of(pod), grace_of(pod));
    return;
  }
  if (ended(pod)) return;
  if (!pod.node.empty()) return mark_lost(pod);
  if (pod.meta.deletion_timestamp || draining_) return;
  schedule(pod, now);
}

void Node::schedule(const Pod& pod, TimePoint now) {
  const PodRequest request = request_of(pod.spec);
  if (const auto why = missing_programs(pod)) {
    retry_ = true;  // nobody tells when they are there
    return mark_unschedulable(pod, *why);
  }
  if (const auto why = capacity_.why_not(request)) return mark_unschedulable(pod, *why);
  start(pod, now);
}

std::optional<std::string> Node::missing_programs(const Pod& pod) const {
  if (!options_.programs_of) return std::nullopt;
  for (const auto& container : pod.spec.containers) {
    if (const auto programs = options_.programs_of(container.image); !programs) return programs.error().message;
  }
  return std::nullopt;
}

std::string Node::search_path(const cluster::Container& container) const {
  const auto inherited = options_.environment.find("PATH");
  std::string path = inherited == options_.environment.end() ? "" : inherited->second;
  const auto programs = options_.programs_of ? options_.programs_of(container.image) : Result<std::string>("");
  return programs && !programs->empty() ? *programs + ":" + path : path;
}

std::vector<ContainerSetup> Node::set_up(const Pod& pod, const PodFolder& folder) {
  const auto gpus = capacity_.take(pod.meta.uid, request_of(pod.spec));
  const std::string url = options_.telemetry_url ? options_.telemetry_url() : "";
  std::vector<ContainerSetup> setups;
  for (const auto& container : pod.spec.containers) {
    auto inherited = options_.environment;
    const auto path = search_path(container);
    if (!path.empty()) inherited["PATH"] = path;
    setups.push_back({container, folder,
                      container_environment(inherited, pod, container, folder, options_.stores, gpus, url),
                      options_.program_folder, path});
  }
  return setups;
}

void Node::start(Pod pod, TimePoint now) {
  // Bound before anything runs: from here on a Pod without processes counts as lost.
  pod.node = options_.name;
  pod.start_time = std::chrono::floor<std::chrono::seconds>(now);
  pod.unschedulable = false;
  pod.message.clear();
  if (!write(pod)) return;
  const std::string uid = pod.meta.uid;
  const PodFolder folder(options_.pods, uid);
  folders_.insert(uid);
  if (!is_dns_label(uid)) return fail_to_start(std::move(pod), invalid_error("the uid is not a file name"));
  std::vector<std::string> containers;
  for (const auto& container : pod.spec.containers) containers.push_back(container.name);
  if (auto made = folder.create(tokens_.issue(pod), containers); !made)
    return fail_to_start(std::move(pod), made.error());

  auto setups = set_up(pod, folder);
  const Duration grace = grace_of(pod);
  Running running{std::make_unique<PodRun>(std::move(pod), std::move(setups), grace, guard_)};
  running.run->start(now);
  advance(running, now);
  runs_.emplace(uid, std::move(running));
}

void Node::fail_to_start(Pod pod, const Error& why) {
  tokens_.revoke(pod.meta.uid);
  pod.meta.resource_version.clear();
  pod.phase = PodPhase::Failed;
  pod.reason = "CreateContainerError";
  pod.message = why.message;
  (void)write(std::move(pod)).ok();  // asked for again by retry_; the Pod then counts as lost
}

void Node::mark_unschedulable(const Pod& pod, const std::string& why) {
  if (pod.unschedulable && pod.message == why) return;
  Pod next = pod;
  next.unschedulable = true;
  next.message = why;
  (void)write(std::move(next)).ok();
}

void Node::mark_lost(const Pod& pod) {
  Pod next = pod;
  next.phase = PodPhase::Failed;
  next.reason = "NodeLost";
  next.message = "the visionops that ran the Pod has ended";
  next.disrupted = true;
  for (auto& container : next.containers) container.running = false;
  (void)write(std::move(next)).ok();
}

void Node::drain(TimePoint now, TimePoint deadline) {
  draining_ = true;
  const Duration left = std::max(deadline - now, Duration::zero());
  // The sidecars get their turn after the worker, before the deadline.
  const Duration sidecars = std::min(left / 4, kMaxSidecarShare);
  for (auto& [uid, running] : runs_) running.run->stop(now, StopReason::NodeShutdown, left - sidecars, sidecars);
}

void Node::remove_folders(const std::set<std::string>& live) {
  for (auto it = folders_.begin(); it != folders_.end();) {
    if (live.contains(*it) || runs_.contains(*it)) {
      ++it;
      continue;
    }
    // Best effort: what cannot be removed now is found again by the next recover().
    if (auto removed = PodFolder(options_.pods, *it).remove(); !removed) say(removed.error().message);
    it = folders_.erase(it);
  }
}

void Node::keep_logs_bounded(TimePoint now) {
  if (now < next_log_check_ && next_log_check_ - now <= kLogCheck) return;
  next_log_check_ = now + kLogCheck;
  for (const auto& [uid, running] : runs_) running.run->keep_logs_below(options_.max_log_bytes);
}

Status Node::write(Pod pod) {
  auto written = store_.update_status(pod);
  if (written) return {};
  // Conflict and NotFound mean that the Pod changed, which asks for a step by itself.
  const auto cls = written.error().cls;
  if (cls != ErrorClass::Conflict && cls != ErrorClass::NotFound) {
    retry_ = true;
    say(written.error().in("Pod " + pod.meta.namespace_ + "/" + pod.meta.name).message);
  }
  return written.error();
}

}  // namespace visionops::local
