#include <cmath>

#include "tests/unit/framework/told_run.h"
#include "worker/framework/checkpoints/checkpoint_names.h"
#include "worker/framework/checkpoints/path_pattern.h"
#include "worker/framework/path_order.h"

namespace visionops::framework {
namespace {

contract::FrameworkReading with_file(const std::string& path, const std::string& format, std::int32_t first_epoch = 1) {
  contract::FrameworkReading reading;
  reading.metric_files = {{path, format, first_epoch}};
  return reading;
}

TEST(MetricFiles, TellEachPointOnceWhileTheyGrow) {
  ToldRun run(with_file("r.csv", "CSV"));
  const std::string text = "  epoch,  train/loss \n1,0.5\n2,0.25\n";
  std::size_t told = 0;
  for (std::size_t size = 0; size <= text.size(); ++size)
    told += run.writes("r.csv", text.substr(0, size)).points().size();
  EXPECT_EQ(told, 2U);
  EXPECT_EQ(run.value("train/loss"), 0.25);
  EXPECT_EQ(run.reader.epochs_done(), 2);
}

TEST(MetricFiles, WithAColumnThatComesLaterAreReadAgain) {
  ToldRun run(with_file("m.csv", "CSV", 0));
  EXPECT_EQ(run.writes("m.csv", "epoch,step,train_loss\r\n0,1,0.5\r\n").points().size(), 1U);
  const auto points = run.writes("m.csv", "epoch,step,train_loss,val_loss\r\n0,1,0.5,\r\n0,5,,0.75\r\n").points();
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].name, "val_loss");
  EXPECT_EQ(points[0].step, 5);
  EXPECT_EQ(points[0].epoch, 1);
}

TEST(MetricFiles, OfAResumedRunWinOverOlderOnes) {
  ToldRun run(with_file("logs/version_*/metrics.csv", "CSV", 0));
  run.writes("logs/version_1/metrics.csv", "epoch,step,loss\n1,8,0.25\n").points();
  EXPECT_TRUE(run.writes("logs/version_0/metrics.csv", "epoch,step,loss\n1,8,0.5\n").points().empty());
  EXPECT_EQ(run.value("loss"), 0.25);
  ToldRun in_order(with_file("logs/version_*/metrics.csv", "CSV", 0));
  in_order.writes("logs/version_9/metrics.csv", "epoch,step,loss\n1,8,0.5\n");
  in_order.writes("logs/version_10/metrics.csv", "epoch,step,loss\n1,8,0.25\n");
  EXPECT_EQ(in_order.value("loss"), 0.25);
}

TEST(MetricFiles, WithASecondHeaderGoOn) {
  ToldRun run(with_file("s.csv", "CSV", 0));
  run.writes("s.csv", "epoch,a,b\r\n0,1,2\r\nepoch,b,a\r\n1,3,4\r\n");
  EXPECT_EQ(run.value("a"), 4);
  EXPECT_EQ(run.value("b"), 3);
}

TEST(MetricFiles, WithBareWordsAreReadAndHalfOnesAreNot) {
  ToldRun run(with_file("*/trainer_state.json", "TrainerState"));
  EXPECT_TRUE(
      run.writes("out/trainer_state.json", "{\"log_history\": [{\"loss\": 0.5, \"epoch\": 0.5,").points().empty());
  run.writes("out/trainer_state.json", R"({"epoch": 1.0, "global_step": 6, "log_history": [
    {"epoch": 0.5, "loss": 0.0, "grad_norm": NaN, "step": 3}, {"epoch": 1.0, "eval_loss": 2.5, "step": 6}]})");
  EXPECT_EQ(run.value("eval_loss"), 2.5);
  EXPECT_EQ(run.reader.epochs_done(), 1);
  EXPECT_EQ(run.fails(0), "NaN");
}

TEST(MetricFiles, OfMmcvCountTheirStepsThroughTheEpochs) {
  ToldRun run(with_file("a.log.json", "JSONLines"));
  run.writes("a.log.json",
             "{\"env_info\": \"x\"}\n{\"mode\": \"train\", \"epoch\": 1, \"iter\": 50, \"loss\": 1.5}\n"
             "{\"mode\": \"val\", \"epoch\": 1, \"iter\": 9, \"bbox_mAP\": 0.5}\n"
             "{\"mode\": \"train\", \"epoch\": 2, \"iter\": 10, \"loss\": 1.25}\n");
  const auto points = run.points();
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].epoch, 1);
  EXPECT_EQ(points[2].step, 60);
  EXPECT_EQ(run.reader.epochs_done(), 1);
}

TEST(MetricFiles, WinOverLinesThatTellTheSame) {
  auto reading = with_file("*/summary.csv", "CSV", 0);
  reading.log_formats = {"timm"};
  ToldRun run(reading, 9);
  run.says("Train: 0 [   4/5 (100%)]  Loss: 1.14 (1.1)  Time: 0.1s  LR: 3e-03\n");
  EXPECT_TRUE(run.points().empty()) << "held until the file had its time";
  run.writes("out/summary.csv", "epoch,train_loss\n0,1.125\n");
  run.says(
      "Train: 1 [   4/5 (100%)]  Loss: 1.04 (1.1)\nTrain: 2 [   4/5 (100%)]  Loss: 1.03 (1.1)\nTrain: 3 [   0/5 ( 0%)] "
      " Loss: 1.02 (1.1)\n");
  const auto points = run.points();
  ASSERT_EQ(points.size(), 2U) << "that of the file, and that of epoch 2, which no file tells";
  EXPECT_EQ(points[0].value, 1.125);
  EXPECT_EQ(points[1].value, 1.04);
}

TEST(MetricFiles, AreOnlyThoseThatARuleNames) {
  ToldRun run(with_file("runs/*/results.csv", "CSV"));
  EXPECT_TRUE(run.reader.is_metric_file("runs/train-2/results.csv"));
  EXPECT_FALSE(run.reader.is_metric_file("runs/a/b/results.csv"));
  EXPECT_TRUE(run.writes("other.csv", "epoch,loss\n1,2\n").points().empty());
}

TEST(Paths, MatchWithinTheirNames) {
  EXPECT_TRUE(matches("runs/*/train*/results.csv", "runs/detect/train-2/results.csv"));
  EXPECT_TRUE(matches("*.csv", ".csv"));
  EXPECT_FALSE(matches("*", "a/b"));
  EXPECT_FALSE(matches("runs/*", "runs"));
  EXPECT_FALSE(matches("a*b*c", "a/b/c"));
  EXPECT_TRUE(matches("a*b*c", "aXbbYc"));
}

TEST(Paths, AreOrderedByTheirNumbers) {
  EXPECT_TRUE(made_before("version_2/a", "version_10/a"));
  EXPECT_TRUE(made_before("runs/train/results.csv", "runs/train-2/results.csv"));
  EXPECT_FALSE(made_before("a", "a"));
}

TEST(CheckpointNames, TellEpochsAndSteps) {
  auto names =
      CheckpointNames::make({{"out/checkpoint-*", "trainer_state.json", R"(checkpoint-(?P<step>\d+)$)", 1, false, true},
                             {"ck/epoch=*.ckpt", "", R"(epoch=(?P<epoch>\d+))", 0, false, true}});
  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(names->read("out/checkpoint-12")->step, 12);
  EXPECT_EQ(names->read("ck/epoch=2-step=18.ckpt")->epoch, 3);
  EXPECT_FALSE(names->read("out/else"));
  EXPECT_FALSE(CheckpointNames::make({{"a", "", "(no group)", 1, false, true}}));
}

}  // namespace
}  // namespace visionops::framework
