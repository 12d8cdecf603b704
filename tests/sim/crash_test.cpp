// The operator dies at every single write, before and after the write takes effect.
#include <gtest/gtest.h>

#include "tests/sim/effort.h"
#include "tests/sim/end_state.h"
#include "tests/sim/undisturbed.h"

namespace visionops::sim {
namespace {

void expect_same_end_after(const CrashPlan& crash) {
  World world({.seed = 1, .crash = crash});
  const auto where = "crash at write " + std::to_string(crash.write) + (crash.applied ? ", applied" : ", not applied");
  ASSERT_EQ(world.run(), "") << where;
  ASSERT_GE(world.api().writes(), crash.write) << where;
  EXPECT_EQ(world.history().violations(), std::vector<std::string>{}) << where;
  EXPECT_EQ(difference(undisturbed().state, end_state(world.store(), {})), "") << where;
  EXPECT_EQ(difference(undisturbed().counts, world.history().counts()), "") << where;
  EXPECT_EQ(difference(undisturbed().records, world.lasting_records()), "") << where;
}

TEST(OperatorCrash, BeforeAnyWriteChangesNothingInTheEnd) {
  ASSERT_GT(undisturbed().writes, 40);
  for (int k = 1; k <= undisturbed().writes && !testing::Test::HasFailure(); k += kEveryNth)
    expect_same_end_after({k, false});
}

TEST(OperatorCrash, AfterAnyWriteTookEffectChangesNothingInTheEnd) {
  for (int k = 1; k <= undisturbed().writes && !testing::Test::HasFailure(); k += kEveryNth)
    expect_same_end_after({k, true});
}

}  // namespace
}  // namespace visionops::sim
