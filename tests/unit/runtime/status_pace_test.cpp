#include "operator/runtime/pass/status_pace.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/objects.h"

namespace visionops::runtime {
namespace {

using std::chrono::seconds;

constexpr TimePoint kNow{std::chrono::hours(400'000)};

api::Dataset waiting(const std::string& reason, const std::string& message) {
  api::Dataset out = dataset("a");
  out.status.run = 1;
  out.status.phase = api::Phase::Running;
  out.status.message = message;
  api::set_condition(out.status.conditions,
                     {.type = "Ready", .status = api::ConditionStatus::False, .reason = reason, .message = message},
                     kNow);
  return out;
}

Intent intent_for(const api::Dataset& wanted) {
  Intent out;
  out.status = wanted.status;
  return out;
}

struct StatusPaceTest : testing::Test {
  StatusPace pace;
  api::Dataset seen = waiting("Unschedulable", "0/1 nodes are available");
  cluster::ObjectKey key = cluster::key_of(cluster::Object(seen));
  std::optional<Duration> wait(const Intent& intent, Duration later) { return pace.wait(seen, intent, kNow + later); }
};

TEST_F(StatusPaceTest, OtherWordsForTheSameStateWaitTheRestOfThePace) {
  const Intent reworded = intent_for(waiting("Unschedulable", "0/3 nodes are available"));
  EXPECT_EQ(wait(reworded, {}), std::nullopt) << "nothing was written lately";
  pace.wrote(key, kNow);
  EXPECT_EQ(wait(reworded, seconds(2)), kWordsPace - seconds(2));
  EXPECT_EQ(wait(reworded, kWordsPace), std::nullopt);
}

TEST_F(StatusPaceTest, AnotherReasonIsNewsAtOnce) {
  pace.wrote(key, kNow);
  EXPECT_EQ(wait(intent_for(waiting("ImagePullError", "0/3 nodes are available")), seconds(1)), std::nullopt);
}

TEST_F(StatusPaceTest, AnotherPhaseOrNumberIsNewsAtOnce) {
  pace.wrote(key, kNow);
  auto changed = waiting("Unschedulable", "0/3 nodes are available");
  changed.status.attempt = 2;
  EXPECT_EQ(wait(intent_for(changed), seconds(1)), std::nullopt);
  changed = waiting("Unschedulable", "0/3 nodes are available");
  changed.status.phase = api::Phase::Failed;
  EXPECT_EQ(wait(intent_for(changed), seconds(1)), std::nullopt);
}

TEST_F(StatusPaceTest, WhatComesWithActionsEventsOrRecordsIsNeverHeldBack) {
  pace.wrote(key, kNow);
  Intent reworded = intent_for(waiting("Unschedulable", "0/3 nodes are available"));
  reworded.actions.push_back(core::DeleteJob{"a", "uid"});
  EXPECT_EQ(wait(reworded, seconds(1)), std::nullopt);
  reworded.actions.clear();
  reworded.events.push_back({cluster::EventType::Normal, "Told", "told"});
  EXPECT_EQ(wait(reworded, seconds(1)), std::nullopt);
}

TEST_F(StatusPaceTest, AnEqualStatusNeedsNoWait) {
  pace.wrote(key, kNow);
  EXPECT_EQ(wait(intent_for(seen), seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace visionops::runtime
