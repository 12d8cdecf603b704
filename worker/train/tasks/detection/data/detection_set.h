// The images and objects of a Dataset as the detector needs them: category indexes by name, boxes inside
// their images, nothing that cannot be trained on. What is left out is counted and said.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/storage/storage_client.h"
#include "worker/train/engine/data/image_list.h"
#include "worker/train/tasks/detection/metrics/detection.h"

namespace visionops::train {

struct DetectionSample {
  std::string path;  ///< in the store
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::vector<GroundTruth> objects;  ///< in image pixels, inside the image
};

struct DetectionSet final : ImageList {
  std::shared_ptr<storage::StorageClient> store;
  std::vector<std::string> categories;
  std::vector<DetectionSample> samples;  ///< in the order of the dataset; images without objects too
  std::int64_t objects = 0;
  std::vector<std::string> remarks;  ///< what was left out, for people
  [[nodiscard]] std::int32_t largest_side() const;

  [[nodiscard]] storage::StorageClient& files() const override { return *store; }
  [[nodiscard]] std::size_t size() const override { return samples.size(); }
  [[nodiscard]] ImageFile image(std::size_t index) const override;
  void leave_out(std::span<const std::size_t> indexes, const std::string& why) override;
};

/// With `categories` given (those of the training set), objects are matched to them by name, and an
/// object of an unknown category is an error: it could never be found. Errors: NotFound for a missing
/// folder, Invalid for annotations that cannot be understood or a set without images.
Result<DetectionSet> load_detection_set(std::shared_ptr<storage::StorageClient> store,
                                        const contract::DatasetLocation& location,
                                        const std::optional<std::vector<std::string>>& categories);

}  // namespace visionops::train
