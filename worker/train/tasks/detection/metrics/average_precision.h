// Average precision of boxes exactly as the COCO evaluation defines it (pycocotools COCOeval with
// iouType "bbox" and area range "all"): ten IoU thresholds 0.50:0.05:0.95, precision interpolated at
// 101 recall points, greedy matching by descending score, crowd regions neither right nor wrong.
// PURE; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "worker/train/tasks/detection/metrics/detection.h"

namespace visionops::train {

inline constexpr std::size_t kIouThresholds = 10;
inline constexpr std::size_t kRecallPoints = 101;

/// Intersection over union; for a crowd region intersection over the detection's own area.
/// 0 for boxes without area.
double overlap(const Box& detection, const Box& truth, bool crowd);

struct AveragePrecision {
  double map50 = 0;     ///< mean over the categories at IoU 0.50
  double map50_95 = 0;  ///< mean over categories and the ten thresholds
  /// Mean over the thresholds, by category; nullopt: the category has no ground truth.
  std::vector<std::optional<double>> by_category;
};

/// nullopt when no category has a ground truth that counts: there is nothing to measure (COCOeval
/// answers -1). Detections and truths of categories >= `categories` are left out. The
/// `max_detections` best of each image and category count; equal scores keep their order.
std::optional<AveragePrecision> average_precision(std::span<const ImageResult> images, std::uint32_t categories,
                                                  std::size_t max_detections = 100);

}  // namespace visionops::train
