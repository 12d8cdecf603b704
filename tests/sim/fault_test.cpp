// Seeded faults of every kind, several at a time.
//   VISIONOPS_SIM_SEED=<seed> bin/sim_tests --gtest_filter=<test>   repeats a failing seed
//   VISIONOPS_SIM_LOG=1                                             shows what the operator says
//   VISIONOPS_SIM_FACTOR=20                                         runs twenty times as many seeds
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/effort.h"
#include "tests/sim/end_state.h"
#include "tests/sim/undisturbed.h"

namespace visionops::sim {
namespace {

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

Seeds seeds(std::uint64_t count) {
  if (const char* one = std::getenv("VISIONOPS_SIM_SEED")) {
    const std::uint64_t seed = std::strtoull(one, nullptr, 10);
    return {seed, seed};
  }
  // For long campaigns: so many times more seeds.
  if (const char* factor = std::getenv("VISIONOPS_SIM_FACTOR")) count *= std::strtoull(factor, nullptr, 10);
  return {1, count / kEveryNth};
}

std::string how_to_repeat(std::uint64_t seed) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return "repeat with VISIONOPS_SIM_SEED=" + std::to_string(seed) + " --gtest_filter=" + test->test_suite_name() + "." +
         test->name();
}

Weather bad_network() {
  Weather weather;
  weather.calls = {.conflict = 0.04,
                   .refused = 0.04,
                   .lost_reply = 0.05,
                   .crash_before = 0.01,
                   .crash_after = 0.02,
                   .failed_read = 0.03,
                   .failed_watch = 0.03,
                   .gone = 0.02,
                   .cut_short = 0.15,
                   .duplicate = 0.05};
  weather.restart = 0.002;
  return weather;
}

Weather lagging_api_server() {
  Weather weather;
  weather.calls = {.crash_after = 0.03, .gone = 0.05, .cut_short = 0.2};
  weather.freeze = 0.02;
  weather.restart = 0.01;
  return weather;
}

void expect_same_end_in(std::uint64_t seed, const Weather& weather) {
  World world({.seed = seed, .shuffled = true, .weather = weather, .crash = std::nullopt});
  ASSERT_EQ(world.run(), "") << how_to_repeat(seed);
  EXPECT_EQ(world.history().violations(), std::vector<std::string>{}) << how_to_repeat(seed);
  EXPECT_EQ(difference(undisturbed().state, end_state(world.store(), {})), "") << how_to_repeat(seed);
  EXPECT_EQ(difference(undisturbed().counts, world.history().counts()), "") << how_to_repeat(seed);
  EXPECT_EQ(difference(undisturbed().records, world.lasting_records()), "") << how_to_repeat(seed);
}

TEST(Faults, OfAnyOrderOfEventsAloneChangeNothingInTheEnd) {
  const auto range = seeds(40);
  for (auto seed = range.first; seed <= range.last && !HasFailure(); ++seed) expect_same_end_in(seed, {});
}

TEST(Faults, OfTheNetworkAndTheApiServerChangeNothingInTheEnd) {
  const auto range = seeds(100);
  for (auto seed = range.first; seed <= range.last && !HasFailure(); ++seed) expect_same_end_in(seed, bad_network());
}

TEST(Faults, OfAnApiServerThatShowsThePastChangeNothingInTheEnd) {
  const auto range = seeds(80);
  for (auto seed = range.first; seed <= range.last && !HasFailure(); ++seed)
    expect_same_end_in(seed, lagging_api_server());
}

TEST(Faults, OfNodesCostAttemptsAndNothingElse) {
  const auto range = seeds(80);
  for (auto seed = range.first; seed <= range.last && !HasFailure(); ++seed) {
    Weather weather = bad_network();
    weather.lost_pod = 0.01;
    World world({.seed = seed, .shuffled = true, .weather = weather, .crash = std::nullopt});
    ASSERT_EQ(world.run(), "") << how_to_repeat(seed);
    EXPECT_EQ(world.history().violations(), std::vector<std::string>{}) << how_to_repeat(seed);
    EXPECT_EQ(difference(undisturbed().state_without_attempts, end_state(world.store(), {.attempts = true})), "")
        << how_to_repeat(seed);
  }
}

}  // namespace
}  // namespace visionops::sim
