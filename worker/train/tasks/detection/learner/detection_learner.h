// The detector's network and its loss behind a door without tensors.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/result.h"
#include "worker/train/engine/network/trained_network.h"
#include "worker/train/engine/task/learner.h"
#include "worker/train/tasks/detection/metrics/detection.h"
#include "worker/train/tasks/detection/targets/center_targets.h"

namespace visionops::train {

/// What decides the shapes of the weights. Weights travel only between equal designs.
struct DetectorDesign {
  std::string model = "centernet_nano";
  std::int32_t width = 32;
  std::int32_t side = 128;  ///< of the square network input in pixels
  std::vector<std::string> categories;
  bool operator==(const DetectorDesign&) const = default;
  /// The grid on which targets are drawn.
  [[nodiscard]] CenterGrid grid() const;

  static const Table<DetectorDesign>& fields();
};

/// N images as N x side x side x 3 bytes, RGB.
struct PixelBatch {
  std::int64_t images = 0;
  std::vector<std::uint8_t> pixels;
};

struct DetectionBatch final : Batch {
  PixelBatch pixels;
  CenterTargets targets;
};

/// Not thread-safe. Errors are those of TrainedNetwork.
class DetectionLearner {
 public:
  static Result<std::unique_ptr<DetectionLearner>> create(const DetectorDesign& design,
                                                          const NetworkSettings& settings);
  ~DetectionLearner();

  /// One optimiser step.
  Status step(const DetectionBatch& batch, double learning_rate);
  /// By the averaged weights; at most `limit` of an image, best first, in network input pixels.
  Result<std::vector<std::vector<Detection>>> detect(const PixelBatch& batch, std::int32_t limit);

  TrainedNetwork& network();

 private:
  struct State;
  explicit DetectionLearner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::train
