// Whatever happens to the operator, the end is the same.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

/// Two sources of data, a Pipeline on top, a training on top of that.
ToyWorld chain() {
  ToyWorld world;
  world.datasets = {dataset("street-train-v1.0.0"), dataset("night-val-v1.0.0", "night", Split::Val)};
  world.pipelines = {pipeline()};
  world.pipelines[0].spec.parallelism = 2;
  world.training_jobs = {training_job()};
  return world;
}

TEST(Convergence, TheWholeChainRunsToItsEnd) {
  auto world = chain();
  ASSERT_TRUE(world.run_to_end());
  EXPECT_EQ(world.training_jobs[0].status.phase, api::Phase::Succeeded);
  EXPECT_EQ(world.training_jobs[0].status.resolved->train->name, "night-train-v1.0.0");
}

TEST(Convergence, ACrashAfterAnyWriteLeadsToTheSameEnd) {
  auto undisturbed = chain();
  ASSERT_TRUE(undisturbed.run_to_end());
  ASSERT_GT(undisturbed.writes, 15);
  for (int k = 0; k < undisturbed.writes; ++k) {
    auto world = chain();
    world.writes_left = k;
    EXPECT_FALSE(world.run_to_end()) << "crash after write " << k;
    world.writes_left = std::numeric_limits<int>::max();
    ASSERT_TRUE(world.run_to_end()) << "restart after write " << k;
    EXPECT_EQ(world.fingerprint(), undisturbed.fingerprint()) << "crash after write " << k;
    EXPECT_EQ(world.created_jobs, undisturbed.created_jobs) << "crash after write " << k;
  }
}

TEST(Convergence, ACrashAtEveryWriteStillEnds) {
  auto undisturbed = chain();
  ASSERT_TRUE(undisturbed.run_to_end());
  auto world = chain();
  int crashes = 0;
  for (;; ++crashes) {
    ASSERT_LT(crashes, 200);
    world.writes_left = 1;
    if (world.run_to_end()) break;
  }
  EXPECT_GT(crashes, 15);
  EXPECT_EQ(world.fingerprint(), undisturbed.fingerprint());
}

/// Random faults of the platform: none of them may change what comes out, or start two attempts at once.
TEST(Convergence, FaultsOfThePlatformDoNotChangeTheResult) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    auto world = chain();
    std::mt19937 random(seed);
    int faults = 8;
    world.worker = [&](const cluster::Job& job, std::int32_t index) {
      std::set<std::string> active;
      for (const auto& pod : world.pods) {
        if (pod.phase == cluster::PodPhase::Running &&
            pod.meta.labels.at(std::string(kOwnerUidLabel)) == job.meta.labels.at(std::string(kOwnerUidLabel))) {
          active.insert(pod.meta.labels.at(std::string(kAttemptLabel)));
        }
      }
      EXPECT_LE(active.size(), 1u) << "two attempts at work";
      if (faults > 0 && random() % 2 == 0) {
        --faults;
        return taken_away();
      }
      return do_the_work(job, index);
    };
    for (int round = 0; round < 60; ++round) {
      world.writes_left = static_cast<int>(random() % 6);
      if (world.run_to_end()) break;
      if (random() % 4 == 0 && !world.jobs.empty() && faults > 0) {  // somebody deletes a Job
        --faults;
        const auto uid = world.jobs[random() % world.jobs.size()].meta.uid;
        std::erase_if(world.jobs, [&](const auto& j) { return j.meta.uid == uid; });
        std::erase_if(world.pods, [&](const auto& p) { return p.meta.owner_references.at(0).uid == uid; });
      }
    }
    world.writes_left = std::numeric_limits<int>::max();
    ASSERT_TRUE(world.run_to_end()) << "seed " << seed;
    EXPECT_EQ(world.pipelines[0].status.phase, api::Phase::Succeeded) << "seed " << seed;
    EXPECT_EQ(world.pipelines[0].status.run, 1);
    EXPECT_EQ(world.pipelines[0].status.counted_failures, 0);
    EXPECT_EQ(world.training_jobs[0].status.phase, api::Phase::Succeeded) << "seed " << seed;
    EXPECT_EQ(world.datasets.size(), 3u) << "exactly one Dataset came out";
    EXPECT_EQ(world.dataset_named("night-train-v1.0.0").status.digest, digest_of("fusion/night/train/v1.0.0"));
  }
}

/// Users change their minds at any time; the last spec decides.
TEST(Convergence, EditsInTheMiddleEndAsTheLastSpecSays) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    auto world = chain();
    std::mt19937 random(seed);
    for (int edit = 0; edit < 5; ++edit) {
      world.writes_left = static_cast<int>(random() % 12);
      world.run_to_end();
      auto& p = world.only_pipeline();
      ++p.meta.generation;
      switch (random() % 3) {
        case 0:
          p.spec.suspend = !p.spec.suspend;
          break;
        case 1:
          p.spec.seed = edit;
          break;
        default:
          p.spec.parallelism = 1 + static_cast<int>(random() % 3);
          break;
      }
    }
    world.writes_left = std::numeric_limits<int>::max();
    world.only_pipeline().spec.suspend = false;
    ++world.only_pipeline().meta.generation;
    ASSERT_TRUE(world.run_to_end()) << "seed " << seed;
    const auto& p = world.only_pipeline();
    EXPECT_EQ(p.status.phase, api::Phase::Succeeded) << "seed " << seed;
    EXPECT_EQ(p.status.observed_generation, p.meta.generation);
    const auto& out = world.dataset_named(p.status.resolved->output->dataset);
    EXPECT_EQ(out.status.lineage->run, p.status.run);
    for (const auto& job : world.jobs) {
      const bool own = job.meta.labels.at(std::string(kOwnerUidLabel)) == p.meta.uid;
      if (!own) continue;
      EXPECT_EQ(job.meta.labels.at(std::string(kRunLabel)), std::to_string(p.status.run))
          << "Jobs of old runs are gone";
    }
  }
}

}  // namespace
}  // namespace visionops::core
