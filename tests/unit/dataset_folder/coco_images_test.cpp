#include "worker/dataset/formats/coco/coco_images.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace visionops::dataset_folder {
namespace {

class CocoImages : public testing::Test {
 protected:
  void files(const std::vector<std::string>& paths, std::vector<std::string> links = {}) {
    std::vector<storage::FileInfo> infos;
    for (const auto& path : paths) {
      infos.emplace_back();
      infos.back().path = path;
    }
    std::ranges::sort(infos, {}, &storage::FileInfo::path);
    listing_ = FolderListing(std::move(infos), std::move(links));
  }
  void locate(const std::vector<std::string>& names) {
    std::vector<annotations::Image> images(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) images[i].file_name = names[i];
    located_ = locate_coco_images(listing_, {"images/", ""}, images);
  }
  std::string path(std::size_t i = 0) const { return located_[i].file == nullptr ? "" : located_[i].file->path; }
  const std::string& remark(std::size_t i = 0) const { return located_[i].remark; }
  void expect_remark(const std::string& words, std::size_t i = 0) const {
    EXPECT_NE(remark(i).find(words), std::string::npos) << remark(i);
  }
  FolderListing listing_;
  std::vector<LocatedImage> located_;
};

TEST_F(CocoImages, ANameThatStandsThereIsTakenWithoutAWord) {
  files({"images/a.jpg", "images/x/a.jpg", "b.jpg", "no_suffix"});
  locate({"a.jpg", "x/a.jpg", "b.jpg", "./b.jpg", "no_suffix"});
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(remark(i), "");
  EXPECT_EQ(path(0), "images/a.jpg");
  EXPECT_EQ(path(1), "images/x/a.jpg");
  EXPECT_EQ(path(4), "no_suffix");
}

TEST_F(CocoImages, AFolderTooManyOrTooFewIsPassedOverAndNamed) {
  files({"images/a.jpg", "images/part/b.jpg", "other/c.jpg"});
  locate({"mydata/train/a.jpg", "b.jpg", "v1/part/b2.jpg", "home/me/other/c.jpg"});
  EXPECT_EQ(path(0), "images/a.jpg");
  expect_remark("another folder", 0);
  EXPECT_EQ(path(1), "images/part/b.jpg");
  EXPECT_EQ(path(2), "");
  EXPECT_EQ(path(3), "other/c.jpg");
}

TEST_F(CocoImages, TheLongestEndDecides) {
  files({"images/x/a.jpg", "images/y/a.jpg"});
  locate({"data/y/a.jpg"});
  EXPECT_EQ(path(), "images/y/a.jpg");
}

TEST_F(CocoImages, WhatMayBeSeveralIsMissing) {
  files({"images/x/a.jpg", "images/y/a.jpg"});
  locate({"a.jpg"});
  EXPECT_EQ(path(), "");
  expect_remark("several files could be meant: images/x/a.jpg, images/y/a.jpg");
}

TEST_F(CocoImages, AnImageOfAnotherFolderIsNotTaken) {
  files({"images/val/a.jpg", "images/train/b.jpg"});
  locate({"train/a.jpg"});
  EXPECT_EQ(path(), "");
  expect_remark("images/val/a.jpg ends like it, but stands in another folder");
}

TEST_F(CocoImages, TwoEntriesDoNotShareAFile) {
  files({"images/a.jpg"});
  locate({"train/a.jpg", "val/a.jpg"});
  EXPECT_EQ(path(0) + path(1), "");
  expect_remark("so does the name of another entry", 1);
  locate({"train/a.jpg", "a.jpg"});
  EXPECT_EQ(path(0), "");
  EXPECT_EQ(path(1), "images/a.jpg");
  locate({"train/a.jpg", "train/a.jpg"});
  EXPECT_EQ(path(0), path(1)) << "one name twice is one file, as it is for names that stand there";
  EXPECT_EQ(path(0), "images/a.jpg");
}

TEST_F(CocoImages, LetterCaseAndTheFormOfLettersAreNoDifference) {
  files({"images/A.JPG", "images/u\xcc\x88.jpg", "images/\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab.png",
         "images/\xc4\xb0.jpg"});
  locate({"a.jpg", "\xc3\xbc.jpg", "\xed\x95\x9c.png"});
  EXPECT_EQ(path(0), "images/A.JPG");
  expect_remark("letter case", 0);
  EXPECT_EQ(path(1), "images/u\xcc\x88.jpg");
  expect_remark("NFC, NFD", 1);
  EXPECT_EQ(path(2), "images/\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab.png");
}

TEST_F(CocoImages, OfSeveralSpellingsTheNearerOneIsTaken) {
  files({"images/x/a.jpg", "images/x/A.JPG"});
  locate({"a.jpg"});
  EXPECT_EQ(path(), "images/x/a.jpg");
  files({"images/A.jpg", "images/a.JPG"});
  locate({"a.jpg"});
  EXPECT_EQ(path(), "");
  expect_remark("several files could be meant");
}

TEST_F(CocoImages, AThousandFilesOfOneNameAreLookedAt) {
  std::vector<std::string> paths;
  for (int i = 1; i < 1'000; ++i) paths.push_back("images/" + std::to_string(i) + "/a.jpg");
  paths.push_back("images/wanted/a.jpg");
  files(paths);
  locate({"data/wanted/a.jpg"});
  EXPECT_EQ(path(), "images/wanted/a.jpg");
  paths.push_back("images/1000/a.jpg");
  files(paths);
  locate({"data/wanted/a.jpg"});
  EXPECT_EQ(path(), "");
}

TEST_F(CocoImages, EscapesOfAUrlAreUndoneWhereNothingElseFits) {
  files({"images/a b.jpg", "images/c%20d.jpg", "images/c d.jpg"});
  locate({"val/a%20b.jpg", "val/c%20d.jpg"});
  EXPECT_EQ(path(0), "images/a b.jpg");
  EXPECT_EQ(path(1), "images/c%20d.jpg");
}

TEST_F(CocoImages, ASuffixMayBeMissingButNotAnotherOne) {
  files({"images/000001.jpg", "images/b.jpg", "images/b.png", "images/c.jpg"});
  locate({"000001", "b", "c.png", "x/000001"});
  EXPECT_EQ(path(1) + path(2), "");
  expect_remark("has another suffix", 1);
  expect_remark("images/c.jpg has another suffix", 2);
  locate({"000001"});
  EXPECT_EQ(path(), "images/000001.jpg");
  expect_remark("which has no suffix");
}

TEST_F(CocoImages, ALinkBeforeTheNameIsTold) {
  files({}, {"images"});
  locate({"a.jpg"});
  EXPECT_EQ(path(), "");
  expect_remark("behind the link images");
}

}  // namespace
}  // namespace visionops::dataset_folder
