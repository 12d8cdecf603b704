// Who no longer leads writes nothing, and goes on reading.
#include "operator/runtime/leadership/fenced_cluster.h"

#include <gtest/gtest.h>

#include "operator/runtime/cache/kinds.h"
#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/recording_cluster.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::Object;

TEST(FencedCluster, WritesNothingFromTheMomentThatItMayNotAndGoesOnReading) {
  SimulatedClock clock;
  local::ObjectStore store{clock};
  RecordingCluster api{store};
  const Object there = *store.create(dataset("a"));
  const auto key = cluster::key_of(there);
  bool leads = true;
  FencedCluster fenced(api, [&] { return leads; });
  ASSERT_TRUE(fenced.update_status(there));
  leads = false;
  EXPECT_EQ(fenced.create(dataset("b")).error().cls, ErrorClass::Retry);
  EXPECT_EQ(fenced.update(there).error().cls, ErrorClass::Retry);
  EXPECT_EQ(fenced.update_status(there).error().cls, ErrorClass::Retry);
  EXPECT_EQ(fenced.remove(key, {}).error().cls, ErrorClass::Retry);
  fenced.emit(there, {});
  EXPECT_EQ(api.writes(), (std::vector<std::string>{"update_status Dataset a"}));
  EXPECT_TRUE(api.events().empty());
  EXPECT_TRUE(fenced.get(key));
  EXPECT_EQ(fenced.list(key.kind, {})->items.size(), 1u);
}

}  // namespace
}  // namespace visionops::runtime
