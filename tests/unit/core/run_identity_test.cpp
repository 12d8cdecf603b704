// Whose result is it? A run is its object, number, spec and data; equal names prove nothing.
#include "operator/core/run/run_identity.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

class RunIdentityTest : public ::testing::Test {
 protected:
  RunIdentityTest() {
    world.datasets = {dataset("night-train-v1.0.0", "night", Split::Train),
                      dataset("night-val-v1.0.0", "night", Split::Val)};
    world.training_jobs = {training_job()};
  }
  api::TrainingJob& job() { return world.training_jobs.at(0); }
  const api::TrainingJobStatus& status() { return job().status; }
  const std::string& folder() { return status().resolved->checkpoint_path; }
  /// Deleted, with its children, and made again.
  void make_anew(const std::string& uid) {
    world.jobs.clear();
    world.pods.clear();
    job() = training_job();
    job().meta.uid = uid;
  }
  /// As a restore or a hand does it: the object stays, what it knew of its runs is gone.
  void lose_status() {
    job().status = {};
    ++job().meta.generation;
  }
  ToyWorld world;
};

TEST_F(RunIdentityTest, AnObjectMadeAnewUnderAnOldNameTrainsAnew) {
  ASSERT_TRUE(world.run_to_end());
  const auto before = folder();
  make_anew("uid-second");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().run, 1);
  EXPECT_NE(folder(), before) << "the same name, run and spec";
  EXPECT_EQ(status().model->path, folder() + "/best.pt");
}

TEST_F(RunIdentityTest, ARunThatLostItsStatusAndWasEditedIsNotTheFormerRunsResult) {
  ASSERT_TRUE(world.run_to_end());
  const auto before = folder();
  lose_status();
  job().spec.hyperparameters.emplace().seed = 7;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, api::Phase::Succeeded);
  EXPECT_NE(folder(), before);
  EXPECT_EQ(status().model->path, folder() + "/best.pt");
  EXPECT_EQ(world.deleted_jobs, std::vector<std::string>{"detector-vtj-r1-a1"}) << "it had our name";
  EXPECT_EQ(world.created_jobs.back(), "detector-vtj-r1-a1");
}

TEST_F(RunIdentityTest, ARunThatLostItsStatusAndAsksForTheSameIsRecognised) {
  ASSERT_TRUE(world.run_to_end());
  const auto before = status();
  lose_status();
  const auto jobs = world.created_jobs.size();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, api::Phase::Succeeded);
  EXPECT_EQ(status().resolved->identity, before.resolved->identity);
  EXPECT_EQ(status().model->sha256, before.model->sha256);
  EXPECT_EQ(world.created_jobs.size(), jobs) << "its Job is still there and is of this very run";
}

TEST_F(RunIdentityTest, OtherDataOfTheSameNameAreAnotherRun) {
  ASSERT_TRUE(world.run_to_end());
  const auto before = status().resolved->identity;
  lose_status();
  world.dataset_named("night-train-v1.0.0").status.digest = digest_of("other pictures");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_NE(status().resolved->identity, before);
}

TEST_F(RunIdentityTest, SaysWhenTheStoreHadTheRunFinishedBefore) {
  world.worker = [](const cluster::Job& of, std::int32_t index) {
    const auto run = run_spec_of(of);
    if (!run.train) return do_the_work(of, index);
    auto result = training_result(run.train->checkpoint_path);
    result.train->resumed_from_epoch = result.train->epochs;
    return trained(result, sidecar_word(of));
  };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_NE(status().message.find("recognised by uid, spec and input digests"), std::string::npos) << status().message;
}

TEST_F(RunIdentityTest, AModelOfAnotherFolderIsNoSuccess) {
  for (const char* elsewhere : {"checkpoints/default/detector/run-1", "checkpoints/default/other/run-1-0123456789ab"}) {
    make_anew(std::string("uid-") + elsewhere);
    job().spec.retry.emplace().limit = 0;
    world.worker = [elsewhere](const cluster::Job& of, std::int32_t index) {
      return run_spec_of(of).train ? exits(0, contract::encode(training_result(elsewhere))) : do_the_work(of, index);
    };
    ASSERT_TRUE(world.run_to_end());
    EXPECT_EQ(status().phase, api::Phase::Failed);
    EXPECT_EQ(status().failure->failure_class, "CheckpointNotVerified");
    EXPECT_NE(status().message.find(std::string(elsewhere) + "/best.pt is not in the folder of this run"),
              std::string::npos)
        << status().message;
    EXPECT_FALSE(status().model);
  }
}

TEST_F(RunIdentityTest, AResultThatNamesAnotherRunIsNotTakenAndThisIsSaid) {
  job().spec.retry.emplace().limit = 0;
  world.worker = [](const cluster::Job& of, std::int32_t index) {
    const auto run = run_spec_of(of);
    if (!run.train) return do_the_work(of, index);
    auto result = training_result(run.train->checkpoint_path);
    result.identity = std::string(32, 'f');
    return exits(0, contract::encode(result));
  };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, api::Phase::Failed);
  EXPECT_NE(status().message.find("is of another run (identity ffff"), std::string::npos) << status().message;
  EXPECT_FALSE(status().model);
}

TEST_F(RunIdentityTest, TelemetryOfAnotherRunOfTheSameNumberIsNotShown) {
  world.worker = [](const cluster::Job& of, std::int32_t index) {
    return run_spec_of(of).train ? hangs() : do_the_work(of, index);
  };
  ASSERT_TRUE(world.run_to_end());
  auto& sent = world.telemetry["detector"];
  sent.run = sent.attempt = 1;
  sent.heartbeat = world.now;
  sent.identity = "another";
  sent.progress = contract::Progress{"Training", 9, 10, 9, 10};
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().epoch, 0);
  sent.identity = status().resolved->identity;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(status().epoch, 9);
}

TEST_F(RunIdentityTest, GoesOnWithARunThatAnEarlierVersionBegan) {
  ASSERT_TRUE(world.settle());  // the Datasets are being inspected
  ASSERT_TRUE(world.run_to_end());
  auto& s = job().status;
  s.phase = api::Phase::Running;
  s.model.reset();
  s.finished_at.reset();
  s.resolved->identity.clear();
  s.resolved->hyperparameters.reset();
  s.resolved->checkpoint_path = "checkpoints/default/detector/run-1";
  world.jobs.clear();
  world.pods.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(status().phase, api::Phase::Succeeded);
  EXPECT_EQ(status().run, 1);
  EXPECT_EQ(status().model->path, "checkpoints/default/detector/run-1/best.pt");
}

TEST_F(RunIdentityTest, PinsEveryHyperparameterWithTheDefaultsThatItUses) {
  job().spec.hyperparameters.emplace().learning_rate = 0.01;
  ASSERT_TRUE(world.run_to_end());
  const auto& used = *status().resolved->hyperparameters;
  EXPECT_EQ(used.learning_rate, 0.01);
  EXPECT_EQ(used.epochs, 30);
  EXPECT_EQ(used.batch_size, 16);
  EXPECT_EQ(used.weight_decay, 0.0001);
  EXPECT_EQ(used.warmup_epochs, 1);
  EXPECT_EQ(used.seed, 0);
  EXPECT_EQ(run_spec_of(*world.find_job("detector-vtj-r1-a1")).train->weight_decay, 0.0001);
}

TEST_F(RunIdentityTest, CheckpointsInAnotherStoreAreNotReachedAndThisIsSaid) {
  auto old = training_job("old");
  old.spec.checkpoints.store = "elsewhere";
  world.training_jobs.push_back(old);
  job().spec.resume_from.emplace().training_job = "old";
  ASSERT_TRUE(world.run_to_end());
  const auto* inputs = api::find_condition(status().conditions, api::condition::kInputsReady);
  ASSERT_NE(inputs, nullptr);
  EXPECT_EQ(inputs->reason, "CheckpointStoreDiffers");
}

TEST_F(RunIdentityTest, ADatasetThatLostItsStatusIsNotJudgedByTheInspectionOfItsFormerPath) {
  ASSERT_TRUE(world.run_to_end());
  auto& d = world.dataset_named("night-val-v1.0.0");
  const auto before = d.status.digest;
  d.status = {};
  d.spec.path = "raw/elsewhere";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.dataset_named("night-val-v1.0.0").status.digest, digest_of("raw/elsewhere"));
  EXPECT_NE(digest_of("raw/elsewhere"), before);
}

TEST_F(RunIdentityTest, APipelineThatLostItsStatusIsNotJudgedByTheJobOfItsFormerSteps) {
  world.training_jobs.clear();
  world.datasets = {dataset("street-train-v1.0.0")};
  world.pipelines = {pipeline()};
  ASSERT_TRUE(world.run_to_end());
  ASSERT_EQ(world.only_pipeline().status.phase, api::Phase::Succeeded);
  world.only_pipeline().status = {};
  world.only_pipeline().spec.seed = 9;
  ASSERT_TRUE(world.run_to_end());
  const auto& s = world.only_pipeline().status;
  EXPECT_EQ(s.phase, api::Phase::Succeeded);
  EXPECT_EQ(s.resolved->output->version, "v1.0.1") << "the Dataset of the former run is not taken for this one's";
  EXPECT_EQ(s.output_digest, digest_of(s.resolved->output->path));
}

}  // namespace
}  // namespace visionops::core
