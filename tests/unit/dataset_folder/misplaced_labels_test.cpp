// Label files in other places than the usual one: read where their image is certain, and named.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/load.h"

namespace visionops::dataset_folder {
namespace {

class MisplacedLabelsTest : public testing::Test {
 protected:
  MisplacedLabelsTest() { put("data.yaml", "names: [car, bus]\n"); }
  void put(const std::string& name, const std::string& bytes) { folder_.put("data/" + name, bytes); }
  void put_image(const std::string& name) { put(name, tests::picture()); }
  void put_labels(const std::string& name, int category = 0) {
    put(name, std::to_string(category) + " 0.5 0.5 0.1 0.1\n");
  }
  /// "images/a.jpg:0 ..." for each object.
  std::string read() {
    findings_ = annotations::Findings();
    const auto store = storage::open_local_store(folder_.path().string());
    const auto loaded = load_dataset(**store, "data", Format::None, findings_, {.threads = 2});
    if (!loaded) return loaded.error().message;
    std::string out;
    for (const auto& object : loaded->annotations.objects) {
      out += loaded->annotations.images[object.image].path + ":" + std::to_string(object.category) + " ";
    }
    return out;
  }
  tests::TemporaryFolder folder_;
  annotations::Findings findings_;
};

TEST_F(MisplacedLabelsTest, TheImageIsCertainByTheName) {
  const std::pair<const char*, const char*> cases[] = {
      {"images/a.jpg", "labels/a.TXT"},
      {"images/a.jpg", "Labels/a.txt"},
      {"Images/A.JPG", "LABELS/a.Txt"},
      {"images/a.jpg", "labels/a.jpg.txt"},
      {"images/a.jpg", "images/a.txt"},
      {"images/a.jpg", "images/a.jpg.txt"},
      {"images/train/a.jpg", "labels/a.txt"},
      {"images/a.jpg", "labels/train/a.txt"},
      {"a.jpg", "labels/a.txt"},
      {"train/images/x/a.jpg", "train/labels/a.txt"},
  };
  for (const auto& [image, labels] : cases) {
    std::filesystem::remove_all(folder_ / "data");
    put("data.yaml", "names: [car, bus]\n");
    put_image(image);
    put_labels(labels, 1);
    EXPECT_EQ(read(), std::string(image) + ":1 ") << labels;
    EXPECT_EQ(findings_.total(), 1) << labels;
    EXPECT_EQ(findings_.count("MisplacedLabelFile"), 1) << labels;
  }
}

TEST_F(MisplacedLabelsTest, TwoImagesOfOneNameAreNotCertain) {
  put_image("images/train/a.jpg");
  put_image("images/x/a.jpg");
  put_labels("labels/a.txt");
  EXPECT_EQ(read(), "");
  EXPECT_EQ(findings_.count("LabelsWithoutImage"), 1);
}

TEST_F(MisplacedLabelsTest, TwoFilesForOneImageAreNotCertain) {
  put_image("images/a.jpg");
  put_labels("Labels/a.txt");
  put_labels("LABELS/a.txt");
  EXPECT_EQ(read(), "");
  EXPECT_EQ(findings_.count("LabelsWithoutImage"), 2);
}

TEST_F(MisplacedLabelsTest, LabelsOfImagesThatAreNotHereAreNotGivenToOthers) {
  put_image("images/a.jpg");
  put_image("images/background.jpg");
  put_labels("labels/a.txt");
  put_labels("labels/val/background.txt");
  EXPECT_EQ(read(), "images/a.jpg:0 ");
  EXPECT_EQ(findings_.count("LabelsWithoutImage"), 1);
}

TEST_F(MisplacedLabelsTest, AnImageKeepsTheFileInTheUsualPlace) {
  put_image("images/a.jpg");
  put_labels("labels/a.txt", 0);
  put_labels("images/a.txt", 1);
  EXPECT_EQ(read(), "images/a.jpg:0 ");
  EXPECT_EQ(findings_.count("UnreadLabelFile"), 1);
}

TEST_F(MisplacedLabelsTest, FilesThatAreFoundBelongToTheDigest) {
  put_image("images/a.jpg");
  put_labels("Labels/a.TXT");
  EXPECT_EQ(read(), "images/a.jpg:0 ");
  const auto store = storage::open_local_store(folder_.path().string());
  const auto listing = list_dataset(**store, "data");
  ASSERT_TRUE(listing.ok());
  const auto files = data_files(*listing, Format("YOLO"));
  EXPECT_TRUE(std::ranges::any_of(files, [](const auto& file) { return file.path == "Labels/a.TXT"; }));
}

TEST_F(MisplacedLabelsTest, WhatToolsLeaveIsNobodysData) {
  put_image("images/a.jpg");
  put_labels("labels/a.txt");
  put_image("images/.ipynb_checkpoints/a-checkpoint.jpg");
  put_labels("labels/.ipynb_checkpoints/a-checkpoint.txt");
  put("images/._a.jpg", "x");
  put("__MACOSX/images/._a.jpg", "x");
  put("labels/._a.txt", "0 0.5 0.5 0.1 0.1\n");
  EXPECT_EQ(read(), "images/a.jpg:0 ");
  EXPECT_EQ(findings_.total(), 0);
}

}  // namespace
}  // namespace visionops::dataset_folder
