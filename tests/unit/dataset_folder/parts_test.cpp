// Of a folder with several datasets, the one that is meant: its images, its labels, its digest, nothing of the others.
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/load.h"
#include "worker/dataset/select.h"

namespace visionops::dataset_folder {
namespace {

using tests::picture;
using Paths = std::set<std::string>;

class PartsTest : public testing::Test {
 protected:
  void SetUp() override { store_ = *storage::open_local_store(folder_.path().string()); }
  void put(const std::string& name, const std::string& bytes) { folder_.put("data/" + name, bytes); }
  void put_labelled(const std::string& image, const std::string& labels, const std::string& row) {
    put(image, picture());
    put(labels, row);
  }
  Result<LoadedDataset> load(const Choice& choice, Format format = Format::None) {
    findings_ = annotations::Findings();
    return load_dataset(*store_, "data", format, findings_, {.threads = 2, .choice = choice});
  }
  Paths images(const Choice& choice) {
    const auto loaded = load(choice);
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    Paths names;
    for (const auto& image : loaded->annotations.images) names.insert(image.path);
    return names;
  }
  std::string digest(Split split) {
    return digest_dataset(*store_, "data", Format("YOLO"), 2, {.split = split})->digest;
  }
  std::string refusal(const Choice& choice) {
    const auto loaded = load(choice);
    return loaded.ok() ? "" : loaded.error().message;
  }

  tests::TemporaryFolder folder_;
  std::shared_ptr<storage::StorageClient> store_;
  annotations::Findings findings_;
};

TEST_F(PartsTest, PlacesOfDataYamlDecideBeforeTheNamesOfFolders) {
  put("data.yaml", "names: [car]\ntrain: images/val\nval: images/other\n");
  put_labelled("images/val/a.jpg", "labels/val/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put_labelled("images/other/b.jpg", "labels/other/b.txt", "0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.2 0.2\n");
  EXPECT_EQ(images({.split = Split::Train}), Paths{"images/val/a.jpg"});
  EXPECT_EQ(images({.split = Split::Val}), Paths{"images/other/b.jpg"});
  EXPECT_EQ(load({.split = Split::Val})->annotations.objects.size(), 2U);
  EXPECT_EQ(findings_.total(), 0) << "labels of the other split are not left out of this one";
}

TEST_F(PartsTest, LabelsWithoutFoldersOfSplitsGoWithTheirImages) {
  put("data.yaml", "names: [car]\ntrain: images/train\nval: images/val\n");
  put_labelled("images/train/a.jpg", "labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put_labelled("images/val/b.jpg", "labels/b.txt", "0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.2 0.2\n");
  put("labels/gone.txt", "0 0.5 0.5 0.1 0.1\n");
  EXPECT_EQ(load({.split = Split::Train})->annotations.objects.size(), 1U);
  EXPECT_EQ(load({.split = Split::Val})->annotations.objects.size(), 2U);
  EXPECT_EQ(findings_.count("LabelsWithoutImage"), 1) << "labels/gone.txt alone";
}

TEST_F(PartsTest, AFolderThatDataYamlGivesToTwoSplitsIsBoth) {
  put("data.yaml", "names: [car]\ntrain: images\nval: images\n");
  put("images/a.jpg", picture());
  for (const Split split : {Split::None, Split::Train, Split::Val})
    EXPECT_EQ(images({.split = split}), Paths{"images/a.jpg"});
  EXPECT_NE(refusal({.split = Split::Test}).find("split Test is not there, only Train: 1 image in images/"),
            std::string::npos);
}

TEST_F(PartsTest, ListsDecideAndWhatTheyLeaveOutIsLeftOutOnlyOnRequest) {
  put("data.yaml", "names: [car]\ntrain: train.txt\nval: val.txt\n");
  for (const char* name : {"a", "b", "c"}) {
    put_labelled("images/" + std::string(name) + ".jpg", "labels/" + std::string(name) + ".txt", "0 0.5 0.5 0.1 0.1\n");
  }
  put("train.txt", "./images/a.jpg\n/home/x/data/images/b.jpg\n");
  put("val.txt", "images/b.jpg\n");
  EXPECT_EQ(images({.split = Split::Train}), (Paths{"images/a.jpg", "images/b.jpg"}));
  EXPECT_EQ(images({.split = Split::Val}), Paths{"images/b.jpg"}) << "an image may stand in two lists";
  EXPECT_NE(refusal({}).find("no split: 1 image in no list"), std::string::npos) << refusal({});
}

TEST_F(PartsTest, AChangeInOneSplitLeavesTheDigestOfTheOther) {
  put("data.yaml", "names: [car]\n");
  put_labelled("train/images/a.jpg", "train/labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put_labelled("valid/images/b.jpg", "valid/labels/b.txt", "0 0.5 0.5 0.1 0.1\n");
  const auto train = digest(Split::Train), val = digest(Split::Val);
  EXPECT_NE(train, val);
  put("valid/labels/b.txt", "0 0.5 0.5 0.3 0.3\n");
  EXPECT_EQ(digest(Split::Train), train);
  EXPECT_NE(digest(Split::Val), val);
  put("data.yaml", "names: [bus]\n");
  EXPECT_NE(digest(Split::Train), train) << "the names of the classes belong to both";
}

TEST_F(PartsTest, AnImageRootIsAChoiceByItself) {
  put("data.yaml", "names: [car]\n");
  put("images/train/a.jpg", picture());
  put("images/val/b.jpg", picture());
  EXPECT_EQ(images({.image_root = "images/val"}), Paths{"images/val/b.jpg"});
  EXPECT_EQ(images({.split = Split::Train, .image_root = "images/val"}), Paths{"images/val/b.jpg"})
      << "whoever names the folder knows better than its name";
  EXPECT_NE(refusal({.image_root = "../images"}), "");
  EXPECT_NE(refusal({.image_root = "images/test"}).find("nothing stands in images/test/"), std::string::npos);
}

TEST_F(PartsTest, CocoFilesAreToldApartByTheirNamesOrNotAtAll) {
  const auto coco = [](const std::string& name) {
    return R"({"images":[{"id":1,"file_name":")" + name + R"("}],"annotations":[],"categories":[]})";
  };
  put("images/a.jpg", picture());
  put("images/b.jpg", picture());
  put("annotations/instances_train.json", coco("a.jpg"));
  put("annotations/instances_val.json", coco("b.jpg"));
  EXPECT_EQ(images({.split = Split::Train}), Paths{"images/a.jpg"});
  EXPECT_EQ(images({.split = Split::Val}), Paths{"images/b.jpg"});
  put("annotations/instances_train_extra.json", coco("b.jpg"));
  EXPECT_NE(refusal({.split = Split::Train}).find("several COCO files ("), std::string::npos)
      << "two files of one split are not guessed about";
  EXPECT_EQ(images({.annotations = "annotations/instances_train_extra.json"}), Paths{"images/b.jpg"});
  EXPECT_EQ(findings_.count("UnreadLabelFile"), 0) << "the others are other datasets";
}

TEST_F(PartsTest, TwoFilesOfOneSplitAreNeverReadAsOneOfThem) {
  const auto datumaro = [](const std::string& id) {
    return R"({"dm_format_version":"1.0","info":{},"categories":{"label":{"labels":[{"name":"car"}]}},"items":[{"id":")" +
           id + R"(","annotations":[],"image":{"path":")" + id + R"(.jpg"}}]})";
  };
  put("images/a.jpg", picture());
  put("images/b.jpg", picture());
  put("annotations/day_train.json", datumaro("a"));
  put("annotations/night_train.json", datumaro("b"));
  const auto asked = refusal({.split = Split::Train});
  EXPECT_NE(asked.find("several files are split Train ("), std::string::npos) << asked;
  EXPECT_NE(asked.find("--annotations"), std::string::npos) << asked;
  EXPECT_EQ(images({.annotations = "annotations/night_train.json"}), Paths{"images/b.jpg"});
}

TEST_F(PartsTest, TwoFormatsThatFitAreAskedAbout) {
  put("annotation.json", R"({"images":[],"annotations":[],"categories":[]})");
  put("data.yaml", "names: [car]\n");
  const auto asked = refusal({});
  EXPECT_NE(asked.find("COCO ("), std::string::npos) << asked;
  EXPECT_NE(asked.find("YOLO ("), std::string::npos) << asked;
  EXPECT_TRUE(load({}, Format("YOLO")).ok());
}

TEST_F(PartsTest, ALinkOfAnotherSplitIsNotNamedInThisOne) {
  put("data.yaml", "names: [car]\n");
  put("images/train/a.jpg", picture());
  put("images/val/b.jpg", picture());
  std::filesystem::create_symlink("a.jpg", folder_.path() / "data/images/train/c.jpg");
  std::filesystem::create_directories(folder_.path() / "data/.visionops/stores");
  std::filesystem::create_symlink("..", folder_.path() / "data/.visionops/stores/own");
  EXPECT_EQ(images({.split = Split::Val}), Paths{"images/val/b.jpg"});
  EXPECT_EQ(findings_.total(), 0) << "nor are links of the platform";
  EXPECT_EQ(images({.split = Split::Train}), Paths{"images/train/a.jpg"});
  EXPECT_EQ(findings_.count("LinkedImage"), 1);
}

}  // namespace
}  // namespace visionops::dataset_folder
