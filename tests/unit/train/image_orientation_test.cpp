#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "tests/unit/storage/temporary_folder.h"
#include "worker/storage/storage_client.h"
#include "worker/train/engine/data/image_cache.h"

namespace visionops::train {
namespace {

/// One picture of a folder, with the size that annotations give it.
class OneImage : public ImageList {
 public:
  OneImage(const std::string& folder, std::string path, std::int32_t width, std::int32_t height)
      : store_(*storage::open_local_store(folder)), path_(std::move(path)), width_(width), height_(height) {}
  storage::StorageClient& files() const override { return *store_; }
  std::size_t size() const override { return 1; }
  ImageFile image(std::size_t) const override { return {path_, width_, height_}; }
  void leave_out(std::span<const std::size_t>, const std::string& why) override { ADD_FAILURE() << why; }

 private:
  std::shared_ptr<storage::StorageClient> store_;
  std::string path_;
  std::int32_t width_;
  std::int32_t height_;
};

/// A PNG of 40 x 20, red in its left half, with Exif orientation 6: to be shown turned clockwise, red above.
std::string turned_png() {
  cv::Mat picture(20, 40, CV_8UC3, cv::Scalar(0, 0, 0));
  picture(cv::Rect(0, 0, 20, 20)) = cv::Scalar(0, 0, 255);
  std::vector<unsigned char> bytes;
  cv::imencode(".png", picture, bytes);
  const std::string png(bytes.begin(), bytes.end());
  const std::string exif("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
  return png.substr(0, 33) + std::string("\0\0\0\x1a", 4) + "eXIf" + exif + "CRC?" + png.substr(33);
}

TEST(ImageOrientation, APngIsSeenAsItsAnnotationsSeeIt) {
  tests::TemporaryFolder folder;
  folder.put("a.png", turned_png());
  OneImage shown(folder.path().string(), "a.png", 20, 40);
  const auto upright = ImageCache(shown, 64, 1 << 20).get(0);
  ASSERT_TRUE(upright.ok());
  ASSERT_EQ(upright->pixels.size(), cv::Size(20, 40));
  EXPECT_EQ(upright->pixels.at<cv::Vec3b>(5, 10)[0], 255) << "red above";
  EXPECT_EQ(upright->pixels.at<cv::Vec3b>(35, 10)[0], 0);
  OneImage stored(folder.path().string(), "a.png", 40, 20);
  const auto as_stored = ImageCache(stored, 64, 1 << 20).get(0);
  ASSERT_TRUE(as_stored.ok());
  EXPECT_EQ(as_stored->pixels.at<cv::Vec3b>(10, 5)[0], 255) << "red at the left";
  EXPECT_EQ(as_stored->pixels.at<cv::Vec3b>(10, 35)[0], 0);
}

}  // namespace
}  // namespace visionops::train
