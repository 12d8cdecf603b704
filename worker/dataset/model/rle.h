// COCO run-length masks. Runs are column-major, the first one counts zeros.
// Source: cocoapi common/maskApi.c rleFrString/rleToString; unlike there, nothing is trusted: every step is bounded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace visionops::annotations {

/// Largest mask that is accepted, in pixels.
inline constexpr std::int64_t kMaxMaskPixels = 1LL << 40;

/// The runs of a compressed mask of `height` x `width`. Invalid tells what is wrong: size out of range, a character
/// that does not belong there, a negative run, a sum that is not height * width.
Result<std::vector<std::int64_t>> decode_rle(std::string_view text, std::int64_t height, std::int64_t width);
/// The same checks for uncompressed counts, which stand as doubles in the arena.
Status check_rle_counts(std::span<const double> counts, std::int64_t height, std::int64_t width);
/// The compressed form of `runs`.
std::string encode_rle(std::span<const std::int64_t> runs);
/// Number of pixels inside the mask.
std::int64_t rle_area(std::span<const std::int64_t> runs);

}  // namespace visionops::annotations
