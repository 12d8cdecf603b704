#include "tests/unit/core/toy_world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "operator/core/run/attempt.h"
#include "tests/unit/core/decision_json.h"
#include "tests/unit/core/documented_reasons.h"
#include "tests/unit/core/resources.h"

namespace visionops::core {

namespace {

template <class Children>
Children owned_by(const Children& all, const std::string& uid) {
  Children out;
  for (const auto& child : all) {
    const auto label = child.meta.labels.find(std::string(kOwnerUidLabel));
    if (label != child.meta.labels.end() && label->second == uid) out.push_back(child);
  }
  return out;
}

/// What every decision must keep, whatever it was made from.
template <class Observed, class Decision>
void check_promises(const Observed& observed, const Decision& decision, const api::ObjectMeta& meta) {
  EXPECT_EQ(to_json(observed, decision), to_json(observed, reconcile(observed))) << "equal input, different output";
  if (meta.deletion_timestamp) return;
  EXPECT_NE(api::find_condition(decision.status.conditions, api::condition::kReady), nullptr);
  EXPECT_EQ(decision.status.observed_generation, meta.generation);
  EXPECT_FALSE(decision.status.message.empty());
  EXPECT_LE(decision.status.conditions.size(), 16u);
  for (const auto& c : decision.status.conditions) {
    EXPECT_EQ(c.observed_generation, meta.generation) << c.type;
    EXPECT_TRUE(documented_words().contains(c.type)) << "condition " << c.type << " is not in docs/conditions.md";
    EXPECT_TRUE(documented_words().contains(c.reason)) << "reason " << c.reason << " is not in docs/conditions.md";
  }
  for (const auto& e : decision.events) {
    EXPECT_TRUE(documented_words().contains(e.reason))
        << "event reason " << e.reason << " is not in docs/conditions.md";
  }
}

template <class Resource>
Json status_of(const Resource& resource) {
  return cluster::encode(cluster::Object(resource))["status"];
}

/// Statuses travel as JSON: what a codec loses, a decision must not need.
template <class Resource>
Resource through_json(const Resource& resource) {
  auto object = cluster::decode_object(cluster::encode(cluster::Object(resource)));
  EXPECT_TRUE(object.ok());
  return std::get<Resource>(std::move(object).value());
}

void drop_times(Json& json) {
  if (json.is_object()) {
    for (const char* key :
         {"lastTransitionTime", "startedAt", "finishedAt", "duration", "retryAt", "telemetryAt", "creationTimestamp"}) {
      json.erase(key);
    }
  }
  for (auto& child : json) {
    if (child.is_structured()) drop_times(child);
  }
}

}  // namespace

ToyWorld::ToyWorld() : now(start_time()) { platform.telemetry_url = "https://operator/telemetry"; }

WorkerEnd exits(int code, const std::string& message, const std::string& reason) {
  return {code, message, reason, false, false, ""};
}
WorkerEnd hangs() { return {0, "", "", false, true, ""}; }
WorkerEnd taken_away() { return {137, "", "", true, false, ""}; }
WorkerEnd trained(const contract::RunResult& result, const contract::SidecarWord& word) {
  return {0, contract::encode(result), "", false, false, contract::encode(word)};
}

WorkerEnd do_the_work(const cluster::Job& job, std::int32_t index) {
  const auto run = run_spec_of(job);
  if (run.inspect) return exits(0, contract::encode(inspection_result(run.inspect->dataset.path)));
  if (run.train) return trained(training_result(job), sidecar_word(job));
  if (!run.pipeline) return {};
  auto result = pipeline_result(run.pipeline->output.path);
  if (index != 0) result.pipeline->published = false;
  return exits(0, contract::encode(result));
}

bool ToyWorld::write() {
  if (writes_left <= 0) return false;
  --writes_left;
  ++writes;
  changed_ = true;
  return true;
}

bool ToyWorld::apply(const Action& action, api::ObjectMeta& owner) {
  if (const auto* create = std::get_if<CreateJob>(&action)) {
    if (find_job(create->job.meta.name)) return true;  // AlreadyExists
    if (!write()) return false;
    jobs.push_back(create->job);
    jobs.back().meta.uid = "uid-job-" + std::to_string(++uids_);
    jobs.back().meta.creation_timestamp = now;
    created_jobs.push_back(create->job.meta.name);
  } else if (const auto* gone = std::get_if<DeleteJob>(&action)) {
    const auto* job = find_job(gone->name);
    if (!job || job->meta.uid != gone->uid) return true;  // NotFound, Conflict
    if (!write()) return false;
    deleted_jobs.push_back(gone->name);
    std::erase_if(jobs, [&](const cluster::Job& j) { return j.meta.uid == gone->uid; });
    collect_garbage();
  } else if (const auto* made = std::get_if<CreateDataset>(&action)) {
    for (const auto& d : datasets) {
      if (d.meta.name == made->dataset.meta.name) return true;
    }
    if (!write()) return false;
    datasets.push_back(made->dataset);
    datasets.back().meta.uid = "uid-dataset-" + made->dataset.meta.name;
    datasets.back().meta.generation = 1;
  } else if (const auto* add = std::get_if<AddFinalizer>(&action)) {
    auto& list = owner.finalizers;
    if (std::find(list.begin(), list.end(), add->finalizer) != list.end()) return true;
    if (!write()) return false;
    list.push_back(add->finalizer);
  } else if (const auto* remove = std::get_if<RemoveFinalizer>(&action)) {
    if (!write()) return false;
    std::erase(owner.finalizers, remove->finalizer);
  }
  return true;
}

void ToyWorld::collect_garbage() {
  std::erase_if(pods, [&](const cluster::Pod& pod) {
    return std::none_of(jobs.begin(), jobs.end(),
                        [&](const cluster::Job& j) { return j.meta.uid == pod.meta.owner_references.at(0).uid; });
  });
}

/// One pass over one resource, as the runtime does it; false: crashed.
template <class Resource, class Observed>
bool ToyWorld::reconcile_one(const std::string& name, std::vector<Resource>& all,
                             const std::function<Observed(const Resource&)>& gather) {
  const auto find = [&] {
    return std::find_if(all.begin(), all.end(), [&](const Resource& r) { return r.meta.name == name; });
  };
  auto it = find();
  if (it == all.end()) return true;
  const Observed observed = gather(*it);
  const auto decision = reconcile(observed);
  check_promises(observed, decision, it->meta);
  const auto write_status = [&] {
    Resource after = *it;
    after.status = decision.status;
    if (status_of(after) == status_of(*it)) return true;
    if (!write()) return false;
    *it = through_json(after);
    return true;
  };
  if (decision.status_first && !write_status()) return false;
  for (const auto& action : decision.actions) {
    if (!apply(action, it->meta)) return false;
    it = find();  // a Dataset may have been added
  }
  if (!decision.status_first && !write_status()) return false;
  events.insert(events.end(), decision.events.begin(), decision.events.end());
  records.insert(records.end(), decision.records.begin(), decision.records.end());
  // A run that has failed may look again by itself for ever; tests that wait for that let the time pass.
  const bool failed = decision.status.phase == api::Phase::Failed;
  if (decision.check_again_in && !failed && (!next_check_ || *decision.check_again_in < *next_check_))
    next_check_ = decision.check_again_in;
  if (it->meta.deletion_timestamp && it->meta.finalizers.empty()) all.erase(it);
  return true;
}

bool ToyWorld::pass() {
  next_check_.reset();
  const auto fill = [&](auto& observed, const api::ObjectMeta& meta) {
    observed.jobs = owned_by(jobs, meta.uid);
    observed.pods = owned_by(pods, meta.uid);
    observed.platform = platform;
    observed.now = now;
  };
  const auto names = [](const auto& all) {
    std::vector<std::string> out;
    for (const auto& r : all) out.push_back(r.meta.name);
    return out;
  };
  for (const auto& name : names(datasets)) {
    const std::function<DatasetObserved(const api::Dataset&)> gather = [&](const api::Dataset& d) {
      DatasetObserved o;
      o.dataset = d;
      fill(o, d.meta);
      if (d.meta.deletion_timestamp) o.neighbours = datasets;
      return o;
    };
    if (!reconcile_one(name, datasets, gather)) return false;
  }
  for (const auto& name : names(pipelines)) {
    const std::function<PipelineObserved(const api::Pipeline&)> gather = [&](const api::Pipeline& p) {
      PipelineObserved o;
      o.pipeline = p;
      o.datasets = datasets;
      o.pipelines = pipelines;
      if (progress.contains(p.meta.name)) o.progress = progress.at(p.meta.name);
      fill(o, p.meta);
      return o;
    };
    if (!reconcile_one(name, pipelines, gather)) return false;
  }
  for (const auto& name : names(training_jobs)) {
    const std::function<TrainingJobObserved(const api::TrainingJob&)> gather = [&](const api::TrainingJob& t) {
      TrainingJobObserved o;
      o.job = t;
      o.datasets = datasets;
      o.training_jobs = training_jobs;
      if (telemetry.contains(t.meta.name)) o.telemetry = telemetry.at(t.meta.name);
      fill(o, t.meta);
      return o;
    };
    if (!reconcile_one(name, training_jobs, gather)) return false;
  }
  return true;
}

bool ToyWorld::settle() {
  constexpr int kMaxPasses = 40;
  for (int i = 0; i < kMaxPasses; ++i) {
    changed_ = false;
    if (!pass()) return false;
    if (!changed_) return true;
  }
  return false;
}

void ToyWorld::start_pods() {
  for (const auto& job : jobs) {
    if (job.spec.suspend || job.status.complete || job.status.failed_condition) continue;
    for (std::int32_t i = 0; i < job.spec.completions; ++i) {
      const auto pod = running(pod_of(job, i), now);
      const bool known = std::any_of(pods.begin(), pods.end(), [&](const cluster::Pod& p) {
        return p.meta.owner_references.at(0).uid == job.meta.uid && p.completion_index == i;
      });
      if (known) continue;
      pods.push_back(pod);
      changed_ = true;
    }
  }
}

void ToyWorld::end_workers() {
  for (auto& pod : pods) {
    if (!is_active(pod, now)) continue;
    const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const cluster::Job& j) {
      return j.meta.uid == pod.meta.owner_references.at(0).uid;
    });
    const WorkerEnd end = worker(*job, pod.completion_index);
    if (end.hangs) continue;
    pod = with_word(ended(pod, end.exit_code, end.message, end.reason), end.word);
    pod.disrupted = end.disrupted;
    changed_ = true;
  }
}

bool ToyWorld::run_to_end() {
  constexpr int kMaxSteps = 200;
  for (int i = 0; i < kMaxSteps; ++i) {
    if (!settle()) return false;
    changed_ = false;
    start_pods();
    if (changed_) continue;
    end_workers();
    if (changed_) continue;
    if (!next_check_ || *next_check_ > std::chrono::hours(1)) return true;
    now += std::max(*next_check_, Duration(1'000));
  }
  return false;
}

api::Dataset& ToyWorld::dataset_named(const std::string& name) {
  return *std::find_if(datasets.begin(), datasets.end(), [&](const api::Dataset& d) { return d.meta.name == name; });
}

cluster::Job* ToyWorld::find_job(const std::string& name) {
  const auto it = std::find_if(jobs.begin(), jobs.end(), [&](const cluster::Job& j) { return j.meta.name == name; });
  return it == jobs.end() ? nullptr : &*it;
}

std::string ToyWorld::fingerprint() const {
  Json out;
  const auto add = [&](const cluster::Object& object) { out.push_back(cluster::encode(object)); };
  for (const auto& d : datasets) add(d);
  for (const auto& p : pipelines) add(p);
  for (const auto& t : training_jobs) add(t);
  for (const auto& j : jobs) out.push_back(j.meta.name);
  drop_times(out);
  return dump_json(out);
}

std::size_t ToyWorld::count_events(std::string_view reason) const {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const cluster::Event& e) { return e.reason == reason; }));
}

}  // namespace visionops::core
