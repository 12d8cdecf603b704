#include "worker/train/sampling/augmentation.h"

#include <algorithm>
#include <cmath>

#include "worker/train/sampling/counter_random.h"

namespace visionops::train {
namespace {

constexpr double kMinVisible = 0.25;

Box cut(const Box& box, double width, double height) {
  const double left = std::clamp(box.x, 0.0, width), right = std::clamp(box.x + box.width, 0.0, width);
  const double top = std::clamp(box.y, 0.0, height), bottom = std::clamp(box.y + box.height, 0.0, height);
  return {left, top, right - left, bottom - top};
}

}  // namespace

Augmentation fit(std::int32_t width, std::int32_t height, std::int32_t side) {
  const double scale = std::min(1.0, static_cast<double>(side) / std::max(width, height));
  return {scale, scale, 0, 0, 1, 0};
}

Augmentation draw_augmentation(const AugmentationRange& range, std::int32_t width, std::int32_t height,
                               std::int32_t side, std::uint64_t seed, std::int32_t epoch, std::uint32_t sample) {
  CounterRandom random{seed, static_cast<std::uint64_t>(epoch), sample, 0xA06};
  Augmentation a = fit(width, height, side);
  const double scale = range.min_scale * std::pow(range.max_scale / range.min_scale, random.unit());
  a.scale_x *= scale;
  a.scale_y *= scale;
  // Scaled about the middle of the image, then moved.
  a.shift_x = width * (a.scale_x / scale) * (1 - scale) / 2 + side * random.between(-range.max_shift, range.max_shift);
  a.shift_y = height * (a.scale_y / scale) * (1 - scale) / 2 + side * random.between(-range.max_shift, range.max_shift);
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

Box transform_back(const Augmentation& a, const Box& box, std::int32_t width, std::int32_t height) {
  const double x1 = (box.x - a.shift_x) / a.scale_x, x2 = (box.x + box.width - a.shift_x) / a.scale_x;
  const Box back{std::min(x1, x2), (box.y - a.shift_y) / a.scale_y, std::abs(x2 - x1), box.height / a.scale_y};
  return cut(back, width, height);
}

}  // namespace visionops::train
