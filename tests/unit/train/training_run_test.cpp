#include "worker/train/engine/loop/training_run.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <sstream>
#include <streambuf>
#include <thread>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "scene_dataset.h"
#include "worker/contract/checkpoint_index.h"
#include "worker/dataset/data_files.h"
#include "worker/train/engine/checkpoints/checkpoint_folder.h"

namespace visionops::train {
namespace {

using contract::ExitCode;

/// Hands every line to a function and keeps it.
class LineWatcher final : public std::stringbuf {
 public:
  explicit LineWatcher(std::function<void(const std::string&)> on_line) : on_line_(std::move(on_line)) {}
  int sync() override {
    const auto text = str();
    on_line_(text.substr(seen_));
    seen_ = text.size();
    return 0;
  }

 private:
  std::function<void(const std::string&)> on_line_;
  std::size_t seen_ = 0;
};

class TrainingRunTest : public testing::Test {
 protected:
  void SetUp() override {
    write_scenes(stores_.path() / "datasets/train", 24, 1);
    write_scenes(stores_.path() / "datasets/val", 8, 2);
    std::filesystem::create_directories(stores_.path() / "models");
    ::setenv(contract::kStoresEnv, stores_.path().c_str(), 1);
  }

  static contract::TrainRun small_run(std::int32_t epochs = 4) {
    contract::TrainRun run;
    run.model = "centernet_nano";
    run.train = scene_location("train", "train");
    run.val = scene_location("val", "val");
    run.epochs = epochs;
    run.batch_size = 1;
    run.learning_rate = 0.005;
    run.seed = 11;
    run.extra.json = R"({"width": 8, "threads": 1})";
    run.checkpoint_store = "models";
    run.checkpoint_path = "run-1";
    return run;
  }

  /// In a Pod's folder of that name; `on_line` may set stop_.
  Outcome train_in(
      const std::string& pod, const contract::TrainRun& run,
      std::function<void(const std::string&)> on_line = [](const std::string&) {}) {
    const auto folder = pods_.path() / pod;
    std::filesystem::create_directories(folder);
    const SystemClock clock;
    telemetry::TelemetryWriter telemetry(folder, clock);
    LineWatcher watcher(std::move(on_line));
    std::ostream out(&watcher);
    TrainEnvironment environment{folder, telemetry, out, stop_, owner_};
    auto outcome = train(run, environment);
    output_ = watcher.str();
    return outcome;
  }

  /// What the sidecar does with a checkpoint of the Pod: file and manifest in the store.
  void store_checkpoint(const std::string& pod, std::int32_t epoch, const std::string& path, bool best = false,
                        bool final = false) {
    const auto name = checkpoint_name(epoch);
    const auto bytes = checkpoint(pod, epoch);
    const auto folder = stores_.path() / "models" / path;
    write_text(folder / name, bytes);
    const Json manifest{{"ownerUid", owner_.uid}, {"run", owner_.run}, {"identity", owner_.identity},
                        {"epoch", epoch},         {"file", name},      {"bytes", bytes.size()},
                        {"best", best},           {"final", final},    {"sha256", sha256_hex(bytes)}};
    write_text(folder / (name.substr(0, name.size() - 3) + ".json"), manifest.dump());
  }

  std::string checkpoint(const std::string& pod, std::int32_t epoch) {
    return read_text(pods_.path() / pod / "checkpoints" / checkpoint_name(epoch));
  }
  std::vector<Json> telemetry(const std::string& pod, const char* kind) {
    std::vector<Json> found;
    std::istringstream lines(read_text(pods_.path() / pod / contract::kTelemetryFile));
    for (std::string line; std::getline(lines, line);) {
      const auto json = Json::parse(line);
      if (json.contains(kind)) found.push_back(json[kind]);
    }
    return found;
  }

  contract::RunOwner owner_{"TrainingJob", "default", "detector", "u", 1, 1, "mine"};
  TemporaryFolder stores_, pods_;
  std::atomic<bool> stop_{false};
  std::string output_;
};

/// With what an inspection found of the files.
void inspect(const std::filesystem::path& stores, contract::DatasetLocation& location) {
  const auto store = *storage::open_local_store((stores / location.store).string());
  const auto files = dataset_folder::data_files(*dataset_folder::list_dataset(*store, location.path), location.format);
  location.digest = dataset_folder::digest_files(*store, location.path, files)->digest;
  location.fingerprint = dataset_folder::listing_fingerprint(files);
}

void edit(const std::filesystem::path& file, const std::string& bytes) {
  const auto later = std::filesystem::last_write_time(file) + std::chrono::seconds(60);
  write_text(file, bytes);
  std::filesystem::last_write_time(file, later);
}

TEST_F(TrainingRunTest, TrainsOnNoOtherBytesThanTheDatasetWasReadyWith) {
  auto run = small_run(1);
  inspect(stores_.path(), run.train);
  inspect(stores_.path(), *run.val);
  const auto file = stores_.path() / "datasets/val/annotation.json";
  const auto before = read_text(file);
  auto renamed = before;
  renamed.replace(renamed.find("\"name\":\"") + 8, 1, "X");
  edit(file, renamed);
  const auto changed = train_in("a", run);
  EXPECT_EQ(changed.code, ExitCode::ContentChanged);
  ASSERT_TRUE(changed.result.error);
  EXPECT_EQ(changed.result.error->failure_class, "ContentChanged");
  EXPECT_NE(changed.result.error->message.find("datasets.val: the files of Dataset val"), std::string::npos);
  EXPECT_TRUE(telemetry("a", "metrics").empty());
  edit(file, before);
  EXPECT_EQ(train_in("b", run).code, ExitCode::Done) << "the bytes are back, with another time";
}

TEST_F(TrainingRunTest, ATestSetThatChangesWhileItTrainsIsFoundInTheEnd) {
  auto run = small_run(2);
  run.test = scene_location("val", "val");
  inspect(stores_.path(), *run.test);
  const auto outcome = train_in("a", run, [&](const std::string& line) {
    if (line.find("Epoch 1/") != std::string::npos)
      std::filesystem::remove(stores_.path() / "datasets/val/images/1001.png");
  });
  EXPECT_EQ(outcome.code, ExitCode::ContentChanged) << output_;
}

TEST_F(TrainingRunTest, TrainsEvaluatesAndReportsTheBestModel) {
  const auto outcome = train_in("a", small_run(12));
  ASSERT_EQ(outcome.code, ExitCode::Done) << outcome.result.error.value_or(contract::ResultError{}).message;
  ASSERT_TRUE(outcome.result.train);
  const auto& facts = *outcome.result.train;
  EXPECT_EQ(facts.epochs, 12);
  EXPECT_EQ(facts.best_metric, "map50_95");
  EXPECT_GT(facts.metrics.at("map50"), 0.5);
  EXPECT_EQ(facts.metrics.at("map50_95"), facts.best_value) << "evaluated again, with the same result";
  ASSERT_TRUE(facts.model);
  EXPECT_EQ(facts.model->epoch, facts.best_epoch);
  EXPECT_EQ(facts.model->sha256, sha256_hex(read_text(facts.model->path)));
  EXPECT_NE(output_.find("Epoch 12/12  loss "), std::string::npos) << output_;

  std::map<std::string, int> points;
  for (const auto& metric : telemetry("a", "metric")) ++points[metric["name"].get<std::string>()];
  const std::map<std::string, int> expected{
      {"images_per_second", 12}, {"learning_rate", 12}, {"loss", 12},  {"loss_heatmap", 12},
      {"loss_offset", 12},       {"loss_size", 12},     {"map50", 12}, {"map50_95", 12}};
  EXPECT_EQ(points, expected);
  const auto written = telemetry("a", "checkpoint");
  ASSERT_EQ(written.size(), 12U);
  EXPECT_TRUE(written.back().value("final", false));
  EXPECT_TRUE(written.front().value("best", false));
  EXPECT_LE(std::distance(std::filesystem::directory_iterator(pods_.path() / "a/checkpoints"), {}), 2)
      << "last and best";
}

TEST_F(TrainingRunTest, MeasuresTheBestModelOnTheTestSetByWhichNothingIsChosen) {
  write_scenes(stores_.path() / "datasets/test", 8, 2);  // the scenes of the validation set
  write_text(stores_.path() / "datasets/test/images/1003.png", "no image");
  write_text(stores_.path() / "datasets/val/images/1003.png", "no image");
  auto run = small_run(6);
  const auto untested = train_in("a", run);
  run.test = scene_location("test", "test");
  const auto tested = train_in("b", run);
  ASSERT_EQ(tested.code, ExitCode::Done) << tested.result.error.value_or(contract::ResultError{}).message;
  const auto& metrics = tested.result.train->metrics;
  EXPECT_EQ(metrics.at("test_map50"), metrics.at("map50"));
  EXPECT_EQ(metrics.at("test_map50_95"), metrics.at("map50_95"));
  EXPECT_GT(metrics.at("test_map50"), 0);
  EXPECT_EQ(tested.result.train->model->sha256, untested.result.train->model->sha256);
  EXPECT_FALSE(untested.result.train->metrics.contains("test_map50"));
  EXPECT_NE(output_.find(", tests on 8 images"), std::string::npos) << output_;
  EXPECT_NE(output_.find("Test set: 1 image cannot be decoded"), std::string::npos) << output_;
}

TEST_F(TrainingRunTest, GivesEqualBytesForEqualRuns) {
  ASSERT_EQ(train_in("a", small_run(2)).code, ExitCode::Done);
  ASSERT_EQ(train_in("b", small_run(2)).code, ExitCode::Done);
  EXPECT_EQ(checkpoint("a", 2), checkpoint("b", 2));
  auto other = small_run(2);
  other.seed = 12;
  ASSERT_EQ(train_in("c", other).code, ExitCode::Done);
  EXPECT_NE(checkpoint("a", 2), checkpoint("c", 2));
}

TEST_F(TrainingRunTest, ResumesAfterTwoOfFourEpochsBitForBit) {
  ASSERT_EQ(train_in("whole", small_run()).code, ExitCode::Done);
  const auto first = train_in("first", small_run(), [&](const std::string& line) {
    if (line.starts_with("Epoch 2/4")) stop_ = true;
  });
  EXPECT_EQ(first.code, ExitCode::Terminated);
  EXPECT_EQ(first.result.error->failure_class, "Terminated");
  store_checkpoint("first", 2, "run-1", true);
  stop_ = false;
  const auto second = train_in("second", small_run());
  ASSERT_EQ(second.code, ExitCode::Done);
  EXPECT_EQ(second.result.train->resumed_from_epoch, 2);
  EXPECT_NE(output_.find("Resumes from run-1/epoch-0002.pt, after epoch 2"), std::string::npos) << output_;
  EXPECT_EQ(checkpoint("second", 4), checkpoint("whole", 4));
}

TEST_F(TrainingRunTest, TakesUpNoCheckpointOfAnotherIdentityAndSaysWhoseItIs) {
  ASSERT_EQ(train_in("whole", small_run(2)).code, ExitCode::Done);
  const auto wanted = checkpoint("whole", 2);
  // An object of the same name that is gone left a finished run in the very folder, and in the Pod.
  owner_ = {"TrainingJob", "default", "detector", "u-before", 1, 1, "theirs"};
  auto theirs = small_run(2);
  theirs.seed = 99;
  ASSERT_EQ(train_in("mine", theirs).code, ExitCode::Done);
  store_checkpoint("mine", 2, "run-1", true);
  owner_ = {"TrainingJob", "default", "detector", "u", 1, 1, "mine"};
  const auto outcome = train_in("mine", small_run(2));
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_EQ(outcome.result.train->resumed_from_epoch, 0);
  EXPECT_EQ(outcome.result.train->epochs, 2);
  EXPECT_EQ(checkpoint("mine", 2), wanted) << "as if nothing had been there";
  EXPECT_NE(output_.find("run-1/epoch-0002.pt cannot be used: it is of another object (uid u-before)"),
            std::string::npos)
      << output_;
  EXPECT_NE(
      output_.find("The checkpoint epoch-0002.pt cannot be used: it was made of other data or with other settings"),
      std::string::npos)
      << output_;
}

TEST_F(TrainingRunTest, BelievesTheCheckpointItselfMoreThanAManifestThatClaimsItIsOwn) {
  auto theirs = small_run(2);
  theirs.seed = 99;
  ASSERT_EQ(train_in("theirs", theirs).code, ExitCode::Done);
  store_checkpoint("theirs", 2, "run-1", true);  // its manifest names this run
  const auto outcome = train_in("mine", small_run(2));
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_EQ(outcome.result.train->resumed_from_epoch, 0);
}

TEST_F(TrainingRunTest, EqualRunsOfTwoObjectsGiveTheSameBytes) {
  ASSERT_EQ(train_in("one", small_run(2)).code, ExitCode::Done);
  owner_ = {"TrainingJob", "default", "detector", "u-after", 3, 2, "another"};
  ASSERT_EQ(train_in("two", small_run(2)).code, ExitCode::Done);
  EXPECT_EQ(checkpoint("one", 2), checkpoint("two", 2));
}

TEST_F(TrainingRunTest, GoesOnWithARunThatAnEarlierVersionBegan) {
  owner_.identity.clear();
  (void)train_in("first", small_run(2),
                 [&](const std::string& line) { stop_ = stop_ || line.starts_with("Epoch 1/"); });
  store_checkpoint("first", 1, "run-1", true);
  stop_ = false;
  const auto second = train_in("second", small_run(2));
  ASSERT_EQ(second.code, ExitCode::Done);
  EXPECT_EQ(second.result.train->resumed_from_epoch, 1);
  owner_.uid = "u-after";  // the object was made anew, and still names no identity
  EXPECT_EQ(train_in("third", small_run(2)).result.train->resumed_from_epoch, 0);
}

TEST_F(TrainingRunTest, StoppedAtAnyStepEndsWhereAnUndisturbedRunEnds) {
  ASSERT_EQ(train_in("whole", small_run()).code, ExitCode::Done);
  int stops = 0;
  Outcome outcome;
  for (int delay = 20; stops < 100; delay += 7) {
    stop_ = false;
    std::jthread stopper([&, delay] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      stop_ = true;
    });
    outcome = train_in("cut", small_run());
    if (outcome.code != ExitCode::Terminated) break;
    ++stops;
  }
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_GE(stops, 1);
  EXPECT_EQ(checkpoint("cut", 4), checkpoint("whole", 4)) << "after " << stops << " stops";
}

TEST_F(TrainingRunTest, GoesBackToAnOlderCheckpointWhenTheNewestIsDamaged) {
  ASSERT_EQ(train_in("whole", small_run()).code, ExitCode::Done);
  for (const char* last : {"Epoch 2/4", "Epoch 3/4"}) {
    (void)train_in("first", small_run(), [&](const std::string& line) { stop_ = stop_ || line.starts_with(last); });
    stop_ = false;
    store_checkpoint("first", last[6] - '0', "run-1");
  }
  write_text(stores_.path() / "models/run-1/epoch-0003.pt", checkpoint("first", 3).substr(0, 5000));
  write_text(stores_.path() / "models/run-1/epoch-0004.json", "{\"epoch\": 4");
  const auto outcome = train_in("second", small_run());
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_NE(output_.find("epoch-0003.pt cannot be used"), std::string::npos) << output_;
  EXPECT_EQ(outcome.result.train->resumed_from_epoch, 2);
  EXPECT_EQ(checkpoint("second", 4), checkpoint("whole", 4));
}

TEST_F(TrainingRunTest, OnlyWritesItsResultWhenTheRunHadEnded) {
  ASSERT_EQ(train_in("a", small_run()).code, ExitCode::Done);
  const auto before = checkpoint("a", 4);
  const auto again = train_in("a", small_run());
  ASSERT_EQ(again.code, ExitCode::Done);
  EXPECT_EQ(again.result.train->resumed_from_epoch, 4);
  EXPECT_GT(again.result.train->metrics.at("map50"), 0);
  EXPECT_EQ(checkpoint("a", 4), before);
}

TEST_F(TrainingRunTest, StopsEarlyWithoutImprovementAndMarksTheLastCheckpoint) {
  auto run = small_run(10);
  run.early_stopping_metric = "map50";
  run.early_stopping_patience = 2;
  run.early_stopping_min_delta = 1;
  const auto outcome = train_in("a", run);
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_TRUE(outcome.result.train->early_stopped);
  EXPECT_EQ(outcome.result.train->epochs, 3);
  EXPECT_EQ(outcome.result.train->best_metric, "map50");
  EXPECT_TRUE(telemetry("a", "checkpoint").back().value("final", false));
  const auto again = train_in("a", run);
  EXPECT_EQ(again.result.train->epochs, 3) << "a second start does not train on";
}

TEST_F(TrainingRunTest, ChoosesTheBestEpochByLossWithoutAValidationSet) {
  auto run = small_run(2);
  run.val.reset();
  const auto outcome = train_in("a", run);
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_EQ(outcome.result.train->best_metric, "loss");
  EXPECT_EQ(outcome.result.train->best_epoch, 2);
  EXPECT_GT(outcome.result.train->metrics.at("loss"), 0);
  EXPECT_FALSE(outcome.result.train->metrics.contains("map50"));
}

TEST_F(TrainingRunTest, StartsWithTheWeightsOfAFinishedRunAndContinuesAnUnfinishedOne) {
  ASSERT_EQ(train_in("a", small_run()).code, ExitCode::Done);
  store_checkpoint("a", 4, "old", true);
  auto run = small_run(1);
  run.resume_path = "old";
  ASSERT_EQ(train_in("b", run).code, ExitCode::Done);
  EXPECT_NE(output_.find("Starts with the weights of old/epoch-0004.pt"), std::string::npos) << output_;

  (void)train_in("c", small_run(), [&](const std::string& line) { stop_ = stop_ || line.starts_with("Epoch 2/4"); });
  stop_ = false;
  store_checkpoint("c", 2, "half");
  run = small_run();
  run.resume_path = "half/epoch-0002.pt";
  const auto outcome = train_in("d", run);
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_EQ(outcome.result.train->resumed_from_epoch, 2);
  EXPECT_GT(outcome.result.train->best_epoch, 2) << "the best one is of this run";

  run.resume_path = "nothing";
  EXPECT_EQ(train_in("e", run).code, ExitCode::InputMissing) << "it may still come";
}

TEST_F(TrainingRunTest, FindsACheckpointByItsDigestAndTakesTheWeightsOfAFinishedRun) {
  ASSERT_EQ(train_in("a", small_run()).code, ExitCode::Done);
  const std::string old = "checkpoints/default/old/run-1-0123";
  (void)train_in("half", small_run(), [&](const std::string& line) { stop_ = stop_ || line.starts_with("Epoch 2/4"); });
  stop_ = false;
  store_checkpoint("half", 2, old);
  store_checkpoint("a", 4, old, false, true);
  const auto digest = sha256_hex(checkpoint("half", 2));
  auto run = small_run();
  run.checkpoint_path = "checkpoints/default/new/run-1-4567";
  run.resume_digest = "sha256:" + digest;
  EXPECT_EQ(train_in("b", run).code, ExitCode::InputMissing);
  const auto index = stores_.path() / "models" / contract::checkpoint_index_path(run.checkpoint_path, digest);
  write_text(index, Json{{"path", old + "/epoch-0002.pt"}}.dump());
  ASSERT_EQ(train_in("c", run).code, ExitCode::Done) << output_;
  EXPECT_NE(output_.find("Starts with the weights of " + old + "/epoch-0002.pt"), std::string::npos) << output_;

  write_text(index, Json{{"path", old + "/epoch-0004.pt"}}.dump());
  EXPECT_EQ(train_in("d", run).code, ExitCode::InputMissing) << "those bytes have another digest";
}

TEST_F(TrainingRunTest, TriesADivergedRunOnceMoreAndThenSaysSo) {
  auto run = small_run();
  run.learning_rate = 1000;
  run.weight_decay = 1000;
  run.warmup_epochs = 0;
  const auto outcome = train_in("a", run);
  EXPECT_EQ(outcome.code, ExitCode::Diverged);
  ASSERT_TRUE(outcome.result.error);
  EXPECT_EQ(outcome.result.error->failure_class, "NaN");
  EXPECT_NE(output_.find("with half the learning rate"), std::string::npos) << output_;
  EXPECT_FALSE(telemetry("a", "event").empty());
}

TEST_F(TrainingRunTest, RefusesWhatItCannotTrainAndNamesTheField) {
  const auto refused = [&](const std::function<void(contract::TrainRun&)>& change, const std::string& words) {
    auto run = small_run();
    change(run);
    const auto outcome = train_in("a", run);
    EXPECT_EQ(outcome.code, ExitCode::InvalidInput) << words;
    const auto message = outcome.result.error.value_or(contract::ResultError{}).message;
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  refused([](auto& run) { run.model = "yolo"; }, "model: \"yolo\" is not a model of the built-in trainer");
  refused([](auto& run) { run.task = Task::Segmentation; }, "task: ");
  refused([](auto& run) { run.extra.json = R"({"widht": 8})"; }, "extra.widht: unknown field; did you mean \"width\"?");
  refused([](auto& run) { run.extra.json = R"({"width": 0})"; }, "extra.width");
  refused([](auto& run) { run.early_stopping_metric = "map75"; }, "earlyStopping.metric: \"map75\" is not one of");
  refused(
      [](auto& run) {
        run.early_stopping_metric = "map50";
        run.val.reset();
      },
      "needs a validation set");
  refused([](auto& run) { run.image_size = 16384; }, "imageSize");

  auto run = small_run();
  run.train.path = "gone";
  const auto missing = train_in("a", run);
  EXPECT_EQ(missing.code, ExitCode::InputMissing);
  EXPECT_TRUE(missing.result.error->message.starts_with("datasets.train: ")) << missing.result.error->message;
  run = small_run();
  run.test = scene_location("gone", "test");
  const auto untestable = train_in("a", run);
  EXPECT_EQ(untestable.code, ExitCode::InputMissing) << "before the training, not after it";
  EXPECT_TRUE(untestable.result.error->message.starts_with("datasets.test: ")) << untestable.result.error->message;
}

TEST_F(TrainingRunTest, TrainsOnWithoutTheImagesThatAreDamaged) {
  write_text(stores_.path() / "datasets/train/images/1005.png", "no image");
  const auto outcome = train_in("a", small_run(1));
  ASSERT_EQ(outcome.code, ExitCode::Done);
  EXPECT_NE(output_.find("1 image cannot be decoded, left out; first: train/images/1005.png"), std::string::npos)
      << output_;
  EXPECT_NE(output_.find("Trains on 23 images"), std::string::npos) << output_;
}

}  // namespace
}  // namespace visionops::train
