#include "worker/dataset/load.h"

#include <gtest/gtest.h>

#include "tests/unit/dataset_folder/picture.h"
#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"

namespace visionops::dataset_folder {
namespace {

using annotations::Findings;
using tests::picture;

class LoadTest : public testing::Test {
 protected:
  Result<LoadedDataset> load(Format format = Format::None, bool check_images = false) {
    findings_ = Findings();
    const auto store = storage::open_local_store(folder_.path().string());
    return load_dataset(**store, "data", format, findings_, {.check_images = check_images, .threads = 2});
  }
  void put(const std::string& name, const std::string& bytes) { folder_.put("data/" + name, bytes); }
  void put_coco(const std::string& images, const std::string& annotations = "",
                const std::string& name = "annotation.json") {
    put(name,
        R"({"images":[)" + images + R"(],"categories":[{"id":1,"name":"car"}],"annotations":[)" + annotations + "]}");
  }
  std::string kinds() const {
    std::string out;
    for (const auto& [kind, count] : findings_.counts()) out += std::string(kind) + "=" + std::to_string(count) + " ";
    return out;
  }
  tests::TemporaryFolder folder_;
  Findings findings_;
};

TEST_F(LoadTest, FindsCocoImagesInEveryUsualLayout) {
  const std::tuple<const char*, const char*> layouts[] = {
      {"annotation.json", "images/a.jpg"},
      {"annotations/instances_train2017.json", "train2017/a.jpg"},
      {"annotations/instances_train2017.json", "images/train2017/a.jpg"},
      {"annotations/instances_default.json", "images/a.jpg"},
      {"_annotations.coco.json", "a.jpg"},
      {"labels_coco.json", "data/a.jpg"},
  };
  for (const auto& [file, image] : layouts) {
    std::filesystem::remove_all(folder_ / "data");
    put_coco(R"({"id":1,"file_name":"a.jpg","width":40,"height":30})", "", file);
    put(image, picture());
    put("annotations/captions_train2017.json", "{}");
    const auto loaded = load();
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    EXPECT_EQ(loaded->format, Format("COCO"));
    EXPECT_EQ(loaded->annotation_files.front(), file);
    EXPECT_EQ(loaded->annotations.images[0].path, image);
    EXPECT_GT(loaded->image_bytes[0], 0);
    EXPECT_EQ(kinds(), "") << file;
  }
}

TEST_F(LoadTest, ReadsSizesFromTheFilesWhereTheAnnotationsLackThem) {
  put_coco(R"({"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.png","width":0,"height":0})",
           R"({"id":1,"image_id":1,"category_id":1,"bbox":[30,20,30,5]})");
  put("images/a.jpg", picture(".jpg", 40, 30));
  put("images/b.png", picture(".png", 21, 13));
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->annotations.images[0].width, 40);
  EXPECT_EQ(loaded->annotations.images[1].height, 13);
  EXPECT_EQ(kinds(), "BoxOutsideImage=1 ");
}

TEST_F(LoadTest, CountsMissingAndOrphanImages) {
  put_coco(
      R"({"id":1,"file_name":"a.jpg","width":40,"height":30},{"id":2,"file_name":"gone.jpg","width":40,"height":30})");
  put("images/a.jpg", picture());
  put("images/orphan.jpg", picture());
  put("elsewhere/other.jpg", picture());
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(kinds(), "MissingImage=1 OrphanImage=1 ");
  EXPECT_EQ(findings_.first()[0].file, "images/gone.jpg");
  EXPECT_EQ(loaded->annotations.images[1].path, "images/gone.jpg");
  EXPECT_EQ(loaded->image_bytes[1], -1);
}

TEST_F(LoadTest, ALinkOutOfTheFolderIsNamedAndNotFollowed) {
  put_coco(R"({"id":1,"file_name":"a.jpg","width":40,"height":30})");
  folder_.put("secret.jpg", picture());
  std::filesystem::create_directories(folder_ / "data/images");
  std::filesystem::create_symlink(folder_ / "secret.jpg", folder_ / "data/images/a.jpg");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(kinds(), "LinkedImage=1 MissingImage=1 ");
}

TEST_F(LoadTest, CheckingSeesDamageWrongSizesAndOrientation) {
  put_coco(
      R"({"id":1,"file_name":"good.jpg","width":40,"height":30},{"id":2,"file_name":"half.jpg","width":40,"height":30},
              {"id":3,"file_name":"text.jpg","width":40,"height":30},{"id":4,"file_name":"small.png","width":40,"height":30},
              {"id":5,"file_name":"empty.jpg","width":40,"height":30})");
  put("images/good.jpg", picture());
  put("images/half.jpg", picture().substr(0, picture().size() / 2 + 100));
  put("images/text.jpg", "this is no image at all");
  put("images/small.png", picture(".png", 10, 10));
  put("images/empty.jpg", "");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(kinds(), "") << "without checking, images are not read";
  const auto loaded = load(Format("COCO"), true);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(kinds(), "DamagedImage=3 WrongImageSize=1 ");
  EXPECT_EQ(loaded->checked_files.size(), 5U);
}

TEST_F(LoadTest, ReadsVisDroneAsItIsDistributed) {
  put("images/0000001.jpg", picture(".jpg", 40, 30));
  put("images/0000002.jpg", picture(".jpg", 40, 30));
  put("annotations/0000001.txt", "1,2,10,20,1,4,0,0\n0,0,5,5,0,0,0,0\n1,2,3\n");
  put("annotations/0000003.txt", "1,2,10,20,1,4,0,0\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->format, Format("VisDrone"));
  EXPECT_EQ(loaded->annotations.images.size(), 2U) << "one without labels is background";
  EXPECT_EQ(loaded->annotations.images[0].file_name, "0000001.jpg");
  ASSERT_EQ(loaded->annotations.objects.size(), 2U);
  EXPECT_TRUE(loaded->annotations.objects[1].ignore);
  EXPECT_EQ(kinds(), "LabelsWithoutImage=1 MalformedRow=1 ");
  const auto store = storage::open_local_store(folder_.path().string());
  EXPECT_EQ(digest_dataset(**store, "data", Format("VisDrone"), 1)->files.size(), 4U) << "images and annotations";
}

TEST_F(LoadTest, AnnotationsInJsonAreCocoAlsoBesideTextFiles) {
  put_coco(R"({"id":1,"file_name":"a.jpg","width":40,"height":30})", "", "annotations/instances_val.json");
  put("images/a.jpg", picture());
  put("annotations/readme.txt", "from the archive");
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->format, Format("COCO"));
}

TEST_F(LoadTest, ReadsYoloInPlatformRoboflowAndDarknetLayout) {
  const std::tuple<const char*, const char*, const char*> layouts[] = {
      {"images/a.jpg", "labels/a.txt", "a.jpg"},
      {"images/train/a.jpg", "labels/train/a.txt", "train/a.jpg"},
      {"train/images/a.jpg", "train/labels/a.txt", "train/a.jpg"},
      {"obj_train_data/a.jpg", "obj_train_data/a.txt", "obj_train_data/a.jpg"},
  };
  for (const auto& [image, labels, name] : layouts) {
    std::filesystem::remove_all(folder_ / "data");
    put("data.yaml", "path: ../elsewhere\ntrain: ../train/images\nnames: {1: bus, 0: car}\nnc: 2\n");
    put(image, picture(".jpg", 40, 30));
    put(labels, "1 0.5 0.5 0.5 0.5\n");
    const auto loaded = load();
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    const auto& a = loaded->annotations;
    EXPECT_EQ(loaded->format, Format("YOLO"));
    ASSERT_EQ(a.images.size(), 1U) << image;
    EXPECT_EQ(a.images[0].file_name, name);
    EXPECT_EQ(a.images[0].path, image);
    ASSERT_EQ(a.objects.size(), 1U);
    EXPECT_EQ(a.categories[a.objects[0].category].name, "bus");
    EXPECT_EQ(a.objects[0].box, (std::array<double, 4>{10, 7.5, 20, 15}));
    EXPECT_EQ(kinds(), "PlaceNotFollowed=1 ");
  }
}

TEST_F(LoadTest, YoloImagesWithoutLabelsAreBackgroundAndLabelsWithoutImageAreCounted) {
  put("data.yaml", "names: [car]\n");
  put("images/empty.jpg", picture());
  put("images/none.jpg", picture());
  put("labels/empty.txt", "");
  put("labels/gone.txt", "0 0.5 0.5 0.1 0.1\n");
  put("labels/classes.txt", "car\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->annotations.images.size(), 2U);
  EXPECT_TRUE(loaded->annotations.objects.empty());
  EXPECT_EQ(kinds(), "LabelsWithoutImage=1 ");
  EXPECT_EQ(findings_.missing_images(), 1);
}

TEST_F(LoadTest, YoloImagesOfUnknownSizeAreLeftOutWithTheirRows) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  put("images/bad.jpg", "no image, but long enough");
  put("labels/bad.txt", "0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.2 0.2\n");
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->annotations.images.size(), 1U);
  EXPECT_EQ(kinds(), "ObjectWithoutImage=2 UnreadableImage=1 ");
  EXPECT_EQ(findings_.damaged_images(), 1);
}

TEST_F(LoadTest, TwoImagesWithOneLabelFileAreCounted) {
  put("data.yaml", "names: [car]\n");
  put("images/a.jpg", picture());
  put("images/a.png", picture(".png"));
  put("labels/a.txt", "0 0.5 0.5 0.1 0.1\n");
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(kinds(), "SharedLabelFile=1 ");
}

TEST_F(LoadTest, ErrorsNameTheFileAndWhatIsMissing) {
  EXPECT_EQ(load().error().cls, ErrorClass::NotFound);
  put("images/a.jpg", picture());
  EXPECT_EQ(load().error().cls, ErrorClass::NotFound);
  EXPECT_NE(load(Format("COCO")).error().message.find("annotation.json"), std::string::npos);
  EXPECT_NE(load(Format("YOLO")).error().message.find("data.yaml"), std::string::npos);
  EXPECT_EQ(load(Format("VOC")).error().cls, ErrorClass::NotFound);
  for (const char* file : {"annotations/instances_a.json", "annotations/instances_b.json"})
    put(file, R"({"images":[],"annotations":[],"categories":[]})");
  EXPECT_EQ(load().error().cls, ErrorClass::Invalid);
  EXPECT_NE(load().error().message.find("instances_a.json, annotations/instances_b.json"), std::string::npos)
      << load().error().message;
  put("annotation.json", "{\"images\":[}");
  EXPECT_NE(load().error().message.find("annotation.json: malformed JSON at byte 11"), std::string::npos)
      << load().error().message;
}

TEST_F(LoadTest, ResultsDoNotDependOnTheNumberOfThreads) {
  put("data.yaml", "names: [car]\n");
  for (int i = 0; i < 100; ++i) {
    put("images/" + std::to_string(i) + ".jpg", i % 10 == 0 ? "broken broken broken" : picture(".jpg", 20 + i, 30));
    put("labels/" + std::to_string(i) + ".txt", "0 0.5 0.5 0.5 0.5\n0 2 2 2 2\n");
  }
  const auto store = *storage::open_local_store(folder_.path().string());
  std::vector<std::string> results;
  for (const unsigned threads : {1U, 4U}) {
    Findings findings(1000);
    const auto loaded =
        load_dataset(*store, "data", Format("YOLO"), findings, {.check_images = true, .threads = threads});
    ASSERT_TRUE(loaded.ok());
    std::string text;
    for (const auto& image : loaded->annotations.images)
      text += image.file_name + " " + std::to_string(image.width) + "\n";
    for (const auto& finding : findings.first())
      text += std::string(finding.kind) + finding.file + finding.position + "\n";
    results.push_back(text);
  }
  EXPECT_EQ(results[0], results[1]);
}

}  // namespace
}  // namespace visionops::dataset_folder
