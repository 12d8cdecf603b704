#include "worker/sidecar/checkpoint_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "tests/unit/sidecar/folder.h"
#include "worker/contract/checkpoint_index.h"
#include "worker/contract/checkpoint_name.h"
#include "worker/sidecar/checkpoint_worker.h"
#include "worker/storage/local/stranger_folder.h"

namespace visionops::sidecar {
namespace {

class CheckpointStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(pod_dir());
    std::filesystem::create_directories(answers_dir());
    std::filesystem::create_directories(store_dir());
  }
  [[nodiscard]] std::filesystem::path pod_dir() const { return folder_.path() / "pod"; }
  [[nodiscard]] std::filesystem::path answers_dir() const { return folder_.path() / "answers"; }
  [[nodiscard]] std::filesystem::path store_dir() const { return folder_.path() / "models"; }
  [[nodiscard]] std::filesystem::path stored_dir() const { return store_dir() / "runs"; }
  [[nodiscard]] std::filesystem::path stored(const std::string& name) const {
    return store_dir() / "runs/detector-1" / name;
  }

  CheckpointStore make(std::int32_t keep = 2) const {
    return make_for({"TrainingJob", "default", "detector", "job-uid", 1, 1, "0123abcd"}, keep);
  }
  CheckpointStore make_for(const contract::RunOwner& owner, std::int32_t keep = 2) const {
    return {*storage::open_stranger_folder(pod_dir().string()),
            *storage::open_local_store(answers_dir().string(), storage::Durability::Cached),
            *storage::open_local_store(store_dir().string()),
            checkpoint_path_,
            keep,
            owner};
  }
  contract::CheckpointWritten trained(std::int32_t epoch, bool best = false, bool final = false,
                                      const std::string& bytes = "") const {
    contract::CheckpointWritten written;
    written.file = contract::checkpoint_stem(epoch) + ".pt";
    written.epoch = epoch;
    written.metrics = {{"map50", 0.1 * epoch}};
    written.best = best;
    written.final = final;
    write_file(pod_dir() / "checkpoints" / written.file, bytes.empty() ? "weights of " + std::to_string(epoch) : bytes);
    return written;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(stored("")))
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  Folder folder_;
  std::string checkpoint_path_ = "runs/detector-1";
};

using Names = std::vector<std::string>;

TEST_F(CheckpointStoreTest, WhatTheTrainerSaidLiesBesideItsCheckpointsAndNewerWordsReplaceOlder) {
  auto store = make();
  ASSERT_TRUE(store.keep_log().ok()) << "a trainer without a log is none of its business";
  EXPECT_FALSE(std::filesystem::exists(stored_dir()));
  write_file(pod_dir() / "job.log", "epoch 1\n");
  ASSERT_TRUE(store.keep_log().ok());
  EXPECT_EQ(read_file(stored("attempt-0001.log")), "epoch 1\n");
  write_file(pod_dir() / "job.log.1", "epoch 1\n");
  write_file(pod_dir() / "job.log", "epoch 2\n");
  ASSERT_TRUE(store.keep_log().ok());
  EXPECT_EQ(read_file(stored("attempt-0001.log.1")), "epoch 1\n");
  EXPECT_EQ(read_file(stored("attempt-0001.log")), "epoch 2\n");
}

TEST_F(CheckpointStoreTest, ALogThatIsALinkIsNotFollowed) {
  auto store = make();
  write_file(folder_.path() / "secret", "secret");
  std::filesystem::create_symlink(folder_.path() / "secret", pod_dir() / "job.log");
  EXPECT_FALSE(store.keep_log().ok() && std::filesystem::exists(stored("attempt-0001.log")));
}

TEST_F(CheckpointStoreTest, AFileKeepsTheEndingThatItsFrameworkGaveIt) {
  auto store = make();
  contract::CheckpointWritten written;
  written.file = "epoch-0003.pth.tar";
  written.epoch = 3;
  written.best = true;
  write_file(pod_dir() / "checkpoints" / written.file, "weights");
  const auto stored_one = store.store(written);
  ASSERT_TRUE(stored_one) << stored_one.error().message;
  EXPECT_EQ(stored_one->path, "runs/detector-1/epoch-0003.pth.tar");
  EXPECT_EQ(names(), (Names{"best.pth.tar", "epoch-0003.json", "epoch-0003.pth.tar"}));
  ASSERT_TRUE(store.store(trained(4, true, true)));
  EXPECT_EQ(names(), (Names{"best.pt", "epoch-0003.json", "epoch-0003.pth.tar", "epoch-0004.json", "epoch-0004.pt"}));
}

TEST_F(CheckpointStoreTest, AModelAloneStandsBesideWhatARunCanGoOnFrom) {
  auto store = make(1);
  ASSERT_TRUE(store.store(trained(3)));
  ASSERT_TRUE(store.store(trained(3, false, true)));
  contract::CheckpointWritten model;
  model.file = "epoch-0003-model.pt";
  model.epoch = 3;
  model.best = true;
  model.resumable = false;
  write_file(pod_dir() / "checkpoints" / model.file, "the model alone");
  ASSERT_TRUE(store.store(model));
  EXPECT_EQ(names(),
            (Names{"best.pt", "epoch-0003-model.json", "epoch-0003-model.pt", "epoch-0003.json", "epoch-0003.pt"}));
  EXPECT_EQ(read_file(stored("best.pt")), "the model alone");
  const auto word = store.read_back();
  ASSERT_TRUE(word.model && word.last) << word.problem;
  EXPECT_EQ(word.model->path, "runs/detector-1/epoch-0003-model.pt");
  EXPECT_EQ(word.last->path, "runs/detector-1/epoch-0003.pt");
}

TEST_F(CheckpointStoreTest, ModelsDoNotPushOutTheNewestThatARunCanGoOnFrom) {
  auto store = make(1);
  ASSERT_TRUE(store.store(trained(2)));
  for (const int epoch : {3, 4}) {
    contract::CheckpointWritten model;
    model.file = contract::checkpoint_stem(epoch, false) + ".pt";
    model.epoch = epoch;
    model.resumable = false;
    write_file(pod_dir() / "checkpoints" / model.file, "model");
    ASSERT_TRUE(store.store(model));
  }
  EXPECT_EQ(names(), (Names{"epoch-0002.json", "epoch-0002.pt", "epoch-0004-model.json", "epoch-0004-model.pt"}));
}

TEST_F(CheckpointStoreTest, StoresVerifiesAndAcknowledges) {
  auto store = make();
  const auto result = store.store(trained(7, true));
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->path, "runs/detector-1/epoch-0007.pt");
  EXPECT_EQ(result->sha256, sha256_hex("weights of 7"));
  EXPECT_EQ(result->bytes, 12);
  EXPECT_EQ(names(), (Names{"best.pt", "epoch-0007.json", "epoch-0007.pt"}));
  EXPECT_EQ(read_file(stored("best.pt")), "weights of 7");
  const auto manifest = decode_manifest(read_file(stored("epoch-0007.json")));
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->owner_uid, "job-uid");
  EXPECT_EQ(manifest->identity, "0123abcd");
  EXPECT_EQ(manifest->file, "epoch-0007.pt");
  EXPECT_EQ(manifest->sha256, result->sha256);
  EXPECT_TRUE(manifest->best);
  EXPECT_DOUBLE_EQ(manifest->metrics.at("map50"), 0.7);
  const auto ack = read_file(answers_dir() / "stored/epoch-0007.pt.json");
  EXPECT_NE(ack.find(result->sha256), std::string::npos) << ack;
}

TEST_F(CheckpointStoreTest, KeepsTheNewestTheBestAndTheFinalOne) {
  auto store = make(2);
  ASSERT_TRUE(store.store(trained(1)).ok());
  ASSERT_TRUE(store.store(trained(2, true)).ok());
  for (int epoch = 3; epoch <= 6; ++epoch) ASSERT_TRUE(store.store(trained(epoch)).ok());
  EXPECT_EQ(names(), (Names{"best.pt", "epoch-0002.json", "epoch-0002.pt", "epoch-0005.json", "epoch-0005.pt",
                            "epoch-0006.json", "epoch-0006.pt"}));
  ASSERT_TRUE(store.store(trained(7, false, true)).ok());
  ASSERT_TRUE(store.store(trained(8)).ok());
  ASSERT_TRUE(store.store(trained(9)).ok());
  ASSERT_TRUE(store.store(trained(10)).ok());
  EXPECT_EQ(names(), (Names{"best.pt", "epoch-0002.json", "epoch-0002.pt", "epoch-0007.json", "epoch-0007.pt",
                            "epoch-0009.json", "epoch-0009.pt", "epoch-0010.json", "epoch-0010.pt"}));
}

TEST_F(CheckpointStoreTest, FindsWhatItKeepsByDigestAndForgetsWhatItRemoves) {
  checkpoint_path_ = "checkpoints/default/detector/run-1-0123";
  auto store = make(1);
  const auto index_of = [&](const contract::StoredCheckpoint& stored) {
    return store_dir() / contract::checkpoint_index_path(checkpoint_path_, stored.sha256);
  };
  const auto first = store.store(trained(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(text_of(Json::parse(read_file(index_of(*first))), "path"), first->path);
  const auto second = store.store(trained(2, true, true));
  ASSERT_TRUE(second);
  EXPECT_FALSE(std::filesystem::exists(index_of(*first))) << "removed with its checkpoint";
  EXPECT_TRUE(std::filesystem::exists(index_of(*second)));
  EXPECT_EQ(index_of(*second).parent_path(), store_dir() / "checkpoints/default/.visionops/models");

  // An equal checkpoint of another run takes the entry over; the removal of ours leaves it.
  write_file(index_of(*second), R"({"path":"checkpoints/default/twin/run-1-4567/epoch-0002.pt"})");
  ASSERT_TRUE(store.store(trained(3)));
  EXPECT_TRUE(std::filesystem::exists(index_of(*second)));
}

TEST_F(CheckpointStoreTest, HasOneBestAtATime) {
  auto store = make(1);
  ASSERT_TRUE(store.store(trained(1, true)).ok());
  ASSERT_TRUE(store.store(trained(2, true)).ok());
  ASSERT_TRUE(store.store(trained(3)).ok());
  EXPECT_EQ(names(), (Names{"best.pt", "epoch-0002.json", "epoch-0002.pt", "epoch-0003.json", "epoch-0003.pt"}));
  EXPECT_EQ(read_file(stored("best.pt")), "weights of 2");
}

TEST_F(CheckpointStoreTest, StoringAgainChangesNothing) {
  auto store = make();
  const auto written = trained(1, true);
  ASSERT_TRUE(store.store(written).ok());
  const auto manifest = read_file(stored("epoch-0001.json"));
  const auto time = std::filesystem::last_write_time(stored("epoch-0001.pt"));
  ASSERT_TRUE(store.store(written).ok());
  EXPECT_EQ(read_file(stored("epoch-0001.json")), manifest);
  EXPECT_EQ(std::filesystem::last_write_time(stored("epoch-0001.pt")), time);
}

TEST_F(CheckpointStoreTest, ReplacesAnEpochThatWasInterrupted) {
  auto store = make();
  ASSERT_TRUE(store.store(trained(1, false, false, "half an epoch")).ok());
  const auto whole = store.store(trained(1, false, false, "the whole epoch"));
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(read_file(stored("epoch-0001.pt")), "the whole epoch");
  EXPECT_EQ(decode_manifest(read_file(stored("epoch-0001.json")))->sha256, sha256_hex("the whole epoch"));
}

TEST_F(CheckpointStoreTest, RemembersWhatItStoredWhenTheTrainersFileIsGone) {
  auto store = make();
  const auto written = trained(1);
  const auto first = store.store(written);
  std::filesystem::remove(pod_dir() / "checkpoints" / written.file);
  const auto again = store.store(written);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->sha256, first->sha256);
  auto never = written;
  never.file = "epoch-0009.pt";
  const auto missing = store.store(never);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().cls, ErrorClass::NotFound);
}

TEST_F(CheckpointStoreTest, RemovesACopyThatNeverGotItsManifest) {
  auto store = make(2);
  write_file(stored("epoch-0001.pt"), "cut off by a crash");
  write_file(stored("notes.txt"), "not ours");
  ASSERT_TRUE(store.store(trained(2)).ok());
  EXPECT_EQ(names(), (Names{"epoch-0002.json", "epoch-0002.pt", "notes.txt"}));
}

TEST_F(CheckpointStoreTest, StoresNothingButAFileOfTheTrainersOwn) {
  const auto secret = folder_.path() / "secret";
  const auto file = pod_dir() / "checkpoints/epoch-0001.pt";
  write_file(secret, "secret");
  std::filesystem::create_directories(pod_dir() / "checkpoints");
  const std::vector<std::pair<std::string, std::function<void()>>> traps{
      {"link", [&] { std::filesystem::create_symlink(secret, file); }},
      {"hard links", [&] { std::filesystem::create_hard_link(secret, file); }},
      {"fifo", [&] { ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0); }},
      {"folder", [&] { std::filesystem::create_directory(file); }},
      {"sparse", [&] { write_file(file, ""), std::filesystem::resize_file(file, std::uintmax_t{1} << 40); }},
  };
  contract::CheckpointWritten written;
  written.file = "epoch-0001.pt";
  written.epoch = 1;
  for (const auto& [what, make_trap] : traps) {
    make_trap();
    const auto stored = make().store(written);
    ASSERT_FALSE(stored.ok()) << what;
    EXPECT_EQ(stored.error().cls, ErrorClass::Invalid)
        << what << " would be tried for ever: " << stored.error().message;
    EXPECT_FALSE(std::filesystem::exists(stored_dir())) << what;
    std::filesystem::remove(file);
  }
  for (const char* name : {"../secret", "a/epoch-0001.pt", "/etc/passwd", ".."}) {
    written.file = name;
    const auto stored = make().store(written);
    ASSERT_FALSE(stored.ok()) << name;
    EXPECT_EQ(stored.error().cls, ErrorClass::Invalid) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(stored_dir()));
}

TEST_F(CheckpointStoreTest, DoesNotLeaveTheFolderWhenItIsReplacedByALink) {
  write_file(folder_.path() / "other/epoch-0001.pt", "of another run");
  std::filesystem::create_directory_symlink(folder_.path() / "other", pod_dir() / "checkpoints");
  contract::CheckpointWritten written;
  written.file = "epoch-0001.pt";
  written.epoch = 1;
  EXPECT_FALSE(make().store(written).ok());
  EXPECT_FALSE(std::filesystem::exists(stored_dir()));
  EXPECT_EQ(read_file(folder_.path() / "other/epoch-0001.pt"), "of another run");
}

TEST_F(CheckpointStoreTest, WritesNothingIntoTheTrainersFolder) {
  auto store = make();
  const auto first = trained(1), second = trained(2, true, true);
  ASSERT_TRUE(store.store(first).ok());
  store.skip(second);
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(pod_dir()))
    found.push_back(entry.path().lexically_relative(pod_dir()));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (Names{"checkpoints", "checkpoints/epoch-0001.pt", "checkpoints/epoch-0002.pt"}));
  EXPECT_TRUE(std::filesystem::exists(answers_dir() / "skipped/epoch-0002.pt"));
}

TEST_F(CheckpointStoreTest, ReadsBackTheFinalAndTheBestCheckpointOfItsRun) {
  auto store = make();
  ASSERT_TRUE(store.store(trained(3, true)).ok());
  EXPECT_NE(store.read_back().problem.find("not the final one"), std::string::npos);
  ASSERT_TRUE(store.store(trained(4, false, true)).ok());
  std::filesystem::remove_all(pod_dir());
  const auto word = store.read_back();
  ASSERT_TRUE(word.model && word.last) << word.problem;
  EXPECT_EQ(word.owner_uid, "job-uid");
  EXPECT_EQ(word.run, 1);
  EXPECT_EQ(word.attempt, 1);
  EXPECT_EQ(word.model->path, "runs/detector-1/epoch-0003.pt");
  EXPECT_EQ(word.model->sha256, sha256_hex("weights of 3"));
  EXPECT_EQ(word.last->epoch, 4);
}

TEST_F(CheckpointStoreTest, HashesTheBytesInTheStoreAnew) {
  auto store = make();
  ASSERT_TRUE(store.store(trained(1, true, true)).ok());
  std::filesystem::remove(stored("best.pt"));  // another name of the file
  write_file(stored("epoch-0001.pt"), "weights of 0");
  auto word = store.read_back();
  EXPECT_FALSE(word.model);
  EXPECT_NE(word.problem.find("not the file that was stored"), std::string::npos) << word.problem;
  std::filesystem::remove(stored("epoch-0001.pt"));
  word = store.read_back();
  EXPECT_FALSE(word.model);
  EXPECT_NE(word.problem.find("does not exist"), std::string::npos) << word.problem;
}

TEST_F(CheckpointStoreTest, SaysNothingOfAnotherRunsModel) {
  auto store = make();
  ASSERT_TRUE(store.store(trained(1, true, true)).ok());
  for (const auto& other : {contract::RunOwner{"TrainingJob", "default", "detector", "job-uid", 2, 1},
                            contract::RunOwner{"TrainingJob", "default", "detector", "another-uid", 1, 1}}) {
    const auto word = make_for(other).read_back();
    EXPECT_FALSE(word.model);
    EXPECT_NE(word.problem.find("no checkpoint of this run"), std::string::npos) << word.problem;
  }
}

class CheckpointWorkerTest : public CheckpointStoreTest {
 protected:
  static std::vector<CheckpointOutcome> all_outcomes(CheckpointWorker& worker) {
    std::vector<CheckpointOutcome> out;
    for (int i = 0; i < 1'000 && !worker.idle(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      for (auto& outcome : worker.take_outcomes()) out.push_back(std::move(outcome));
    }
    return out;
  }
  /// Waits for outcomes and takes them.
  static bool says_something(CheckpointWorker& worker) {
    for (int i = 0; i < 1'000; ++i) {
      if (!worker.take_outcomes().empty()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

TEST_F(CheckpointWorkerTest, TriesAgainUntilTheStoreIsBackAndSkipsWhatIsOutdatedByThen) {
  const auto store = make(3);
  std::filesystem::rename(store_dir(), folder_.path() / "away");
  write_file(store_dir(), "a file where the store was");
  // The store object still points into the moved folder: block it there, too.
  std::filesystem::create_directories(folder_.path() / "away/runs");
  write_file(folder_.path() / "away/runs/detector-1", "in the way");
  CheckpointWorker worker(store, Duration{20});
  worker.push({trained(1, true), 10});
  ASSERT_TRUE(says_something(worker)) << "that the store is away";
  for (int epoch = 2; epoch <= 5; ++epoch) worker.push({trained(epoch, epoch == 3), epoch * 10});
  EXPECT_FALSE(worker.idle());
  EXPECT_EQ(worker.oldest_offset(), 10);
  std::filesystem::remove(folder_.path() / "away/runs/detector-1");
  const auto outcomes = all_outcomes(worker);
  std::string story;
  for (const auto& outcome : outcomes)
    story += (outcome.stored ? "stored " + outcome.stored->path : outcome.event) + "\n";
  EXPECT_NE(story.find("stored runs/detector-1/epoch-0001.pt"), std::string::npos) << story;
  EXPECT_NE(story.find("epoch-0002.pt was skipped"), std::string::npos) << story;
  EXPECT_NE(story.find("stored runs/detector-1/epoch-0003.pt"), std::string::npos) << story;
  EXPECT_NE(story.find("epoch-0004.pt was skipped"), std::string::npos) << story;
  EXPECT_NE(story.find("stored runs/detector-1/epoch-0005.pt"), std::string::npos) << story;
  EXPECT_FALSE(worker.oldest_offset());
}

TEST_F(CheckpointWorkerTest, SaysItsWordOnlyWhenEverythingIsStored) {
  CheckpointWorker worker(make(), Duration{20});
  worker.push({trained(1, true, false), 0});
  worker.push({trained(2, false, true), 10});
  worker.ask_for_word();
  for (int i = 0; i < 1'000 && !worker.word(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(worker.word());
  EXPECT_EQ(worker.word()->last->epoch, 2);
  EXPECT_EQ(worker.word()->model->epoch, 1);
}

TEST_F(CheckpointWorkerTest, EndsWhileTheStoreIsAway) {
  auto store = make();
  write_file(store_dir() / "runs", "in the way");
  CheckpointWorker worker(store, std::chrono::minutes(1));
  worker.push({trained(1), 0});
  EXPECT_TRUE(says_something(worker)) << "that the store is away";
}

}  // namespace
}  // namespace visionops::sidecar
