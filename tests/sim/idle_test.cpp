// An operator that has nothing to do writes nothing.
#include <gtest/gtest.h>

#include "tests/sim/undisturbed.h"

namespace visionops::sim {
namespace {

struct IdleOperator : testing::Test {
  World world{{.seed = 1}};
  void SetUp() override { ASSERT_EQ(world.run(), ""); }
};

TEST_F(IdleOperator, WritesNothingWhenItIsStartedAnew) {
  const int writes = world.api().writes();
  const auto version = world.store().version();
  const int passes = world.passes();
  world.restart_operator();
  ASSERT_EQ(world.settle(), "");
  EXPECT_GT(world.passes(), passes) << "it did look at everything";
  EXPECT_EQ(world.api().writes(), writes);
  EXPECT_EQ(world.store().version(), version);
}

TEST_F(IdleOperator, WritesNothingInADayOfResyncs) {
  const int writes = world.api().writes();
  const int passes = world.passes();
  for (int hour = 0; hour < 24; ++hour) {
    world.clock().advance(std::chrono::minutes(61));
    ASSERT_EQ(world.settle(), "");
  }
  EXPECT_GT(world.passes(), passes + 24);
  EXPECT_EQ(world.api().writes(), writes);
}

TEST_F(IdleOperator, WritesNothingWhenOthersWriteWhatIsNoneOfItsBusiness) {
  const int writes = world.api().writes();
  auto dataset = world.store().get({cluster::Kind::Dataset, "lab", "street"});
  ASSERT_TRUE(dataset);
  cluster::meta_of(*dataset).labels["team"] = "a";
  ASSERT_TRUE(world.store().update(*dataset));
  ASSERT_EQ(world.settle(), "");
  EXPECT_EQ(world.api().writes(), writes);
}

TEST(WriteEconomy, KeepsTheWritesOfAWholeLifeLow) {
  // DESIGN.md, section 11: at most 6 writes in the life of a resource. The workload has 8 resources made by
  // users or Pipelines, 2 of them run twice, one is suspended and resumed, two attempts fail.
  EXPECT_LE(undisturbed().writes, 8 * 6 + 2 * 5 + 4 + 2 * 3);
}

}  // namespace
}  // namespace visionops::sim
