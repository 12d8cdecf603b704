// Numbers that describe the annotations of a dataset. PURE.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::inspect {

struct ClassStatistics {
  std::string name;
  std::int64_t images = 0;  ///< with at least one object of the class
  std::int64_t objects = 0;
  double mean_area = 0;  ///< of boxes, square pixels
};

/// Smallest, largest and mean of values; all 0 when there are none.
struct Range {
  double least = 0;
  double most = 0;
  double mean = 0;
  std::int64_t count = 0;
};

/// Upper bounds (exclusive) of the bins of a histogram; the last bin is open.
struct Histogram {
  std::vector<double> bounds;
  std::vector<std::int64_t> counts;  ///< bounds.size() + 1
};

struct Statistics {
  std::int64_t images = 0;
  std::int64_t background_images = 0;  ///< without objects
  std::int64_t objects = 0;
  std::int64_t crowd_objects = 0;
  std::int64_t objects_with_mask = 0;
  std::int64_t objects_with_attributes = 0;
  std::int64_t objects_with_keypoints = 0;
  std::vector<ClassStatistics> classes;  ///< in the order of the dataset
  /// Objects by area as COCO's evaluation bins them: below 32^2, below 96^2, above.
  std::array<std::int64_t, 3> small_medium_large{};
  Range box_width, box_height;
  Histogram box_aspect;     ///< width / height
  Histogram relative_area;  ///< box area / image area
  Range image_width, image_height;
  Histogram image_aspect;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> image_sizes;  ///< (width, height) -> images
  Histogram objects_per_image;
};

Statistics statistics_of(const annotations::Annotations& a);

}  // namespace visionops::inspect
