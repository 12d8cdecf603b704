#include <gtest/gtest.h>

#include "operator/core/dataset_resolution.h"
#include "operator/core/pipeline/output_dataset.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

using api::Phase;
namespace condition = api::condition;

class PipelineReconcile : public ::testing::Test {
 protected:
  PipelineReconcile() {
    world.datasets = {dataset("street-train-v1.0.0")};
    world.pipelines = {pipeline()};
  }
  const api::PipelineStatus& status() const { return world.pipelines.at(0).status; }
  api::PipelineSpec& spec() { return world.pipelines.at(0).spec; }
  void touch() { ++world.pipelines.at(0).meta.generation; }
  std::string reason_of(std::string_view type) const {
    const auto* c = api::find_condition(status().conditions, type);
    return c ? c->reason : "";
  }
  /// Jobs of the Pipeline that were ever created.
  std::vector<std::string> attempts() const {
    std::vector<std::string> out;
    for (const auto& name : world.created_jobs) {
      if (name.find("-vpl-") != std::string::npos) out.push_back(name);
    }
    return out;
  }
  /// Pipeline workers end as `end` says, inspections do their work.
  void pipeline_workers(std::function<WorkerEnd(const cluster::Job&, std::int32_t)> end) {
    world.worker = [end = std::move(end)](const cluster::Job& job, std::int32_t index) {
      return run_spec_of(job).pipeline ? end(job, index) : do_the_work(job, index);
    };
  }
  ToyWorld world;
};

TEST_F(PipelineReconcile, TellsTheWorkerWhichContentTheSourcesHave) {
  contract::DatasetLocation source;
  pipeline_workers([&](const cluster::Job& job, std::int32_t index) {
    source = run_spec_of(job).pipeline->sources.at(0).dataset;
    return do_the_work(job, index);
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(source.digest, digest_of("raw/street/train/v1.0.0"));
  EXPECT_EQ(source.fingerprint, fingerprint_of("raw/street/train/v1.0.0"));
  EXPECT_EQ(source.uid, "uid-dataset-street-train-v1.0.0");
}

TEST_F(PipelineReconcile, SourcesWithOtherBytesThanTheirDatasetsSayFailAtOnceAndSayWhatChanged) {
  pipeline_workers([](const cluster::Job&, std::int32_t) {
    return exits(8, contract::encode(error_result("ContentChanged", "1 changed (annotation.json)")));
  });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(reason_of(condition::kFailed), "ContentChanged");
  EXPECT_NE(status().message.find("annotation.json"), std::string::npos);
  EXPECT_EQ(attempts().size(), 1u);
}

TEST_F(PipelineReconcile, RunsFromSourcesToAReadyDataset) {
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().progress, "100%");
  EXPECT_EQ(status().images_out, 10);
  EXPECT_EQ(attempts(), std::vector<std::string>{"night-vpl-r1-a1"});
  const auto& out = world.dataset_named("night-train-v1.0.0");
  EXPECT_EQ(out.status.phase, api::Phase::Succeeded);
  EXPECT_EQ(out.spec.path, "fusion/night/train/v1.0.0");
  EXPECT_EQ(out.spec.tasks, std::vector<Task>{Task::Detection});
  EXPECT_TRUE(out.meta.owner_references.empty()) << "data outlive the recipe";
  ASSERT_TRUE(out.status.lineage);
  EXPECT_EQ(out.status.lineage->parents.at(0).name, "street-train-v1.0.0");
  EXPECT_EQ(out.status.lineage->parents.at(0).digest, digest_of("raw/street/train/v1.0.0"));
  EXPECT_TRUE(api::is_true(status().conditions, condition::kDatasetReady));
  EXPECT_TRUE(api::is_true(status().conditions, condition::kComplete));
}

TEST_F(PipelineReconcile, IsIdleAfterwards) {
  ASSERT_TRUE(world.run_to_end());
  const int before = world.writes;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.writes, before);
}

TEST_F(PipelineReconcile, WaitsForAMissingSourceAndNamesIt) {
  world.datasets.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Pending);
  EXPECT_EQ(reason_of(condition::kInputsReady), "DatasetNotFound");
  EXPECT_EQ(status().message, "waits for its inputs: Dataset street-train-v1.0.0 does not exist");
  EXPECT_TRUE(attempts().empty());
  world.datasets = {dataset("street-train-v1.0.0")};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(PipelineReconcile, WaitsForASourceThatFailedItsQualityGate) {
  world.datasets[0].spec.quality_gate.emplace().min_images = 1000;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(reason_of(condition::kInputsReady), "QualityGateFailed");
  EXPECT_TRUE(attempts().empty());
}

TEST_F(PipelineReconcile, GivesTheWorkerWhatItPinned) {
  spec().parallelism = 3;
  spec().post_merge = {{"merge_datasets", {}}};
  spec().seed = 7;
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.end_workers();
  ASSERT_TRUE(world.settle());
  const auto* job = world.find_job("night-vpl-r1-a1");
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(job->spec.completions, 3);
  EXPECT_EQ(job->spec.parallelism, 3);
  const auto run = run_spec_of(*job);
  ASSERT_TRUE(run.pipeline);
  EXPECT_EQ(run.pipeline->shards, 3);
  EXPECT_EQ(run.pipeline->seed, 7);
  EXPECT_EQ(run.pipeline->sources.at(0).dataset.digest, digest_of("raw/street/train/v1.0.0"));
  EXPECT_EQ(run.pipeline->sources.at(0).manipulators.at(0).name, "filter_keep_by_class");
  EXPECT_EQ(run.pipeline->output.path, "fusion/night/train/v1.0.0");
  EXPECT_EQ(run.owner.kind, "Pipeline");
  EXPECT_EQ(job->meta.labels.at(std::string(kOwnerUidLabel)), world.pipelines[0].meta.uid);
  EXPECT_TRUE(job->meta.owner_references.at(0).controller);
}

TEST_F(PipelineReconcile, StallsAnInvalidSpecAndRunsTheCorrectedOne) {
  world.pipelines[0].problems = {{"spec.sources[0].manipulators[0]", "unknown manipulator \"rotate\""}};
  ASSERT_TRUE(world.run_to_end());
  // what decoding refused is found again at the next read in the real operator; here it is lost with the JSON
  EXPECT_FALSE(world.pipelines.empty());
  PipelineObserved o;
  o.pipeline = pipeline();
  o.pipeline.problems = {{"spec.seed", "must be an integer"}};
  o.now = start_time();
  const auto decision = reconcile(o);
  EXPECT_EQ(decision.status.phase, Phase::Failed);
  EXPECT_EQ(api::find_condition(decision.status.conditions, condition::kStalled)->reason, "InvalidSpec");
  EXPECT_TRUE(decision.actions.empty());
  o.pipeline.status = decision.status;
  const auto again = reconcile(o);
  EXPECT_TRUE(again.events.empty()) << "told once";
  EXPECT_TRUE(again.actions.empty());
}

TEST_F(PipelineReconcile, AnEditedSpecIsANewRunWithANewVersionBesideTheOldOne) {
  ASSERT_TRUE(world.run_to_end());
  spec().sources[0].manipulators[0].params.json = R"({"classes":["bus"]})";
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(world.dataset_named("night-train-v1.0.1").status.phase, api::Phase::Succeeded);
  EXPECT_EQ(world.dataset_named("night-train-v1.0.0").status.phase, api::Phase::Succeeded);
  ASSERT_EQ(status().runs.size(), 1u);
  EXPECT_EQ(status().runs[0].result, "night-train-v1.0.0");
  EXPECT_EQ(status().runs[0].phase, "Succeeded");
  EXPECT_EQ(attempts(), (std::vector<std::string>{"night-vpl-r1-a1", "night-vpl-r2-a1"}));
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr) << "the Job of the old run is deleted";
}

TEST_F(PipelineReconcile, KeepsTheNewestTenRuns) {
  for (int i = 0; i < 13; ++i) {
    spec().seed = i;
    touch();
    ASSERT_TRUE(world.run_to_end());
  }
  EXPECT_EQ(status().run, 13);
  ASSERT_EQ(status().runs.size(), 10u);
  EXPECT_EQ(status().runs.front().run, 3);
  EXPECT_EQ(status().runs.back().run, 12);
  EXPECT_EQ(world.dataset_named("night-train-v1.0.12").status.phase, api::Phase::Succeeded);
}

TEST_F(PipelineReconcile, ANewRunStopsTheOldOneBeforeItStarts) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(status().phase, Phase::Running);
  spec().seed = 99;
  touch();
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.deleted_jobs, std::vector<std::string>{"night-vpl-r1-a1"});
  EXPECT_NE(world.find_job("night-vpl-r2-a1"), nullptr);
  EXPECT_EQ(status().resolved->output->version, "v1.0.1") << "run 1 may have left files under v1.0.0";
}

TEST_F(PipelineReconcile, ARunThatFailedBeforeWritingDoesNotUseUpItsVersion) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return exits(5); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(reason_of(condition::kFailed), "LossNotAllowed");
  world.worker = do_the_work;
  spec().allow_loss = {LossKind::Masks};
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().resolved->output->version, "v1.0.0");
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(PipelineReconcile, IsNotStartedAgainByTheDeletionOfItsJobOrItsPods) {
  ASSERT_TRUE(world.run_to_end());
  world.jobs.clear();
  world.pods.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(attempts().size(), 1u);
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(PipelineReconcile, AFailedRunStaysFailedWhenItsJobIsDeleted) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return exits(2); });
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(status().phase, Phase::Failed);
  world.jobs.clear();
  world.pods.clear();
  world.worker = do_the_work;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(attempts().size(), 1u);
}

TEST_F(PipelineReconcile, RecreatesAWorkerLostWithItsNodeWithoutCountingIt) {
  int ends = 0;
  pipeline_workers([&](const cluster::Job& job, std::int32_t index) {
    return ++ends <= 2 ? taken_away() : do_the_work(job, index);
  });
  spec().retry = api::RetryPolicy{0};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().attempt, 3);
  EXPECT_EQ(status().counted_failures, 0);
  EXPECT_EQ(status().resolved->output->version, "v1.0.0") << "the version stays through retries";
}

TEST_F(PipelineReconcile, RetriesACountedFailureUpToTheLimitWithGrowingPauses) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return exits(65); });
  spec().retry = api::RetryPolicy{2};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(attempts(), (std::vector<std::string>{"night-vpl-r1-a1", "night-vpl-r1-a2", "night-vpl-r1-a3"}));
  EXPECT_EQ(status().counted_failures, 3);
  ASSERT_TRUE(status().failure);
  EXPECT_EQ(status().failure->failure_class, "StorageFailure");
  EXPECT_GE(world.now - start_time(), std::chrono::seconds(30));
  EXPECT_NE(world.find_job("night-vpl-r1-a3"), nullptr) << "the last Job stays for its logs";
}

TEST_F(PipelineReconcile, OutOfMemoryIsNotTriedBlindlyAgain) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return exits(137, "", "OOMKilled"); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(attempts().size(), 1u);
  EXPECT_EQ(reason_of(condition::kFailed), "HostOOM");
  EXPECT_NE(status().failure->hint.find("memory"), std::string::npos);
}

TEST_F(PipelineReconcile, AShardThatFailsStopsTheOthers) {
  spec().parallelism = 3;
  pipeline_workers([](const cluster::Job&, std::int32_t index) { return index == 1 ? exits(2) : hangs(); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
}

TEST_F(PipelineReconcile, SaysHowManyPodsRunAndWhyOneWaits) {
  spec().parallelism = 2;
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  world.pods.back().containers.clear();
  world.pods.back().phase = cluster::PodPhase::Pending;
  world.pods.back().unschedulable = true;
  world.pods.back().message = "0/1 nodes: Insufficient memory";
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().message,
            "Job night-vpl-r1-a1 writes night-train-v1.0.0, 1 of 2 Pods run; Pod night-vpl-r1-a1-1 cannot be "
            "scheduled: 0/1 nodes: Insufficient memory");
}

TEST_F(PipelineReconcile, ShowsStageAndProgressThatNeverGoBack) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  world.progress["night"] = {"ImageWriting", 50, 100, 0, 0};
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().stage, api::PipelineStage::ImageWriting);
  EXPECT_EQ(status().progress, "50%");
  world.progress["night"] = {"AnnotationProcessing", 1, 1, 0, 0};
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().progress, "50%");
  world.progress["night"] = {"ImageWriting", 40, 100, 0, 0};
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().progress, "50%");
}

TEST_F(PipelineReconcile, TakesTheNextVersionWhenFilesOfADeletedDatasetLieInTheWay) {
  int ends = 0;
  pipeline_workers(
      [&](const cluster::Job& job, std::int32_t index) { return ++ends == 1 ? exits(4) : do_the_work(job, index); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().resolved->output->version, "v1.0.1");
  EXPECT_EQ(run_spec_of(*world.find_job("night-vpl-r1-a2")).pipeline->output.path, "fusion/night/train/v1.0.1");
}

TEST_F(PipelineReconcile, AVersionOfTheSpecThatExistsIsAConflictAndNothingIsStarted) {
  spec().output.version = "v2.0.0";
  world.datasets.push_back(ready(dataset("night-train-v2.0.0", "night", Split::Train, "v2.0.0")));
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(reason_of(condition::kFailed), "OutputConflict");
  EXPECT_TRUE(attempts().empty());
}

TEST_F(PipelineReconcile, FailsWhenTheDatasetItMadeIsNotUsable) {
  spec().output.quality_gate.emplace().min_images = 1000;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Failed);
  EXPECT_EQ(reason_of(condition::kDatasetReady), "DatasetNotReady");
  EXPECT_NE(status().message.find("minImages is 1000, found 10"), std::string::npos);
}

TEST_F(PipelineReconcile, FailsWhenTheInspectionFindsOtherBytes) {
  world.worker = [](const cluster::Job& job, std::int32_t index) {
    const auto run = run_spec_of(job);
    if (!run.inspect || run.inspect->dataset.name == "street-train-v1.0.0") return do_the_work(job, index);
    return exits(0, contract::encode(inspection_result("tampered")));
  };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(reason_of(condition::kFailed), "DigestMismatch");
}

TEST_F(PipelineReconcile, ASuccessWithoutAPublishedResultIsCountedAndRetried) {
  int ends = 0;
  pipeline_workers(
      [&](const cluster::Job& job, std::int32_t index) { return ++ends == 1 ? WorkerEnd{} : do_the_work(job, index); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().counted_failures, 1);
}

TEST_F(PipelineReconcile, SuspendDeletesTheJobAndResumeContinuesTheRunForFree) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  spec().suspend = true;
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Suspended);
  EXPECT_TRUE(api::is_true(status().conditions, condition::kSuspended));
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
  const int before = world.writes;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.writes, before) << "a suspended Pipeline is idle";
  world.worker = do_the_work;
  spec().suspend = false;
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().attempt, 2);
  EXPECT_EQ(status().counted_failures, 0);
  EXPECT_EQ(world.count_events("Suspended"), 1u);
  EXPECT_EQ(world.count_events("Resumed"), 1u);
}

TEST_F(PipelineReconcile, SuspendedFromTheStartItStartsNothing) {
  spec().suspend = true;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Suspended);
  EXPECT_TRUE(attempts().empty());
}

TEST_F(PipelineReconcile, SuspendDoesNotThrowAwayWhatIsAlreadyDone) {
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.end_workers();
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.end_workers();
  spec().suspend = true;
  touch();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(PipelineReconcile, EndsAtThePendingDeadlineWithTheSchedulersWords) {
  spec().deadlines.emplace().pending_seconds = 60;
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.end_workers();
  ASSERT_TRUE(world.settle());
  auto* job = world.find_job("night-vpl-r1-a1");
  ASSERT_NE(job, nullptr);
  auto pod = pod_of(*job);
  pod.unschedulable = true;
  pod.message = "0/2 nodes are available";
  world.pods.push_back(pod);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(reason_of(condition::kReady), "Unschedulable");
  world.now += std::chrono::seconds(61);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(reason_of(condition::kFailed), "PendingDeadlineExceeded");
  EXPECT_NE(status().message.find("0/2 nodes are available"), std::string::npos);
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
}

TEST_F(PipelineReconcile, EndsAtTheActiveDeadline) {
  spec().deadlines.emplace().active_seconds = 600;
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(reason_of(condition::kFailed), "DeadlineExceeded");
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
}

TEST_F(PipelineReconcile, RunsAgainForANewerSourceWhenToldSo) {
  spec().sources[0].dataset = {};
  spec().sources[0].dataset.group = "street";
  spec().sources[0].dataset.split = Split::Train;
  spec().on_source_change = api::OnSourceChange::Run;
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(status().run, 1);
  world.datasets.push_back(dataset("street-train-v1.1.0", "street", Split::Train, "v1.1.0"));
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  EXPECT_EQ(status().resolved->sources.at(0).version, "v1.1.0");
  EXPECT_EQ(world.dataset_named("night-train-v1.0.1").status.phase, api::Phase::Succeeded);
}

TEST_F(PipelineReconcile, IgnoresANewerSourceByDefault) {
  spec().sources[0].dataset = {};
  spec().sources[0].dataset.group = "street";
  spec().sources[0].dataset.split = Split::Train;
  ASSERT_TRUE(world.run_to_end());
  world.datasets.push_back(dataset("street-train-v1.1.0", "street", Split::Train, "v1.1.0"));
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 1);
}

TEST_F(PipelineReconcile, NeverFeedsOnItsOwnOutput) {
  spec().sources[0].dataset = {};
  spec().sources[0].dataset.group = "street";
  spec().sources[0].dataset.split = Split::Train;
  spec().output.group = "street";
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(status().phase, Phase::Succeeded) << status().message;
  EXPECT_EQ(status().resolved->output->version, "v1.0.1");
  world.pipelines[0].meta.annotations[std::string(kRerunAnnotation)] = "again";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 2);
  EXPECT_EQ(status().resolved->sources.at(0).version, "v1.0.0");
}

TEST_F(PipelineReconcile, TtlRemovesTheJobAndNothingElse) {
  spec().ttl_seconds_after_finished = 60;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
  EXPECT_EQ(world.pipelines.size(), 1u);
  EXPECT_EQ(attempts().size(), 1u);
}

TEST_F(PipelineReconcile, ADeletedJobOfARunningAttemptIsCreatedAgainWithTheSameContent) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  const auto before = run_spec_of(*world.find_job("night-vpl-r1-a1"));
  world.jobs.clear();
  world.pods.clear();
  world.worker = do_the_work;
  ASSERT_TRUE(world.settle());
  const auto* again = world.find_job("night-vpl-r1-a1");
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(contract::encode(run_spec_of(*again)), contract::encode(before));
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, Phase::Succeeded);
}

TEST_F(PipelineReconcile, WaitsForAPodThatOutlivesItsDeletedJob) {
  pipeline_workers([](const cluster::Job&, std::int32_t) { return hangs(); });
  ASSERT_TRUE(world.run_to_end());
  std::erase_if(world.jobs,
                [](const cluster::Job& j) { return j.meta.name == "night-vpl-r1-a1"; });  // its Pod still ends
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.find_job("night-vpl-r1-a1"), nullptr);
  EXPECT_EQ(reason_of(condition::kReady), "StoppingOldJob");
  EXPECT_NE(status().message.find("night-vpl-r1-a1-0"), std::string::npos);
}

TEST_F(PipelineReconcile, RecordsEachPhaseOfEachRun) {
  ASSERT_TRUE(world.run_to_end());
  std::vector<std::string> phases;
  for (const auto& record : world.records) {
    if (const auto* r = std::get_if<PipelineRecord>(&record))
      phases.push_back(std::string(enum_name(r->pipeline.status.phase)));
  }
  ASSERT_FALSE(phases.empty());
  EXPECT_EQ(phases.front(), "Pending");
  EXPECT_EQ(phases.back(), "Succeeded");
}

TEST_F(PipelineReconcile, LeavesADeletedPipelineToTheGarbageCollector) {
  PipelineObserved o;
  o.pipeline = pipeline();
  o.pipeline.meta.deletion_timestamp = start_time();
  o.now = start_time();
  const auto decision = reconcile(o);
  EXPECT_TRUE(decision.actions.empty());
  EXPECT_EQ(decision.status.run, 0);
}

TEST(TransformSnapshot, ShowsTheManipulatorsAsTheUserWroteThem) {
  auto p = pipeline();
  p.spec.post_merge = {{"merge_datasets", {}}};
  EXPECT_EQ(
      transform_snapshot(p, {}),
      R"({"postMerge":[{"merge_datasets":{}}],"sources":[{"dataset":"","manipulators":[{"filter_keep_by_class":{"classes":["car"]}}]}]})");
}

}  // namespace
}  // namespace visionops::core
