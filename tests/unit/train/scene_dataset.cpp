#include "scene_dataset.h"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/json.h"
#include "worker/train/engine/sampling/counter_random.h"

namespace visionops::train {

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> count{0};
  path_ = std::filesystem::temp_directory_path() /
          ("visionops-train-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_scenes(const std::filesystem::path& folder, int images, std::uint64_t seed) {
  std::filesystem::create_directories(folder / "images");
  Json coco{{"images", Json::array()}, {"annotations", Json::array()}};
  coco["categories"] = {{{"id", 3}, {"name", "square"}}, {{"id", 7}, {"name", "disc"}}};
  CounterRandom random{seed};
  for (int i = 1; i <= images; ++i) {
    cv::Mat picture(48, 64, CV_8UC3, cv::Scalar::all(random.between(40, 90)));
    for (int half = 0; half < 1 + i % 2; ++half) {
      const int size = 12 + static_cast<int>(random.below(9));
      const int x = 32 * half + static_cast<int>(random.below(static_cast<std::uint64_t>(32 - size)));
      const int y = static_cast<int>(random.below(static_cast<std::uint64_t>(48 - size)));
      const bool disc = random.below(2) == 1;
      const cv::Rect box(x, y, size, size);
      if (disc) {
        cv::ellipse(picture,
                    cv::RotatedRect(cv::Point2f(static_cast<float>(x) + static_cast<float>(size) / 2,
                                                static_cast<float>(y) + static_cast<float>(size) / 2),
                                    cv::Size2f(static_cast<float>(size), static_cast<float>(size)), 0),
                    cv::Scalar(60, 220, 230), cv::FILLED);
      } else {
        cv::rectangle(picture, box, cv::Scalar(230, 180, 60), cv::FILLED);
      }
      coco["annotations"].push_back({{"id", coco["annotations"].size() + 1},
                                     {"image_id", i},
                                     {"category_id", disc ? 7 : 3},
                                     {"bbox", {x, y, size, size}},
                                     {"area", size * size},
                                     {"iscrowd", 0}});
    }
    const auto name = std::to_string(1000 + i) + ".png";
    cv::imwrite((folder / "images" / name).string(), picture);
    coco["images"].push_back({{"id", i}, {"file_name", name}, {"width", 64}, {"height", 48}});
  }
  write_text(folder / "annotation.json", coco.dump());
}

contract::DatasetLocation scene_location(const std::string& name, const std::string& path) {
  contract::DatasetLocation location;
  location.name = name;
  location.store = "datasets";
  location.path = path;
  location.format = Format("COCO");
  return location;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace visionops::train
