#include "worker/train/engine/sampling/augmentation.h"

#include <algorithm>
#include <cmath>

#include "worker/train/engine/sampling/counter_random.h"

namespace visionops::train {
namespace {

constexpr double kMinVisible = 0.25;
constexpr std::uint64_t kStream = 0x41554721;  // keeps these numbers apart from those of epoch_order

}  // namespace

Augmentation draw_augmentation(const AugmentationRange& range, std::int32_t width, std::int32_t height,
                               std::int32_t side, std::uint64_t seed, std::int32_t epoch, std::uint32_t sample) {
  CounterRandom random{seed, static_cast<std::uint64_t>(epoch), sample, kStream};
  Augmentation a;
  a.scale_x = a.scale_y = range.min_scale * std::pow(range.max_scale / range.min_scale, random.unit());
  // Scaled about the middle of the image, then moved.
  a.shift_x = width * (1 - a.scale_x) / 2 + side * random.between(-range.max_shift, range.max_shift);
  a.shift_y = height * (1 - a.scale_y) / 2 + side * random.between(-range.max_shift, range.max_shift);
  a.contrast = random.between(1 - range.max_contrast, 1 + range.max_contrast);
  a.brightness = random.between(-range.max_brightness, range.max_brightness);
  if (range.flip && random.unit() < 0.5) {
    a.shift_x += a.scale_x * width;
    a.scale_x = -a.scale_x;
  }
  return a;
}

std::optional<Box> transform(const Augmentation& a, const Box& box, std::int32_t side) {
  const Box moved{std::min(a.scale_x * box.x, a.scale_x * (box.x + box.width)) + a.shift_x,
                  a.scale_y * box.y + a.shift_y, std::abs(a.scale_x) * box.width, a.scale_y * box.height};
  const Box visible = cut(moved, side, side);
  if (visible.width < 1 || visible.height < 1 || visible.area() < kMinVisible * moved.area()) return std::nullopt;
  return visible;
}

Box cut(const Box& box, double width, double height) {
  const double left = std::clamp(box.x, 0.0, width), right = std::clamp(box.x + box.width, 0.0, width);
  const double top = std::clamp(box.y, 0.0, height), bottom = std::clamp(box.y + box.height, 0.0, height);
  return {left, top, right - left, bottom - top};
}

}  // namespace visionops::train
