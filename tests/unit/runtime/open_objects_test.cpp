// A pass of a settled resource opens each packed object once, however often it asks.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "operator/runtime/cache/object_cache.h"
#include "tests/unit/runtime/objects.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using cluster::ObjectKey;

const ObjectKey kRoads{Kind::Dataset, "default", "roads"};

cluster::Object roads(int version) { return at(dataset("roads"), "uid-roads", version); }

TEST(OpenObjects, AreOpenedOnceForAllWhoAsk) {
  ObjectCache cache;
  cache.observe(roads(1));
  const ObjectPtr first = cache.find(kRoads);
  EXPECT_EQ(cache.find(kRoads), first);
}

TEST(OpenObjects, AreNeverOlderThanTheCache) {
  ObjectCache cache;
  cache.observe(roads(1));
  const ObjectPtr old = cache.find(kRoads);
  cache.observe(roads(2));
  EXPECT_EQ(cluster::meta_of(*cache.find(kRoads)).resource_version, "2");
  EXPECT_EQ(cluster::meta_of(*old).resource_version, "1") << "whoever holds the old one keeps it";
  cache.observe_missing(kRoads);
  EXPECT_FALSE(cache.find(kRoads));
  cache.observe(roads(4));
  EXPECT_EQ(cluster::meta_of(*cache.find(kRoads)).resource_version, "4");
}

TEST(OpenObjects, AreFewHoweverManyAreAskedFor) {
  ObjectCache cache;
  std::vector<std::weak_ptr<const cluster::Object>> asked;
  for (int i = 0; i < 1'000; ++i) {
    const auto name = "roads-" + std::to_string(i);
    cache.observe(at(dataset(name), "uid-" + std::to_string(i), i + 1));
    asked.push_back(cache.find({Kind::Dataset, "default", name}));
  }
  std::size_t open = 0;
  for (const auto& object : asked) open += object.expired() ? 0 : 1;
  EXPECT_GT(open, 0u);
  EXPECT_LE(open, OpenObjects::kMost);
}

}  // namespace
}  // namespace visionops::runtime
