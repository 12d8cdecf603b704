#include "samples/quickstart/generator/scanner.h"

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/json.h"

namespace visionops::quickstart {

namespace fs = std::filesystem;

namespace {

Status write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return retry_error(file.string() + ": cannot be written");
  return {};
}

Status write_images(const fs::path& folder, const std::vector<ScannedImage>& images) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return retry_error(folder.string() + ": " + error.message());
  for (const auto& image : images) {
    if (!cv::imwrite((folder / image.file_name).string(), image.scene.image, {cv::IMWRITE_JPEG_QUALITY, 95})) {
      return retry_error((folder / image.file_name).string() + ": cannot be written");
    }
  }
  return {};
}

/// Gaps as in COCO's own list (1..90 for 80 classes).
int coco_category_id(int label) { return 3 * label + 1; }

Json polygon_of(const PlacedObject& object) {
  Json ring = Json::array();
  for (const auto& p : object.outline) {
    ring.push_back(p.x);
    ring.push_back(p.y);
  }
  return Json::array({ring});
}

/// Uncompressed COCO RLE of a filled box: column-major runs, the first one counts zeros.
Json rle_of_box(const cv::Rect& box, const cv::Size& image) {
  Json counts = Json::array();
  int zeros = box.x * image.height + box.y;
  for (int column = 0; column < box.width; ++column) {
    counts.push_back(zeros);
    counts.push_back(box.height);
    zeros = image.height - box.height;
  }
  counts.push_back(image.height * image.width - (box.x + box.width - 1) * image.height - box.y - box.height);
  return {{"size", {image.height, image.width}}, {"counts", counts}};
}

Json coco_object(const PlacedObject& object, int id, int image_id) {
  const auto& b = object.box;
  return {{"id", id},
          {"image_id", image_id},
          {"category_id", coco_category_id(object.label)},
          {"bbox", {b.x, b.y, b.width, b.height}},
          {"area", cv::contourArea(object.outline)},
          {"iscrowd", 0},
          {"segmentation", polygon_of(object)},
          {"attributes", {{"height_px", b.height}, {"legible", b.height >= 28}}}};
}

Json coco_crowd(const ScannedImage& image, int id, int image_id) {
  const cv::Rect box = image.scene.objects.front().box;
  return {{"id", id},
          {"image_id", image_id},
          {"category_id", coco_category_id(image.scene.objects.front().label)},
          {"bbox", {box.x, box.y, box.width, box.height}},
          {"area", box.area()},
          {"iscrowd", 1},
          {"segmentation", rle_of_box(box, image.scene.image.size())}};
}

}  // namespace

Status write_coco(const std::string& folder, const std::vector<ScannedImage>& images,
                  const std::vector<std::string>& names, bool with_crowd) {
  if (auto written = write_images(fs::path(folder) / "images", images); !written) return written;
  Json doc{
      {"info", {{"description", "handwritten digits on pages"}, {"version", "1.0"}}},
      {"licenses",
       Json::array({{{"id", 1}, {"name", "CC BY 4.0"}, {"url", "https://creativecommons.org/licenses/by/4.0/"}}})}};
  for (std::size_t label = 0; label < names.size(); ++label) {
    doc["categories"].push_back(
        {{"id", coco_category_id(static_cast<int>(label))}, {"name", names[label]}, {"supercategory", "ink"}});
  }
  doc["annotations"] = Json::array();
  int annotation_id = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const int image_id = 1000 + 7 * static_cast<int>(i);
    const auto& scene = images[i].scene;
    doc["images"].push_back({{"id", image_id},
                             {"file_name", images[i].file_name},
                             {"width", scene.image.cols},
                             {"height", scene.image.rows},
                             {"license", 1}});
    for (const auto& object : scene.objects)
      doc["annotations"].push_back(coco_object(object, ++annotation_id, image_id));
    if (with_crowd && i == 0) doc["annotations"].push_back(coco_crowd(images[i], ++annotation_id, image_id));
  }
  return write_text(fs::path(folder) / "annotation.json", doc.dump(1));
}

Status write_yolo(const std::string& folder, const std::vector<ScannedImage>& images,
                  const std::vector<std::string>& names) {
  if (auto written = write_images(fs::path(folder) / "images", images); !written) return written;
  const fs::path labels = fs::path(folder) / "labels";
  std::error_code error;
  fs::create_directories(labels, error);
  if (error) return retry_error(labels.string() + ": " + error.message());
  for (const auto& image : images) {
    std::string rows;
    const double w = image.scene.image.cols, h = image.scene.image.rows;
    for (const auto& o : image.scene.objects) {
      rows += cv::format("%d %.6f %.6f %.6f %.6f\n", o.label, (o.box.x + o.box.width / 2.0) / w,
                         (o.box.y + o.box.height / 2.0) / h, o.box.width / w, o.box.height / h);
    }
    if (auto written = write_text(labels / fs::path(image.file_name).replace_extension(".txt"), rows); !written)
      return written;
  }
  std::string yaml = "path: .\ntrain: images\nnames:\n";
  for (std::size_t i = 0; i < names.size(); ++i) yaml += "  " + std::to_string(i) + ": " + names[i] + "\n";
  return write_text(fs::path(folder) / "data.yaml", yaml);
}

std::map<int, int> count_labels(const std::vector<ScannedImage>& images) {
  std::map<int, int> counts;
  for (const auto& image : images) {
    for (const auto& object : image.scene.objects) ++counts[object.label];
  }
  return counts;
}

}  // namespace visionops::quickstart
