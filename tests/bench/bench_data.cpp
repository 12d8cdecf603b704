// visionops-bench-data DIR: the dataset that VisionOps and Datumaro are measured on. COCO's usual layout,
// 10,000 pictures of 640 x 480 and 73,000 polygons (about 49 MiB of annotations), the same bytes on every run.
#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <random>

#include "worker/dataset/formats/coco/coco.h"
#include "worker/storage/storage_client.h"

namespace {

using namespace visionops;

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr int kQuality = 70;
constexpr int kPictures = 64;  // different ones; every file has bytes of its own by a comment
constexpr int kClasses = 90;

struct Options {
  std::string folder;
  int images = 10'000;
  int objects = 73'000;
};

/// Two decimals, as most annotation tools write.
double rounded(double value) { return std::round(value * 100) / 100; }

/// std::uniform_real_distribution gives other numbers on other libraries; this one does not.
class Random {
 public:
  double between(double low, double high) {
    return low + (high - low) * (static_cast<double>(engine_() >> 11U) * 0x1p-53);
  }
  int below(int n) { return static_cast<int>(between(0, n)); }

 private:
  std::mt19937_64 engine_{7};
};

annotations::Annotations make_images(const Options& options) {
  annotations::Annotations a;
  a.source_format = Format("COCO");
  for (int c = 1; c <= kClasses; ++c) {
    a.categories.emplace_back();
    a.categories.back().id = c;
    a.categories.back().name = "class-" + std::to_string(c);
  }
  for (int i = 0; i < options.images; ++i) {
    a.images.emplace_back();
    auto& image = a.images.back();
    image.id = i + 1;
    const std::string number = std::to_string(i);
    image.file_name = std::string(12 - number.size(), '0') + number + ".jpg";
    image.width = kWidth;
    image.height = kHeight;
    image.extra = R"({"license":1,"date_captured":"2013-11-14 17:02:52"})";
  }
  return a;
}

void add_object(annotations::Annotations& a, Random& random, int index, int images) {
  const double x = random.between(80, kWidth - 80);
  const double y = random.between(80, kHeight - 80);
  const double radius = random.between(10, 75);
  const int points = 18 + random.below(54);
  std::vector<double> ring;
  double box[4] = {1e9, 1e9, 0, 0};
  double doubled_area = 0;
  for (int p = 0; p < points; ++p) {
    const double angle = 2 * M_PI * p / points;
    const double reach = radius * random.between(0.8, 1);
    ring.push_back(rounded(x + reach * std::cos(angle)));
    ring.push_back(rounded(y + reach * std::sin(angle)));
    box[0] = std::min(box[0], ring[ring.size() - 2]);
    box[1] = std::min(box[1], ring.back());
    box[2] = std::max(box[2], ring[ring.size() - 2]);
    box[3] = std::max(box[3], ring.back());
  }
  for (std::size_t p = 0; p < ring.size(); p += 2) {
    const std::size_t next = (p + 2) % ring.size();
    doubled_area += ring[p] * ring[next + 1] - ring[next] * ring[p + 1];
  }
  const auto slice = a.add_numbers(ring);
  annotations::Object object;
  object.id = index + 1;
  object.image = static_cast<std::uint32_t>(index % images);
  object.category = static_cast<std::uint32_t>(random.below(kClasses));
  object.box = {box[0], box[1], rounded(box[2] - box[0]), rounded(box[3] - box[1])};
  object.area = std::abs(doubled_area) / 2;
  object.shape = a.add_rings(std::span(&slice, 1));
  object.shape_kind = annotations::Shape::Polygons;
  object.has_box = object.has_area = object.has_crowd = true;
  a.objects.push_back(object);
}

/// A picture with soft ground and a few hard edges, 6 to 12 KiB.
std::string picture(Random& random) {
  cv::Mat small(12, 16, CV_8UC3);
  for (auto& pixel : cv::Mat_<cv::Vec3b>(small)) {
    for (int channel = 0; channel < 3; ++channel) pixel[channel] = static_cast<unsigned char>(random.below(256));
  }
  cv::Mat pixels;
  cv::resize(small, pixels, {kWidth, kHeight}, 0, 0, cv::INTER_CUBIC);
  for (int i = 0; i < 12; ++i) {
    const cv::Scalar colour(random.below(256), random.below(256), random.below(256));
    cv::circle(pixels, {random.below(kWidth), random.below(kHeight)}, 10 + random.below(60), colour, cv::FILLED,
               cv::LINE_AA);
  }
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", pixels, bytes, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  return {bytes.begin(), bytes.end()};
}

/// The same picture with a comment segment (ITU T.81 COM) behind SOI.
std::string with_comment(const std::string& jpeg, const std::string& text) {
  const std::size_t length = text.size() + 2;
  std::string segment = "\xff\xfe";
  segment += static_cast<char>(length >> 8U);
  segment += static_cast<char>(length & 0xffU);
  return jpeg.substr(0, 2) + segment + text + jpeg.substr(2);
}

Status write_dataset(const Options& options) {
  auto store = storage::open_local_store(options.folder, storage::Durability::Cached);
  if (!store) return store.error();
  Random random;
  auto a = make_images(options);
  for (int i = 0; i < options.objects; ++i) add_object(a, random, i, options.images);
  std::vector<std::string> pictures;
  for (int i = 0; i < kPictures; ++i) pictures.push_back(picture(random));
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto& name = a.images[i].file_name;
    const auto written = (*store)->write("images/train/" + name, with_comment(pictures[i % kPictures], name),
                                         storage::IfExists::Replace);
    if (!written) return written.error();
  }
  const auto text = annotations::write_coco(a);
  const auto written = (*store)->write("annotations/instances_train.json", text, storage::IfExists::Replace);
  if (!written) return written.error();
  std::cout << a.images.size() << " images, " << a.objects.size() << " polygons, "
            << static_cast<double>(text.size()) / 1048576.0 << " MiB of annotations\n";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Generates the dataset of the benchmark"};
  Options options;
  app.add_option("DIR", options.folder, "An existing folder")->required();
  app.add_option("--images", options.images, "Number of images")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--objects", options.objects, "Number of polygons")->capture_default_str()->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  const auto written = write_dataset(options);
  if (!written) std::cerr << "error: " << written.error().message << "\n";
  return written ? 0 : 1;
}
