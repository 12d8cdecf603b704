#include "worker/inspect/statistics.h"

#include <algorithm>

namespace visionops::inspect {

namespace {

using annotations::Annotations;
using annotations::Image;
using annotations::Object;
using annotations::Shape;

constexpr double kSmall = 32.0 * 32.0;  // pycocotools COCOeval areaRng
constexpr double kMedium = 96.0 * 96.0;

void add(Range& range, double value) {
  range.least = range.count == 0 ? value : std::min(range.least, value);
  range.most = range.count == 0 ? value : std::max(range.most, value);
  ++range.count;
  range.mean += (value - range.mean) / static_cast<double>(range.count);
}

Histogram with_bounds(std::vector<double> bounds) {
  const std::size_t bins = bounds.size() + 1;
  return {std::move(bounds), std::vector<std::int64_t>(bins, 0)};
}

void add(Histogram& histogram, double value) {
  const auto at = std::upper_bound(histogram.bounds.begin(), histogram.bounds.end(), value);
  ++histogram.counts[static_cast<std::size_t>(at - histogram.bounds.begin())];
}

bool has_mask(const Object& object) {
  return object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed ||
         (object.shape_kind == Shape::Polygons && object.shape.size > 0);
}

void add_box(Statistics& s, const Object& object, const Image& image) {
  const double width = object.box[2];
  const double height = object.box[3];
  const double area = width * height;
  const double binned = object.has_area ? object.area : area;
  ++s.small_medium_large[binned < kSmall ? 0 : binned < kMedium ? 1 : 2];
  add(s.box_width, width);
  add(s.box_height, height);
  if (height > 0) add(s.box_aspect, width / height);
  if (image.width > 0 && image.height > 0) {
    add(s.relative_area, area / (static_cast<double>(image.width) * image.height));
  }
}

void add_object(Statistics& s, const Object& object, const Image& image) {
  ++s.objects;
  s.crowd_objects += object.crowd ? 1 : 0;
  s.objects_with_mask += has_mask(object) ? 1 : 0;
  s.objects_with_attributes += object.attributes.size > 0 ? 1 : 0;
  s.objects_with_keypoints += object.keypoints.size > 0 ? 1 : 0;
  auto& of_class = s.classes[object.category];
  ++of_class.objects;
  const double area = object.has_box ? object.box[2] * object.box[3] : 0;
  of_class.mean_area += (area - of_class.mean_area) / static_cast<double>(of_class.objects);
  if (object.has_box) add_box(s, object, image);
}

void add_image(Statistics& s, const Image& image, std::size_t objects) {
  ++s.images;
  s.background_images += objects == 0 ? 1 : 0;
  add(s.objects_per_image, static_cast<double>(objects));
  if (image.width <= 0 || image.height <= 0) return;
  ++s.image_sizes[{image.width, image.height}];
  add(s.image_width, image.width);
  add(s.image_height, image.height);
  add(s.image_aspect, static_cast<double>(image.width) / image.height);
}

}  // namespace

Statistics statistics_of(const Annotations& a) {
  Statistics s;
  s.box_aspect = with_bounds({0.1, 0.25, 0.5, 0.75, 1, 1.33, 2, 4, 10});
  s.relative_area = with_bounds({0.0001, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75});
  s.image_aspect = with_bounds({0.5, 0.75, 1, 1.34, 1.78, 2});
  s.objects_per_image = with_bounds({1, 2, 3, 5, 10, 20, 50, 100, 200, 500});
  for (const auto& category : a.categories) s.classes.push_back({category.name, 0, 0, 0});
  const auto by_image = annotations::group_by_image(a);
  std::vector<std::size_t> last_image(a.categories.size(), a.images.size());
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    add_image(s, a.images[i], by_image.of(i).size());
    for (const std::uint32_t index : by_image.of(i)) {
      const Object& object = a.objects[index];
      add_object(s, object, a.images[i]);
      if (std::exchange(last_image[object.category], i) != i) ++s.classes[object.category].images;
    }
  }
  return s;
}

}  // namespace visionops::inspect
