#include "worker/train/tasks/detection/targets/center_targets.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

namespace visionops::train {
namespace {

/// The value of mmdetection's CenterNet: the original 0.7 belongs to a formula with a known slip.
constexpr double kMinOverlap = 0.3;

struct Cell {
  std::int32_t x = 0, y = 0;
};

Cell center_cell(const CenterGrid& grid, const Box& box) {
  const auto cell = [&](double middle) {
    return std::clamp(static_cast<std::int32_t>(middle / grid.stride), 0, grid.side - 1);
  };
  return {cell(box.x + box.width / 2), cell(box.y + box.height / 2)};
}

/// Raises the plane to a Gaussian with its peak of exactly 1 in the cell.
void draw_gaussian(const CenterGrid& grid, Cell at, double radius, float* plane) {
  const auto reach = static_cast<std::int32_t>(radius);
  const double sigma = (2.0 * reach + 1) / 6;
  for (std::int32_t y = std::max(0, at.y - reach); y <= std::min(grid.side - 1, at.y + reach); ++y) {
    for (std::int32_t x = std::max(0, at.x - reach); x <= std::min(grid.side - 1, at.x + reach); ++x) {
      const double dx = x - at.x, dy = y - at.y;
      const auto value = static_cast<float>(std::exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)));
      float& cell = plane[static_cast<std::ptrdiff_t>(y) * grid.side + x];
      cell = std::max(cell, value);
    }
  }
}

/// The cells that the box touches are not judged.
void clear_weight(const CenterGrid& grid, const Box& box, float* weight) {
  const auto first = [&](double edge) { return std::max(0, static_cast<std::int32_t>(edge / grid.stride)); };
  const auto end = [&](double edge) {
    return std::min(grid.side, static_cast<std::int32_t>(std::ceil(edge / grid.stride)));
  };
  for (std::int32_t y = first(box.y); y < end(box.y + box.height); ++y) {
    for (std::int32_t x = first(box.x); x < end(box.x + box.width); ++x) {
      weight[static_cast<std::ptrdiff_t>(y) * grid.side + x] = 0;
    }
  }
}

/// The smaller root of x^2 * a - x * b + c = 0.
double smaller_root(double a, double b, double c) { return (b - std::sqrt(b * b - 4 * a * c)) / (2 * a); }

std::vector<const TargetObject*> smallest_first(std::span<const TargetObject> objects) {
  std::vector<const TargetObject*> sorted;
  for (const auto& object : objects) sorted.push_back(&object);
  std::ranges::stable_sort(sorted, {}, [](const TargetObject* o) { return o->box.area(); });
  return sorted;
}

}  // namespace

double gaussian_radius(double width, double height, double min_overlap) {
  const double around = width + height, area = width * height, o = min_overlap;
  const double shifted = smaller_root(1, around, area * (1 - o) / (1 + o));
  const double inside = smaller_root(4, 2 * around, (1 - o) * area);
  // Grown outwards: the positive root of 4o r^2 + 2o (w+h) r - (1-o) w h = 0.
  const double outside = (std::sqrt(o * o * around * around + 4 * o * (1 - o) * area) - o * around) / (4 * o);
  return std::min({shifted, inside, outside});
}

void append_targets(const CenterGrid& grid, std::int64_t image, std::span<const TargetObject> objects,
                    CenterTargets& out) {
  const auto cells = static_cast<std::size_t>(grid.side) * static_cast<std::size_t>(grid.side);
  out.weight.resize(out.weight.size() + cells, 1.0F);
  float* const weight = out.weight.data() + out.weight.size() - cells;
  std::map<std::uint32_t, std::size_t> plane_of;  // category -> start in out.planes
  std::vector<bool> occupied(cells);

  for (const auto* object : smallest_first(objects)) {
    if (object->uncounted) {
      clear_weight(grid, object->box, weight);
      continue;
    }
    const auto [plane, added] = plane_of.try_emplace(object->category, out.planes.size());
    if (added) {
      out.planes.resize(out.planes.size() + cells);
      out.plane_index.push_back(image * grid.categories + object->category);
    }
    const double width = object->box.width / grid.stride, height = object->box.height / grid.stride;
    const Cell at = center_cell(grid, object->box);
    draw_gaussian(grid, at, gaussian_radius(width, height, kMinOverlap), out.planes.data() + plane->second);

    const auto cell =
        static_cast<std::size_t>(at.y) * static_cast<std::size_t>(grid.side) + static_cast<std::size_t>(at.x);
    if (occupied[cell]) continue;
    occupied[cell] = true;
    out.centers.push_back(image * static_cast<std::int64_t>(cells) + static_cast<std::int64_t>(cell));
    out.sizes.insert(out.sizes.end(), {static_cast<float>(width), static_cast<float>(height)});
    out.offsets.push_back(static_cast<float>((object->box.x + object->box.width / 2) / grid.stride - at.x));
    out.offsets.push_back(static_cast<float>((object->box.y + object->box.height / 2) / grid.stride - at.y));
  }
  // A crowd region over an object's centre must not take the object away.
  const auto first_center = image * static_cast<std::int64_t>(cells);
  for (auto center = out.centers.rbegin(); center != out.centers.rend() && *center >= first_center; ++center) {
    weight[*center - first_center] = 1;
  }
}

}  // namespace visionops::train
