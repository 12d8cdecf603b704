#include "operator/runtime/cache/start_warnings.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "operator/local/api_server/local_cluster.h"
#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::runtime {
namespace {

using cluster::EventType;
using cluster::Kind;

/// A Dataset with a Pod that its node should have started ten seconds ago.
class StartWarningsTest : public ::testing::Test {
 protected:
  StartWarningsTest() {
    const auto owner = std::get<api::Dataset>(store(dataset("a")));
    key = {Kind::Dataset, "default", "a"};
    cluster::Pod wanted;
    wanted.meta.name = "a-0";
    wanted.meta.namespace_ = "default";
    wanted.spec = job_of(owner.meta, "Dataset", "a-1").spec.pod;
    wanted.meta.labels = wanted.spec.labels;
    auto placed = std::get<cluster::Pod>(store(wanted));
    placed.node = "node-1";
    placed.start_time = clock.now();
    pod = show(api.update_status(placed));
    clock.advance(std::chrono::seconds(10));
  }
  cluster::Object store(const cluster::Object& object) { return show(api.create(object)); }
  /// The cache shows what the cluster has stored.
  cluster::Object show(const Result<cluster::Object>& stored) {
    if (!stored) throw std::runtime_error(stored.error().message);
    const auto kind = cluster::kind_of(*stored);
    const auto& version = cluster::meta_of(*stored).resource_version;
    cache.with([&](ObjectCache& c) {
      c.begin_list(kind, version);
      c.add_page(kind, {*stored});
      c.end_list(kind, version);
    });
    return *stored;
  }
  cluster::Event told() {
    warnings.look(key);
    clock.advance(std::chrono::seconds(5));
    return warnings.told(key, cluster::meta_of(pod).uid);
  }

  SimulatedClock clock;
  local::ObjectStore objects{clock};
  local::LocalCluster api{objects};
  Locked<ObjectCache> cache;
  StartWarnings warnings{api, clock, cache};
  cluster::ObjectKey key;
  cluster::Object pod;
};

TEST_F(StartWarningsTest, TellWhatTheNodeSays) {
  EXPECT_EQ(told().message, "");
  api.emit(pod, {EventType::Warning, "FailedMount", "no such claim"});
  EXPECT_EQ(told().reason, "FailedMount");
  EXPECT_EQ(told().message, "no such claim");
}

TEST_F(StartWarningsTest, SayNothingOfTheTimeBeforeThePodWasPlaced) {
  api.emit(pod, {EventType::Warning, "FailedScheduling", "0/1 nodes are available"});
  EXPECT_EQ(told().message, "");
}

}  // namespace
}  // namespace visionops::runtime
