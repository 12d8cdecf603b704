// YOLO label files (Ultralytics family) <-> Annotations. PURE.
// Source: ultralytics/data/utils.py verify_image_label, docs/en/datasets/{detect,segment}/index.md.
//   detection row     class xc yc w h          normalised by the image size, class zero-based
//   segmentation row  class x1 y1 ... xn yn    n >= 3
// The YOLO class is the index into Annotations::categories.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

enum class YoloRows : std::uint8_t { Boxes, Polygons };

/// Segmentation datasets have polygon rows, all others boxes.
YoloRows yolo_rows(const std::vector<Task>& tasks);

/// Appends the objects of one label file to `a`; `image` is the index of its image, whose size must be known.
/// A row that is not understood is left out with a MalformedRow finding that names file and line; coordinates may
/// lie in [-0.01, 1.01] as Ultralytics accepts them. Objects get the ids a.objects.size() + 1, ...
void read_yolo_labels(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                      Findings& findings);

/// What becomes of an object in a YOLO file; the same rule for the writer and the loss report.
enum class YoloFate : std::uint8_t {
  Written,
  Clipped,       ///< written, cut to the frame by more than a pixel
  DroppedCrowd,  ///< iscrowd: YOLO has no groups
  DroppedIgnore,
  DroppedNoArea,  ///< nothing of the box lies inside the frame, or the object has no geometry
};
YoloFate yolo_fate(const Annotations& a, const Object& object, YoloRows rows);
/// The same rule as a report.
LossReport yolo_loss(const Annotations& a, const std::vector<Task>& tasks);

/// The label file of one image: rows in the order of `objects` (indexes into a.objects), "" for background.
/// Polygon rows: an object of several parts becomes one ring, parts joined by bridges of no width; an object without
/// polygons becomes the four corners of its box. Nine significant digits: 1e-5 pixels at 8,000.
std::string write_yolo_labels(const Annotations& a, std::span<const std::uint32_t> objects, YoloRows rows);

/// "images/train/a.jpg" -> "labels/train/a.txt": the last folder "images" becomes "labels", the suffix ".txt".
std::string yolo_label_path(std::string_view image_path);

}  // namespace visionops::annotations
