// Painting over parts of a picture. PURE.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// Fills polygons (x0 y0 x1 y1 ..., pixels of the picture as it is at this step) with one colour. Neighbours of one
/// colour join; without polygons it has no effect.
struct FillRegions {
  std::vector<std::vector<double>> polygons;
  std::array<std::uint8_t, 3> rgb{};
  operator ImageOperation() const;  // NOLINT(google-explicit-constructor): a manipulator returns it as it is
};

/// The parameters of an operation of this kind; nullptr when it is of another.
const FillRegions* as_fill_regions(const ImageOperation& operation);

}  // namespace visionops::pipeline
