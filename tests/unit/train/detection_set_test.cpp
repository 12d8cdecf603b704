#include "worker/train/tasks/detection/data/detection_set.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "scene_dataset.h"
#include "worker/train/engine/data/draw_pixels.h"
#include "worker/train/engine/data/image_cache.h"
#include "worker/train/tasks/detection/data/visible_objects.h"

namespace visionops::train {
namespace {

class DetectionSetTest : public testing::Test {
 protected:
  std::shared_ptr<storage::StorageClient> store() {
    auto opened = storage::open_local_store(folder_.path().string());
    EXPECT_TRUE(opened.ok());
    return opened.ok() ? *opened : nullptr;
  }
  Result<DetectionSet> load(const std::optional<std::vector<std::string>>& categories = std::nullopt) {
    return load_detection_set(store(), scene_location("scenes", "scenes"), categories);
  }
  TemporaryFolder folder_;
};

TEST_F(DetectionSetTest, ReadsImagesBoxesAndCategoriesInTheOrderOfTheDataset) {
  write_scenes(folder_.path() / "scenes", 5, 1);
  const auto set = load();
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->categories, (std::vector<std::string>{"square", "disc"}));
  ASSERT_EQ(set->samples.size(), 5U);
  EXPECT_EQ(set->samples[0].path, "scenes/images/1001.png");
  EXPECT_EQ(set->samples[0].objects.size(), 2U);
  EXPECT_EQ(set->objects, 5 + 3);
  EXPECT_EQ(set->largest_side(), 64);
  EXPECT_TRUE(set->remarks.empty());
}

TEST_F(DetectionSetTest, MatchesCategoriesByNameNotById) {
  write_scenes(folder_.path() / "scenes", 5, 1);
  const auto plain = load(), turned = load(std::vector<std::string>{"other", "disc", "square"});
  ASSERT_TRUE(plain && turned);
  for (std::size_t i = 0; i < plain->samples.size(); ++i) {
    for (std::size_t o = 0; o < plain->samples[i].objects.size(); ++o) {
      EXPECT_EQ(turned->samples[i].objects[o].category, 2 - plain->samples[i].objects[o].category);
    }
  }
}

TEST_F(DetectionSetTest, RefusesObjectsThatTheTrainingSetDoesNotKnow) {
  write_scenes(folder_.path() / "scenes", 20, 1);
  const auto set = load(std::vector<std::string>{"square"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().cls, ErrorClass::Invalid);
  EXPECT_NE(set.error().message.find("\"disc\""), std::string::npos) << set.error().message;
}

TEST_F(DetectionSetTest, LeavesOutMissingImagesAndBoxesOutsideAndSaysSo) {
  write_text(folder_.path() / "scenes/annotation.json",
             R"({"images": [{"id": 1, "file_name": "1001.png", "width": 64, "height": 48},
                            {"id": 2, "file_name": "gone.png", "width": 64, "height": 48}],
                 "categories": [{"id": 1, "name": "a"}],
                 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [60, 40, 20, 20]},
                                 {"id": 2, "image_id": 1, "category_id": 1, "bbox": [100, 100, 5, 5]},
                                 {"id": 3, "image_id": 1, "category_id": 1, "segmentation": [[4, 5, 14, 5, 14, 25]]}]})");
  std::filesystem::create_directories(folder_.path() / "scenes/images");
  cv::imwrite((folder_.path() / "scenes/images/1001.png").string(), cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(9)));
  const auto set = load();
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->samples.size(), 1U);
  ASSERT_EQ(set->samples[0].objects.size(), 2U);
  EXPECT_EQ(set->samples[0].objects[0].box, (Box{60, 40, 4, 8})) << "cut at the edge";
  EXPECT_EQ(set->samples[0].objects[1].box, (Box{4, 5, 10, 20})) << "bounds of the polygon";
  ASSERT_GE(set->remarks.size(), 2U);
  EXPECT_EQ(set->remarks[0], "1 image without a readable file left out");
  EXPECT_EQ(set->remarks[1], "1 object without a box inside the image left out");
}

TEST_F(DetectionSetTest, IsNotFoundWithoutItsFolder) {
  const auto set = load();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().cls, ErrorClass::NotFound);
}

TEST_F(DetectionSetTest, ReadsYoloToo) {
  std::filesystem::create_directories(folder_.path() / "scenes/images");
  cv::imwrite((folder_.path() / "scenes/images/a.png").string(), cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(9)));
  write_text(folder_.path() / "scenes/labels/a.txt", "1 0.5 0.5 0.25 0.5\n");
  write_text(folder_.path() / "scenes/data.yaml", "names: [cat, dog]\ntrain: images\nval: images\n");
  auto location = scene_location("scenes", "scenes");
  location.format = Format("YOLO");
  const auto set = load_detection_set(store(), location, std::nullopt);
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_EQ(set->samples.size(), 1U);
  EXPECT_EQ(set->samples[0].objects.at(0).box, (Box{24, 12, 16, 24}));
  EXPECT_EQ(set->samples[0].objects.at(0).category, 1U);
}

TEST_F(DetectionSetTest, DropsImagesThatCannotBeDecodedBeforeTraining) {
  write_scenes(folder_.path() / "scenes", 4, 1);
  const auto path = folder_.path() / "scenes/images/1002.png";
  const auto whole = read_text(path);
  write_text(path, whole.substr(0, whole.size() / 2));
  auto set = load();
  ASSERT_TRUE(set);
  ImageCache images(*set, 64, 1 << 20);
  ASSERT_TRUE(images.fill(2).ok());
  ASSERT_EQ(set->samples.size(), 3U);
  EXPECT_EQ(set->samples[1].path, "scenes/images/1003.png");
  EXPECT_EQ(images.cached(), 3U);
  ASSERT_EQ(set->remarks.size(), 1U);
  EXPECT_NE(set->remarks[0].find("1002.png"), std::string::npos) << set->remarks[0];
}

TEST_F(DetectionSetTest, DropsWhatOnlyALibraryBehindOpenCvWouldRead) {
  write_scenes(folder_.path() / "scenes", 2, 1);
  write_text(folder_.path() / "scenes/images/1001.png", "P6\n30000 30000\n255\n" + std::string(100, 'x'));
  auto set = load();
  ASSERT_TRUE(set);
  ImageCache images(*set, 64, 1 << 20);
  ASSERT_TRUE(images.fill(1).ok());
  EXPECT_EQ(set->samples.size(), 1U);
}

TEST_F(DetectionSetTest, GivesEqualPixelsWithAndWithoutRoomInTheCache) {
  write_scenes(folder_.path() / "scenes", 6, 1);
  auto set = load();
  ASSERT_TRUE(set);
  ImageCache roomy(*set, 64, 1 << 20), tight(*set, 64, 2 * 64 * 48 * 3);
  ASSERT_TRUE(roomy.fill(2).ok() && tight.fill(2).ok());
  EXPECT_EQ(roomy.cached(), 6U);
  EXPECT_EQ(tight.cached(), 2U);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto a = roomy.get(i), b = tight.get(i);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(cv::norm(a->pixels, b->pixels, cv::NORM_INF), 0);
  }
}

TEST_F(DetectionSetTest, ShrinksLargeImagesAndTheirBoxesTogether) {
  write_scenes(folder_.path() / "scenes", 1, 1);
  auto set = load();
  ASSERT_TRUE(set);
  ImageCache images(*set, 32, 1 << 20);
  ASSERT_TRUE(images.fill(1).ok());
  const auto image = images.get(0);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->pixels.size(), cv::Size(32, 24));
  const auto objects = visible_objects(set->samples[0], *image, Augmentation{}, 32);
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_NEAR(objects[0].box.width, set->samples[0].objects[0].box.width / 2, 1e-9);
}

// A white box on black: after any augmentation the white pixels are where the moved box says.
TEST(DrawSample, MovesPixelsAndBoxesAlike) {
  StoredImage image{cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(0)), 1, 1};
  cv::rectangle(image.pixels, cv::Rect(20, 10, 16, 12), cv::Scalar::all(255), cv::FILLED);
  const DetectionSample sample{"", 64, 48, {{0, {20, 10, 16, 12}}}};
  AugmentationRange range;
  range.flip = true;
  range.max_contrast = range.max_brightness = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const auto augmentation = draw_augmentation(range, 64, 48, 64, seed, 1, 0);
    std::vector<std::uint8_t> pixels(64 * 64 * 3);
    draw_pixels(image, augmentation, 64, pixels.data());
    const auto objects = visible_objects(sample, image, augmentation, 64);
    ASSERT_EQ(objects.size(), 1U);
    cv::Mat white;
    cv::inRange(cv::Mat(64, 64, CV_8UC3, pixels.data()), cv::Scalar::all(200), cv::Scalar::all(255), white);
    const cv::Rect seen = cv::boundingRect(white);
    // Interpolation makes up to a pixel of each edge darker than the threshold.
    EXPECT_NEAR(seen.x, objects[0].box.x, 1.01);
    EXPECT_NEAR(seen.y, objects[0].box.y, 1.01);
    EXPECT_NEAR(seen.x + seen.width, objects[0].box.x + objects[0].box.width, 1.01);
    EXPECT_NEAR(seen.y + seen.height, objects[0].box.y + objects[0].box.height, 1.01);
  }
}

}  // namespace
}  // namespace visionops::train
