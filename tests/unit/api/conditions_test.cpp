#include "operator/api/conditions.h"

#include <gtest/gtest.h>

namespace visionops::api {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow = *parse_time("2026-11-21T02:34:40.500Z");

Condition ready(ConditionStatus status, std::string reason) {
  return {"Ready", status, 1, {}, std::move(reason), "message"};
}

TEST(Conditions, MoveTheirTransitionTimeOnlyWithTheStatus) {
  std::vector<Condition> conditions;
  set_condition(conditions, ready(ConditionStatus::False, "Pending"), kNow);
  const TimePoint first = *parse_time("2026-11-21T02:34:40Z");
  EXPECT_EQ(conditions.at(0).last_transition_time, first);
  set_condition(conditions, ready(ConditionStatus::False, "Waiting"), kNow + 1h);
  EXPECT_EQ(conditions.at(0).last_transition_time, first);
  EXPECT_EQ(conditions.at(0).reason, "Waiting");
  set_condition(conditions, ready(ConditionStatus::True, "Done"), kNow + 2h);
  EXPECT_EQ(conditions.at(0).last_transition_time, first + 2h);
  EXPECT_EQ(conditions.size(), 1U);
}

TEST(Conditions, AreFoundReadAndCleared) {
  std::vector<Condition> conditions;
  EXPECT_EQ(find_condition(conditions, "Ready"), nullptr);
  EXPECT_FALSE(is_true(conditions, "Ready"));
  set_condition(conditions, ready(ConditionStatus::True, "Done"), kNow);
  EXPECT_TRUE(is_true(conditions, "Ready"));
  EXPECT_FALSE(is_true(conditions, "Failed"));
  clear_condition(conditions, "Failed");
  EXPECT_EQ(conditions.size(), 1U);
  clear_condition(conditions, "Ready");
  EXPECT_TRUE(conditions.empty());
}

TEST(Conditions, CutMessagesToWhatTheApiTakes) {
  std::vector<Condition> conditions;
  Condition c = ready(ConditionStatus::True, "Done");
  c.message = std::string(5000, 'm');
  set_condition(conditions, c, kNow);
  EXPECT_EQ(conditions.at(0).message.size(), 1024U);
}

}  // namespace
}  // namespace visionops::api
