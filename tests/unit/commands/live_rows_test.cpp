// The live view fits the window and says why.
#include "operator/present/live_rows.h"

#include <gtest/gtest.h>

#include "operator/present/text_table.h"

namespace visionops::commands {
namespace {

std::vector<LiveRow> seven_rows() {
  return {{"dataset/scanner-a-train-v1.0.0", "Succeeded", "Inspected", "3s", "40 images, 176 objects", Rest::Done},
          {"dataset/scanner-b-train-v1.0.0", "Succeeded", "Inspected", "3s", "24 images, 107 objects", Rest::Done},
          {"dataset/held-out-val-v1.0.0", "Failed", "SourceNotFound", "3s",
           "raw/held-out/val/v1.0.0 does not exist in store datasets; put the files there", Rest::Failed},
          {"pipeline/digits-fusion", "Running", "JobRunning", "2s", "Publishing 75%", Rest::Moving},
          {"trainingjob/digits-detector", "Pending", "DatasetNotReady", "1s",
           "val: Dataset held-out-val-v1.0.0 is not Ready yet", Rest::Waiting},
          {"trainingjob/학습-작업", "Running", "JobRunning", "1s", "epoch 3/12", Rest::Moving},
          {"trainingjob/\x1b[2Jevil", "Running", "JobRunning", "1s", "\x1b[31mred\nsecond", Rest::Moving}};
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

TEST(LiveRows, FitEveryWindow) {
  for (const std::size_t columns : {20U, 40U, 60U, 80U, 120U, 200U}) {
    for (const std::size_t rows : {4U, 6U, 10U, 24U}) {
      for (const bool colours : {false, true}) {
        const auto lines = live_lines(seven_rows(), {columns, rows}, colours);
        EXPECT_LT(lines.size(), rows) << columns << "x" << rows;
        for (const auto& line : lines) EXPECT_LE(display_width(line), columns) << line;
      }
    }
  }
}

TEST(LiveRows, SayTheReasonBesideThePhaseAndTheMessage) {
  const auto text = text_of(live_lines(seven_rows(), {200, 24}, false));
  EXPECT_NE(text.find("Failed     SourceNotFound   3s   raw/held-out/val/v1.0.0 does not exist in store datasets"),
            std::string::npos)
      << text;
}

TEST(LiveRows, PutMessagesOnLinesOfTheirOwnWhereItIsNarrow) {
  const auto lines = live_lines(seven_rows(), {60, 40}, false);
  const auto text = text_of(lines);
  EXPECT_NE(text.find("\n  raw/held-out/val/v1.0.0 does not exist"), std::string::npos) << text;
  EXPECT_NE(text.find("…"), std::string::npos);
  EXPECT_EQ(text.find("\n  40 images"), std::string::npos) << "what is done needs no second line";
}

TEST(LiveRows, HideWhatIsDoneFirstWhereItIsLowAndCountIt) {
  const auto text = text_of(live_lines(seven_rows(), {200, 7}, false));
  EXPECT_NE(text.find("held-out-val"), std::string::npos) << text;
  EXPECT_EQ(text.find("dataset/scanner-a"), std::string::npos) << text;
  EXPECT_NE(text.find("2 done"), std::string::npos) << text;
}

TEST(LiveRows, ColourThePhaseOnlyWhenColoursAreWanted) {
  EXPECT_EQ(text_of(live_lines(seven_rows(), {200, 24}, false)).find('\x1b'), std::string::npos);
  const auto text = text_of(live_lines(seven_rows(), {200, 24}, true));
  EXPECT_NE(text.find("\x1b[31mFailed"), std::string::npos) << text;
  EXPECT_NE(text.find("\x1b[32mSucceeded"), std::string::npos) << text;
}

TEST(LiveRows, ShowNamesAndMessagesEscaped) {
  const auto text = text_of(live_lines(seven_rows(), {200, 24}, true));
  EXPECT_NE(text.find("trainingjob/\\x1b[2Jevil"), std::string::npos) << text;
  EXPECT_NE(text.find("\\x1b[31mred\\nsecond"), std::string::npos) << text;
}

TEST(LiveRows, TakeTheReasonOfWhatStopsOrHoldsAResource) {
  api::TrainingJob job;
  job.meta.name = "a";
  job.status.phase = api::Phase::Pending;
  api::set_condition(job.status.conditions, {"Ready", api::ConditionStatus::False, 0, {}, "Pending", ""}, {});
  api::set_condition(job.status.conditions,
                     {"InputsReady", api::ConditionStatus::False, 0, {}, "DatasetMissing", "no d"}, {});
  const auto row = live_row(job, {});
  EXPECT_EQ(row.resource, "trainingjob/a");
  EXPECT_EQ(row.reason, "DatasetMissing");
  EXPECT_EQ(row.message, "no d");
  EXPECT_EQ(row.rest, Rest::Waiting);
}

TEST(LiveRows, TellWhyToItsEndWhereThereIsRoom) {
  const LiveRow stuck{
      "trainingjob/a",
      "Waiting",
      "Unschedulable",
      "3s",
      "Pod a-vtj-r1-a1-0 cannot be scheduled: 0/1 nodes are available: insufficient nvidia.com/gpu (1 of 0 "
      "requested); this machine never has as many: lower spec.resources.gpus, or run it elsewhere",
      Rest::Waiting};
  const auto text = text_of(live_lines({stuck}, {80, 24}, false));
  EXPECT_NE(text.find("or run it elsewhere\n"), std::string::npos) << text;
  EXPECT_EQ(live_lines({stuck}, {80, 5}, false).size(), 3U) << "less where it is low";
}

TEST(LiveRows, WhatFindsNoPlaceIsNotStarting) {
  api::TrainingJob job;
  job.status.phase = api::Phase::Starting;
  api::set_condition(job.status.conditions, {"Ready", api::ConditionStatus::False, 0, {}, "Unschedulable", "no GPU"},
                     {});
  const auto row = live_row(job, {});
  EXPECT_EQ(row.phase, "Waiting");
  EXPECT_EQ(row.reason, "Unschedulable");
  EXPECT_EQ(row.message, "no GPU");
  EXPECT_EQ(row.rest, Rest::Waiting);
}

}  // namespace
}  // namespace visionops::commands
