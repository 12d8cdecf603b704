#include <algorithm>
#include <cmath>

#include "worker/dataset/formats/yolo/clipped_ring.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/formats/yolo/yolo_row.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

/// The image that a row lies on.
struct Frame {
  double width;
  double height;
};

void set_box(Object& object, std::span<const double> v, const Frame& frame) {
  object.box = {(v[0] - v[2] / 2) * frame.width, (v[1] - v[3] / 2) * frame.height, v[2] * frame.width,
                v[3] * frame.height};
  object.area = object.box[2] * object.box[3];
}

/// Points to pixels; the object gets their bounds and the area between them.
void set_points(Object& object, std::span<double> v, const Frame& frame) {
  double low_x = v[0] * frame.width, low_y = v[1] * frame.height, high_x = low_x, high_y = low_y;
  for (std::size_t i = 0; i < v.size(); i += 2) {
    v[i] *= frame.width;
    v[i + 1] *= frame.height;
    low_x = std::min(low_x, v[i]);
    high_x = std::max(high_x, v[i]);
    low_y = std::min(low_y, v[i + 1]);
    high_y = std::max(high_y, v[i + 1]);
  }
  object.box = {low_x, low_y, high_x - low_x, high_y - low_y};
  object.area = std::abs(doubled_area(v)) / 2;
}

void set_polygon(Annotations& a, Object& object, std::span<double> v, const Frame& frame) {
  set_points(object, v, frame);
  const Slice ring = a.add_numbers(v);
  object.shape = a.add_rings(std::span(&ring, 1));
  object.shape_kind = Shape::Polygons;
}

void set_oriented_box(Annotations& a, Object& object, std::span<double> v, const Frame& frame) {
  set_points(object, v, frame);
  object.shape = a.add_numbers(v);
  object.shape_kind = Shape::OrientedBox;
}

/// Without a visibility, a point at a negative place is not labelled (verify_image_label), and neither is one at 0,0,
/// which is what converters of COCO write for it.
double visibility_of(std::span<const double> point) {
  if (point.size() == 3) return point[2];
  const bool labelled = point[0] >= 0 && point[1] >= 0 && (point[0] != 0 || point[1] != 0);
  return labelled ? 2 : 0;
}

/// Triples in pixels; what is not labelled is 0, 0, 0, as in COCO.
void set_keypoints(Annotations& a, Object& object, std::span<const double> v, std::size_t values, const Frame& frame) {
  std::vector<double> triples;
  triples.reserve(v.size() / values * 3);
  for (; !v.empty(); v = v.subspan(values)) {
    const double visibility = visibility_of(v.first(values));
    const bool labelled = visibility > 0;
    triples.insert(triples.end(), {labelled ? v[0] * frame.width : 0, labelled ? v[1] * frame.height : 0, visibility});
  }
  object.keypoints = a.add_numbers(triples);
}

void set_geometry(Annotations& a, Object& object, YoloRow& row, const YoloRowRules& rules) {
  const Frame frame{static_cast<double>(a.images[object.image].width),
                    static_cast<double>(a.images[object.image].height)};
  std::span<double> values = row.values;
  switch (row.meaning) {
    case YoloRow::Meaning::Box:
      return set_box(object, values, frame);
    case YoloRow::Meaning::Polygon:
      return set_polygon(a, object, values, frame);
    case YoloRow::Meaning::OrientedBox:
      return set_oriented_box(a, object, values, frame);
    case YoloRow::Meaning::Pose:
      set_box(object, values.first(4), frame);
      return set_keypoints(a, object, values.subspan(4), rules.keypoints->values, frame);
  }
}

void note_long_row(const YoloRow& row, const YoloRowRules& rules, LongYoloRows* seen) {
  if (seen == nullptr || rules.long_rows != LongRows::Unsaid || row.meaning != YoloRow::Meaning::Polygon) return;
  if (seen->rows++ == 0) seen->values = row.values.size() + 1;
  seen->equally_long = seen->equally_long && seen->values == row.values.size() + 1;
  seen->could_be_keypoints = seen->could_be_keypoints && fits_keypoints(row.values, 2);
}

}  // namespace

YoloRows yolo_rows(const std::vector<Task>& tasks) {
  return std::find(tasks.begin(), tasks.end(), Task::Segmentation) != tasks.end() ? YoloRows::Polygons
                                                                                  : YoloRows::Boxes;
}

void read_yolo_labels(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                      Findings& findings, const YoloRowRules& rules, LongYoloRows* seen) {
  YoloRow row;
  for_each_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    const auto where = [number] { return "line " + std::to_string(number); };
    if (const auto problem = parse_yolo_row(line, a.categories.size(), rules, row)) {
      return findings.add({"MalformedRow", file, where(), *problem});
    }
    note_long_row(row, rules, seen);
    Object object;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    object.category = row.category;
    object.has_box = object.has_area = object.has_crowd =
        true;  // so that COCO gets area and iscrowd, which it requires
    set_geometry(a, object, row, rules);
    check_box(a, object, file, where(), findings);
    a.objects.push_back(object);
  });
}

}  // namespace visionops::annotations
