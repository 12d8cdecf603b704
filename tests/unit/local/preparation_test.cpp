// Pods of the embedded cluster that are prepared before their worker starts, and whose image is a folder of programs.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include "operator/local/embedded_cluster.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using cluster::Kind;
using cluster::Pod;
using cluster::PodPhase;
using test::key;
using test::shell;

class PreparationTest : public testing::Test {
 protected:
  void start(std::function<Result<std::string>(const std::string&)> programs_of = {}) {
    EmbeddedClusterOptions options;
    options.data_folder = folder_.path() / "data";
    options.cpus = 8;
    options.gpus = 0;
    options.programs_of = std::move(programs_of);
    auto cluster = EmbeddedCluster::open(std::move(options), clock_);
    ASSERT_TRUE(cluster.ok()) << cluster.error().message;
    cluster_ = std::move(*cluster);
    ASSERT_TRUE(cluster_->start().ok());
  }
  void submit(const cluster::Container& preparation, const cluster::Container& worker) {
    auto prepare = preparation;
    prepare.init = true;
    ASSERT_TRUE(cluster_->api().create(test::job("j", {prepare, worker})).ok());
  }
  Pod pod() {
    auto object = cluster_->api().get(key(Kind::Pod, "j-0"));
    return object ? std::get<Pod>(*object) : Pod{};
  }
  bool eventually(const std::function<bool(const Pod&)>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds(pod())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  bool reaches(PodPhase phase) {
    return eventually([&](const Pod& p) { return p.phase == phase; });
  }
  [[nodiscard]] std::string mark(const std::string& name) const { return (folder_.path() / name).string(); }

  test::TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<EmbeddedCluster> cluster_;
};

TEST_F(PreparationTest, TheWorkerStartsWhenThePreparationHasEndedWell) {
  start();
  const auto laid_out = mark("laid-out");
  submit(shell("prepare", "sleep 0.2; echo data > " + laid_out), shell("worker", "grep -q data " + laid_out));
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  const Pod ended = pod();
  EXPECT_TRUE(cluster::is_prepared(ended));
  const auto* worker = cluster::worker_state(ended);
  ASSERT_NE(worker, nullptr);
  EXPECT_EQ(worker->name, "worker");
  EXPECT_EQ(worker->exit_code, 0);
}

TEST_F(PreparationTest, APreparationThatFailsEndsThePodAndTellsWhy) {
  start();
  const auto begun = mark("begun");
  submit(shell("prepare", "printf 'no such weights' > $VISIONOPS_TERMINATION_LOG; exit 3"),
         shell("worker", "touch " + begun));
  ASSERT_TRUE(reaches(PodPhase::Failed));
  const Pod failed = pod();
  const auto* acting = cluster::worker_state(failed);
  ASSERT_NE(acting, nullptr);
  EXPECT_EQ(acting->name, "prepare");
  EXPECT_EQ(acting->exit_code, 3);
  EXPECT_EQ(acting->message, "no such weights");
  EXPECT_FALSE(std::filesystem::exists(begun));
}

TEST_F(PreparationTest, WhatItIsPreparedForCountsAsItsWorkWhileItRuns) {
  start();
  const auto go = mark("go");
  submit(shell("prepare", "until [ -e " + go + " ]; do sleep 0.02; done"), shell("worker", "true"));
  ASSERT_TRUE(eventually([](const Pod& p) {
    const auto* acting = cluster::worker_state(p);
    return acting != nullptr && acting->running && acting->name == "prepare";
  }));
  EXPECT_FALSE(cluster::is_prepared(pod()));
  std::ofstream{go};
  EXPECT_TRUE(reaches(PodPhase::Succeeded));
}

TEST_F(PreparationTest, APodThatIsDeletedWhileItIsPreparedNeverStartsItsWorker) {
  start();
  const auto begun = mark("begun");
  submit(shell("prepare", "trap 'exit 0' TERM; while :; do sleep 0.02; done"), shell("worker", "touch " + begun));
  ASSERT_TRUE(eventually([](const Pod& p) { return cluster::worker_state(p) && cluster::worker_state(p)->running; }));
  ASSERT_TRUE(cluster_->api().remove(key(Kind::Job, "j"), {}).ok());
  EXPECT_TRUE(eventually([](const Pod& p) { return p.meta.uid.empty(); }));
  EXPECT_FALSE(std::filesystem::exists(begun));
}

TEST_F(PreparationTest, AnImageThatIsAFolderOfProgramsComesFirstInThePath) {
  const auto programs = folder_.path() / "bin";
  std::filesystem::create_directories(programs);
  std::ofstream(programs / "python") << "#!/bin/sh\necho ours > " << mark("who");
  std::filesystem::permissions(programs / "python", std::filesystem::perms::owner_all);
  start([&](const std::string& image) { return Result<std::string>(image == "framework" ? programs.string() : ""); });
  auto worker = shell("worker", "python");
  worker.image = "framework";
  submit(shell("prepare", "! command -v python | grep -q " + programs.string()), worker);
  ASSERT_TRUE(reaches(PodPhase::Succeeded));
  EXPECT_TRUE(std::filesystem::exists(mark("who")));
}

TEST_F(PreparationTest, APodWhoseProgramsAreNotThereSaysWhatToTypeAndStartsOnceTheyAre) {
  std::atomic<bool> there{false};
  start([&](const std::string&) {
    return there ? Result<std::string>("") : not_found_error("type: visionops runtimes install toy");
  });
  submit(shell("prepare", "true"), shell("worker", "true"));
  ASSERT_TRUE(eventually([](const Pod& p) { return p.unschedulable; }));
  EXPECT_EQ(pod().message, "type: visionops runtimes install toy");
  there = true;
  EXPECT_TRUE(reaches(PodPhase::Succeeded));
}

}  // namespace
}  // namespace visionops::local
