// What label files of somebody else may take of memory: a budget, whatever their number.
#include <gtest/gtest.h>

#include "tests/unit/counted_heap.h"
#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/load.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::dataset_folder {
namespace {

namespace fs = std::filesystem;

class LabelBoundsTest : public testing::Test {
 protected:
  LabelBoundsTest() { folder_.put("data/data.yaml", "names: [car]\n"); }
  void put_image(const std::string& name) { folder_.put("data/images/" + name + ".jpg", tests::picture()); }
  void put_sparse(const std::string& path, std::int64_t size) {
    folder_.put(path, "");
    fs::resize_file(folder_ / path, static_cast<std::uintmax_t>(size));
  }
  std::string findings_of_load(Format format = Format("YOLO")) {
    annotations::Findings findings;
    const auto store = storage::open_local_store(folder_.path().string());
    const auto loaded = load_dataset(**store, "data", format, findings, {.check_images = false, .threads = 2});
    if (!loaded) return loaded.error().message;
    std::string out;
    for (const auto& finding : findings.first()) {
      out += std::string(finding.kind) + " " + finding.file + " " + finding.position + ": " + finding.message + "\n";
    }
    return out;
  }
  tests::TemporaryFolder folder_;
};

TEST_F(LabelBoundsTest, ManyLargeLabelFilesAreNotInMemoryTogether) {
  constexpr int kFiles = 6;
  for (int i = 0; i < kFiles; ++i) {
    put_image(std::to_string(i));
    put_sparse("data/labels/" + std::to_string(i) + ".txt", 60 << 20);
  }
  const auto used = test::heap_use([&] { EXPECT_NE(findings_of_load().find("MalformedRow"), std::string::npos); });
  EXPECT_LT(used.peak, kMaxLabelBytesAtOnce + kMaxLabelBytes + (32 << 20)) << "of " << kFiles << " files of 60 MiB";
}

TEST_F(LabelBoundsTest, ALabelFileMayHaveSoManyBytesAndALargerOneIsNamed) {
  put_image("at");
  put_image("beyond");
  std::string rows = "0 0.5 0.5 0.1 0.1\n";
  const std::string blank = std::string((1 << 20) - 1, ' ') + "\n";
  while (rows.size() + blank.size() <= kMaxLabelBytes) rows += blank;
  rows.resize(kMaxLabelBytes, ' ');
  folder_.put("data/labels/at.txt", rows);
  put_sparse("data/labels/beyond.txt", kMaxLabelBytes + 1);
  EXPECT_EQ(findings_of_load(),
            "UnreadLabelFile labels/beyond.txt : has 64.0 MiB, more than the 64.0 MiB that a label file may have\n");
}

TEST_F(LabelBoundsTest, ARowMayHaveSoManyBytesAndALongerOneIsNamed) {
  put_image("a");
  std::string at = "0 0.5 0.5 0.1 0.1";
  at.resize(annotations::kMaxRowBytes, ' ');
  folder_.put("data/labels/a.txt", at + "\n" + at + " \n");
  EXPECT_EQ(findings_of_load(), "MalformedRow labels/a.txt line 2: has 4194305 bytes, a row has at most 4194304\n");
}

TEST_F(LabelBoundsTest, ADataYamlHasNoMoreThan16MiB) {
  put_image("a");
  put_sparse("data/data.yaml", (16 << 20) + 1);
  EXPECT_NE(findings_of_load().find("at most 16.0 MiB are accepted"), std::string::npos);
}

TEST_F(LabelBoundsTest, AListOfClassNamesHasNoMoreThan16MiB) {
  fs::remove(folder_ / "data/data.yaml");
  folder_.put("data/labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  put_sparse("data/classes.txt", (16 << 20) + 1);
  EXPECT_NE(findings_of_load(Format("Darknet")).find("at most 16.0 MiB are accepted"), std::string::npos);
}

TEST_F(LabelBoundsTest, AListOfImagesHasNoMoreThan256MiB) {
  put_image("a");
  folder_.put("data/data.yaml", "names: [car]\ntrain: train.txt\n");
  put_sparse("data/train.txt", (256 << 20) + 1);
  EXPECT_NE(findings_of_load().find("at most 256.0 MiB are accepted"), std::string::npos);
}

TEST_F(LabelBoundsTest, AnAnnotationFileMayHave8GiB) {
  put_image("a");
  fs::remove(folder_ / "data/data.yaml");
  put_sparse("data/annotation.json", kMaxAnnotationBytes);
  EXPECT_NE(findings_of_load(Format("COCO")).find("byte 0"), std::string::npos) << "it is looked into";
  put_sparse("data/annotation.json", kMaxAnnotationBytes + 1);
  EXPECT_NE(findings_of_load(Format("COCO")).find("at most 8.0 GiB are accepted"), std::string::npos);
}

TEST_F(LabelBoundsTest, ImagesBeyondOneBatchAreReadToo) {
  for (int i = 0; i < 2'050; ++i) {
    put_image(std::to_string(i));
    folder_.put("data/labels/" + std::to_string(i) + ".txt", "0 0.5 0.5 0.1\n");
  }
  annotations::Findings findings;
  const auto store = storage::open_local_store(folder_.path().string());
  const auto loaded = load_dataset(**store, "data", Format("YOLO"), findings, {.check_images = false, .threads = 2});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->annotations.images.size(), 2'050U);
  EXPECT_EQ(findings.count("MalformedRow"), 2'050);
}

TEST_F(LabelBoundsTest, TheBeginningsOfUnreadFilesAreNotKept) {
  put_image("a");
  const std::string text = std::string(60'000, ' ') + "\n";
  for (int i = 0; i < 1'000; ++i) folder_.put("data/notes/" + std::to_string(i) + ".txt", text);
  const auto used = test::heap_use([&] { EXPECT_EQ(findings_of_load(), ""); });
  EXPECT_LT(used.peak, 8 << 20) << "of a thousand files of 60 kB";
}

}  // namespace
}  // namespace visionops::dataset_folder
