// YOLO label files (Ultralytics family) <-> Annotations. PURE.
// Source: ultralytics/data/utils.py verify_image_label, docs/en/datasets/{detect,segment,pose,obb}/index.md.
//   detection row     class xc yc w h                    normalised by the image size, class zero-based
//   segmentation row  class x1 y1 ... xn yn              n >= 3
//   pose row          class xc yc w h x1 y1 [v1] ...     as many keypoints as data.yaml's kpt_shape says
//   oriented row      class x1 y1 x2 y2 x3 y3 x4 y4      the same values as a polygon of four points: only data.yaml
//                                                        (task: obb) tells them apart
// The YOLO class is the index into Annotations::categories.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

enum class YoloRows : std::uint8_t { Boxes, Polygons };

/// Segmentation datasets have polygon rows, all others boxes.
YoloRows yolo_rows(const std::vector<Task>& tasks);

struct KeypointShape {
  std::size_t keypoints = 0;
  std::size_t values = 3;  ///< of a keypoint: 2 (x, y) or 3 (x, y, visibility)
};

/// What rows with more values than a box are.
enum class LongRows : std::uint8_t {
  Unsaid,         ///< polygons, as far as they cannot be anything else
  Polygons,       ///< data.yaml: task: segment
  OrientedBoxes,  ///< data.yaml: task: obb
};

/// What data.yaml says of the rows.
struct YoloRowRules {
  std::optional<KeypointShape> keypoints = {};  ///< every row is a box with so many keypoints
  LongRows long_rows = LongRows::Unsaid;
};

/// What rows with more values than a box have in common, for a dataset whose data.yaml says nothing of them.
struct LongYoloRows {
  std::int64_t rows = 0;
  std::size_t values = 0;  ///< of the first row, with its class
  bool equally_long = true;
  bool could_be_keypoints = true;  ///< each would also be a box and x, y of keypoints within it
};

/// Appends the objects of one label file to `a`; `image` is the index of its image, whose size must be known.
/// A row that is not understood is left out with a MalformedRow finding that names file and line; coordinates may
/// lie in [-0.01, 1.01] as Ultralytics accepts them. Where nothing is said of long rows, one that reads as a box with
/// keypoints and their visibility (each 0, 1 or 2, the points within the box) is left out, too, also where it could be
/// a polygon: a polygon with such numbers is rarer than a forgotten kpt_shape. Objects get the ids a.objects.size() +
/// 1, ...
void read_yolo_labels(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                      Findings& findings, const YoloRowRules& rules = {}, LongYoloRows* seen = nullptr);

/// What becomes of an object in a YOLO file; the same rule for the writer and the loss report.
enum class YoloFate : std::uint8_t {
  Written,
  Clipped,       ///< written, cut to the frame by more than a pixel
  DroppedCrowd,  ///< iscrowd: YOLO has no groups
  DroppedIgnore,
  DroppedNoArea,  ///< nothing of the object lies inside the frame, or it has no geometry
  DroppedNoMask,  ///< a box among polygon rows: a box is not a mask
  DroppedUnseen,  ///< of an image that Ultralytics does not load
};
YoloFate yolo_fate(const Annotations& a, const Object& object, YoloRows rows);
inline bool is_written(YoloFate fate) { return fate == YoloFate::Written || fate == YoloFate::Clipped; }
/// The same rule as a report.
LossReport yolo_loss(const Annotations& a, const std::vector<Task>& tasks);

/// The label file of one image: rows in the order of `objects` (indexes into a.objects), "" for background.
/// Polygon rows: an object of several parts becomes one ring, parts and holes joined by bridges of no width; run-length
/// masks become polygons along their pixels. What stands over the frame is cut off. Nine significant digits: 1e-5
/// pixels at 8,000.
std::string write_yolo_labels(const Annotations& a, std::span<const std::uint32_t> objects, YoloRows rows);

/// "images/train/a.jpg" -> "labels/train/a.txt": the last folder "images" becomes "labels", the suffix ".txt".
std::string yolo_label_path(std::string_view image_path);

/// Whether Ultralytics takes the file for an image (IMG_FORMATS in ultralytics/data/utils.py): no gif, no name without
/// a suffix. An image without a name is no file yet, and passes.
bool is_seen_by_ultralytics(std::string_view path);

/// Names images whose size Ultralytics does not take (DroppedByTrainer): it counts them as corrupt and trains without
/// them, with exit code 0 (ultralytics/data/utils.py verify_image).
void report_untrained_images(const Annotations& a, Findings& findings);

}  // namespace visionops::annotations
