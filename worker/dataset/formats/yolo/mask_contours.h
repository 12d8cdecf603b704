// Run-length masks as polygons. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace visionops::annotations {

/// Largest piece of the image around a mask whose pixels are followed.
inline constexpr std::int64_t kMaxContourPixels = std::int64_t{1} << 26;

struct MaskContours {
  std::vector<std::vector<double>> rings;  ///< x, y, x, y, ...: parts and holes, in no order
  std::size_t parts = 0;
  std::size_t holes = 0;
  double iou = 1;  ///< of the polygons with the mask, both by the centres of pixels
};

/// The outlines of a column-major mask (COCO RLE, the first run counts zeros) of `height` rows: along the edges of the
/// pixels, pixels that only touch at a corner apart. Long outlines are drawn with fewer points, at most 0.86 pixels
/// from the edges, unless less than 95 % of the mask (IoU) were met then. No rings for an empty mask; nullopt when the
/// pixels around it are more than kMaxContourPixels.
std::optional<MaskContours> contours_of(std::span<const std::int64_t> runs, std::int64_t height);

}  // namespace visionops::annotations
