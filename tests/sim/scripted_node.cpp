#include "tests/sim/scripted_node.h"

#include <algorithm>

#include "base/digest.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_result.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::sim {
namespace {

using cluster::ContainerState;
using cluster::Pod;
using cluster::PodPhase;
using contract::ExitCode;

constexpr int kTerminated = static_cast<int>(ExitCode::Terminated);

contract::RunSpec run_of(const Pod& pod) {
  for (const auto& container : pod.spec.containers) {
    if (container.name != cluster::kWorkerContainer) continue;
    for (const auto& variable : container.env) {
      Problems problems;
      if (variable.name == contract::kRunEnv) return contract::decode_run_spec(variable.value, problems);
    }
  }
  return {};
}

std::vector<ContainerState> states_of(const Pod& pod, bool running, int exit_code, const std::string& message,
                                      const std::string& word = "") {
  std::vector<ContainerState> states;
  for (const auto& container : pod.spec.containers) {
    ContainerState state;
    state.name = container.name;
    state.running = running;
    state.terminated = !running;
    if (!running && !container.sidecar) {
      state.exit_code = exit_code;
      state.reason = exit_code == 0 ? "Completed" : "Error";
      state.message = message;
    }
    if (!running && container.sidecar) state.message = word;
    states.push_back(std::move(state));
  }
  return states;
}

contract::DatasetFacts facts(const std::string& digest) {
  contract::DatasetFacts f;
  f.digest = digest;
  f.fingerprint = "listing:" + sha256_hex(digest);
  f.images = 100;
  f.annotations = 250;
  f.classes = 2;
  f.size_bytes = 4'096;
  f.class_counts = {{"bus", 60, 100}, {"car", 80, 150}};
  f.report = "eda.json";
  return f;
}

contract::TrainFacts trained(const contract::TrainRun& run) {
  contract::TrainFacts f;
  f.epochs = run.epochs;
  f.best_epoch = run.epochs;
  f.best_metric = "map50";
  f.best_value = 0.95;
  f.metrics = {{"map50", 0.95}, {"loss", 0.1}};
  f.model =
      contract::StoredCheckpoint{run.checkpoint_path + "/best.pt", sha256_hex(run.checkpoint_path), 1'000, run.epochs};
  f.last = f.model;
  return f;
}

/// What the sidecar of that Pod has read back.
std::string word_of(const contract::RunSpec& run, int exit_code) {
  if (!run.train) return "";
  contract::SidecarWord word{
      run.owner.uid, run.owner.run, run.owner.attempt, run.owner.identity, {}, {}, "the trainer was not done"};
  if (exit_code == 0) {
    const auto facts = trained(*run.train);
    word.model = facts.model;
    word.last = facts.last;
    word.problem.clear();
  }
  return contract::encode(word);
}

}  // namespace

std::string ScriptedNode::digest_at(const contract::DatasetLocation& location) const {
  const auto written = files_.find(location.store + "/" + location.path);
  return written == files_.end() ? "sha256:" + sha256_hex(location.store + "/" + location.path) : written->second;
}

std::string ScriptedNode::result_of(const contract::RunSpec& run, int exit_code) {
  contract::RunResult result;
  if (exit_code != 0) {
    const auto failure = contract::failure_class_of_status(exit_code);
    result.error =
        contract::ResultError{failure ? std::string(enum_name(*failure)) : "", "scripted failure", "", "", ""};
  } else if (run.inspect) {
    result.dataset = facts(digest_at(run.inspect->dataset));
    result.dataset->file_list = run.inspect->dataset.path + "/files.jsonl";
  } else if (run.remove) {
    result.removal.emplace().removed = 101;
  } else if (run.pipeline) {
    contract::RunSpec content = run;
    content.owner = {};
    for (auto& source : content.pipeline->sources) source.dataset.uid = source.dataset.fingerprint = "";
    const std::string digest = "sha256:" + sha256_hex(contract::encode(content));
    files_[run.pipeline->output.store + "/" + run.pipeline->output.path] = digest;
    result.dataset = facts(digest);
    result.pipeline = contract::PipelineFacts{.images_in = 120, .images_out = 100, .loss = {}, .published = true};
  } else if (run.train) {
    result.train = trained(*run.train);
  }
  return contract::encode(result);
}

void ScriptedNode::tell(const Running& running, std::int64_t sequence, TimePoint now) const {
  if (!running.run.train) return;
  contract::TelemetryMessage message;
  message.owner = running.run.owner;
  message.pod = running.key.name;
  message.sequence = sequence;
  message.sent_at = now;
  message.progress = contract::Progress{"Training", 1, 10, 1, running.run.train->epochs};
  message.metrics = {{"loss", 0.1, sequence, 1, now}};
  send_(message);
}

void ScriptedNode::start(const Pod& pod, TimePoint now) {
  Running running{cluster::key_of(pod), run_of(pod), std::nullopt, 0};
  const Script script = director_(running.run);
  if (!script.until_deleted) running.ends = now + script.runs_for;
  running.exit_code = script.exit_code;
  Pod bound = pod;
  bound.node = "node-0";
  bound.phase = PodPhase::Running;
  bound.start_time = now;
  bound.containers = states_of(pod, true, 0, "");
  if (!store_.update_status(bound)) return;
  tell(running, 1, now);
  running_.emplace(pod.meta.uid, std::move(running));
}

void ScriptedNode::finish(const Running& running, int exit_code) {
  const auto live = store_.get(running.key);
  if (!live) return;
  Pod pod = std::get<Pod>(*live);
  pod.phase = exit_code == 0 ? PodPhase::Succeeded : PodPhase::Failed;
  pod.containers = states_of(pod, false, exit_code, result_of(running.run, exit_code), word_of(running.run, exit_code));
  (void)store_.update_status(pod);
}

void ScriptedNode::step(TimePoint now) {
  for (const auto& object : store_.view(cluster::Kind::Pod)) {
    const Pod& pod = std::get<Pod>(*object);
    const auto known = running_.find(pod.meta.uid);
    const bool leaving = pod.meta.deletion_timestamp.has_value();
    if (known == running_.end()) {
      if (pod.phase == PodPhase::Pending && pod.node.empty() && !leaving) start(pod, now);
      continue;
    }
    const bool ended = known->second.ends && *known->second.ends <= now;
    if (!leaving && !ended) continue;
    const Running running = known->second;
    running_.erase(known);
    if (ended && !leaving) tell(running, 2, now);
    finish(running, leaving ? kTerminated : running.exit_code);
  }
}

std::optional<TimePoint> ScriptedNode::next_due() const {
  std::optional<TimePoint> due;
  for (const auto& [uid, running] : running_) {
    if (running.ends && (!due || *running.ends < *due)) due = running.ends;
  }
  return due;
}

bool ScriptedNode::lose_a_pod(std::size_t which, TimePoint) {
  if (running_.empty()) return false;
  const auto victim = std::next(running_.begin(), static_cast<std::ptrdiff_t>(which % running_.size()));
  const auto live = store_.get(victim->second.key);
  running_.erase(victim);
  if (!live) return false;
  Pod pod = std::get<Pod>(*live);
  pod.phase = PodPhase::Failed;
  pod.reason = "NodeLost";
  pod.message = "the node is gone";
  pod.disrupted = true;
  (void)store_.update_status(pod);
  return true;
}

}  // namespace visionops::sim
