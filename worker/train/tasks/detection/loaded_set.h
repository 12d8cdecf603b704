// The Datasets of a run with their pixels in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
#include "worker/train/engine/data/image_cache.h"
#include "worker/train/engine/task/task.h"
#include "worker/train/tasks/detection/data/detection_set.h"

namespace visionops::train {

/// A set with its pixels. Not movable: the cache refers to the set.
struct LoadedSet {
  LoadedSet(DetectionSet given, std::int32_t side, std::int64_t max_bytes)
      : set(std::move(given)), images(set, side, max_bytes) {}
  /// Whether files are read again when its samples are used.
  [[nodiscard]] bool rereads() const { return images.cached() != set.samples.size(); }
  DetectionSet set;
  ImageCache images;
};

struct DetectionSets {
  std::int32_t side = 0;  ///< of the square network input in pixels
  std::unique_ptr<LoadedSet> train;
  std::unique_ptr<LoadedSet> val;    ///< null: no validation
  std::optional<DetectionSet> test;  ///< its pixels are not needed before the end
};

/// Errors name the field.
Result<DetectionSets> open_sets(const TaskRun& task);

/// Fills the cache of `loaded` with as many threads; errors name `field`.
Status load_pixels(LoadedSet& loaded, const char* field, unsigned threads);

}  // namespace visionops::train
