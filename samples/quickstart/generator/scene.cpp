#include "samples/quickstart/generator/scene.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace visionops::quickstart {

namespace {

cv::Mat blank_page(int size, Random& random) {
  cv::Mat page(size, size, CV_8UC1);
  const int paper = random.between(200, 245);
  const double slope = (random.unit() - 0.5) * 0.3;
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      const int value = paper + static_cast<int>(slope * (x - y)) + random.between(-6, 6);
      page.at<std::uint8_t>(y, x) = cv::saturate_cast<std::uint8_t>(value);
    }
  }
  return page;
}

/// Ink of 0 (none) to 255, of the given height; the width follows a slight stretch.
cv::Mat ink_of_digit(const Digit& digit, int height, Random& random) {
  cv::Mat small(8, 8, CV_8UC1);
  for (int i = 0; i < 64; ++i)
    small.at<std::uint8_t>(i / 8, i % 8) =
        static_cast<std::uint8_t>(digit.pixels[static_cast<std::size_t>(i)] * 255 / 16);
  cv::Mat ink;
  const int width = height * random.between(85, 115) / 100;
  cv::resize(small, ink, cv::Size(width, height), 0, 0, cv::INTER_CUBIC);
  return ink;
}

cv::Mat ink_of_blot(int height) {
  cv::Mat ink = cv::Mat::zeros(height, height, CV_8UC1);
  cv::ellipse(ink, {height / 2, height / 2}, {height / 2 - 2, height / 3}, 30, 0, 360, cv::Scalar(255), cv::FILLED,
              cv::LINE_AA);
  return ink;
}

bool overlaps(const cv::Rect& box, const std::vector<PlacedObject>& placed) {
  const cv::Rect grown(box.x - 3, box.y - 3, box.width + 6, box.height + 6);
  return std::any_of(placed.begin(), placed.end(), [&](const PlacedObject& o) { return (o.box & grown).area() > 0; });
}

void blend(cv::Mat& page, const cv::Mat& ink, const cv::Point& at, int darkness) {
  for (int y = 0; y < ink.rows; ++y) {
    for (int x = 0; x < ink.cols; ++x) {
      auto& pixel = page.at<std::uint8_t>(at.y + y, at.x + x);
      pixel = cv::saturate_cast<std::uint8_t>(pixel - ink.at<std::uint8_t>(y, x) * darkness / 255);
    }
  }
}

PlacedObject annotate(const cv::Mat& ink, const cv::Point& at, int label) {
  cv::Mat mask;
  cv::threshold(ink, mask, 80, 255, cv::THRESH_BINARY);
  std::vector<cv::Point> points;
  cv::findNonZero(mask, points);
  PlacedObject object;
  object.label = label;
  object.box = cv::boundingRect(points) + at;
  std::vector<cv::Point> hull;
  cv::convexHull(points, hull);
  for (const auto& p : hull) object.outline.push_back(p + at);
  return object;
}

/// Tries a few places; a page without room simply gets one object less.
void place(Scene& scene, const cv::Mat& ink, int label, Random& random) {
  for (int attempt = 0; attempt < 40; ++attempt) {
    const cv::Point at(random.between(1, scene.image.cols - ink.cols - 1),
                       random.between(1, scene.image.rows - ink.rows - 1));
    PlacedObject object = annotate(ink, at, label);
    if (overlaps(object.box, scene.objects)) continue;
    blend(scene.image, ink, at, random.between(150, 200));
    scene.objects.push_back(std::move(object));
    return;
  }
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

int Random::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

Scene compose_scene(const SceneRequest& request, std::span<const Digit> digits, Random& random) {
  Scene scene;
  scene.image = blank_page(request.size, random);
  for (int i = 0; i < request.digits; ++i) {
    const Digit& digit = digits[static_cast<std::size_t>(random.next() % digits.size())];
    place(scene, ink_of_digit(digit, random.between(24, 40), random), digit.label, random);
  }
  if (request.blot) place(scene, ink_of_blot(random.between(16, 26)), kBlot, random);
  return scene;
}

}  // namespace visionops::quickstart
