#include "operator/telemetry/rate_limit.h"

#include <gtest/gtest.h>

namespace visionops::telemetry {
namespace {

constexpr TimePoint kNow{Duration{1'790'000'000'000}};

int admitted(RateLimit& limit, const std::string& sender, TimePoint now, int attempts) {
  int count = 0;
  for (int i = 0; i < attempts; ++i) count += limit.admit(sender, now) ? 1 : 0;
  return count;
}

TEST(RateLimit, LetsABurstPassAndThenTheSteadyRate) {
  RateLimit limit({5, 30, 100});
  EXPECT_EQ(admitted(limit, "a", kNow, 100), 30);
  EXPECT_EQ(admitted(limit, "a", kNow + std::chrono::seconds(1), 100), 5);
  EXPECT_EQ(admitted(limit, "a", kNow + std::chrono::hours(1), 100), 30);
}

TEST(RateLimit, CountsEachSenderForItself) {
  RateLimit limit({1, 2, 100});
  EXPECT_EQ(admitted(limit, "a", kNow, 10), 2);
  EXPECT_EQ(admitted(limit, "b", kNow, 10), 2);
}

TEST(RateLimit, NeitherBlocksNorGivesWhenTheClockIsSetBack) {
  RateLimit limit({1, 2, 100});
  EXPECT_EQ(admitted(limit, "a", kNow, 2), 2);
  EXPECT_EQ(admitted(limit, "a", kNow - std::chrono::hours(1), 5), 0);
  EXPECT_EQ(admitted(limit, "a", kNow + std::chrono::seconds(2), 5), 2);
}

TEST(RateLimit, RemembersABoundedNumberOfSenders) {
  RateLimit limit({1, 2, 3});
  for (const char* sender : {"a", "b", "c"}) {
    EXPECT_EQ(admitted(limit, sender, kNow, 5), 2);
  }
  EXPECT_EQ(admitted(limit, "d", kNow, 5), 2) << "a new sender is served, the longest silent one is forgotten";
  EXPECT_EQ(admitted(limit, "d", kNow, 5), 0);
}

}  // namespace
}  // namespace visionops::telemetry
