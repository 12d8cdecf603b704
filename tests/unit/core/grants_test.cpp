#include <gtest/gtest.h>

#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"
#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

using api::Phase;

class Grants : public ::testing::Test {
 protected:
  Grants() {
    world.datasets = {dataset("night-train-v1.0.0", "night", Split::Train),
                      dataset("night-val-v1.0.0", "night", Split::Val)};
    world.training_jobs = {training_job()};
    world.platform.stores = {"datasets", "models", "weights"};
  }
  api::TrainingJob& job() { return world.training_jobs.at(0); }
  std::string stalled() {
    const auto* c = api::find_condition(job().status.conditions, api::condition::kStalled);
    return c ? c->reason + ": " + c->message : std::string();
  }
  void declare(const std::string& name) { world.platform.profiles.emplace_back().name = name; }
  ToyWorld world;
};

TEST_F(Grants, AnUnknownProfileIsRefusedWithTheNamesThatThereAreAndTakenOnceItIsDeclared) {
  declare("mig-1g");
  declare("whole");
  job().spec.profile = "mig-2g";
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(job().status.phase, Phase::Failed);
  EXPECT_EQ(stalled(),
            "UnknownProfile: spec.profile: the administrator declares no profile \"mig-2g\"; there are: mig-1g, whole");
  EXPECT_EQ(job().status.attempt, 0);
  declare("mig-2g");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(job().status.phase, Phase::Succeeded);
  EXPECT_EQ(job().status.run, 1);
}

TEST_F(Grants, EveryKindThatMakesPodsLooksForItsProfile) {
  world.datasets[0].spec.profile = "gone";
  world.pipelines = {pipeline()};
  world.pipelines[0].spec.sources[0].dataset.name = "night-val-v1.0.0";
  world.pipelines[0].spec.profile = "gone";
  ASSERT_TRUE(world.run_to_end());
  for (const auto* status :
       std::initializer_list<const api::RunStatus*>{&world.datasets[0].status, &world.pipelines[0].status}) {
    EXPECT_EQ(status->phase, Phase::Failed);
    EXPECT_NE(status->message.find("there are none"), std::string::npos) << status->message;
  }
}

TEST_F(Grants, WhatRunsGoesOnWithoutItsProfileAndWaitsBeforeTheNextAttempt) {
  declare("mig-1g");
  job().spec.profile = "mig-1g";
  bool fails = true;
  world.worker = [&](const cluster::Job& made, std::int32_t index) {
    if (!run_spec_of(made).train || !fails) return do_the_work(made, index);
    world.platform.profiles.clear();
    return exits(70);
  };
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(job().status.phase, Phase::Pending);
  EXPECT_EQ(job().status.attempt, 1);
  EXPECT_NE(job().status.message.find("no profile \"mig-1g\""), std::string::npos) << job().status.message;
  fails = false;
  declare("mig-1g");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(job().status.phase, Phase::Succeeded);
  EXPECT_EQ(job().status.run, 1);
}

TEST_F(Grants, AJobThatIsGoneIsNotMadeAgainWithoutItsProfile) {
  declare("mig-1g");
  job().spec.profile = "mig-1g";
  world.worker = [&](const cluster::Job& made, std::int32_t index) {
    return run_spec_of(made).train ? hangs() : do_the_work(made, index);
  };
  ASSERT_TRUE(world.run_to_end());
  const auto is_training = [](const cluster::Job& made) { return made.meta.name.find("-vtj-") != std::string::npos; };
  ASSERT_EQ(std::ranges::count_if(world.jobs, is_training), 1);
  std::erase_if(world.jobs, is_training);
  world.pods.clear();
  world.platform.profiles.clear();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(std::ranges::count_if(world.jobs, is_training), 0);
  EXPECT_NE(job().status.message.find("no profile \"mig-1g\""), std::string::npos) << job().status.message;
  declare("mig-1g");
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(std::ranges::count_if(world.jobs, is_training), 1);
  EXPECT_EQ(job().status.run, 1);
}

TEST_F(Grants, ASecretThatTheAdministratorDoesNotListIsRefused) {
  world.platform.secrets = {"hf", "wandb"};
  job().spec.secrets = {"hf", "root-password"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(stalled(),
            "SecretNotAllowed: spec.secrets[1]: the administrator lets no training take \"root-password\" as "
            "environment; there are: hf, wandb");
}

TEST_F(Grants, AMountIsADeclaredStoreThatIsAFolder) {
  job().spec.mounts = {"weights", "elsewhere"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_NE(stalled().find("UnknownStore: spec.mounts[1]: store \"elsewhere\""), std::string::npos) << stalled();
  job().spec.mounts = {"weights"};
  world.platform.s3_stores["weights"] = {};
  ++job().meta.generation;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_NE(stalled().find("StoreNotMountable: spec.mounts[0]: store \"weights\" is a bucket"), std::string::npos)
      << stalled();
}

TEST_F(Grants, AGpuOtherThanTheProfilesIsRefused) {
  declare("h200");
  world.platform.profiles[0].node_selector["nvidia.com/gpu.product"] = "NVIDIA-H200";
  job().spec.profile = "h200";
  job().spec.resources.emplace().gpu_product = "NVIDIA-A100";
  job().spec.resources->gpus = 1;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_NE(stalled().find("UnsupportedResources: spec.resources.gpuProduct"), std::string::npos) << stalled();
}

TEST_F(Grants, OnOneMachineAProfileAndSecretsHaveNoEffectAndThatIsSaid) {
  world.platform.one_machine = true;
  job().spec.profile = "mig-1g";
  job().spec.secrets = {"hf"};
  ASSERT_TRUE(world.run_to_end());
  EXPECT_TRUE(std::ranges::any_of(world.events, [](const cluster::Event& e) {
    return e.message.find("spec.profile and spec.secrets have no effect on one machine") != std::string::npos;
  }));
  EXPECT_EQ(job().status.phase, Phase::Succeeded);
}

TEST_F(Grants, OtherPodsForARunningTrainingAreTheSameRun) {
  const auto before = job();
  auto after = before;
  after.spec.profile = "mig-1g";
  after.spec.secrets = {"hf"};
  after.spec.mounts = {"weights"};
  EXPECT_EQ(spec_hash(before, {}), spec_hash(after, {}));
  EXPECT_NE(resources_hash(before), resources_hash(after));
  for (auto part : {&api::TrainingJobSpec::secrets, &api::TrainingJobSpec::mounts}) {
    auto other = before;
    other.spec.*part = {"x"};
    EXPECT_NE(resources_hash(before), resources_hash(other));
    EXPECT_EQ(spec_hash(before, {}), spec_hash(other, {}));
  }
}

TEST_F(Grants, ARunThatWaitsMovesToAnotherProfileWithoutANewRun) {
  declare("full");
  declare("free");
  job().spec.profile = "full";
  world.worker = [&](const cluster::Job& made, std::int32_t index) {
    return run_spec_of(made).train && job().spec.profile == "full" ? hangs() : do_the_work(made, index);
  };
  ASSERT_TRUE(world.run_to_end());
  job().spec.profile = "free";
  ++job().meta.generation;
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(job().status.phase, Phase::Succeeded);
  EXPECT_EQ(job().status.run, 1);
  EXPECT_EQ(job().status.attempt, 2);
  EXPECT_EQ(job().status.counted_failures, 0);
}

}  // namespace
}  // namespace visionops::core
