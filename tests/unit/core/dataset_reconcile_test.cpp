#include <gtest/gtest.h>

#include "operator/core/dataset_resolution.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

using api::Phase;
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
  EXPECT_EQ(d.status.phase, Phase::Succeeded);
  EXPECT_EQ(d.status.digest, digest_of("raw/street/train/v1.0.0"));
  EXPECT_EQ(d.status.images, 10);
  EXPECT_EQ(d.status.class_counts.front().name, "bus");
  EXPECT_EQ(d.status.report, ".visionops/datasets/uid-dataset-street-train-v1.0.0/eda.json")
      << "not in the user's folder";
  EXPECT_EQ(d.status.fingerprint, fingerprint_of("raw/street/train/v1.0.0"));
  EXPECT_FALSE(d.status.file_list.empty());
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kReady));
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kSourceReachable));
  EXPECT_TRUE(api::is_true(d.status.conditions, condition::kQualityGate));
  EXPECT_EQ(world.created_jobs, std::vector<std::string>{"street-train-v1-0-0-1b9de1e3-vds-r1-a1"});
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
  EXPECT_EQ(decision.status.phase, Phase::Failed);
  const auto* stalled = api::find_condition(decision.status.conditions, condition::kStalled);
  ASSERT_NE(stalled, nullptr);
  EXPECT_EQ(stalled->reason, "InvalidSpec");
  EXPECT_EQ(stalled->message, "spec.version: is required");
}

TEST(DatasetReconcile, RefusesAFormatThatTheWorkerCannotInspect) {
  DatasetObserved o;
  o.dataset = dataset("a");
  o.dataset.spec.format = Format("Etchings");
  o.now = start_time();
  const auto decision = reconcile(o);
  EXPECT_TRUE(decision.actions.empty());
  const auto* stalled = api::find_condition(decision.status.conditions, condition::kStalled);
  ASSERT_NE(stalled, nullptr);
  EXPECT_EQ(stalled->reason, "UnsupportedFormat");
  EXPECT_NE(decision.status.message.find(contract::format_names(&contract::FormatInfo::reads)), std::string::npos)
      << decision.status.message;
}

TEST(DatasetReconcile, RefusesAnUnknownStoreUntilTheAdministratorDeclaresIt) {
  auto world = world_with(dataset("a"));
  world.platform.stores = {"archive", "models"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(condition_of(world.datasets[0], condition::kStalled).reason, "UnknownStore");
  EXPECT_NE(world.datasets[0].status.message.find("archive, models"), std::string::npos);
  world.platform.stores.push_back("datasets");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
}

TEST(DatasetReconcile, LooksAgainByItselfForFilesThatWereMissing) {
  auto world = world_with(dataset("a"));
  world.worker = [](const cluster::Job&, std::int32_t) { return exits(3); };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Failed);
  ASSERT_TRUE(world.datasets[0].status.retry_at);
  world.now = *world.datasets[0].status.retry_at;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.attempt, 2);
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Failed);
  world.worker = do_the_work;
  ASSERT_GT(*world.datasets[0].status.retry_at, world.now);
  world.now = *world.datasets[0].status.retry_at;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
  EXPECT_EQ(world.datasets[0].status.run, 1);
}

TEST(DatasetReconcile, SaysThatThePathIsMissing) {
  auto world = world_with(dataset("a"));
  world.worker = [](const cluster::Job&, std::int32_t) {
    return exits(3, contract::encode(error_result("InputMissing", "raw/street/train/v1.0.0: no such folder")));
  };
  ASSERT_TRUE(world.run_to_end());
  const auto& d = world.datasets[0];
  EXPECT_EQ(d.status.phase, Phase::Failed);
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
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Failed) << "nothing changed, so nothing runs";
  world.datasets[0].meta.annotations[std::string(kRerunAnnotation)] = "files are there";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
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
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
}

TEST(DatasetReconcile, IsNotReadyWhenTheQualityGateFails) {
  auto d = dataset("a");
  d.spec.quality_gate.emplace();
  d.spec.quality_gate->min_images_per_class = 5;
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  const auto& after = world.datasets[0];
  EXPECT_EQ(after.status.phase, Phase::Failed);
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
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
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
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Failed);
  EXPECT_EQ(condition_of(world.datasets[0], condition::kReady).reason, "ContentChanged");
  EXPECT_EQ(world.datasets[0].status.digest, pinned);
}

TEST(DatasetReconcile, LooksAgainByItselfAtFilesThatHaveChanged) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  auto other = inspection_result("raw/street/train/v1.0.0");
  other.dataset->digest = "sha256:" + std::string(64, '9');
  world.worker = [&](const cluster::Job&, std::int32_t) { return exits(0, contract::encode(other)); };
  world.datasets[0].meta.annotations[std::string(kRerunAnnotation)] = "1";
  ASSERT_TRUE(world.settle());
  while (world.datasets[0].status.phase != Phase::Failed) {
    world.start_pods();
    world.end_workers();
    ASSERT_TRUE(world.settle());
  }
  ASSERT_TRUE(world.datasets[0].status.retry_at);
  EXPECT_LE(*world.datasets[0].status.retry_at - world.now, std::chrono::hours(1));
  world.worker = do_the_work;
  world.now = *world.datasets[0].status.retry_at;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded) << world.datasets[0].status.message;
}

TEST(DatasetReconcile, IsInspectedAgainWhenARunHasFoundOtherBytes) {
  DatasetObserved o;
  o.dataset = ready(dataset("a"));
  o.dataset.status.run = o.dataset.status.attempt = 1;
  o.dataset.status.finished_at = start_time();
  o.dataset.status.spec_hash = reconcile(o).status.spec_hash;
  o.now = start_time() + std::chrono::hours(2);
  o.training_jobs = {training_job("reader")};
  auto& s = o.training_jobs[0].status;
  s.phase = Phase::Failed;
  s.resolved.emplace().train.emplace().uid = o.dataset.meta.uid;
  s.failure.emplace().failure_class = "ContentChanged";
  s.finished_at = start_time() + std::chrono::hours(1);
  EXPECT_EQ(reconcile(o).status.run, 2);
  s.finished_at = start_time() - std::chrono::hours(1);
  EXPECT_EQ(reconcile(o).status.run, 1) << "the inspection is newer";
  s.finished_at = start_time() + std::chrono::hours(1);
  s.resolved->train->uid = "of-another";
  EXPECT_EQ(reconcile(o).status.run, 1);
}

TEST(DatasetReconcile, FilesThatWereRestoredWithOtherTimesHaveANewFingerprint) {
  auto world = world_with(dataset("a"));
  ASSERT_TRUE(world.run_to_end());
  world.worker = [](const cluster::Job& job, std::int32_t) {
    EXPECT_EQ(run_spec_of(job).inspect->dataset.digest, digest_of("raw/street/train/v1.0.0"))
        << "the worker must not write over the list of the content that the Dataset was Ready with";
    auto result = inspection_result("raw/street/train/v1.0.0");
    result.dataset->fingerprint = "listing:new";
    return exits(0, contract::encode(result));
  };
  world.datasets[0].meta.annotations[std::string(kRerunAnnotation)] = "1";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
  EXPECT_EQ(world.datasets[0].status.fingerprint, "listing:new");
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
  EXPECT_EQ(world.datasets[0].status.phase, Phase::Succeeded);
}

TEST(DatasetReconcile, RecordsEveryChangeThatHistoryMustKnow) {
  auto d = dataset("a");
  d.meta.annotations[std::string(kTransformAnnotation)] = R"({"sources":[]})";
  auto world = world_with(d);
  ASSERT_TRUE(world.run_to_end());
  ASSERT_FALSE(world.records.empty());
  const auto& last = std::get<DatasetRecord>(world.records.back());
  EXPECT_EQ(last.dataset.status.phase, Phase::Succeeded);
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
  auto d = ready(dataset("a"));
  d.spec.deletion_policy = DeletionPolicy::Delete;
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  d.meta.deletion_timestamp = start_time();
  auto world = world_with(d);
  world.worker = [](const cluster::Job&, std::int32_t) { return exits(3); };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets.empty());
}

TEST(DatasetDeletion, AFailingRemovalIsTriedAgainUntilItSucceeds) {
  auto d = ready(dataset("a"));
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
  d.status.digest = digest_of("raw/street/train/v1.0.0");  // Ready once, and inspected again
  auto world = world_with(d);
  ASSERT_TRUE(world.settle());
  world.start_pods();
  world.datasets[0].meta.deletion_timestamp = world.now;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.find_job("a-vds-r1-a1"), nullptr);
  EXPECT_NE(world.find_job("a-vds-r2-a1"), nullptr);
}

api::Dataset leaving(const std::string& name, const std::string& path) {
  auto d = dataset(name);
  d.spec.path = path;
  d.spec.deletion_policy = DeletionPolicy::Delete;
  d.meta.finalizers = {std::string(kFilesFinalizer)};
  d.meta.deletion_timestamp = start_time();
  return ready(d);
}

api::Dataset staying(const std::string& name, const std::string& path) {
  auto d = dataset(name);
  d.spec.path = path;
  return ready(d);
}

/// What one pass says about `d` beside `others`.
DatasetDecision decide(const api::Dataset& d, std::vector<api::Dataset> others, const Platform& platform = {}) {
  DatasetObserved o;
  o.dataset = d;
  o.neighbours = std::move(others);
  o.platform = platform;
  o.now = start_time();
  return reconcile(o);
}

/// The folders that the removal Job is told to keep; nullopt: there is no Job.
std::optional<std::vector<contract::KeptFolder>> kept_by(const DatasetDecision& decision) {
  for (const auto& action : decision.actions) {
    if (const auto* create = std::get_if<CreateJob>(&action)) return run_spec_of(create->job).remove->keep;
  }
  return std::nullopt;
}

TEST(DatasetDeletion, WhatWasNeverReadyKeepsItsFilesAndGoes) {
  auto d = leaving("a", "raw/a");
  d.status = {};
  const auto decision = decide(d, {});
  EXPECT_FALSE(kept_by(decision));
  EXPECT_EQ(decision.events.at(0).reason, "FilesKept");
  EXPECT_NE(decision.events.at(0).message.find("never Ready"), std::string::npos);
}

api::PinnedDataset pinned(const api::Dataset& d) {
  api::PinnedDataset out;
  out.name = d.meta.name;
  out.uid = d.meta.uid;
  return out;
}

/// A training whose run stands at `phase` and has pinned `d`.
api::TrainingJob user_of(const api::Dataset& d, api::Phase phase) {
  auto job = training_job("night-run");
  job.status.run = job.status.attempt = 1;
  job.status.phase = phase;
  job.status.resolved.emplace().train = pinned(d);
  return job;
}

DatasetDecision decide_beside(const api::Dataset& d, const api::TrainingJob& job) {
  DatasetObserved o;
  o.dataset = d;
  o.training_jobs = {job};
  o.now = start_time();
  return reconcile(o);
}

TEST(DatasetDeletion, FilesThatARunWorksWithStayUntilItIsOver) {
  const auto d = leaving("a", "raw/a");
  for (const auto phase : {api::Phase::Starting, api::Phase::Running, api::Phase::Suspended}) {
    const auto decision = decide_beside(d, user_of(d, phase));
    EXPECT_TRUE(decision.actions.empty()) << enum_name(phase);
    EXPECT_EQ(decision.status.message.find("the files are in use by TrainingJob night-run (" +
                                           std::string(enum_name(phase)) + ")"),
              0u)
        << decision.status.message;
    EXPECT_EQ(decision.events.at(0).reason, "InUse");
    EXPECT_TRUE(decision.check_again_in);
    auto told = d;
    told.status = decision.status;
    EXPECT_TRUE(decide_beside(told, user_of(d, phase)).events.empty()) << "told once";
  }
  EXPECT_TRUE(kept_by(decide_beside(d, user_of(d, api::Phase::Succeeded))));
  EXPECT_TRUE(kept_by(decide_beside(d, user_of(d, api::Phase::Failed))));
  auto looks_again = user_of(d, api::Phase::Failed);
  looks_again.status.retry_at = start_time();
  EXPECT_FALSE(kept_by(decide_beside(d, looks_again)));
  auto other = d;
  other.meta.uid = "uid-of-a-namesake";
  EXPECT_TRUE(kept_by(decide_beside(d, user_of(other, api::Phase::Running)))) << "not this object";
}

TEST(DatasetDeletion, APipelineProtectsItsSources) {
  const auto d = leaving("a", "raw/a");
  DatasetObserved o;
  o.dataset = d;
  o.pipelines = {pipeline("fuse")};
  o.pipelines[0].status.run = o.pipelines[0].status.attempt = 1;
  o.pipelines[0].status.phase = api::Phase::Running;
  o.pipelines[0].status.resolved.emplace().sources = {pinned(d)};
  o.now = start_time();
  EXPECT_NE(reconcile(o).status.message.find("Pipeline fuse (Running)"), std::string::npos);
}

TEST(DatasetDeletion, ANamespaceThatEndsLetsTheDatasetGo) {
  DatasetObserved o;
  o.dataset = leaving("a", "raw/a");
  o.namespace_ends = true;
  o.now = start_time();
  const auto told = reconcile(o);
  EXPECT_EQ(told.events.at(0).reason, "FilesKept");
  EXPECT_NE(told.events.at(0).message.find("the namespace is being deleted"), std::string::npos);
  o.dataset.status = told.status;
  const auto goes = reconcile(o);
  ASSERT_EQ(goes.actions.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<RemoveFinalizer>(goes.actions[0]));
}

TEST(DatasetDeletion, ARemovalThatTheClusterRefusesIsTold) {
  DatasetObserved o;
  o.dataset = leaving("a", "raw/a");
  o.now = start_time();
  o.dataset.status = reconcile(o).status;
  o.refused = "creating Job a: exceeded quota: objects";
  EXPECT_NE(reconcile(o).status.message.find("exceeded quota: objects"), std::string::npos);
}

TEST(DatasetDeletion, FilesInTheSameFolderOrInOneAroundItStay) {
  for (const char* path : {"raw/a", "raw"}) {
    auto d = leaving("a", "raw/a");
    const auto told = decide(d, {staying("other", path)});
    EXPECT_TRUE(told.actions.empty()) << "what it has to say is stored before it goes";
    ASSERT_EQ(told.events.size(), 1u);
    EXPECT_EQ(told.events[0].reason, "FilesKept");
    EXPECT_NE(told.events[0].message.find("shared with Dataset other"), std::string::npos);
    d.status = told.status;
    const auto goes = decide(d, {staying("other", path)});
    ASSERT_EQ(goes.actions.size(), 1u) << path;
    EXPECT_TRUE(std::holds_alternative<RemoveFinalizer>(goes.actions[0]));
    EXPECT_TRUE(goes.events.empty());
    EXPECT_TRUE(std::get<DatasetRecord>(goes.records.at(0)).deleted);
  }
}

TEST(DatasetDeletion, FoldersOfOthersInsideAreKeptByTheJob) {
  auto elsewhere = staying("elsewhere", "raw/x");
  elsewhere.spec.store = "other-store";
  const auto kept = kept_by(decide(
      leaving("a", "raw"), {staying("x", "raw/x"), staying("in-x", "raw/x/y"), staying("beside", "rawer"), elsewhere}));
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1u);
  EXPECT_EQ(kept->at(0).path, "raw/x");
  EXPECT_EQ(kept->at(0).dataset, "x");
  EXPECT_EQ(kept->at(0).file_list, "");
}

TEST(DatasetDeletion, AnotherNamespaceIsKeptAsFarAsItsListIsInTheSameStore) {
  auto other = staying("secret-name", "raw/a");
  other.meta.namespace_ = "team-b";
  other.status.file_list = ".visionops/datasets/b/files.jsonl";
  const auto kept = kept_by(decide(leaving("a", "raw/a"), {other}));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->at(0).file_list, other.status.file_list);
  EXPECT_EQ(kept->at(0).dataset, "") << "names of other teams are not told";
  other.status.file_list = "";
  EXPECT_FALSE(kept_by(decide(leaving("a", "raw/a"), {other}))) << "nothing shows that its store is another one";
  Platform platform;
  platform.s3_stores["datasets"].location.prefix = "teams/{namespace}";
  EXPECT_TRUE(kept_by(decide(leaving("a", "raw/a"), {other}, platform))->empty());
}

TEST(DatasetDeletion, OfTwoThatGoTogetherTheLastOneRemoves) {
  auto first = leaving("b", "raw/a");
  auto last = leaving("a", "raw/a");
  last.meta.deletion_timestamp = start_time() + std::chrono::seconds(1);
  EXPECT_FALSE(kept_by(decide(first, {last})));
  EXPECT_TRUE(kept_by(decide(last, {first})));
  last.meta.deletion_timestamp = first.meta.deletion_timestamp;
  EXPECT_NE(kept_by(decide(first, {last})).has_value(), kept_by(decide(last, {first})).has_value());
  first.spec.deletion_policy = DeletionPolicy::Retain;
  EXPECT_FALSE(kept_by(decide(last, {first}))) << "the other keeps its files";

  ToyWorld world;
  world.datasets = {leaving("a", "raw/a"), leaving("b", "raw/a")};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(world.datasets.empty());
  EXPECT_EQ(world.created_jobs.size(), 1u);
}

TEST(DatasetDeletion, TooManyFoldersToTellApartKeepEverything) {
  std::vector<api::Dataset> others;
  for (std::size_t i = 0; i <= contract::kMaxKeptFolders; ++i) {
    const auto name = "d" + std::to_string(i);
    others.push_back(staying(name, "raw/" + name));
  }
  const auto decision = decide(leaving("a", "raw"), others);
  EXPECT_FALSE(kept_by(decision));
  EXPECT_NE(decision.events.at(0).message.find("129 other Datasets"), std::string::npos);
  others.pop_back();
  EXPECT_EQ(kept_by(decide(leaving("a", "raw"), others))->size(), contract::kMaxKeptFolders);
}

TEST(DatasetDeletion, TellsWhatStayedWithNamesAndCounts) {
  auto world = world_with(leaving("a", "raw"));
  world.worker = [](const cluster::Job&, std::int32_t) {
    contract::RunResult result;
    result.removal = contract::RemovalFacts{12, 3, 1, 2, {"holiday.jpg"}, {"harbour"}, ""};
    return exits(0, contract::encode(result));
  };
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(world.count_events("FilesRemoved"), 1u);
  EXPECT_EQ(world.events.back().message,
            "store datasets, raw: 12 files removed; 3 files stay, shared with harbour; 1 file stays, changed since the "
            "inspection; 2 files stay, not its own (first holiday.jpg)");
}

TEST(DatasetDeletion, ARemovalThatFindsNoListSaysThatTheFilesStay) {
  auto world = world_with(leaving("a", "raw"));
  world.worker = [](const cluster::Job&, std::int32_t) {
    contract::RunResult result;
    result.removal.emplace().refused = "no list";
    return exits(0, contract::encode(result));
  };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.count_events("FilesKept"), 1u);
  EXPECT_TRUE(world.datasets.empty());
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
