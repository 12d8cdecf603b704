#include "base/clock.h"

#include <gtest/gtest.h>

namespace visionops {
namespace {

using namespace std::chrono_literals;

TEST(Time, IsWrittenInWholeSecondsAsKubernetesDoes) {
  const auto t = parse_time("2026-11-21T02:34:40.987Z");
  ASSERT_TRUE(t);
  EXPECT_EQ(format_time(*t), "2026-11-21T02:34:40Z");
  EXPECT_EQ(format_time_millis(*t), "2026-11-21T02:34:40.987Z");
}

TEST(Time, BeforeTheEpochIsWrittenWithoutBorrowingErrors) {
  const TimePoint t{-1ms};
  EXPECT_EQ(format_time_millis(t), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(parse_time(format_time_millis(t)), t);
}

TEST(Time, ReadsOffsetsFractionsAndLeapDays) {
  EXPECT_EQ(parse_time("2024-02-29T12:00:00+09:00"), parse_time("2024-02-29T03:00:00Z"));
  EXPECT_EQ(parse_time("2024-02-29T12:00:00-00:30"), parse_time("2024-02-29T12:30:00Z"));
  EXPECT_EQ(parse_time("2026-01-01T00:00:00.123456789Z"), parse_time("2026-01-01T00:00:00.123Z"));
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), parse_time("2017-01-01T00:00:00Z"));
}

class MalformedTime : public testing::TestWithParam<const char*> {};

TEST_P(MalformedTime, IsRefused) { EXPECT_FALSE(parse_time(GetParam())) << GetParam(); }

INSTANTIATE_TEST_SUITE_P(Texts, MalformedTime,
                         testing::Values("", "2026", "2026-11-21", "2026-11-21T02:34:40", "2026-13-01T00:00:00Z",
                                         "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T02:60:00Z",
                                         "2026-11-21T02:34:61Z", "2026-11-21T02:34:40.Z", "2026-11-21T02:34:40Zx",
                                         "2026-11-21T02:34:40+25:00", "2026-11-21T02:34:40+0900", "26-11-21T02:34:40Z",
                                         "2026-11-21T02:34:40.1234567890Z", "+026-11-21T02:34:40Z"));

TEST(Age, FollowsTheStepsOfKubectl) {
  EXPECT_EQ(format_age(-5s), "0s");
  EXPECT_EQ(format_age(119s), "119s");
  EXPECT_EQ(format_age(120s), "2m");
  EXPECT_EQ(format_age(185s), "3m5s");
  EXPECT_EQ(format_age(12min + 40s), "12m");
  EXPECT_EQ(format_age(3h + 4min), "3h4m");
  EXPECT_EQ(format_age(47h + 59min), "47h");
  EXPECT_EQ(format_age(48h + 5h), "2d5h");
  EXPECT_EQ(format_age(24h * 30), "30d");
  EXPECT_EQ(format_age(24h * (2 * 365 + 3)), "2y3d");
}

}  // namespace
}  // namespace visionops
