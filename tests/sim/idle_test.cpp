// An operator that has nothing to do writes nothing.
#include <gtest/gtest.h>

#include <map>
#include <string>

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

TEST_F(IdleOperator, LooksAtAFinishedResourceOnceAnHourAndNotBetween) {
  world.clock().advance(std::chrono::minutes(61));
  ASSERT_EQ(world.settle(), "");
  int passes = world.passes();
  for (int minute = 0; minute < 59; ++minute) {
    world.clock().advance(std::chrono::minutes(1));
    ASSERT_EQ(world.settle(), "");
    ASSERT_EQ(world.passes(), passes) << "after " << minute + 1 << " minutes";
  }
  std::size_t resources = 0;
  for (const auto kind : cluster::kOurKinds) resources += world.store().view(kind).size();
  ASSERT_GE(resources, 4u);
  world.clock().advance(std::chrono::minutes(2));
  ASSERT_EQ(world.settle(), "");
  EXPECT_EQ(world.passes(), passes + static_cast<int>(resources));
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

std::string listed(const std::map<std::string, int>& writes) {
  std::string text;
  for (const auto& [what, times] : writes) text += "\n  " + std::to_string(times) + " x " + what;
  return text;
}

int writes_about(const std::string& name) {
  int sum = 0;
  for (const auto& [what, times] : undisturbed().writes_by_object) sum += what.find(name) != what.npos ? times : 0;
  return sum;
}

TEST(WriteEconomy, SpendsAtMostSixWritesOnTheLifeOfAResourceWithOnePod) {
  // DESIGN.md, section 11; the Jobs of these Datasets have their name as a prefix.
  for (const char* name : {"lab/street", "lab/fusion-train-v1-0-1", "lab/fusion-train-v1.0.1"}) {
    EXPECT_LE(writes_about(name), 6) << name << listed(undisturbed().writes_by_object);
  }
}

TEST(WriteEconomy, DoesNotGrowUnnoticed) {
  // Four Datasets, one of them twice, two more from two runs of a Pipeline with two Pods each, three
  // TrainingJob runs; waiting for inputs, two failed attempts, suspend and resume, deletions.
  EXPECT_LE(undisturbed().writes, 90) << listed(undisturbed().writes_by_object);
}

}  // namespace
}  // namespace visionops::sim
