#include "worker/dataset/formats/yolo/mask_contours.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "worker/dataset/formats/yolo/clipped_ring.h"
#include "worker/dataset/formats/yolo/fewer_points.h"

namespace visionops::annotations {

namespace {

constexpr double kTolerance = 0.5;  // pixels, from the outline without its corners
constexpr double kLeastIou = 0.95;
constexpr std::size_t kFewPoints = 16;  // rings of so many stay as they are

using Ring = std::vector<double>;

/// The pixels around a mask, column after column.
class Pixels {
 public:
  Pixels(std::int64_t left, std::int64_t top, std::int64_t width, std::int64_t height)
      : left_(left), top_(top), width_(width), height_(height), set_(static_cast<std::size_t>(width * height)) {}

  [[nodiscard]] std::int64_t left() const { return left_; }
  [[nodiscard]] std::int64_t top() const { return top_; }
  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t height() const { return height_; }
  [[nodiscard]] bool at(std::int64_t x, std::int64_t y) const {
    return x >= 0 && y >= 0 && x < width_ && y < height_ && set_[index(x, y)] != 0;
  }
  void set(std::int64_t x, std::int64_t y) { set_[index(x, y)] = 1; }
  /// A pixel whose upper edge was followed.
  void mark(std::int64_t x, std::int64_t y) { set_[index(x, y)] = 2; }
  [[nodiscard]] bool is_start(std::int64_t x, std::int64_t y) const { return set_[index(x, y)] == 1 && !at(x, y - 1); }

 private:
  [[nodiscard]] std::size_t index(std::int64_t x, std::int64_t y) const {
    return static_cast<std::size_t>(x * height_ + y);
  }
  std::int64_t left_, top_, width_, height_;
  std::vector<std::uint8_t> set_;
};

/// Calls `run(begin, end)` for each run of the mask, as positions in its columns.
template <class Run>
void for_each_run(std::span<const std::int64_t> runs, const Run& run) {
  std::int64_t at = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i % 2 == 1 && runs[i] > 0) run(at, at + runs[i]);
    at += runs[i];
  }
}

std::optional<Pixels> pixels_of(std::span<const std::int64_t> runs, std::int64_t height) {
  std::int64_t left = -1, right = 0, top = height, bottom = 0;
  for_each_run(runs, [&](std::int64_t begin, std::int64_t end) {
    if (left < 0) left = begin / height;
    right = (end - 1) / height + 1;
    const bool one_column = begin / height == (end - 1) / height;
    top = one_column ? std::min(top, begin % height) : 0;
    bottom = one_column ? std::max(bottom, (end - 1) % height + 1) : height;
  });
  if (left < 0) return Pixels(0, 0, 0, 0);
  if ((right - left) * (bottom - top) > kMaxContourPixels) return std::nullopt;
  Pixels pixels(left, top, right - left, bottom - top);
  for_each_run(runs, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) pixels.set(i / height - left, i % height - top);
  });
  return pixels;
}

/// Directions in the order of right turns on the screen: right, down, left, up.
constexpr std::array<std::array<std::int64_t, 2>, 4> kSteps{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
/// From a corner, the pixel ahead on the right hand, which is the mask's side, and the one on the left.
constexpr std::array<std::array<std::int64_t, 2>, 4> kRightAhead{{{0, 0}, {-1, 0}, {-1, -1}, {0, -1}}};
constexpr std::array<std::array<std::int64_t, 2>, 4> kLeftAhead{{{0, -1}, {0, 0}, {-1, 0}, {-1, -1}}};

/// Once around the outline that the upper edge of the pixel x, y belongs to.
Ring follow(Pixels& pixels, std::int64_t x, std::int64_t y) {
  Ring ring;
  const std::int64_t start_x = x, start_y = y;
  std::size_t direction = 0;
  do {
    if (direction == 0) pixels.mark(x, y);
    x += kSteps[direction][0];
    y += kSteps[direction][1];
    const auto ahead = [&](const auto& sides) { return pixels.at(x + sides[direction][0], y + sides[direction][1]); };
    const std::size_t turn = !ahead(kRightAhead) ? 1 : !ahead(kLeftAhead) ? 0 : 3;
    if (turn != 0) ring.insert(ring.end(), {static_cast<double>(x), static_cast<double>(y)});
    direction = (direction + turn) % 4;
  } while (x != start_x || y != start_y || direction != 0);
  return ring;
}

std::vector<Ring> outlines(Pixels& pixels) {
  std::vector<Ring> rings;
  for (std::int64_t x = 0; x < pixels.width(); ++x) {
    for (std::int64_t y = 0; y < pixels.height(); ++y) {
      if (pixels.is_start(x, y)) rings.push_back(follow(pixels, x, y));
    }
  }
  return rings;
}

/// Where the rings cross the middle of each column of pixels.
std::vector<std::vector<double>> crossings(const std::vector<Ring>& rings, std::int64_t width) {
  std::vector<std::vector<double>> columns(static_cast<std::size_t>(width));
  for (const Ring& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); i += 2) {
      const std::size_t next = i + 2 == ring.size() ? 0 : i + 2;
      const std::size_t low = ring[i] < ring[next] ? i : next;
      const std::size_t high = low == i ? next : i;
      const auto first = static_cast<std::size_t>(std::ceil(ring[low] - 0.5));
      for (std::size_t x = first; static_cast<double>(x) + 0.5 < ring[high]; ++x) {
        const double share = (static_cast<double>(x) + 0.5 - ring[low]) / (ring[high] - ring[low]);
        columns[x].push_back(ring[low + 1] + share * (ring[high + 1] - ring[low + 1]));
      }
    }
  }
  for (auto& column : columns) std::ranges::sort(column);
  return columns;
}

/// Intersection over union of the mask and what the rings fill by the even-odd rule.
double iou_of(const std::vector<Ring>& rings, const Pixels& pixels) {
  const auto columns = crossings(rings, pixels.width());
  std::int64_t both = 0, any = 0;
  for (std::int64_t x = 0; x < pixels.width(); ++x) {
    const auto& column = columns[static_cast<std::size_t>(x)];
    std::size_t above = 0;
    for (std::int64_t y = 0; y < pixels.height(); ++y) {
      while (above < column.size() && column[above] <= static_cast<double>(y) + 0.5) ++above;
      const bool drawn = above % 2 == 1;
      const bool set = pixels.at(x, y);
      both += drawn && set ? 1 : 0;
      any += drawn || set ? 1 : 0;
    }
  }
  return any == 0 ? 1 : static_cast<double>(both) / static_cast<double>(any);
}

/// Each corner cut half a pixel before and behind it: the stairs of a slanted edge lie on a line then, and no centre of
/// a pixel changes its side.
Ring without_corners(const Ring& ring) {
  Ring out;
  const auto append_near = [&](std::size_t corner, std::size_t other) {
    for (const std::size_t axis : {0U, 1U}) {
      const double way = ring[other + axis] - ring[corner + axis];
      out.push_back(ring[corner + axis] + std::clamp(way, -0.5, 0.5));
    }
  };
  for (std::size_t i = 0; i < ring.size(); i += 2) {
    append_near(i, i == 0 ? ring.size() - 2 : i - 2);
    append_near(i, i + 2 == ring.size() ? 0 : i + 2);
  }
  return out;
}

std::vector<Ring> with_fewer_points(const std::vector<Ring>& rings) {
  std::vector<Ring> out;
  for (const Ring& ring : rings) {
    Ring fewer = ring.size() / 2 > kFewPoints ? fewer_points(without_corners(ring), kTolerance) : ring;
    out.push_back(fewer.size() >= 6 ? std::move(fewer) : ring);
  }
  return out;
}

}  // namespace

std::optional<MaskContours> contours_of(std::span<const std::int64_t> runs, std::int64_t height) {
  auto pixels = pixels_of(runs, height);
  if (!pixels) return std::nullopt;
  MaskContours out;
  out.rings = outlines(*pixels);
  for (const Ring& ring : out.rings) ++(doubled_area(ring) > 0 ? out.parts : out.holes);
  auto fewer = with_fewer_points(out.rings);
  if (const double iou = iou_of(fewer, *pixels); iou >= kLeastIou) {
    out.rings = std::move(fewer);
    out.iou = iou;
  }
  for (Ring& ring : out.rings) {
    for (std::size_t i = 0; i < ring.size(); i += 2) {
      ring[i] += static_cast<double>(pixels->left());
      ring[i + 1] += static_cast<double>(pixels->top());
    }
  }
  return out;
}

}  // namespace visionops::annotations
