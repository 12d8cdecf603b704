#include "operator/local/job_controller/job_controller.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/local/objects.h"

namespace visionops::local {
namespace {

using cluster::Job;
using cluster::Kind;
using cluster::Pod;
using cluster::PodPhase;
using test::key;

/// A cluster without processes: the test says what becomes of the Pods.
class JobControllerTest : public testing::Test {
 protected:
  Job submit(const std::function<void(Job&)>& shape = [](Job&) {}) {
    Job job = test::shell_job("j", "true");
    shape(job);
    auto created = store_.create(job);
    if (!created) throw std::runtime_error(created.error().message);
    settle();
    return current();
  }
  /// Steps until nothing changes any more.
  void settle() {
    std::uint64_t before = 0;
    do {
      before = store_.version();
      due_ = controller_.step(clock_.now());
    } while (store_.version() != before);
  }
  Job current() { return std::get<Job>(*store_.get(key(Kind::Job, "j"))); }
  std::vector<Pod> pods() {
    std::vector<Pod> out;
    for (const auto& object : store_.view(Kind::Pod)) out.push_back(std::get<Pod>(*object));
    return out;
  }
  std::vector<std::string> pod_names() {
    std::vector<std::string> out;
    for (const auto& pod : pods()) out.push_back(pod.meta.name);
    return out;
  }
  void put_on_node(const std::string& name) { set_phase(name, PodPhase::Running); }
  void set_phase(const std::string& name, PodPhase phase) {
    auto pod = std::get<Pod>(*store_.get(key(Kind::Pod, name)));
    pod.node = "local";
    pod.phase = phase;
    ASSERT_TRUE(store_.update_status(pod).ok());
  }
  void end(const std::string& name, PodPhase phase) {
    set_phase(name, phase);
    settle();
  }
  void edit(const std::function<void(Job&)>& change) {
    Job job = current();
    change(job);
    ASSERT_TRUE(store_.update(job).ok());
    settle();
  }

  test::ManualClock clock_;
  ObjectStore store_{clock_};
  JobController controller_{store_};
  std::optional<TimePoint> due_;
};

using Names = std::vector<std::string>;

TEST_F(JobControllerTest, CreatesAnOwnedPodPerIndexUpToTheParallelism) {
  const Job job = submit([](Job& j) {
    j.spec.completions = 3;
    j.spec.parallelism = 2;
    j.spec.pod.labels = {{"visionops.dev/run", "1"}};
  });
  ASSERT_EQ(pod_names(), (Names{"j-0", "j-1"}));
  EXPECT_EQ(job.status.active, 2);
  EXPECT_TRUE(job.status.start_time.has_value());
  const Pod pod = pods()[1];
  EXPECT_EQ(pod.completion_index, 1);
  EXPECT_EQ(pod.meta.labels.at("visionops.dev/run"), "1");
  EXPECT_EQ(pod.meta.labels.at(std::string(kJobNameLabel)), "j");
  ASSERT_NE(controller_of(pod.meta), nullptr);
  EXPECT_EQ(controller_of(pod.meta)->uid, job.meta.uid);
}

TEST_F(JobControllerTest, IsCompleteWhenEveryIndexSucceeded) {
  submit([](Job& j) {
    j.spec.completions = 3;
    j.spec.parallelism = 2;
  });
  end("j-0", PodPhase::Succeeded);
  EXPECT_EQ(pod_names(), (Names{"j-0", "j-1", "j-2"}));
  EXPECT_FALSE(current().status.complete);
  end("j-1", PodPhase::Succeeded);
  end("j-2", PodPhase::Succeeded);
  const Job job = current();
  EXPECT_TRUE(job.status.complete);
  EXPECT_FALSE(job.status.failed_condition);
  EXPECT_EQ(job.status.succeeded, 3);
  EXPECT_EQ(job.status.active, 0);
  EXPECT_TRUE(job.status.completion_time.has_value());
  for (const auto& pod : pods()) EXPECT_TRUE(pod.meta.finalizers.empty()) << pod.meta.name;
}

TEST_F(JobControllerTest, OneFailedPodFailsTheJobAfterTheOthersHaveEnded) {
  submit([](Job& j) { j.spec.completions = j.spec.parallelism = 2; });
  put_on_node("j-1");
  end("j-0", PodPhase::Failed);
  EXPECT_FALSE(current().status.failed_condition) << "j-1 still runs";
  EXPECT_TRUE(std::get<Pod>(*store_.get(key(Kind::Pod, "j-1"))).meta.deletion_timestamp.has_value());
  end("j-1", PodPhase::Failed);
  const Job job = current();
  EXPECT_TRUE(job.status.failed_condition);
  EXPECT_EQ(job.status.reason, "BackoffLimitExceeded");
  EXPECT_EQ(pod_names(), (Names{"j-0"})) << "the failed Pod stays for its exit code";
}

TEST_F(JobControllerTest, APodThatSomebodyDeletedIsAFailure) {
  submit();
  put_on_node("j-0");
  ASSERT_TRUE(store_.remove(key(Kind::Pod, "j-0"), {}).ok());
  settle();
  EXPECT_FALSE(current().status.failed_condition);
  end("j-0", PodPhase::Failed);
  EXPECT_TRUE(current().status.failed_condition);
  EXPECT_TRUE(pods().empty());
}

TEST_F(JobControllerTest, SuspensionEndsThePodsAndResumptionStartsAnew) {
  submit();
  put_on_node("j-0");
  edit([](Job& j) { j.spec.suspend = true; });
  EXPECT_FALSE(current().status.start_time.has_value());
  EXPECT_EQ(current().status.active, 0);
  edit([](Job& j) { j.spec.suspend = false; });
  ASSERT_EQ(pods().size(), 1U);
  EXPECT_TRUE(pods()[0].meta.deletion_timestamp.has_value()) << "the old Pod still ends";
  const std::string old_uid = pods()[0].meta.uid;
  end("j-0", PodPhase::Failed);
  ASSERT_EQ(pods().size(), 1U);
  EXPECT_NE(pods()[0].meta.uid, old_uid);
  EXPECT_FALSE(current().status.failed_condition) << "what the suspension ended is no failure";
}

TEST_F(JobControllerTest, AJobCreatedSuspendedHasNoPods) {
  const Job job = submit([](Job& j) { j.spec.suspend = true; });
  EXPECT_TRUE(pods().empty());
  EXPECT_FALSE(job.status.start_time.has_value());
}

TEST_F(JobControllerTest, TheDeadlineEndsThePodsAndFailsTheJob) {
  submit([](Job& j) { j.spec.active_deadline_seconds = 60; });
  put_on_node("j-0");
  ASSERT_TRUE(due_.has_value());
  EXPECT_EQ(*due_ - clock_.now(), std::chrono::seconds(60));
  clock_.advance(std::chrono::seconds(59));
  settle();
  EXPECT_FALSE(pods()[0].meta.deletion_timestamp.has_value());
  clock_.advance(std::chrono::seconds(1));
  settle();
  EXPECT_TRUE(pods()[0].meta.deletion_timestamp.has_value());
  EXPECT_FALSE(current().status.failed_condition);
  end("j-0", PodPhase::Failed);
  EXPECT_TRUE(current().status.failed_condition);
  EXPECT_EQ(current().status.reason, "DeadlineExceeded");
}

TEST_F(JobControllerTest, TheTtlRemovesTheFinishedJobAndItsPods) {
  submit([](Job& j) { j.spec.ttl_seconds_after_finished = 30; });
  end("j-0", PodPhase::Succeeded);
  ASSERT_TRUE(due_.has_value());
  clock_.advance(std::chrono::seconds(29));
  settle();
  EXPECT_TRUE(store_.get(key(Kind::Job, "j")).ok());
  clock_.advance(std::chrono::seconds(1));
  settle();
  EXPECT_FALSE(store_.get(key(Kind::Job, "j")).ok());
  EXPECT_TRUE(pods().empty());
}

TEST_F(JobControllerTest, ADeletedJobTakesItsPodsWhenTheirProcessesHaveEnded) {
  submit([](Job& j) { j.spec.completions = j.spec.parallelism = 2; });
  put_on_node("j-0");
  ASSERT_TRUE(store_.remove(key(Kind::Job, "j"), {}).ok());
  settle();
  ASSERT_EQ(pod_names(), (Names{"j-0"}));
  EXPECT_TRUE(pods()[0].meta.deletion_timestamp.has_value());
  end("j-0", PodPhase::Failed);
  EXPECT_TRUE(pods().empty());
}

TEST_F(JobControllerTest, ASuccessorOfTheSameNameWaitsForThePodsOfItsPredecessor) {
  submit();
  put_on_node("j-0");
  ASSERT_TRUE(store_.remove(key(Kind::Job, "j"), {}).ok());
  settle();
  const Job successor = submit();
  ASSERT_EQ(pods().size(), 1U);
  EXPECT_NE(controller_of(pods()[0].meta)->uid, successor.meta.uid);
  end("j-0", PodPhase::Failed);
  ASSERT_EQ(pods().size(), 1U);
  EXPECT_EQ(controller_of(pods()[0].meta)->uid, successor.meta.uid);
  EXPECT_FALSE(current().status.failed_condition);
}

TEST_F(JobControllerTest, AFinishedJobStartsNothingAgainWhenItsPodsAreDeleted) {
  submit();
  end("j-0", PodPhase::Succeeded);
  ASSERT_TRUE(store_.remove(key(Kind::Pod, "j-0"), {}).ok());
  settle();
  EXPECT_TRUE(pods().empty());
  EXPECT_TRUE(current().status.complete);
}

TEST_F(JobControllerTest, ASettledClusterIsNotWrittenTo) {
  submit([](Job& j) { j.spec.active_deadline_seconds = 3600; });
  put_on_node("j-0");
  settle();
  const auto version = store_.version();
  for (int i = 0; i < 10; ++i) {
    clock_.advance(std::chrono::seconds(10));
    controller_.step(clock_.now());
  }
  EXPECT_EQ(store_.version(), version);
}

TEST_F(JobControllerTest, TellsPeopleWhatItDid) {
  submit();
  end("j-0", PodPhase::Succeeded);
  std::vector<std::string> reasons;
  for (const auto& event : store_.list_events(key(Kind::Job, "j"))) reasons.push_back(event.reason);
  EXPECT_EQ(reasons, (Names{"SuccessfulCreate", "Completed"}));
}

}  // namespace
}  // namespace visionops::local
