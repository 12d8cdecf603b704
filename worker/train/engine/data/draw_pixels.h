// The pixels of one image into their place in a batch, moved and coloured.
#pragma once

#include <cstdint>

#include "worker/train/engine/data/image_cache.h"
#include "worker/train/engine/sampling/augmentation.h"

namespace visionops::train {

/// The grey of the cells outside the image: the middle of the usual brightness.
inline constexpr std::uint8_t kPadding = 114;

/// Writes side * side * 3 bytes to `out`.
void draw_pixels(const StoredImage& image, const Augmentation& augmentation, std::int32_t side, std::uint8_t* out);

}  // namespace visionops::train
