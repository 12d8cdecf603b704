#include "operator/runtimes/framework_run_of.h"

#include <gtest/gtest.h>

#include "operator/runtimes/framework_words.h"
#include "worker/contract/framework_words.h"

namespace visionops::runtimes {
namespace {

Runtime small_runtime() {
  Runtime runtime;
  runtime.name = "small";
  runtime.run = {"train {model} {task}", "--epochs {epochs} --lr {learningRate}", "--size {imageSize}"};
  runtime.resume = {"train --from {checkpoint}"};
  runtime.extra = "--{name} {value}";
  runtime.tasks["Detection"] = {"detect", "COCO", "ap", MetricMode::Max};
  runtime.defaults = {{"epochs", 10}, {"imageSize", 320}, {"weightDecay", 0.1}};
  Model model;
  model.name = "tiny";
  model.tasks = {Task::Detection};
  model.image_size = 64;
  runtime.models = {model};
  return runtime;
}

FrameworkWish small_wish() {
  FrameworkWish wish;
  wish.model = "tiny";
  return wish;
}

std::vector<std::string> started(const contract::FrameworkRun& run) {
  return contract::fill_words(run.command, run.values);
}

TEST(FrameworkRunOf, WhatIsSetGoesBeforeTheModelAndThatBeforeTheDefaultsOfTheFile) {
  auto wish = small_wish();
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("imageSize"), "64");
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("epochs"), "10");
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("weightDecay"), "0.1");
  wish.hyperparameters = {{"imageSize", "96"}, {"epochs", "2"}};
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("imageSize"), "96");
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("epochs"), "2");
}

TEST(FrameworkRunOf, ATextWhoseValueNobodyKnowsIsLeftOut) {
  EXPECT_EQ(started(framework_run_of(small_runtime(), small_wish())),
            (std::vector<std::string>{"train", "tiny", "detect", "--size", "64"}));
}

TEST(FrameworkRunOf, SettingsOfTheUserStayOneWordWhateverTheyHold) {
  auto wish = small_wish();
  wish.extra = {{"opt", "a b"}, {"name", "{job}"}};
  auto run = framework_run_of(small_runtime(), wish);
  const auto words = started(run);
  EXPECT_EQ(std::vector<std::string>(words.end() - 4, words.end()),
            (std::vector<std::string>{"--name", "{job}", "--opt", "a b"}));
  run.values["checkpoint"] = "/old";
  EXPECT_EQ(contract::fill_words(run.resume_command, run.values),
            (std::vector<std::string>{"train", "--from", "/old", "--name", "{job}", "--opt", "a b"}));
}

TEST(FrameworkRunOf, ASettingOfTheUserReplacesOneOfTheFile) {
  auto runtime = small_runtime();
  runtime.run = {"train"};
  runtime.extra_defaults = {{"patience", "0"}, {"plots", "no"}};
  auto wish = small_wish();
  wish.extra = {{"patience", "7"}};
  EXPECT_EQ(started(framework_run_of(runtime, wish)),
            (std::vector<std::string>{"train", "--patience", "7", "--plots", "no"}));
}

TEST(FrameworkRunOf, ACommandOfTheUserIsWordForWordButForTheNamesInIt) {
  Runtime runtime;
  runtime.name = "own";
  runtime.own_command = true;
  runtime.tasks["Detection"] = {};
  auto wish = small_wish();
  wish.hyperparameters = {{"epochs", "3"}};
  wish.command = {"sh", "-c", "echo  ${HOME} {\"a\": 1} {b}", "--epochs={epochs}", "", "--from={checkpoint}"};
  auto run = framework_run_of(runtime, wish);
  EXPECT_EQ(started(run), (std::vector<std::string>{"sh", "-c", "echo  ${HOME} {\"a\": 1} {b}", "--epochs=3", ""}));
  run.values["checkpoint"] = "/old";
  EXPECT_EQ(contract::fill_words(run.resume_command, run.values).back(), "--from=/old");
}

TEST(FrameworkRunOf, GpusAreNumberedFromZero) {
  auto wish = small_wish();
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("device"), "cpu");
  wish.gpus = 3;
  EXPECT_EQ(framework_run_of(small_runtime(), wish).values.at("device"), "0,1,2");
}

TEST(FrameworkRunOf, NumbersAreWrittenAsShortAsTheyReadBack) {
  auto runtime = small_runtime();
  runtime.defaults = {{"learningRate", 0.00005}, {"weightDecay", 0.1}, {"seed", 1234567890}, {"warmupEpochs", 0}};
  const auto values = default_hyperparameters(runtime, nullptr);
  EXPECT_EQ(values.at("learningRate"), "5e-05");
  EXPECT_EQ(values.at("weightDecay"), "0.1");
  EXPECT_EQ(values.at("seed"), "1234567890");
  EXPECT_EQ(values.at("warmupEpochs"), "0");
}

TEST(FrameworkRunOf, ASettingThatTheCommandSaysAlreadyIsRefused) {
  const auto runtime = small_runtime();
  EXPECT_EQ(extra_problem(runtime, "opt"), "");
  EXPECT_EQ(extra_problem(runtime, "lr-decay"), "");
  EXPECT_NE(extra_problem(runtime, "lr"), "");
  EXPECT_NE(extra_problem(runtime, "from"), "");
  EXPECT_NE(extra_problem(runtime, ""), "");
  EXPECT_NE(extra_problem(runtime, "-opt"), "");
  EXPECT_NE(extra_problem(runtime, "a b"), "");
  auto without = runtime;
  without.extra.clear();
  EXPECT_NE(extra_problem(without, "opt"), "");
}

}  // namespace
}  // namespace visionops::runtimes
