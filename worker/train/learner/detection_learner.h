// The network with its losses, optimiser and moving average behind a door without tensors: everything
// that needs libtorch's headers lives in this folder, in models/ and in losses/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "worker/train/metrics/detection.h"
#include "worker/train/targets/center_targets.h"

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

struct LearnerSettings {
  DetectorDesign design;
  double weight_decay = 0.0001;  ///< of the convolution weights; not of norms and biases
  std::uint64_t seed = 0;
  std::int32_t threads = 1;
  bool gpu = false;  ///< use a GPU when one is there
};

/// N images as N x side x side x 3 bytes, RGB.
struct PixelBatch {
  std::int64_t images = 0;
  std::vector<std::uint8_t> pixels;
};

struct TrainingBatch {
  PixelBatch pixels;
  CenterTargets targets;
};

/// Sums over steps.
struct LossValues {
  double total = 0, heatmap = 0, size = 0, offset = 0;
  std::int64_t steps = 0;

  static const Table<LossValues>& fields();
};

/// Not thread-safe. Errors: Invalid for weights that do not fit, Retry when memory ran out, Internal else.
class DetectionLearner {
 public:
  /// Sets libtorch's thread count and deterministic mode for the whole process.
  static Result<std::unique_ptr<DetectionLearner>> create(const LearnerSettings& settings);
  ~DetectionLearner();

  /// One optimiser step. Its loss is added to the sums, which stay on the device until losses() waits for it.
  Status step(const TrainingBatch& batch, double learning_rate);
  /// The sums go on from here: zeros for a new epoch, those of losses() for an interrupted one.
  Status set_losses(const LossValues& sums);
  /// NaN or infinity when a step diverged.
  Result<LossValues> losses();
  /// By the averaged weights; at most `limit` of an image, best first, in network input pixels.
  Result<std::vector<std::vector<Detection>>> detect(const PixelBatch& batch, std::int32_t limit);

  /// Everything that the next step depends on, and `note` beside it (opaque here).
  [[nodiscard]] Result<std::string> save(const std::string& note) const;
  /// The note of save() alone.
  static Result<std::string> read_note(std::string_view bytes);
  /// Back to the state of save(). On an error nothing has changed.
  Status load(std::string_view bytes);
  /// Takes over the averaged weights as a new start: fresh optimiser. Tensors of another shape, as the
  /// head of other categories, stay as they are; returns how many.
  Result<std::int64_t> load_weights(std::string_view bytes);

  [[nodiscard]] std::string device() const;  ///< "cpu" or "cuda"
  [[nodiscard]] std::int64_t weights() const;

 private:
  struct State;
  explicit DetectionLearner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::train
