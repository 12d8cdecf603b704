// What a centre-point detector shall answer for a batch: a heatmap with a Gaussian at the centre of
// each object, and at the centre cells the size and the sub-cell offset (Zhou, Wang, Kraehenbuehl:
// Objects as Points, 2019, section 3). PURE.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "worker/train/tasks/detection/metrics/detection.h"

namespace visionops::train {

/// The output grid of the network: a square of `side` cells of `stride` input pixels.
struct CenterGrid {
  std::int32_t side = 0;
  std::int32_t stride = 4;
  std::uint32_t categories = 0;
};

struct TargetObject {
  std::uint32_t category = 0;
  Box box;                 ///< network input pixels, inside the square
  bool uncounted = false;  ///< crowd or ignore: its cells are neither right nor wrong
};

/// Of a whole batch. A heatmap plane is there only for a category that occurs in an image: of 80
/// categories an image has a few, and the others are zero.
struct CenterTargets {
  std::vector<float> planes;              ///< plane_index.size() planes of side * side, row-major, 0..1
  std::vector<std::int64_t> plane_index;  ///< image * categories + category, each once
  std::vector<float> weight;              ///< images * side * side; 0: the cell is not judged, else 1
  std::vector<std::int64_t> centers;      ///< image * side * side + y * side + x, each once
  std::vector<float> sizes;               ///< width, height of each centre in cells
  std::vector<float> offsets;             ///< x, y of each centre in its cell, 0..1
};

/// Appends one image; images are appended in order. Of two objects with one centre cell the smaller
/// one has the size and offset.
void append_targets(const CenterGrid& grid, std::int64_t image, std::span<const TargetObject> objects,
                    CenterTargets& out);

/// The largest distance in cells by which both corners of a width x height box may be moved so that it
/// still overlaps the original by `min_overlap` (Law, Deng: CornerNet, 2018, section 3.2).
double gaussian_radius(double width, double height, double min_overlap);

}  // namespace visionops::train
