#include "tests/unit/framework/told_run.h"

namespace visionops::framework {
namespace {

TEST(Ultralytics, NamesItsColumnsByTheHeader) {
  ToldRun run("ultralytics");
  run.says(
      "      Epoch    GPU_mem   box_loss  pose_loss  kobj_loss  Instances       Size\n"
      "\r\x1b[K        1/3         0G        1.5      2.125      0.25         29         64: 100% \u2501\u2501 3/3 "
      "4.9it/s 0.6s\n"
      "                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95)     Pose(P          R"
      "      mAP50  mAP50-95): 100% \u2501\u2501 1/1 10.5it/s 0.1s\n"
      "                   all         16         32       0.1        0.2        0.3        0.4        0.5        0.6   "
      "     0.7        0.8\n");
  EXPECT_EQ(run.value("pose_loss"), 2.125);
  EXPECT_EQ(run.value("mAP50-95"), 0.4);
  EXPECT_EQ(run.value("mAP50-95(P)"), 0.8);
  EXPECT_EQ(run.value("Instances"), std::nullopt);
  EXPECT_EQ(run.reader.position().epochs, 3);
}

TEST(Ultralytics, TakesTheTableOfTheBestModelForNoEpoch) {
  ToldRun run("ultralytics");
  run.says(
      "      Epoch    GPU_mem   box_loss  Instances       Size\n        1/1   0G   1.5   29   64: 100% \u2501\u2501 "
      "3/3 4.9it/s\n"
      "  Class  Images  Instances  Box(P  R  mAP50  mAP50-95): 100%\n  all 16 32 0.1 0.2 0.3 0.4\n"
      "1 epochs completed in 0.001 hours.\nValidating best.pt...\n  all 16 32 0.9 0.9 0.9 0.9\n");
  EXPECT_EQ(run.value("mAP50"), 0.3);
  EXPECT_TRUE(run.exits(0).finished);
}

TEST(Transformers, FindsItsDictionaryBesideABar) {
  ToldRun run("transformers", 3);
  run.says(
      "  0%|          | 0/18 [00:00<?, ?it/s]\r 28%|##8       | 5/18 [00:00<00:00, 31it/s]"
      "{'loss': '8.558', 'grad_norm': '134.4', 'learning_rate': '3.889e-05', 'epoch': '0.8333'}\n");
  const auto points = run.points();
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].step, 5);
  EXPECT_EQ(points[0].epoch, 1);
  EXPECT_EQ(run.value("grad_norm"), 134.4);
}

TEST(Lightning, TellsTheLastValuesOfAnEpochOnce) {
  ToldRun run("lightning");
  run.says(
      "Epoch 0: 100%|##| 6/6 [00:00<00:00, 69it/s, v_num=0, train_loss=1.080]\r"
      "Validation DataLoader 0: 100%|##| 2/2 [00:00<00:00, 231it/s]\r"
      "Epoch 0: 100%|##| 6/6 [00:00<00:00, 56it/s, v_num=0, train_loss=1.080, val_loss=1.090]\r"
      "Epoch 1:   0%|          | 0/6 [00:00<?, ?it/s, v_num=0, train_loss=1.080, val_loss=1.090]\n");
  const auto points = run.points();
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[1].name, "val_loss");
  EXPECT_EQ(run.reader.epochs_done(), 1);
}

TEST(Lightning, StoppedWithoutBatchesIsNotFinished) {
  ToldRun run("lightning", 3);
  run.says("Epoch 0:   0%|          | 0/6 [00:00<?, ?it/s]\n`Trainer.fit` stopped: No training batches.\n");
  EXPECT_FALSE(run.exits(0).finished);
}

TEST(Torchvision, KnowsItsEpochsByItsArguments) {
  ToldRun run("torchvision");
  run.says(
      "Namespace(data_path='/d', epochs=2, max_epochs=9, start_epoch=0)\nEpoch: [0]  [0/6]  eta: 0:00:00  lr: 0.01  "
      "loss: 1.5 (1.6)  time: 0.1\n");
  EXPECT_EQ(run.value("loss"), 1.5);
  EXPECT_EQ(run.value("time"), std::nullopt);
  EXPECT_EQ(run.fails(0), "Unknown");
}

TEST(Torchvision, ReadsTheExampleOfImageNet) {
  ToldRun run("torchvision");
  run.says(
      "Epoch: [3][  10/5005]\tTime  0.521 ( 1.219)\tData  0.001 ( 0.2)\tLoss 6.9012e+00 (6.9500e+00)\tAcc@1   0.50 (  "
      "0.10)\n");
  EXPECT_EQ(run.value("Loss"), 6.9012);
  EXPECT_EQ(run.value("Acc@1"), 0.5);
  EXPECT_EQ(run.reader.position().epoch, 4);
}

TEST(Darknet, CountsItsBatches) {
  ToldRun run("darknet");
  run.says(" 5989: loss=0.444, avg loss=0.329, rate=0.001000, 3.2 milliseconds, 383296 images\n");
  EXPECT_EQ(run.value("loss"), 0.444);
  EXPECT_EQ(run.value("avg loss"), 0.329);
  run.says(" 7: 1256.436157, 1200.5 avg loss, 0.000000 rate, 3.2 seconds, 64 images\n");
  EXPECT_EQ(run.value("avg loss"), 1200.5);
  EXPECT_EQ(run.reader.position().step, 7);
}

TEST(Katib, ReadsTextAndJson) {
  ToldRun text("katib");
  text.says("2026-11-28T17:00:00.5Z loss=0.3 accuracy=.98 Score=-7.53e-05\n");
  EXPECT_EQ(text.value("accuracy"), 0.98);
  EXPECT_EQ(text.value("Score"), -7.53e-05);
  ToldRun json("katib_json");
  json.says("{\"timestamp\": 1, \"epoch\": 2, \"loss\": \"0.25\", \"acc\": 0.5}\n");
  EXPECT_EQ(json.value("loss"), 0.25);
  EXPECT_EQ(json.value("acc"), 0.5);
  EXPECT_EQ(json.value("timestamp"), std::nullopt);
}

TEST(Generic, ReadsWhatPeopleWrite) {
  ToldRun run("generic");
  run.says("Epoch 5, Loss: 0.234\n");
  EXPECT_EQ(run.value("Loss"), 0.234);
  EXPECT_EQ(run.reader.position().epoch, 5);
  run.says(
      "Epoch [6/10], Step [100/600], Loss: 0.2345\nEpoch: 7 | Train Loss: 0.5 | Val Acc: 0.9\n[Epoch 8] loss=0.2\n");
  EXPECT_EQ(run.value("Val Acc"), 0.9);
  EXPECT_EQ(run.value("loss"), 0.2);
  EXPECT_EQ(run.reader.position().epochs, 10);
  run.says("Epoch 9/10\n100/100 [====] - 1s 10ms/step - loss: 0.125 - val_accuracy: 0.75\n");
  EXPECT_EQ(run.value("val_accuracy"), 0.75);
}

TEST(Generic, ReadsLinesOfPeopleBesideThoseOfKatib) {
  contract::FrameworkReading reading;
  reading.log_formats = {"katib_json", "katib", "generic"};
  ToldRun run(reading);
  run.says("[Epoch 8] loss=0.2\nacc=0.5\n");
  EXPECT_EQ(run.reader.position().epoch, 8);
  EXPECT_EQ(run.value("loss"), 0.2);
  EXPECT_EQ(run.value("acc"), 0.5);
}

TEST(LogRules, TellByTheNamesOfTheirGroups) {
  contract::FrameworkReading reading;
  reading.log_rules = {{R"(^ep (?P<epoch>\d+) of (?P<epochs>\d+):)", R"((?P<name>\w+) (?P<value>[\d.]+))", "val/", 0}};
  reading.finished = "^all is done$";
  ToldRun run(reading);
  run.says("ep 0 of 2: loss 1.5 acc 0.25\n");
  EXPECT_EQ(run.value("val/acc"), 0.25);
  EXPECT_EQ(run.reader.position().epoch, 1);
  run.says("all is done\n");
  EXPECT_TRUE(run.exits(0).finished);
}

TEST(Reading, WithAnUnknownNameOrExpressionIsRefusedByName) {
  const auto error_of = [](const contract::FrameworkReading& reading) {
    return RunReader::make(reading, 1, 0).error().message;
  };
  contract::FrameworkReading reading;
  reading.log_formats = {"yolov99"};
  EXPECT_NE(error_of(reading).find("yolov99"), std::string::npos);
  reading = {};
  reading.metric_files = {{"a.csv", "Excel", 1}};
  EXPECT_NE(error_of(reading).find("Excel"), std::string::npos);
  reading = {};
  reading.log_rules = {{"(", "", "", 1}};
  EXPECT_NE(error_of(reading).find("reading.logRules[0]"), std::string::npos);
  reading = {};
  reading.failures = {{"x", "NoSuchClass", ""}};
  EXPECT_NE(error_of(reading).find("NoSuchClass"), std::string::npos);
}

}  // namespace
}  // namespace visionops::framework
