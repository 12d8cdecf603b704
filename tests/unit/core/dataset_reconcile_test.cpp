#include <gtest/gtest.h>

#include "operator/core/dataset_resolution.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

using api::DatasetPhase;
namespace condition = api::condition;

const api::Condition& condition_of(const api::Dataset& d, std::string_view type) {
  static const api::Condition none{};
  const auto* found = api::find_condition(d.status.conditions, type);
  return found ? *found : none;
}

ToyWorld world_with(api::Dataset d) {
  ToyWorld world;
  world.datasets = {std::move(d)};
  return world;
}

TEST(DatasetReconcile, InspectsAndBecomesReady) {
  auto world = world_with(dataset("street-train-v1.0.0"));
  ASSERT_TRUE(world.run_to_end());
  const auto& d = world.datasets[0];
  EXPECT_EQ(d.status.phase, DatasetPhase::Ready);
  EXPECT_EQ(d.status.digest, digest_of("raw/street/train/v1.0.0"));
  EXPECT_EQ(d.status.images, 10);
  EXPECT_EQ(d.status.class_counts.front().name, "bus");
  EXPECT_EQ(d.status.report, "raw/street/train/v1.0.0/eda.json");
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kReady));
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kSourceReachable));
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kQualityGate));
  EXPECT_EQ(world.created_jobs, std::vector<std::string>{"street-train-v1-0-0-vds-r1-a1"});
}

TEST(DatasetReconcile, WritesReadyWithTheFirstStatus) {
  DatasetObserved o;
  o.dataset = dataset("a");
  o.now = start_time();
  const auto decision = reconcile(o);
  const auto* ready = api::find_condition(decision.status.conditions, condition::kReady);
  ASSERT_NE(ready, nullptr);
  EXPECT_EQ(ready->status, api::ConditionStatus::False);
  EXPECT_EQ(ready->reason, "JobCreated");
}

TEST(DatasetReconcile, StoresTheAttemptBeforeItCreatesItsJob) {
  DatasetObserved o;
  o.dataset = dataset("a");
  o.now = start_time();
  const auto decision = reconcile(o);
  EXPECT_TRUE(decision.status_first);
  EXPECT_EQ(decision.status.run, 1);
  EXPECT_EQ(decision.status.attempt, 1);
  ASSERT_EQ(decision.actions.size(), 1u);
  const auto& job = std::get<CreateJob>(decision.actions[0]).job;
  const auto run = run_spec_of(job);
  ASSERT_TRUE(run.inspect);
  EXPECT_EQ(run.inspect->dataset.path, "raw/street/train/v1.0.0");
  EXPECT_EQ(run.owner.attempt, 1);
  EXPECT_EQ(job.spec.pod.containers.back().command, (std::vector<std::string>{"visionops-worker", "inspect-run"}));
}

TEST(DatasetReconcile, StallsAnInvalidSpecWithoutAnyJobAndNamesTheField) {
  auto d = dataset("a");
  d.problems = {{"spec.version", "is required"}};
  DatasetObserved o;
  o.dataset = d;
  o.now = start_time();
  const auto decision = reconcile(o);
  EXPECT_TRUE(decision.actions.empty());
  EXPECT_EQ(decision.status.phase, DatasetPhase::Error);
  const auto* stalled = api::find_condition(decision.status.conditions, condition::kStalled);
  ASSERT_NE(stalled, nullptr);
  EXPECT_EQ(stalled->reason, "InvalidSpec");
  EXPECT_EQ(stalled->message, "spec.version: is required");
}

TEST(DatasetReconcile, RefusesAFormatThatTheWorkerCannotInspect) {
  auto d = dataset("a");
  d.spec.format = Format::VOC;
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(world.datasets[0], condition::kStalled).reason, "UnsupportedFormat");
  EXPECT_NE(world.datasets[0].status.message.find("COCO, YOLO"), std::string::npos);
  EXPECT_TRUE(world.created_jobs.empty());
}

TEST(DatasetReconcile, RefusesAnUnknownStoreUntilTheAdministratorDeclaresIt) {
  auto world = world_with(dataset("a"));
  world.platform.stores = {"archive", "models"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(world.datasets[0], condition::kStalled).reason, "UnknownStore");
  EXPECT_NE(world.datasets[0].status.message.find("archive, models"), std::string::npos);
  world.platform.stores.push_back("datasets");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Ready);
}

TEST(DatasetReconcile, SaysThatThePathIsMissingAndDoesNotRetry) {
  auto world = world_with(dataset("a"));
  world.worker = [](const cluster::Job&, std::int32_t) {
    return exits(3, contract::encode(error_result("InputMissing", "raw/street/train/v1.0.0: no such folder")));
  };
  ASSERT_TRUE(world.run_to_end());
  const auto& d = world.datasets[0];
  EXPECT_EQ(d.status.phase, DatasetPhase::Error);
  EXPECT_EQ(condition_of(d, condition::kSourceReachable).status, api::ConditionStatus::False);
  EXPECT_EQ(condition_of(d, condition::kSourceReachable).reason, "PathNotFound");
  EXPECT_NE(d.status.message.find("no such folder"), std::string::npos);
  EXPECT_EQ(world.created_jobs.size(), 1u);
}

TEST(DatasetReconcile, InspectsAgainWhenRerunIsAskedFor) {
  auto world = world_with(dataset("a"));
  world.worker = [](const cluster::Job&, std::int32_t) { return exits(3); };
  ASSERT_TRUE(world.run_to_end());
  world.worker = do_the_work;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Error) << "nothing changed, so nothing runs";
  world.datasets[0].meta.annotations[std::string(kRerunAnnotation)] = "files are there";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Ready);
  EXPECT_EQ(world.datasets[0].status.run, 2);
}

TEST(DatasetReconcile, StaysReadyWhenItsJobAndPodsAreDeleted) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  world.jobs.clear();
  world.pods.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.created_jobs.size(), 1u);
  EXPECT_TRUE(world.jobs.empty());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Ready);
}

TEST(DatasetReconcile, IsNotReadyWhenTheQualityGateFails) {
  auto d = dataset("a");
  d.spec.quality_gate.emplace();
  d.spec.quality_gate->min_images_per_class = 5;
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  const auto& after = world.datasets[0];
  EXPECT_EQ(after.status.phase, DatasetPhase::Error);
  EXPECT_EQ(condition_of(after, condition::kQualityGate).reason, "QualityGateFailed");
  EXPECT_EQ(condition_of(after, condition::kQualityGate).message, "minImagesPerClass is 5, found 3 for class bus");
  EXPECT_TRUE(api::is_true(after.status.conditions, condition::kSourceReachable));
  EXPECT_EQ(after.status.images, 10) << "the counts are shown all the same";
  EXPECT_TRUE(after.status.digest.empty()) << "a digest is pinned only when the Dataset is Ready";
}

TEST(DatasetReconcile, BecomesReadyWhenTheGateIsRelaxed) {
  auto d = dataset("a");
  d.spec.quality_gate.emplace();
  d.spec.quality_gate->min_images = 100;
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  world.datasets[0].spec.quality_gate->min_images = 10;
  world.datasets[0].meta.generation = 2;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Ready);
  EXPECT_EQ(world.created_jobs, (std::vector<std::string>{"a-vds-r1-a1", "a-vds-r2-a1"}));
  EXPECT_EQ(world.deleted_jobs, std::vector<std::string>{"a-vds-r1-a1"});
}

TEST(DatasetReconcile, RefusesOtherContentUnderAVersionThatWasReady) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  const std::string pinned = world.datasets[0].status.digest;
  world.worker = [](const cluster::Job&, std::int32_t) {
    return exits(0, contract::encode(inspection_result("other content")));
  };
  world.datasets[0].meta.annotations[std::string(kRerunAnnotation)] = "1";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Error);
  EXPECT_EQ(condition_of(world.datasets[0], condition::kReady).reason, "ContentChanged");
  EXPECT_EQ(world.datasets[0].status.digest, pinned);
}

TEST(DatasetReconcile, DescriptionAndOriginDoNotCauseANewInspection) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  world.datasets[0].spec.description = "new words";
  world.datasets[0].spec.origin = "https://example.org";
  world.datasets[0].meta.generation = 2;
  world.records.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.created_jobs.size(), 1u);
  EXPECT_EQ(world.datasets[0].status.observed_generation, 2);
  EXPECT_EQ(world.records.size(), 1u) << "history learns the new words";
}

TEST(DatasetReconcile, RetriesACrashedInspectionWithBackoffAndGivesUpAtTheLimit) {
  auto world = world_with(dataset("a"));
  world.worker = [](const cluster::Job&, std::int32_t) { return exits(139); };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.created_jobs.size(), 4u);
  EXPECT_EQ(world.datasets[0].status.counted_failures, 4);
  EXPECT_EQ(condition_of(world.datasets[0], condition::kFailed).reason, "Crash");
  EXPECT_NE(world.datasets[0].status.message.find("no retry is left"), std::string::npos);
  EXPECT_GE(world.now - start_time(), std::chrono::seconds(10 + 20 + 40));
}

TEST(DatasetReconcile, TakesItsLineageFromTheAnnotationAndIgnoresAMalformedOne) {
  auto d = dataset("a");
  api::Lineage lineage;
  lineage.pipeline = "night";
  lineage.run = 3;
  d.meta.annotations[std::string(kLineageAnnotation)] = encode_lineage(lineage);
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  ASSERT_TRUE(world.datasets[0].status.lineage);
  EXPECT_EQ(world.datasets[0].status.lineage->run, 3);
  world.datasets[0].meta.annotations[std::string(kLineageAnnotation)] = "{not json";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_FALSE(world.datasets[0].status.lineage);
  EXPECT_EQ(world.datasets[0].status.phase, DatasetPhase::Ready);
}

TEST(DatasetReconcile, RecordsEveryChangeThatHistoryMustKnow) {
  auto d = dataset("a");
  d.meta.annotations[std::string(kTransformAnnotation)] = R"({"sources":[]})";
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  ASSERT_FALSE(world.records.empty());
  const auto& last = std::get<DatasetRecord>(world.records.back());
  EXPECT_EQ(last.dataset.status.phase, DatasetPhase::Ready);
  EXPECT_EQ(last.transform_config, R"({"sources":[]})");
  EXPECT_FALSE(last.deleted);
  EXPECT_EQ(world.records.size(), 2u) << "begun, Ready";
}

// --- deletion ---

TEST(DatasetDeletion, RetainNeedsNoFinalizer) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets[0].meta.finalizers.empty());
}

TEST(DatasetDeletion, DeleteRemovesTheFilesBeforeTheResourceGoes) {
  auto d = dataset("a");
  d.spec.deletion_policy = DeletionPolicy::Delete;
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].meta.finalizers, std::vector<std::string>{"visionops.dev/files"});
  world.datasets[0].meta.deletion_timestamp = world.now;
  ASSERT_TRUE(world.settle());
  ASSERT_EQ(world.datasets.size(), 1u) << "it waits for the Job";
  const auto* job = world.find_job("a-vds-r2-a1");
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(job->spec.pod.containers.back().command.back(), "remove-run");
  EXPECT_EQ(run_spec_of(*job).remove->dataset.path, "raw/street/train/v1.0.0");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets.empty());
  EXPECT_TRUE(std::get<DatasetRecord>(world.records.back()).deleted);
}

TEST(DatasetDeletion, FilesThatAreGoneAlreadyDoNotHoldItUp) {
  auto d = dataset("a");
  d.spec.deletion_policy = DeletionPolicy::Delete;
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  d.meta.deletion_timestamp = start_time();
  auto world = world_with(d);
  world.worker = [](const cluster::Job&, std::int32_t) { return exits(3); };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets.empty());
}

TEST(DatasetDeletion, AFailingRemovalIsTriedAgainUntilItSucceeds) {
  auto d = dataset("a");
  d.spec.deletion_policy = DeletionPolicy::Delete;
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  d.meta.deletion_timestamp = start_time();
  auto world = world_with(d);
  int tries = 0;
  world.worker = [&](const cluster::Job&, std::int32_t) { return exits(++tries < 7 ? 2 : 0); };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets.empty());
  EXPECT_EQ(tries, 7);
}

TEST(DatasetDeletion, ARunningInspectionStopsBeforeTheFilesAreRemoved) {
  auto d = dataset("a");
  d.spec.deletion_policy = DeletionPolicy::Delete;
  auto world = world_with(d);
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.datasets[0].meta.deletion_timestamp = world.now;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.find_job("a-vds-r1-a1"), nullptr);
  EXPECT_NE(world.find_job("a-vds-r2-a1"), nullptr);
}

TEST(DatasetDeletion, AnInvalidSpecKeepsItsFilesAndGoes) {
  auto d = dataset("a");
  d.spec.deletion_policy = DeletionPolicy::Delete;
  d.problems = {{"spec.path", "leaves the store"}};
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  d.meta.deletion_timestamp = start_time();
  DatasetObserved o;
  o.dataset = d;
  o.now = start_time();
  const auto decision = reconcile(o);
  ASSERT_EQ(decision.actions.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<RemoveFinalizer>(decision.actions[0]));
  ASSERT_EQ(decision.events.size(), 1u);
  EXPECT_EQ(decision.events[0].reason, "FilesKept");
}

TEST(DatasetDeletion, ChangingToRetainTakesTheFinalizerAway) {
  auto d = dataset("a");
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets[0].meta.finalizers.empty());
}

}  // namespace
}  // namespace visionops::core
