#include "operator/present/settlement.h"

#include <gtest/gtest.h>

namespace visionops::commands {
namespace {

api::Pipeline pipeline(api::Phase phase) {
  api::Pipeline p;
  p.meta.name = "p";
  p.meta.generation = 2;
  p.status.observed_generation = 2;
  p.status.phase = phase;
  return p;
}

void add(std::vector<api::Condition>& conditions, std::string_view type, api::ConditionStatus status,
         std::string message) {
  api::set_condition(conditions, {std::string(type), status, 2, {}, "Reason", std::move(message)}, TimePoint{});
}

TEST(Settlement, AStatusOfAnOlderSpecSaysNothing) {
  auto p = pipeline(api::Phase::Succeeded);
  p.meta.generation = 3;
  EXPECT_EQ(settlement_of(p).rest, Rest::Moving);
}

TEST(Settlement, SucceededIsDoneAndFailedIsFailed) {
  EXPECT_EQ(settlement_of(pipeline(api::Phase::Succeeded)).rest, Rest::Done);
  EXPECT_EQ(settlement_of(pipeline(api::Phase::Failed)).rest, Rest::Failed);
}

TEST(Settlement, StalledTellsTheMessageOfItsCondition) {
  auto p = pipeline(api::Phase::Pending);
  add(p.status.conditions, api::condition::kStalled, api::ConditionStatus::True, "spec.sources: is required");
  EXPECT_EQ(settlement_of(p).rest, Rest::Failed);
  EXPECT_EQ(settlement_of(p).why, "spec.sources: is required");
}

TEST(Settlement, MissingInputsWait) {
  auto p = pipeline(api::Phase::Pending);
  add(p.status.conditions, api::condition::kInputsReady, api::ConditionStatus::False, "Dataset a is not found");
  EXPECT_EQ(settlement_of(p).rest, Rest::Waiting);
}

TEST(Settlement, AWaitingResourceBesideAMovingOneIsHopeful) {
  EXPECT_FALSE(all_at_rest({{Rest::Waiting, ""}, {Rest::Moving, ""}}));
  EXPECT_TRUE(all_at_rest({{Rest::Waiting, ""}, {Rest::Failed, ""}, {Rest::Done, ""}}));
}

TEST(Settlement, ADatasetIsDoneWhenItIsReady) {
  api::Dataset d;
  d.meta.generation = d.status.observed_generation = 2;
  EXPECT_EQ(settlement_of(d).rest, Rest::Moving);
  add(d.status.conditions, api::condition::kReady, api::ConditionStatus::True, "");
  EXPECT_EQ(settlement_of(d).rest, Rest::Done);
}

}  // namespace
}  // namespace visionops::commands
