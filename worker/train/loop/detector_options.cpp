#include "worker/train/loop/detector_options.h"

#include "base/field_table.h"

namespace visionops::train {

AugmentationRange DetectorOptions::augmentation() const {
  return {1 / scale_jitter, scale_jitter, shift_jitter, contrast_jitter, brightness_jitter, flip};
}

Result<DetectorOptions> decode_detector_options(const FreeMap& extra) {
  if (extra.json.empty()) return DetectorOptions{};
  const Json json = Json::parse(extra.json, nullptr, /*allow_exceptions=*/false);
  Problems problems;
  auto options = decode_fields<DetectorOptions>(json, "extra", problems);
  if (!problems.empty()) return invalid_error(describe(problems));
  return options;
}

const Table<DetectorOptions>& DetectorOptions::fields() {
  using O = DetectorOptions;
  static const Table<O> table{
      field("width", &O::width,
            "Channels of the network at stride 4; the deeper stages have two and four times as many.")
          .range(8, 256),
      field("augment", &O::augment, "Change scale, position and colour of the training images at random."),
      field("flip", &O::flip, "Mirror half of the training images; wrong where left and right matter, as for digits."),
      field("scaleJitter", &O::scale_jitter, "Training images are scaled by a factor between 1/x and x.").range(1, 4),
      field("shiftJitter", &O::shift_jitter, "Training images are moved by at most this part of the input's side.")
          .range(0, 0.5),
      field("contrastJitter", &O::contrast_jitter, "The contrast is multiplied by a factor between 1 - x and 1 + x.")
          .range(0, 0.9),
      field("brightnessJitter", &O::brightness_jitter, "The brightness is moved by at most this much.")
          .unit("grey levels of 255")
          .range(0, 127),
      field("maxDetections", &O::max_detections, "The best detections of an image that the evaluation looks at.")
          .range(1, 1000),
      field("cacheMegabytes", &O::cache_megabytes, "Memory for decoded images; the others are decoded in each epoch.")
          .unit("MiB")
          .range(0, 1048576),
      field("threads", &O::threads, "Threads of the arithmetic; 0: one less than the cores that the Pod may use.")
          .range(0, 1024),
  };
  return table;
}

}  // namespace visionops::train
