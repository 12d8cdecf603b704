// What stands in a folder and is not read is named; several splits are refused.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/load.h"

namespace visionops::dataset_folder {
namespace {

using tests::picture;

class DoorTest : public testing::Test {
 protected:
  Result<LoadedDataset> load() {
    findings_ = annotations::Findings();
    const auto store = storage::open_local_store(folder_.path().string());
    return load_dataset(**store, "data", Format::None, findings_, {.threads = 2});
  }
  void put(const std::string& name, const std::string& bytes) { folder_.put("data/" + name, bytes); }
  /// "Rows=1 ..." with the file of the first example.
  std::string losses() const {
    std::string out;
    for (const auto& entry : annotations::loss_of_reading(findings_).entries) {
      out += std::string(enum_name(entry.kind)) + "=" + std::to_string(entry.count) + " ";
    }
    return out;
  }
  bool names(const std::string& text) const {
    for (const auto& entry : annotations::loss_of_reading(findings_).entries) {
      for (const auto& example : entry.examples) {
        if (example.find(text) != std::string::npos) return true;
      }
    }
    return false;
  }
  tests::TemporaryFolder folder_;
  annotations::Findings findings_;
};

TEST_F(DoorTest, LabelFilesThatNoRuleFindsAreALossByName) {
  for (const char* labels :
       {"labelTxt/a.txt", "a.txt", "labels/b.txt", "labels/train/a.jpg.txt", "labels/a.json.txt", "annotations.csv"}) {
    std::filesystem::remove_all(folder_ / "data");
    put("data.yaml", "names: [car]\n");
    put("images/a.jpg", picture());
    put(labels, "0 0.5 0.5 0.1 0.1\n");
    ASSERT_TRUE(load().ok()) << labels;
    EXPECT_EQ(losses(), "LabelFiles=1 ") << labels;
    EXPECT_TRUE(names(labels)) << labels;
  }
}

TEST_F(DoorTest, AnnotationsOfAnotherFormatBesideTheReadOneAreALossByName) {
  put("annotation.json", R"({"images":[],"annotations":[],"categories":[]})");
  put("labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put("xml/a.xml", "<?xml version='1.0'?>\n<annotation></annotation>");
  put("labelme/a.json", R"({"version":"5","shapes":[]})");
  put("annotations.utf16.txt", std::string("\xff\xfe") + std::string("1\0 \0002\0 \0003\0 \0004\0", 14));
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "LabelFiles=4 ");
}

TEST_F(DoorTest, FilesWithoutAnnotationsAreNoLoss) {
  put("data.yaml", "names: [car]\ntrain: train.txt\n");
  put("images/a.jpg", picture());
  put("labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put("labels/classes.txt", "car\n");
  put("train.txt", "images/a.jpg\n");
  put("README.txt", "Version 1.0, 3 images of 2026\n");
  put("package.json", R"({"name":"x"})");
  put("manifest.json", R"({"annotations":[]})");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "");
}

TEST_F(DoorTest, LinksAreNamedWhatTheyAreCalledAfter) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  folder_.put("elsewhere/b.jpg", picture());
  std::filesystem::create_directories(folder_ / "elsewhere/labels");
  std::filesystem::create_directory_symlink(folder_ / "elsewhere/labels", folder_ / "data/labels");
  std::filesystem::create_symlink(folder_ / "elsewhere/b.jpg", folder_ / "data/images/b.jpg");
  std::filesystem::create_directory_symlink(folder_ / "elsewhere", folder_ / "data/images/val");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "Images=2 LabelFiles=1 ");
  EXPECT_TRUE(names("LinkedLabelFile labels: is a symbolic link"));
}

TEST_F(DoorTest, APipeInThePlaceOfLabelsIsNamedAndNotWaitedFor) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  std::filesystem::create_directories(folder_ / "data/labels");
  ASSERT_EQ(::mkfifo((folder_ / "data/labels/a.txt").c_str(), 0600), 0);
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "LabelFiles=1 ");
}

TEST_F(DoorTest, ALinkThatArrivedAsATextFileIsNamed) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  put("labels", "../store/labels");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "LabelFiles=1 ");
}

TEST_F(DoorTest, AFileInDamagedUtf16IsALabelFileThatIsLost) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  put("labels/a.txt", std::string("\xff\xfe") + std::string("0\0 ", 3));
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(losses(), "LabelFiles=1 ");
}

TEST_F(DoorTest, AFolderOfSeveralSplitsIsRefusedWithTheirPlaces) {
  const std::pair<const char*, std::vector<const char*>> layouts[] = {
      {"names: [car]\ntrain: images/train\nval: images/val\n", {"images/train/a.jpg", "images/val/b.jpg"}},
      {"names: [car]\n", {"images/train2017/a.jpg", "images/val2017/b.jpg"}},
      {"names: [car]\ntrain: ../train/images\nval: ../valid/images\n", {"train/images/a.jpg", "valid/images/b.jpg"}},
      {"path: /datasets/x\nnames: [car]\ntrain: images/a\ntest: images/b\n", {"images/a/a.jpg", "images/b/b.jpg"}},
      {"path: street\nnames: [car]\ntrain: [images/a]\nval: [images/b]\n",
       {"street/images/a/a.jpg", "street/images/b/b.jpg"}},
  };
  for (const auto& [yaml, images] : layouts) {
    std::filesystem::remove_all(folder_ / "data");
    put("data.yaml", yaml);
    for (const char* image : images) put(image, picture());
    const auto loaded = load();
    ASSERT_FALSE(loaded.ok()) << yaml;
    EXPECT_EQ(loaded.error().cls, ErrorClass::Invalid);
    EXPECT_NE(loaded.error().message.find("several splits ("), std::string::npos) << loaded.error().message;
  }
}

TEST_F(DoorTest, OneSplitInSeveralFoldersIsRead) {
  const std::pair<const char*, std::vector<const char*>> layouts[] = {
      {"names: [car]\ntrain: images\nval: images\n", {"images/train/a.jpg", "images/val/b.jpg"}},
      {"names: [car]\n", {"images/camera1/a.jpg", "images/camera2/b.jpg"}},
      {"names: [car]\n", {"images/train_station/a.jpg", "images/test_drive/b.jpg"}},
      {"names: [car]\ntrain: images/train\nval: images/val\n", {"images/train/a.jpg"}},
  };
  for (const auto& [yaml, images] : layouts) {
    std::filesystem::remove_all(folder_ / "data");
    put("data.yaml", yaml);
    for (const char* image : images) put(image, picture());
    const auto loaded = load();
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->annotations.images.size(), images.size()) << yaml;
  }
}

TEST_F(DoorTest, ListsOfImagesAreObeyedOrRefused) {
  put("data.yaml", "names: [car]\ntrain: train.txt\nval: val.txt\n");
  put("images/a.jpg", picture());
  put("images/b.jpg", picture());
  put("train.txt", "data/images/a.jpg\r\n./images/b.jpg\n");
  EXPECT_TRUE(load().ok()) << "one list that is here, and it names all";
  put("train.txt", "data/images/a.jpg\n");
  auto loaded = load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("images that its own list does not name (Train: 1 image in train.txt"),
            std::string::npos)
      << loaded.error().message;
  put("val.txt", "images/b.jpg\n");
  loaded = load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("several splits (Train: 1 image in train.txt, Val: 1 image in val.txt"),
            std::string::npos)
      << loaded.error().message;
}

TEST_F(DoorTest, TwoFoldersOfVisDroneAreTwoSplits) {
  for (const char* split : {"train", "val"}) {
    put(std::string("VisDrone2019-DET-") + split + "/images/1.jpg", picture());
    put(std::string("VisDrone2019-DET-") + split + "/annotations/1.txt", "1,2,10,20,1,4,0,0\n");
  }
  const auto loaded = load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().message.find("Train: 1 image in VisDrone2019-DET-train/"), std::string::npos);
}

TEST(SplitWord, IsSaidByTheLastWordOfAFolder) {
  for (const char* train : {"train", "Train", "training", "train2017", "VisDrone2019-DET-train", "images_train",
                            "train_set", "train_images"}) {
    EXPECT_EQ(split_word(train), "train") << train;
  }
  for (const char* val : {"val", "valid", "validation", "val2017"}) EXPECT_EQ(split_word(val), "val") << val;
  for (const char* test : {"test", "VisDrone2019-DET-test-dev", "test-challenge"}) EXPECT_EQ(split_word(test), "test");
  for (const char* none : {"", "images", "train_station", "latest", "strain", "protest", "valley", "2017"}) {
    EXPECT_EQ(split_word(none), "") << none;
  }
}

TEST(LooksLikeAnnotations, IsDecidedByTheContent) {
  EXPECT_TRUE(looks_like_annotations("a.txt", "# class x y w h\n0 0.5 0.5 0.1 0.1\n"));
  EXPECT_TRUE(looks_like_annotations("a.TXT", "184,2,10,20,1,4,0,0"));
  EXPECT_TRUE(looks_like_annotations("dota.txt", "1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 plane 0\n"));
  EXPECT_TRUE(looks_like_annotations("kitti.txt", "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12\n"));
  EXPECT_TRUE(looks_like_annotations("voc.xml", "<annotation><folder/>"));
  EXPECT_FALSE(looks_like_annotations("classes.txt", "0\n1\n2\n3\n4\n"));
  EXPECT_FALSE(looks_like_annotations("train.txt", "images/1.jpg\nimages/2.jpg\nimages/3.jpg\nimages/4.jpg\n"));
  EXPECT_FALSE(looks_like_annotations("pom.xml", "<project>"));
  EXPECT_FALSE(looks_like_annotations("package.json", "{\"version\": \"1.2.3\"}"));
  EXPECT_FALSE(looks_like_annotations("empty.txt", ""));
}

}  // namespace
}  // namespace visionops::dataset_folder
