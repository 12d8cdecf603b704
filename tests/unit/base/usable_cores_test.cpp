#include "base/parallel/usable_cores.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/given_cores.h"
#include "base/parallel/parallel_for.h"

namespace visionops {
namespace {

TEST(UsableCores, AreWhatWasGivenAndNeverMoreThanThereAre) {
  EXPECT_EQ(usable_cores(8, "max 100000", ""), 8U);
  EXPECT_EQ(usable_cores(8, "200000 100000", ""), 2U);
  EXPECT_EQ(usable_cores(8, "", "2"), 2U) << "cpu: \"2\" is two threads";
  EXPECT_EQ(usable_cores(8, "150000 100000", "2"), 1U);
  EXPECT_EQ(usable_cores(8, "", "2500m"), 2U);
  EXPECT_EQ(usable_cores(2, "", "64"), 2U);
  EXPECT_EQ(usable_cores(2, "1600000 100000", ""), 2U);
}

TEST(UsableCores, AreAtLeastOneWhateverIsSaid) {
  EXPECT_EQ(usable_cores(8, "50000 100000", ""), 1U);
  EXPECT_EQ(usable_cores(8, "", "100m"), 1U);
  EXPECT_EQ(usable_cores(0, "", "0"), 1U);
  EXPECT_EQ(usable_cores(8, "nonsense", "a lot"), 8U);
  EXPECT_EQ(usable_cores(8, "100000 0", ""), 8U);
}

TEST(UsableCores, DecideHowManyThreadsALoopTakes) {
  // NOLINTBEGIN(concurrency-mt-unsafe): no other thread runs
  setenv(kGivenCoresEnv, "1", 1);
  EXPECT_EQ(thread_count(0), 1U);
  EXPECT_EQ(thread_count(3), 3U);
  unsetenv(kGivenCoresEnv);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace
}  // namespace visionops
