// A TrainingJob whose runtime is a framework.
#include "operator/core/training_job/framework.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "operator/core/training_job/live_values.h"
#include "tests/unit/core/resources.h"

namespace visionops::core {
namespace {

runtimes::Runtime toy() {
  runtimes::Runtime out;
  out.name = "toy";
  out.run = {"toy", "train", "epochs={epochs}", "batch={batchSize}"};
  out.resume = {"toy", "resume={checkpoint}"};
  out.extra = "{name}={value}";
  out.tasks["Detection"] = {"detect", "YOLO", "map", MetricMode::Max};
  out.defaults = {{"epochs", 100}, {"learningRate", 0.01}};
  out.models = {{"toynet", {Task::Detection}, "", MetricMode::Max, "", "", "", {}, 320}};
  return out;
}

runtimes::Runtime own_command() {
  auto out = toy();
  out.name = "custom";
  out.own_command = true;
  out.run.clear();
  out.resume.clear();
  return out;
}

api::TrainingJobSpec spec_of_a_toy() {
  auto spec = training_job().spec;
  spec.model = "toynet";
  return spec;
}

std::string refusal_of(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                       const Platform& platform = {}) {
  const auto refusal = refuse_framework(spec, runtime, platform);
  return refusal ? refusal->message : "";
}

Platform laptop() {
  Platform out;
  out.one_machine = true;
  return out;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

TEST(Framework, WhatTheSpecLeavesOutComesFromTheFileAndTheModel) {
  auto spec = spec_of_a_toy();
  spec.hyperparameters.emplace().epochs = 3;
  const auto h = framework_hyperparameters(spec, toy());
  EXPECT_EQ(h.epochs, 3);
  EXPECT_EQ(h.learning_rate, 0.01);
  EXPECT_EQ(h.image_size, 320);
  EXPECT_FALSE(h.batch_size) << "nobody says it: it is the framework's own";
  const auto run = framework_run(spec, h, toy());
  EXPECT_EQ(run.values.at("epochs"), "3");
  EXPECT_EQ(run.values.at("learningRate"), "0.01");
  EXPECT_EQ(run.values.count("batchSize"), 0U);
  EXPECT_EQ(run.layout, "YOLO");
}

TEST(Framework, ExtraSettingsBecomeWordsOfTheCommandAndOfTheResume) {
  auto spec = spec_of_a_toy();
  spec.hyperparameters.emplace().extra.json = R"({"box":7.5,"optimizer":"SGD","plots":false})";
  EXPECT_EQ(refusal_of(spec, toy()), "");
  const auto run = framework_run(spec, framework_hyperparameters(spec, toy()), toy());
  EXPECT_EQ(run.command.size(), toy().run.size() + 3);
  EXPECT_EQ(run.resume_command.size(), toy().resume.size() + 3);
  std::vector<std::string> values;
  for (const auto& [name, value] : run.values) values.push_back(value);
  EXPECT_TRUE(has(values, "7.5") && has(values, "SGD") && has(values, "false"));
}

TEST(Framework, AnExtraSettingThatNoCommandHasAPlaceForIsRefusedByItsName) {
  auto spec = spec_of_a_toy();
  spec.hyperparameters.emplace().extra.json = R"({"classes":[1,2]})";
  EXPECT_EQ(refusal_of(spec, toy()), "spec.hyperparameters.extra.classes: must be a text, a number or true or false");
}

TEST(Framework, WhatATaskDoesNotLearnMayGoAndNothingElse) {
  auto spec = spec_of_a_toy();
  const auto allowed = [&] { return framework_run(spec, framework_hyperparameters(spec, toy()), toy()).allow_loss; };
  const auto may_go = [&](LossKind kind) {
    const auto kinds = allowed();
    return std::ranges::find(kinds, kind) != kinds.end();
  };
  EXPECT_TRUE(may_go(LossKind::Masks) && may_go(LossKind::Keypoints) && may_go(LossKind::Attributes));
  EXPECT_FALSE(may_go(LossKind::Crowd) || may_go(LossKind::Objects) || may_go(LossKind::Images));
  spec.task = Task::Segmentation;
  EXPECT_FALSE(may_go(LossKind::Masks));
  spec.task = Task::Classification;
  EXPECT_TRUE(allowed().empty());
  spec.allow_loss = {LossKind::Boxes};
  EXPECT_EQ(allowed(), std::vector<LossKind>{LossKind::Boxes});
}

TEST(Framework, AnImageRunsOnlyWhereTheAdministratorAllowsIt) {
  auto spec = spec_of_a_toy();
  spec.command = {"train"};
  EXPECT_EQ(refusal_of(spec, own_command()), "spec.image: runtime custom needs one");
  spec.image = "registry.example.org/team/trainer:1";
  EXPECT_NE(refusal_of(spec, own_command()).find("does not allow registry.example.org/team/trainer:1"),
            std::string::npos);
  Platform platform;
  platform.allowed_images = {"registry.example.org/other/*"};
  EXPECT_NE(refusal_of(spec, own_command(), platform), "");
  platform.allowed_images = {"registry.example.org/team/*"};
  EXPECT_EQ(refusal_of(spec, own_command(), platform), "");
  platform.allowed_images = {"registry.example.org/team/trainer"};
  EXPECT_NE(refusal_of(spec, own_command(), platform), "") << "without a * it is the whole name";
  EXPECT_NE(refusal_of(spec, toy(), platform).find("has its own image"), std::string::npos);
}

TEST(Framework, ACommandMayNameOnlyWhatThereIs) {
  auto spec = spec_of_a_toy();
  EXPECT_EQ(refusal_of(spec, own_command(), laptop()), "spec.command: runtime custom has none of its own");
  spec.command = {"python", "train.py", "--data={data}", "--lr={learning_rate}"};
  EXPECT_EQ(refusal_of(spec, own_command(), laptop()), "spec.command[3]: nothing is called {learning_rate}");
  spec.command.back() = "--lr={learningRate}";
  EXPECT_EQ(refusal_of(spec, own_command(), laptop()), "");
}

TEST(Framework, ThePlatformsOwnTrainerTakesNothingOfIt) {
  runtimes::Runtime builtin;
  builtin.name = "builtin";
  auto spec = spec_of_a_toy();
  EXPECT_EQ(refusal_of(spec, builtin), "");
  spec.weights = api::Weights{"models", "w.pt", ""};
  EXPECT_EQ(refusal_of(spec, builtin), "spec.weights: runtime builtin does not take it");
}

TEST(Framework, StatusShowsSoManyOfItsMetricsAndTheBestOfAllOfThem) {
  TrainingTelemetry telemetry;
  for (int i = 10; i < 50; ++i)
    telemetry.latest["m" + std::to_string(i)] = {"m" + std::to_string(i), 1.0 * i, 1, 1, {}};
  telemetry.latest["zz"] = {"zz", 0.9, 1, 1, {}};
  api::TrainingJobStatus status;
  take_telemetry(status, telemetry, {"zz", true});
  EXPECT_EQ(status.metrics.size(), 32U);
  ASSERT_TRUE(status.best) << "the metric that decides counts, shown or not";
  EXPECT_EQ(status.best->value, 0.9);
}

TEST(Framework, OnOneMachineTheProgramsOfAnOwnCommandAreThoseThatWereInstalledForItsRuntime) {
  auto spec = spec_of_a_toy();
  spec.image = "registry.example.org/team/trainer:1";
  EXPECT_EQ(framework_image(spec, own_command(), {}), "registry.example.org/team/trainer:1");
  EXPECT_EQ(framework_image(spec, own_command(), laptop()), "visionops-runtime-custom");
  spec.image.clear();
  EXPECT_EQ(framework_image(spec, own_command(), laptop()), "visionops-runtime-custom");
}

TEST(Framework, ItsImageLiesBesideTheWorkersUnlessTheAdministratorSaysWhere) {
  Platform platform;
  const auto image = [&] { return framework_image(spec_of_a_toy(), toy(), platform); };
  EXPECT_EQ(image(), "visionops-runtime-toy");
  platform.worker_image = "registry.example.org:5000/vision/visionops-worker:1.2.0";
  EXPECT_EQ(image(), "registry.example.org:5000/vision/visionops-runtime-toy:1.2.0");
  platform.worker_image = "registry.example.org/visionops-worker@sha256:00";
  EXPECT_EQ(image(), "registry.example.org/visionops-runtime-toy");
  platform.worker_image = "visionops-worker:1.2.0@sha256:00";
  EXPECT_EQ(image(), "visionops-runtime-toy:1.2.0");
  platform.runtime_images = "elsewhere/{name}:7";
  EXPECT_EQ(image(), "elsewhere/toy:7");
}

}  // namespace
}  // namespace visionops::core
