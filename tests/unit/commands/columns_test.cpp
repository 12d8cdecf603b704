#include "operator/present/columns.h"

#include <gtest/gtest.h>

#include "operator/present/live_table.h"
#include "operator/present/result_tree.h"

namespace visionops::commands {
namespace {

using cluster::Kind;

api::TrainingJob finished_job() {
  api::TrainingJob t;
  t.meta.name = "digits";
  t.meta.generation = t.status.observed_generation = 1;
  t.spec.model = "centernet_nano";
  t.spec.checkpoints.store = "models";
  t.status.phase = api::Phase::Succeeded;
  t.status.epoch = t.status.epochs = 30;
  t.status.best = api::BestMetric{"map50", 0.95, 17};
  t.status.best_summary = "map50 0.9500 @ 17";
  t.status.model = api::CheckpointRecord{"checkpoints/best.pt", std::string(64, 'a'), 10, 17, true};
  return t;
}

TEST(Columns, EachKindHasItsOwnBetweenNameAndAge) {
  EXPECT_EQ(header_of(Kind::Job, false), (TableRow{"NAME", "STATUS", "COMPLETIONS", "AGE"}));
  EXPECT_EQ(header_of(Kind::Service, true), (TableRow{"NAME", "AGE"}));
  EXPECT_EQ(header_of(Kind::Dataset, true), (TableRow{"NAME", "TYPE", "VERSION", "IMAGES", "CLASSES", "SIZE", "READY",
                                                      "AGE", "FORMAT", "DIGEST", "MESSAGE"}));
  EXPECT_EQ(header_of(Kind::Pipeline, true),
            (TableRow{"NAME", "PHASE", "STAGE", "PROGRESS", "IN", "OUT", "DURATION", "AGE", "OUTPUT", "MESSAGE"}));
  EXPECT_EQ(row_of(api::Dataset{}, TimePoint{}, true),
            (TableRow{"", "Raw", "-", "0", "0", "-", "Unknown", "", "COCO", "-", ""}));
  EXPECT_EQ(row_of(finished_job(), TimePoint{}, false),
            (TableRow{"digits", "Succeeded", "30/30", "-", "-", "map50 0.9500 @ 17", "-", ""}));
}

TEST(Columns, KindsAreFoundByPluralShortNameAndCase) {
  EXPECT_EQ(parse_kind("Datasets"), Kind::Dataset);
  EXPECT_EQ(parse_kind("vtj"), Kind::TrainingJob);
  EXPECT_EQ(parse_kind("pipelines.visionops.dev"), Kind::Pipeline);
  EXPECT_EQ(parse_kind("jobs.batch"), Kind::Job);
  EXPECT_EQ(parse_kind("po"), Kind::Pod);
  EXPECT_EQ(parse_kind("secrets"), std::nullopt);
  EXPECT_EQ(parse_kind("datasets.batch"), std::nullopt);
  EXPECT_EQ(parse_kind("pods."), std::nullopt);
  EXPECT_EQ(parse_kind(""), std::nullopt);
}

TEST(LiveTable, AMilestoneTellsEpochAndBestMetric) {
  auto job = finished_job();
  job.status.phase = api::Phase::Running;
  job.status.epoch = 17;
  EXPECT_EQ(milestone_of(job), "Running  epoch 17/30  best map50 0.9500 @ 17");
}

TEST(ResultTree, ShowsLineageAndTheModel) {
  api::Dataset d;
  d.meta.name = "digits-train-v1.0.0";
  d.spec.group = "digits";
  d.spec.version = "v1.0.0";
  d.status.images = 7;
  d.status.digest = "sha256:0123456789abcdef";
  api::PinnedDataset parent;
  parent.name = "scanner-a";
  d.status.lineage = api::Lineage{"fusion", "", 1, {parent}};
  api::set_condition(d.status.conditions, {"Ready", api::ConditionStatus::True, 0, {}, "Ready", ""}, TimePoint{});
  const auto lines = result_tree({d, finished_job()});
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  EXPECT_NE(all.find("from scanner-a by fusion"), std::string::npos) << all;
  EXPECT_NE(all.find("best map50 0.9500 at epoch 17"), std::string::npos) << all;
  EXPECT_NE(all.find("model models:checkpoints/best.pt"), std::string::npos) << all;
}

}  // namespace
}  // namespace visionops::commands
