#include <gtest/gtest.h>

#include "operator/core/training_job/runtime.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

using namespace std::chrono_literals;
using api::Phase;
namespace condition = api::condition;

class TrainingJobReconcile : public ::testing::Test {
 protected:
  TrainingJobReconcile() {
    world.datasets = {dataset("night-train-v1.0.0", "night", Split::Train),
                      dataset("night-val-v1.0.0", "night", Split::Val)};
    world.training_jobs = {training_job()};
  }
  const api::TrainingJobStatus& status() const { return world.training_jobs.at(0).status; }
  api::TrainingJobSpec& spec() { return world.training_jobs.at(0).spec; }
  void touch() { ++world.training_jobs.at(0).meta.generation; }
  const api::Condition& condition_of(std::string_view type) const {
    static const api::Condition none{};
    const auto* c = api::find_condition(status().conditions, type);
    return c ? *c : none;
  }
  void trainers(std::function<WorkerEnd(const cluster::Job&, std::int32_t)> end) {
    world.worker = [end = std::move(end)](const cluster::Job& job, std::int32_t index) {
      return run_spec_of(job).train ? end(job, index) : do_the_work(job, index);
    };
  }
  void hang() {
    trainers([](const cluster::Job&, std::int32_t) { return hangs(); });
  }
  TrainingTelemetry& telemetry() {
    auto& t = world.telemetry["detector"];
    t.run = status().run;
    t.attempt = status().attempt;
    t.heartbeat = world.now;
    return t;
  }
  void metric(const std::string& name, double value, std::int32_t epoch) {
    contract::MetricPoint point;
    point.name = name;
    point.value = value;
    point.epoch = epoch;
    telemetry().latest[name] = point;
  }
  std::string folder() const { return status().resolved ? status().resolved->checkpoint_path : std::string(); }
  std::vector<std::string> attempts() const {
    std::vector<std::string> out;
    for (const auto& name : world.created_jobs) {
      if (name.find("-vtj-") != std::string::npos) out.push_back(name);
    }
    return out;
  }
  ToyWorld world;
};

TEST_F(TrainingJobReconcile, DataWithOtherBytesThanTheirDatasetsSayFailAtOnceAndSayWhatChanged) {
  contract::DatasetLocation val;
  trainers([&](const cluster::Job& job, std::int32_t) {
    val = *run_spec_of(job).train->val;
    return exits(8, contract::encode(error_result("ContentChanged", "datasets.val: 1 missing (images/a.jpg)")));
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(val.fingerprint, fingerprint_of("raw/night/val/v1.0.0"));
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(condition_of(condition::kFailed).reason, "ContentChanged");
  EXPECT_NE(status().message.find("images/a.jpg"), std::string::npos);
  EXPECT_EQ(attempts().size(), 1u);
}

TEST_F(TrainingJobReconcile, TrainsAndSucceedsWithAVerifiedModel) {
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  ASSERT_TRUE(status().model);
  EXPECT_EQ(status().model->path, folder() + "/best.pt");
  EXPECT_EQ(status().best_summary, "map50 0.953 @ 17");
  EXPECT_EQ(status().progress, "100%");
  EXPECT_EQ(status().metrics.at("map50_95"), 0.7);
  ASSERT_TRUE(status().checkpoint);
  EXPECT_TRUE(status().checkpoint->final);
  EXPECT_TRUE(api::is_true(status().conditions, condition::kReady));
  EXPECT_EQ(attempts(), std::vector<std::string>{"detector-vtj-r1-a1"});
}

TEST_F(TrainingJobReconcile, GivesTheTrainerItsDatasetsAndCheckpointFolder) {
  hang();
  spec().hyperparameters.emplace().epochs = 5;
  spec().early_stopping.emplace().metric = "loss";
  spec().early_stopping->mode = MetricMode::Min;
  spec().datasets.test = spec().datasets.val;
  ASSERT_TRUE(world.run_to_end());
  const auto* job = world.find_job("detector-vtj-r1-a1");
  ASSERT_NE(job, nullptr);
  const auto run = run_spec_of(*job);
  ASSERT_TRUE(run.train);
  EXPECT_EQ(run.train->train.name, "night-train-v1.0.0");
  EXPECT_EQ(run.train->train.digest, digest_of("raw/night/train/v1.0.0"));
  EXPECT_EQ(run.train->val->name, "night-val-v1.0.0");
  EXPECT_EQ(run.train->test->name, "night-val-v1.0.0");
  EXPECT_EQ(run.train->epochs, 5);
  EXPECT_EQ(run.train->batch_size, 16);
  EXPECT_EQ(run.train->checkpoint_path, folder());
  EXPECT_EQ(folder(), "checkpoints/default/detector/run-1-" + status().resolved->identity.substr(0, 12));
  EXPECT_EQ(run.train->early_stopping_metric, "loss");
  EXPECT_FALSE(run.train->early_stopping_max);
}

TEST_F(TrainingJobReconcile, WaitsForItsDatasetsAndSaysWhichRole) {
  world.datasets.pop_back();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Pending);
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "DatasetNotFound");
  EXPECT_EQ(condition_of(condition::kInputsReady).message, "val: Dataset night-val-v1.0.0 does not exist");
}

TEST_F(TrainingJobReconcile, RefusesWhatNoRuntimeCanDoAndNamesWhatThereIs) {
  spec().model = "resnet50";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "UnknownModel");
  EXPECT_NE(status().message.find("centernet_nano"), std::string::npos);
  spec().model = "centernet_nano";
  spec().runtime = "nobody-has-it";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "InvalidSpec");
  EXPECT_NE(status().message.find("is not one of builtin"), std::string::npos);
  EXPECT_TRUE(attempts().empty());
}

TEST_F(TrainingJobReconcile, OtherResourcesAreTheSameRunAndGoOnAtItsCheckpoint) {
  trainers([](const cluster::Job&, std::int32_t) { return exits(137, "", "OOMKilled"); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  const auto before = status().resolved->checkpoint_path;
  world.worker = do_the_work;
  spec().resources.emplace().memory = "32Gi";
  world.training_jobs[0].meta.generation += 1;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().resolved->checkpoint_path, before);
}

TEST(RefuseRuntime, SaysWhatThereIs) {
  api::TrainingJobSpec spec;
  spec.model = "centernet_nano";
  EXPECT_FALSE(refuse_runtime(spec, {}));
  spec.task = Task::Segmentation;
  EXPECT_EQ(refuse_runtime(spec, {})->reason, "UnsupportedTask");
  spec.task = Task::Detection;
  spec.resources.emplace().nodes = 2;
  EXPECT_EQ(refuse_runtime(spec, {})->reason, "UnsupportedResources");
  spec.runtime = "nobody-has-it";
  EXPECT_EQ(refuse_runtime(spec, {})->reason, "RuntimeNotAvailable");
  EXPECT_NE(refuse_runtime(spec, {})->message.find("available: builtin"), std::string::npos);
}

TEST_F(TrainingJobReconcile, RefusesASettingThatTheTaskDoesNotKnow) {
  spec().hyperparameters.emplace().extra.json = R"({"widht":16})";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "InvalidSpec");
  EXPECT_NE(status().message.find("spec.hyperparameters.extra.widht: unknown field; did you mean \"width\"?"),
            std::string::npos)
      << status().message;
  EXPECT_TRUE(attempts().empty());
}

TEST_F(TrainingJobReconcile, RefusesARuleAboutAMetricThatNobodySends) {
  spec().alerts = {{"fine", "loss > 10"}, {"typo", "losss > 10"}};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "InvalidSpec");
  EXPECT_NE(
      status().message.find("spec.alerts[1].when: no metric is named \"losss\"; a run reports loss, learning_rate"),
      std::string::npos)
      << status().message;
  EXPECT_TRUE(attempts().empty());
}

TEST_F(TrainingJobReconcile, KnowsWhichMetricsNeedAValidationSet) {
  api::TrainingJobSpec rules = spec();
  rules.datasets.val.reset();
  rules.alerts = {{"low", "map50 < 0.1 for 3 epochs"}};
  EXPECT_NE(refuse_runtime(rules, {})->message.find("map50 needs another set (spec.datasets.val"), std::string::npos);
  rules.datasets.val.emplace().name = "v";
  EXPECT_FALSE(refuse_runtime(rules, {}));
  rules.early_stopping.emplace().metric = "map5o";
  EXPECT_NE(refuse_runtime(rules, {})->message.find("spec.earlyStopping.metric: no metric is named \"map5o\""),
            std::string::npos);
}

TEST_F(TrainingJobReconcile, RefusesAnAlertThatDoesNotParse) {
  spec().alerts = {{"bad", "loss is high"}};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "InvalidSpec");
  EXPECT_NE(status().message.find("spec.alerts[0].when"), std::string::npos);
}

TEST_F(TrainingJobReconcile, CorrectingAnAlertLetsARefusedJobStart) {
  spec().alerts = {{"bad", "loss is high"}};
  ASSERT_TRUE(world.run_to_end());
  spec().alerts[0].when = "loss > 10";
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(TrainingJobReconcile, RefusesAnUnknownCheckpointStore) {
  world.platform.stores = {"datasets"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kStalled).reason, "UnknownStore");
  EXPECT_NE(status().message.find("spec.checkpoints.store"), std::string::npos);
}

TEST_F(TrainingJobReconcile, ShowsLiveValuesFromTheTelemetryOfThisAttempt) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kTelemetryHealthy).reason, "WaitingForTelemetry");
  telemetry().progress = contract::Progress{"Training", 5, 10, 3, 10};
  telemetry().seconds_per_epoch = 20;
  telemetry().gpu = "NVIDIA H200";
  telemetry().checkpoint = contract::StoredCheckpoint{"x/epoch-0002.pt", std::string(64, 'a'), 5, 2};
  metric("map50_95", 0.41, 2);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Running);
  EXPECT_EQ(status().epoch, 3);
  EXPECT_EQ(status().epochs, 10);
  EXPECT_EQ(status().progress, "25%");
  EXPECT_EQ(status().eta_seconds, 150);
  EXPECT_EQ(status().gpu, "NVIDIA H200");
  EXPECT_EQ(status().best_summary, "map50_95 0.41 @ 2");
  EXPECT_EQ(status().checkpoint->epoch, 2);
  EXPECT_EQ(condition_of(condition::kTelemetryHealthy).reason, "Receiving");
  metric("map50_95", 0.38, 3);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().best->value, 0.41) << "the best stays";
  EXPECT_EQ(status().metrics.at("map50_95"), 0.38);
}

TEST_F(TrainingJobReconcile, WhatATrainerToldInItsLastSecondStandsInTheStatusOfItsFailure) {
  spec().retry = api::RetryPolicy{0};
  trainers([&](const cluster::Job&, std::int32_t) {
    telemetry().progress = contract::Progress{"Training", 5, 10, 3, 10};
    metric("map50_95", 0.41, 2);
    return exits(137);
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(status().epoch, 3);
  EXPECT_EQ(status().best_summary, "map50_95 0.41 @ 2");
  telemetry().checkpoint = contract::StoredCheckpoint{"x/epoch-0002.pt", std::string(64, 'a'), 5, 2};
  telemetry().seconds_per_epoch = 20;
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(status().checkpoint) << "its sidecar went on telling";
  EXPECT_EQ(status().checkpoint->epoch, 2);
  EXPECT_EQ(status().eta_seconds, 0);
  EXPECT_EQ(status().phase, Phase::Failed);
}

TEST_F(TrainingJobReconcile, IgnoresTelemetryOfAnOlderAttempt) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  telemetry().progress = contract::Progress{"Training", 5, 10, 3, 10};
  telemetry().attempt = 0;
  world.telemetry["detector"].attempt = 0;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().epoch, 0);
}

TEST_F(TrainingJobReconcile, AHeartbeatAloneWritesNothing) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  telemetry().progress = contract::Progress{"Training", 5, 10, 3, 10};
  ASSERT_TRUE(world.settle());
  const int before = world.writes;
  world.now += 5s;
  telemetry();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.writes, before);
}

TEST_F(TrainingJobReconcile, SaysWhenTheSidecarFallsSilentAndWhenItIsBack) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  telemetry();
  ASSERT_TRUE(world.settle());
  world.now += 61s;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(condition_of(condition::kTelemetryHealthy).reason, "TelemetrySilent");
  EXPECT_EQ(status().phase, Phase::Running) << "silence alone ends nothing";
  telemetry();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(condition_of(condition::kTelemetryHealthy).reason, "Receiving");
}

TEST_F(TrainingJobReconcile, AHungTrainerIsStoppedAndTriedAgainFromItsCheckpoint) {
  spec().deadlines.emplace().silence_seconds = 600;
  int starts = 0;
  trainers([&](const cluster::Job& job, std::int32_t index) {
    return ++starts == 1 || job.meta.name == "detector-vtj-r1-a1" ? hangs() : do_the_work(job, index);
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().counted_failures, 1);
  EXPECT_EQ(status().failure->failure_class, "Hung");
  const auto second = run_spec_of(*world.find_job("detector-vtj-r1-a2"));
  EXPECT_EQ(second.train->checkpoint_path, folder());
  EXPECT_TRUE(folder().starts_with("checkpoints/default/detector/run-1-")) << folder();
  EXPECT_EQ(second.owner.identity, status().resolved->identity) << "an attempt is of the same run";
}

TEST_F(TrainingJobReconcile, ExitZeroWithoutAVerifiedModelIsNoSuccess) {
  trainers([](const cluster::Job& job, std::int32_t) {
    auto result = training_result(run_spec_of(job).train->checkpoint_path);
    result.train->model.reset();
    return exits(0, contract::encode(result));
  });
  spec().retry = api::RetryPolicy{1};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(condition_of(condition::kFailed).reason, "CheckpointNotVerified");
  EXPECT_EQ(attempts().size(), 2u);
}

/// A trainer that claims the model of training_result(), and a sidecar that says `word` of it.
class TrainingJobProof : public TrainingJobReconcile {
 protected:
  void sidecar_says(std::function<void(contract::SidecarWord&)> change) {
    trainers([change = std::move(change)](const cluster::Job& job, std::int32_t) {
      auto word = sidecar_word(job);
      change(word);
      return trained(training_result(job), word);
    });
  }
  cluster::Pod& trainers_pod() {
    return *std::find_if(world.pods.begin(), world.pods.end(),
                         [](const auto& pod) { return pod.meta.name == "detector-vtj-r1-a1-0"; });
  }
  /// Why the one attempt that is allowed counts for nothing.
  std::string evidence() {
    spec().retry = api::RetryPolicy{0};
    EXPECT_TRUE(world.run_to_end());
    EXPECT_EQ(status().phase, Phase::Failed);
    EXPECT_FALSE(status().model);
    if (!status().failure) return "";
    EXPECT_EQ(status().failure->failure_class, "CheckpointNotVerified");
    EXPECT_FALSE(status().failure->hint.empty());
    return status().failure->evidence;
  }
};

TEST_F(TrainingJobProof, ExitZeroWithoutAWordOfTheSidecarIsNoSuccess) {
  trainers([](const cluster::Job& job, std::int32_t) { return exits(0, contract::encode(training_result(job))); });
  EXPECT_NE(evidence().find("has not said what it read back"), std::string::npos);
}

TEST_F(TrainingJobProof, TheTrainersOwnResultInPlaceOfTheWordProvesNothing) {
  trainers([](const cluster::Job& job, std::int32_t) {
    auto end = exits(0, contract::encode(training_result(job)));
    end.word = end.message;
    return end;
  });
  EXPECT_NE(evidence().find("has not said what it read back"), std::string::npos);
}

TEST_F(TrainingJobProof, AnotherDigestInTheStoreIsNoSuccess) {
  sidecar_says([](auto& word) { word.model->sha256 = std::string(64, 'e'); });
  const auto why = evidence();
  EXPECT_NE(why.find(std::string(64, 'e')), std::string::npos) << why;
  EXPECT_NE(why.find(training_result("any").train->model->sha256), std::string::npos) << why;
}

TEST_F(TrainingJobProof, AnotherLastCheckpointIsNoSuccess) {
  sidecar_says([](auto& word) { word.last->epoch = 29; });
  EXPECT_NE(evidence().find("last checkpoint"), std::string::npos);
}

TEST_F(TrainingJobProof, TheWordAboutAnotherRunIsNoSuccess) {
  sidecar_says([](auto& word) { word.run = 7; });
  EXPECT_NE(evidence().find("speaks of run 7"), std::string::npos);
}

TEST_F(TrainingJobProof, TheWordAboutAnotherTrainingJobOfThatNameIsNoSuccess) {
  sidecar_says([](auto& word) { word.owner_uid = "an-older-one"; });
  EXPECT_NE(evidence().find("an-older-one"), std::string::npos);
}

TEST_F(TrainingJobProof, TheWordAboutARunOfAnotherIdentityIsNoSuccess) {
  sidecar_says([](auto& word) { word.identity = std::string(64, 'f'); });
  EXPECT_NE(evidence().find("speaks of a run of identity ffff"), std::string::npos);
}

TEST_F(TrainingJobProof, WhatTheSidecarDidNotFindIsTold) {
  sidecar_says([](auto& word) {
    word.model.reset();
    word.problem = "no checkpoint of this run is in the store";
  });
  EXPECT_NE(evidence().find("no checkpoint of this run is in the store"), std::string::npos);
}

TEST_F(TrainingJobProof, AnAttemptWithoutProofIsTriedAgainAndCounts) {
  trainers([](const cluster::Job& job, std::int32_t index) {
    return job.meta.name == "detector-vtj-r1-a1" ? exits(0, contract::encode(training_result(job)))
                                                 : do_the_work(job, index);
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().counted_failures, 1);
}

TEST_F(TrainingJobProof, NothingIsJudgedWhileTheSidecarStillReads) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  const auto job = *world.find_job("detector-vtj-r1-a1");
  auto pod = with_word(ended(running(pod_of(job), world.now), 0, contract::encode(training_result(job))), "");
  pod.phase = cluster::PodPhase::Running;
  pod.containers.back().terminated = false;
  pod.containers.back().running = true;
  trainers_pod() = pod;
  const int writes = world.writes;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Running);
  EXPECT_EQ(world.writes, writes);
  trainers_pod() =
      with_word(ended(pod_of(job), 0, contract::encode(training_result(job))), contract::encode(sidecar_word(job)));
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().model->sha256, training_result("any").train->model->sha256);
}

TEST_F(TrainingJobProof, ASidecarThatWentWithItsNodeIsTheNodesDoing) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  const auto job = *world.find_job("detector-vtj-r1-a1");
  auto pod = with_word(ended(running(pod_of(job), world.now), 0, contract::encode(training_result(job))), "");
  pod.phase = cluster::PodPhase::Running;
  pod.containers.back().terminated = false;
  pod.disrupted = true;
  pod.meta.deletion_timestamp = world.now;
  trainers_pod() = pod;
  ASSERT_TRUE(world.settle());
  EXPECT_FALSE(status().failure);
  world.now += 30s;
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(status().failure);
  EXPECT_EQ(status().failure->failure_class, "NodeLost");
  EXPECT_EQ(status().counted_failures, 0);
}

TEST_F(TrainingJobProof, ANodeThatEndedBetweenTrainerAndSidecarIsToldAsSuch) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  const auto job = *world.find_job("detector-vtj-r1-a1");
  auto pod = ended(pod_of(job), 0, contract::encode(training_result(job)));
  pod.phase = cluster::PodPhase::Failed;
  pod.reason = "NodeLost";
  pod.disrupted = true;
  trainers_pod() = pod;
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(status().failure);
  EXPECT_EQ(status().failure->failure_class, "NodeLost");
  EXPECT_EQ(status().counted_failures, 0);
}

TEST_F(TrainingJobProof, AFinishedJobWhosePodsAreGoneProvesNothing) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  world.find_job("detector-vtj-r1-a1")->status.complete = true;
  std::erase_if(world.pods, [](const auto& pod) { return pod.meta.name == "detector-vtj-r1-a1-0"; });
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(status().failure);
  EXPECT_EQ(status().failure->failure_class, "CheckpointNotVerified");
}

TEST_F(TrainingJobReconcile, CudaOutOfMemoryFailsAtOnceWithAHint) {
  trainers([](const cluster::Job&, std::int32_t) {
    return exits(1, contract::encode(error_result("CudaOOM", "CUDA out of memory")));
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(attempts().size(), 1u);
  EXPECT_EQ(status().failure->failure_class, "CudaOOM");
  EXPECT_EQ(status().failure->evidence, "CUDA out of memory");
  EXPECT_NE(status().failure->hint.find("batch size"), std::string::npos);
}

TEST_F(TrainingJobReconcile, AsksForGpusAndTellsWhyTheyAreNotThere) {
  spec().resources.emplace();
  spec().resources->gpus = 2;
  spec().resources->gpu_product = "NVIDIA-H200";
  spec().resources->shared_memory = "2Gi";
  hang();
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.end_workers();
  ASSERT_TRUE(world.settle());
  const auto* job = world.find_job("detector-vtj-r1-a1");
  ASSERT_NE(job, nullptr);
  const auto& pod_spec = job->spec.pod;
  const auto& worker = pod_spec.containers.back();
  EXPECT_EQ(worker.limits.at("nvidia.com/gpu"), "2");
  EXPECT_EQ(worker.image, "visionops-worker-cuda");
  EXPECT_EQ(pod_spec.gpu_product, "NVIDIA-H200");
  auto pod = pod_of(*job);
  pod.unschedulable = true;
  pod.message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
  world.pods.push_back(pod);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Starting);
  EXPECT_EQ(condition_of(condition::kGpuAvailable).status, api::ConditionStatus::False);
  EXPECT_NE(condition_of(condition::kGpuAvailable).message.find("Insufficient nvidia.com/gpu"), std::string::npos);
  world.pods.back() = running(pod_of(*job), world.now);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(condition_of(condition::kGpuAvailable).reason, "GPUAssigned");
}

TEST_F(TrainingJobReconcile, WaitsInItsQueueUntilKueueLetsItRun) {
  spec().queue = "team-a";
  world.platform.kueue = true;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Queued);
  EXPECT_EQ(condition_of(condition::kQueued).reason, "QuotaPending");
  auto* job = world.find_job("detector-vtj-r1-a1");
  EXPECT_EQ(job->spec.pod.queue, "team-a");
  job->spec.suspend = false;
  world.start_pods();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(condition_of(condition::kQueued).reason, "Admitted");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(TrainingJobReconcile, GoesOnWithTheSameAttemptAfterItsQueueHasTakenItBack) {
  spec().queue = "team-a";
  world.platform.kueue = true;
  hang();
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(world.run_to_end());
  auto* job = world.find_job("detector-vtj-r1-a1");
  job->spec.suspend = false;
  world.start_pods();
  ASSERT_TRUE(world.settle());
  ASSERT_EQ(status().phase, Phase::Running);
  job = world.find_job("detector-vtj-r1-a1");
  job->spec.suspend = true;
  for (auto& pod : world.pods) {
    pod = ended(pod, 143);
    pod.meta.deletion_timestamp = world.now;
  }
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Queued);
  world.find_job("detector-vtj-r1-a1")->spec.suspend = false;  // admitted before the old Pod is gone
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Starting);
  EXPECT_EQ(status().attempt, 1);
  EXPECT_EQ(status().counted_failures, 0);
  EXPECT_FALSE(status().failure.has_value());
}

TEST_F(TrainingJobReconcile, SaysThatAQueueHasNoEffectWithoutKueue) {
  spec().queue = "team-a";
  hang();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Running);
  EXPECT_EQ(condition_of(condition::kQueued).reason, "QueueNotInstalled");
}

TEST_F(TrainingJobReconcile, SuspendsAndContinuesTheSameRunForFree) {
  hang();
  ASSERT_TRUE(world.run_to_end());
  spec().suspend = true;
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Suspended);
  EXPECT_TRUE(std::none_of(world.jobs.begin(), world.jobs.end(),
                           [](const auto& j) { return j.meta.name.find("-vtj-") != std::string::npos; }));
  spec().suspend = false;
  touch();
  world.worker = do_the_work;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().counted_failures, 0);
}

TEST_F(TrainingJobReconcile, AlertsTellPeopleOnceAndHistoryTo) {
  spec().alerts = {{"diverging", "loss > 10 for 2 epochs"}};
  hang();
  ASSERT_TRUE(world.run_to_end());
  for (int epoch = 1; epoch <= 4; ++epoch) {
    metric("loss", 20 + epoch, epoch);
    ASSERT_TRUE(world.settle());
  }
  EXPECT_EQ(world.count_events("AlertFired"), 1u);
  EXPECT_TRUE(api::is_true(status().conditions, condition::kAlerting));
  const auto notified = std::count_if(world.records.begin(), world.records.end(),
                                      [](const Record& r) { return std::holds_alternative<NotificationRecord>(r); });
  EXPECT_EQ(notified, 1);
}

TEST_F(TrainingJobReconcile, AChangedHyperparameterIsANewRunInItsOwnFolder) {
  ASSERT_TRUE(world.run_to_end());
  const auto first = folder();
  spec().hyperparameters.emplace().learning_rate = 0.01;
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  EXPECT_TRUE(folder().starts_with("checkpoints/default/detector/run-2-")) << folder();
  ASSERT_EQ(status().runs.size(), 1u);
  EXPECT_EQ(status().runs[0].result, first + "/best.pt");
}

TEST_F(TrainingJobReconcile, RerunAnnotationStartsAFinishedTrainingAgain) {
  ASSERT_TRUE(world.run_to_end());
  world.training_jobs[0].meta.annotations[std::string(kRerunAnnotation)] = "2026-11-21";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2) << "the same value asks for nothing new";
}

TEST_F(TrainingJobReconcile, ResumesFromAnotherTrainingJobOnceThatHasACheckpoint) {
  spec().resume_from.emplace().training_job = "old";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "TrainingJobNotFound");
  auto old = training_job("old");
  old.spec.suspend = true;
  world.training_jobs.push_back(old);
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "TrainingJobNotReady");
  world.training_jobs[1].spec.suspend = false;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().resolved->resume_path, world.training_jobs[1].status.resolved->checkpoint_path);
}

TEST_F(TrainingJobReconcile, LeavesADigestToTheWorkerWhichFindsItInTheStore) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  spec().resume_from.emplace().digest = digest;
  hang();
  ASSERT_TRUE(world.run_to_end());
  const auto* job = world.find_job("detector-vtj-r1-a1");
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(run_spec_of(*job).train->resume_digest, digest);
  EXPECT_EQ(status().resolved->resume_path, "");
}

TEST_F(TrainingJobReconcile, AFinishedRunIsReachedByItsNumberAlsoAfterTheSpecChanged) {
  world.training_jobs.push_back(training_job("old"));
  ASSERT_TRUE(world.run_to_end());
  auto& old = world.training_jobs[1];
  const auto first = old.status.resolved->checkpoint_path;
  old.spec.model = "centernet_small";
  old.spec.suspend = true;
  spec().resume_from.emplace() = {"old", 1, "", ""};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.training_jobs[1].status.run, 2);
  EXPECT_EQ(status().resolved->resume_path, first);
  spec().resume_from->run = 0;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().resolved->resume_path, first) << "the newest that has a checkpoint";
  spec().resume_from->run = 2;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "TrainingJobNotReady");
}

TEST_F(TrainingJobReconcile, AJobGoesOnFromAnEarlierRunOfItsOwn) {
  ASSERT_TRUE(world.run_to_end());
  const auto first = status().resolved->checkpoint_path;
  spec().resume_from.emplace().training_job = world.training_jobs[0].meta.name;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().resolved->resume_path, first);
  spec().resume_from->run = 1;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().resolved->resume_path, first);
}

TEST_F(TrainingJobReconcile, SaysWhichRunsItKnowsWhenTheWantedOneIsForgotten) {
  world.training_jobs.push_back(training_job("old"));
  for (std::int32_t run = 1; run <= 12; ++run) {
    world.training_jobs[1].spec.hyperparameters.emplace().epochs = run;
    ASSERT_TRUE(world.run_to_end());
  }
  spec().resume_from.emplace() = {"old", 1, "", ""};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "CheckpointNotFound");
  EXPECT_NE(status().message.find("(it tells of 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)"), std::string::npos)
      << status().message;
  EXPECT_NE(status().message.find("resumeFrom.digest"), std::string::npos);
}

TEST_F(TrainingJobReconcile, APathIsOfItsOwnNamespace) {
  const auto& meta = world.training_jobs[0].meta;
  spec().resume_from.emplace().path = "checkpoints/" + meta.namespace_ + "/gone/run-1-0123456789ab/";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().resolved->resume_path, "checkpoints/" + meta.namespace_ + "/gone/run-1-0123456789ab");
  spec().resume_from->path = "checkpoints/" + meta.namespace_ + "-b/x/run-1";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(condition::kInputsReady).reason, "CheckpointNotFound");
  spec().resume_from->path = "pretrained/detector";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().resolved->resume_path, "pretrained/detector");
}

TEST_F(TrainingJobReconcile, WhatIsOnlyTrueWhileAnAttemptRunsIsGoneAfterwards) {
  spec().resources.emplace().gpus = 1;
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(api::find_condition(status().conditions, condition::kGpuAvailable), nullptr);
  EXPECT_EQ(api::find_condition(status().conditions, condition::kTelemetryHealthy), nullptr);
}

TEST_F(TrainingJobReconcile, TellsWhyItWaitsForARetryAfterTheOldJobHasStopped) {
  spec().deadlines.emplace().silence_seconds = 600;
  hang();
  ASSERT_TRUE(world.settle());
  for (int i = 0; i < 3; ++i) {
    world.start_pods();
    world.end_workers();
    ASSERT_TRUE(world.settle());
  }
  ASSERT_EQ(status().phase, Phase::Running);
  world.now += 601s;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().phase, Phase::Pending);
  EXPECT_EQ(condition_of(condition::kReady).reason, "RetryScheduled");
  EXPECT_NE(status().message.find("after Hung: "), std::string::npos) << status().message;
}

TEST_F(TrainingJobReconcile, StaysSucceededWhenItsJobAndDatasetsAreDeleted) {
  ASSERT_TRUE(world.run_to_end());
  world.jobs.clear();
  world.pods.clear();
  world.datasets.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(attempts().size(), 1u);
}

}  // namespace
}  // namespace visionops::core
