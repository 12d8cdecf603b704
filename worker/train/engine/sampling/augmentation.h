// What happens to one training image in one epoch, drawn from (seed, epoch, sample). PURE: the plan is
// a value, applied to boxes here and to pixels in data/draw_pixels.cpp.
#pragma once

#include <cstdint>
#include <optional>

#include "worker/train/engine/sampling/box.h"

namespace visionops::train {

struct AugmentationRange {
  double min_scale = 0.8;
  double max_scale = 1.25;
  double max_shift = 0.1;      ///< of the network's input side, in each direction
  double max_contrast = 0.2;   ///< the contrast is multiplied by 1 - x .. 1 + x
  double max_brightness = 25;  ///< grey levels, of 255
  bool flip = false;           ///< left and right, for half of the images; wrong for text and digits
};

/// x' = scale_x * x + shift_x, y' = scale_y * y + shift_y from image to network input pixels; then
/// grey' = contrast * (grey - 128) + 128 + brightness. scale_x is negative when flipped. The default
/// changes nothing: the image lies at the top left of the network's input.
struct Augmentation {
  double scale_x = 1;
  double scale_y = 1;
  double shift_x = 0;
  double shift_y = 0;
  double contrast = 1;
  double brightness = 0;
};

/// For an image of width x height pixels in a network input of side x side.
Augmentation draw_augmentation(const AugmentationRange& range, std::int32_t width, std::int32_t height,
                               std::int32_t side, std::uint64_t seed, std::int32_t epoch, std::uint32_t sample);

/// The box in network input pixels, cut at the edges of the square; nullopt when less than a quarter
/// of it stays visible or a visible side is shorter than a pixel.
std::optional<Box> transform(const Augmentation& augmentation, const Box& box, std::int32_t side);

/// The part of a box inside an image or a square.
Box cut(const Box& box, double width, double height);

}  // namespace visionops::train
