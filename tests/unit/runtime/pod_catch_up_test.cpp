#include "operator/runtime/watch/pod_catch_up.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/recording_cluster.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;
using cluster::PodPhase;

struct PodCatchUpTest : testing::Test {
  SimulatedClock clock;
  local::ObjectStore store{clock};
  RecordingCluster api{store};
  Locked<ObjectCache> cache;
  SharedWorkQueue queue{clock, {}};
  TelemetryBoard board;
  Outlets outlets;
  ChangeIntake intake{cache, queue, board, outlets};
  PodCatchUp pods{api, clock, cache, intake};
  const cluster::ObjectKey owner{Kind::Dataset, "default", "a"};
  int lists = 0;

  void SetUp() override {
    const Object resource = *store.create(dataset("a"));
    auto job = std::get<cluster::Job>(*store.create(job_of(cluster::meta_of(resource), "Dataset", "a-1")));
    cluster::Pod pod;
    pod.meta.name = "a-1-0";
    pod.meta.namespace_ = "default";
    pod.meta.labels = job.meta.labels;
    pod.meta.owner_references = {{"batch/v1", "Job", job.meta.name, job.meta.uid, true, true}};
    pod.spec = job.spec.pod;
    ASSERT_TRUE(store.create(pod));
    show(Kind::Dataset);
    show(Kind::Job);
    show(Kind::Pod);
    api.interfere = [this](const std::string& call) -> std::optional<Error> {
      lists += call == "list Pod";
      return std::nullopt;
    };
  }
  void show(Kind kind) {
    const auto list = *store.list(kind, {});
    EXPECT_TRUE(intake.page_listed(kind, {list.items, list.resource_version}));
    intake.listed(kind, list.resource_version);
  }
  void end_pod(PodPhase phase) {
    auto pod = std::get<cluster::Pod>(*store.get({Kind::Pod, "default", "a-1-0"}));
    pod.phase = phase;
    ASSERT_TRUE(store.update_status(pod));
  }
  void end_job(bool complete) {
    auto job = std::get<cluster::Job>(*store.get({Kind::Job, "default", "a-1"}));
    job.status.complete = complete;
    job.status.failed_condition = !complete;
    ASSERT_TRUE(store.update_status(job));
    show(Kind::Job);
  }
  PodPhase seen() {
    const auto pod = cache.with([](const ObjectCache& c) { return c.find({Kind::Pod, "default", "a-1-0"}); });
    return std::get<cluster::Pod>(*pod).phase;
  }
};

TEST_F(PodCatchUpTest, ReadsThePodsWhenTheJobIsSeenToEndFirst) {
  for (const bool complete : {true, false}) {
    end_pod(complete ? PodPhase::Succeeded : PodPhase::Failed);
    end_job(complete);
    EXPECT_EQ(seen(), complete ? PodPhase::Pending : PodPhase::Succeeded);
    ASSERT_TRUE(pods.catch_up(owner));
    EXPECT_EQ(seen(), complete ? PodPhase::Succeeded : PodPhase::Failed);
  }
}

TEST_F(PodCatchUpTest, ReadsNothingWhileTheJobRunsOrWhenThePodsTellEnough) {
  ASSERT_TRUE(pods.catch_up(owner));
  end_pod(PodPhase::Succeeded);
  show(Kind::Pod);
  end_job(true);
  ASSERT_TRUE(pods.catch_up(owner));
  EXPECT_EQ(lists, 0);
}

TEST_F(PodCatchUpTest, ReadsOnceWhenThePodsAreReallyGone) {
  ASSERT_TRUE(store.remove({Kind::Pod, "default", "a-1-0"}, {}));
  end_job(true);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pods.catch_up(owner));
  EXPECT_EQ(lists, 1);
}

TEST_F(PodCatchUpTest, TriesAgainWhenTheReadFails) {
  end_pod(PodPhase::Succeeded);
  end_job(true);
  api.interfere = [](const std::string&) { return std::optional(retry_error("away")); };
  EXPECT_FALSE(pods.catch_up(owner));
  api.interfere = {};
  EXPECT_TRUE(pods.catch_up(owner));
  EXPECT_EQ(seen(), PodPhase::Succeeded);
}

TEST_F(PodCatchUpTest, BelievesAnOlderVersionThanThatOfTheJobOnlyForAWhile) {
  end_pod(PodPhase::Succeeded);
  end_job(true);
  auto job = std::get<cluster::Job>(*store.get({Kind::Job, "default", "a-1"}));
  job.meta.resource_version = "900000";  // of another etcd
  intake.changed({cluster::ChangeType::Modified, job});
  const Status early = pods.catch_up(owner);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().cls, ErrorClass::Retry);
  clock.advance(std::chrono::seconds(31));
  EXPECT_TRUE(pods.catch_up(owner));
  EXPECT_EQ(seen(), PodPhase::Succeeded);
}

}  // namespace
}  // namespace visionops::runtime
