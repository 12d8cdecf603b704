// What is shown of a cluster without a process is what is so.
#include "operator/present/standstill.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace visionops::commands {
namespace {

const TimePoint kNow = *parse_time("2026-11-29T08:52:02Z");
const Standstill kKilled{parse_time("2026-11-29T08:49:02Z"), false, "", "/x/data", "visionops run --data /x/data"};

api::TrainingJob running() {
  api::TrainingJob t;
  t.meta.name = "t";
  t.meta.generation = t.status.observed_generation = 1;
  t.status.phase = api::Phase::Running;
  t.status.progress = "36 %";
  t.status.progress_percent = 36;
  t.status.eta = "2m";
  t.status.eta_seconds = 120;
  for (const auto type : {api::condition::kReconciling, api::condition::kTelemetryHealthy})
    api::set_condition(t.status.conditions, {std::string(type), api::ConditionStatus::True, 1, {}, "Fine", ""}, kNow);
  api::set_condition(t.status.conditions, {"Ready", api::ConditionStatus::False, 1, {}, "JobRunning", ""}, kNow);
  return t;
}

TEST(Standstill, NothingThatTellsOfWorkIsTrueAndWhatWasReachedStays) {
  const auto object = as_halted(running(), kKilled);
  const auto& shown = std::get<api::TrainingJob>(object);
  for (const auto& condition : shown.status.conditions) {
    EXPECT_NE(condition.status, api::ConditionStatus::True) << condition.type;
    EXPECT_EQ(condition.reason, "ClusterStopped");
    EXPECT_EQ(condition.last_transition_time, *kKilled.since);
  }
  EXPECT_EQ(shown.status.eta, "");
  EXPECT_EQ(shown.status.eta_seconds, 0);
  EXPECT_EQ(shown.status.progress_percent, 36);
  EXPECT_EQ(shown.status.phase, api::Phase::Running) << "the stored word is not faked";
  EXPECT_NE(shown.status.message.find("is stopped since 2026-11-29T08:49:02Z"), std::string::npos)
      << shown.status.message;
}

TEST(Standstill, TheTableSaysStopped) {
  const auto row = halted_row_of(running(), kKilled, kNow, false);
  EXPECT_EQ(row.at(1), "Stopped");
  EXPECT_EQ(row.at(3), "36 %");
  EXPECT_EQ(row.at(4), "-");
}

TEST(Standstill, APodWithoutAProcessIsUnknown) {
  cluster::Pod pod;
  pod.meta.name = "p";
  pod.phase = cluster::PodPhase::Running;
  pod.containers = {{}};
  pod.containers.front().running = true;
  EXPECT_EQ(halted_row_of(pod, kKilled, kNow, false).at(1), "Unknown");
  const auto shown = std::get<cluster::Pod>(as_halted(pod, kKilled));
  EXPECT_FALSE(shown.containers.front().running);
  pod.phase = cluster::PodPhase::Succeeded;
  EXPECT_EQ(halted_row_of(pod, kKilled, kNow, false).at(1), "Succeeded");
}

TEST(Standstill, WhatWaitsKeepsItsReasonButNothingTellsOfWork) {
  auto waiting = running();
  waiting.status.phase = api::Phase::Starting;
  api::set_condition(waiting.status.conditions,
                     {"Ready", api::ConditionStatus::False, 1, {}, "Unschedulable", "no GPU"}, kNow);
  const auto shown = std::get<api::TrainingJob>(as_halted(waiting, kKilled));
  EXPECT_EQ(api::find_condition(shown.status.conditions, "Ready")->reason, "Unschedulable");
  EXPECT_EQ(api::find_condition(shown.status.conditions, "Reconciling")->status, api::ConditionStatus::Unknown);
  EXPECT_EQ(halted_row_of(waiting, kKilled, kNow, false).at(1), "Waiting");
  EXPECT_EQ(standstill_note({waiting}, kKilled, kNow).size(), 3U);
}

TEST(Standstill, WhatIsDoneFailedOrSuspendedIsShownAsItIs) {
  auto done = running();
  done.status.phase = api::Phase::Succeeded;
  EXPECT_EQ(std::get<api::TrainingJob>(as_halted(done, kKilled)).status.conditions, done.status.conditions);
  EXPECT_TRUE(standstill_note({done}, kKilled, kNow).empty());
}

TEST(Standstill, TheNoteNamesWhatIsLeftOverAndTheWayOn) {
  const std::vector<cluster::Object> seven(7, running());
  const auto note = standstill_note(seven, kKilled, kNow);
  ASSERT_EQ(note.size(), 3U);
  EXPECT_NE(note[0].find("/x/data is stopped since 2026-11-29T08:49:02Z"), std::string::npos) << note[0];
  EXPECT_NE(note[1].find("trainingjob/t (Running)"), std::string::npos) << note[1];
  EXPECT_NE(note[1].find(" and 2 more"), std::string::npos) << note[1];
  EXPECT_NE(note[2].find("visionops run --data /x/data"), std::string::npos) << note[2];
}

TEST(Standstill, AnOrderlyEndAndAClusterThatNeverRanAreToldApart) {
  auto orderly = kKilled;
  orderly.in_order = true;
  EXPECT_EQ(standstill_words(orderly, kNow), "is stopped since 2026-11-29T08:49:02Z (3m ago)");
  EXPECT_EQ(standstill_words({}, kNow), "has not been started yet");
  auto hanging = kKilled;
  hanging.holder = "123";
  EXPECT_EQ(standstill_words(hanging, kNow), "belongs to process 123, which does not answer");
}

}  // namespace
}  // namespace visionops::commands
