// What needs no program: a store without files of its own, a stop, progress. Layouts are counted from outside by
// tests/golden/layouts.
#include "worker/layout/lay_out.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "base/json.h"
#include "worker/dataset/folder/digest.h"
#include "worker/dataset/folder/file_list.h"

namespace visionops::layout {
namespace {

namespace fs = std::filesystem;
using contract::ExitCode;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The head of a PNG of 64 x 48: nothing here decodes it.
std::string picture(const std::string& more) {
  return std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x30\x08\0\0\0\0", 29) + more;
}

class LayOutTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "visionops-lay-out-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    fs::create_directories(root_ / "job");
    Json coco{{"images", Json::array()}, {"annotations", Json::array()}};
    coco["categories"] = Json::array({{{"id", 3}, {"name", "car"}}});
    for (int i = 0; i < 3; ++i) {
      const auto name = std::to_string(i) + ".png";
      write_file(root_ / "data/set/images" / name, picture(name));
      coco["images"].push_back({{"id", i + 1}, {"file_name", name}, {"width", 64}, {"height", 48}});
      coco["annotations"].push_back({{"id", i + 1}, {"image_id", i + 1}, {"category_id", 3}, {"bbox", {0, 0, 32, 24}}});
    }
    write_file(root_ / "data/set/annotation.json", coco.dump());
    run_.train.name = "set";
    run_.train.store = "data";
    run_.train.path = "set";
    run_.framework.emplace().layout = "YOLO";
    environment_.open_store = [this](const std::string& name) {
      return storage::open_local_store((root_ / name).string());
    };
    environment_.folder_of_store = [this](const std::string& name) { return root_ / name; };
  }
  void TearDown() override { fs::remove_all(root_); }

  LayoutOutcome lay_out() { return layout::lay_out(run_, root_ / "job/data", environment_); }

  fs::path root_;
  contract::TrainRun run_;
  LayoutEnvironment environment_;
};

TEST_F(LayOutTest, OfABucketThePicturesAreLoaded) {
  environment_.folder_of_store = [](const std::string&) { return std::optional<fs::path>(); };
  const auto outcome = lay_out();
  ASSERT_EQ(outcome.code, ExitCode::Done) << outcome.problem;
  const auto path = root_ / "job/data/images/train/1.png";
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path)));
  EXPECT_EQ(bytes_of(path), picture("1.png"));
}

TEST_F(LayOutTest, WhatABucketSendsIsComparedWithTheListOfTheDataset) {
  environment_.folder_of_store = [](const std::string&) { return std::optional<fs::path>(); };
  const auto store = storage::open_local_store((root_ / "data").string());
  ASSERT_TRUE(store.ok());
  const auto files = (*store)->list("set", true);
  ASSERT_TRUE(files.ok());
  dataset_folder::FileList list{{1, "u1", "team", "set", 1, "set", ""}, {}};
  std::vector<dataset_folder::DataFile> digested;
  auto listed = *files;
  for (auto& file : listed) {
    file.path.erase(0, 4);
    const auto bytes = file.path == "images/2.png" ? "another" : bytes_of(root_ / "data/set" / file.path);
    digested.push_back({file.path, file.size, sha256_hex(bytes)});
    list.files.push_back({digested.back(), false});
  }
  list.head.digest = dataset_folder::dataset_digest(digested);
  write_file(root_ / "data" / dataset_folder::file_list_path("u1"), dataset_folder::encode(list));
  run_.train.uid = "u1";
  run_.train.digest = list.head.digest;
  run_.train.fingerprint = dataset_folder::listing_fingerprint(listed);
  const auto outcome = lay_out();
  EXPECT_EQ(outcome.code, ExitCode::StorageFailure);
  EXPECT_NE(outcome.problem.find("set/images/2.png: the bytes that came"), std::string::npos) << outcome.problem;
  EXPECT_FALSE(fs::exists(root_ / "job/data"));
}

TEST_F(LayOutTest, AStopLeavesNothing) {
  std::stop_source stop;
  environment_.stop = stop.get_token();
  environment_.progress = [&](const contract::Progress& p) {
    if (p.stage == "Preparing" && p.done == 2) stop.request_stop();
  };
  EXPECT_EQ(lay_out().code, ExitCode::Terminated);
  EXPECT_TRUE(fs::is_empty(root_ / "job"));
}

TEST_F(LayOutTest, ProgressCountsThePicturesOfAllSplits) {
  run_.val = run_.train;
  std::vector<std::int64_t> done;
  environment_.progress = [&](const contract::Progress& p) {
    if (p.stage != "Preparing") return;
    done.push_back(p.done);
    EXPECT_EQ(p.total, 6);
  };
  ASSERT_EQ(lay_out().code, ExitCode::Done);
  EXPECT_EQ(done, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST_F(LayOutTest, DataThatChangesWhileItIsLaidOutIsToldAndNothingIsLeft) {
  environment_.progress = [&](const contract::Progress& p) {
    if (p.stage == "Preparing" && p.done == 1) write_file(root_ / "data/set/images/3.png", picture("new"));
  };
  EXPECT_EQ(lay_out().code, ExitCode::ContentChanged);
  EXPECT_TRUE(fs::is_empty(root_ / "job"));
}

}  // namespace
}  // namespace visionops::layout
