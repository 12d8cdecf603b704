// What a polygon row shows of an object's mask. PURE.
#pragma once

#include <span>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

struct YoloMask {
  std::vector<std::vector<double>> rings;  ///< in pixels, inside the frame; none: nothing is left
  std::size_t parts = 0;
  std::size_t holes = 0;  ///< of a run-length mask; the rings of a polygon are all parts
  double iou = 1;         ///< of a run-length mask, with its polygons (mask_contours.h)
  bool cut = false;       ///< something stood over the frame by more than a pixel
};

enum class MaskKind {
  None,  ///< a box, an oriented box, an empty segmentation
  Polygons,
  Runs,
  NotDrawn,  ///< runs that are malformed, of another size than the image, or too large to be followed
};

/// The mask of an object with polygons or runs, cut to the image; `kind` tells why there is none.
YoloMask yolo_mask(const Annotations& a, const Object& object, MaskKind& kind);

/// The one ring of a row: parts and holes joined by bridges of no width (joined_rings.h). `mask` has rings.
std::vector<double> ring_of(const YoloMask& mask);

}  // namespace visionops::annotations
