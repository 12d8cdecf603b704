#include "worker/dataset/formats/yolo/fewer_points.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace visionops::annotations {

namespace {

double turned(double angle) { return std::remainder(angle, 2 * std::numbers::pi); }

/// The directions from one point that pass near all points behind it.
class Cone {
 public:
  Cone(const double* apex, double tolerance) : x_(apex[0]), y_(apex[1]), tolerance_(tolerance) {}

  /// Whether the line to this point passes near all before it; then it is one of them.
  bool take(const double* point) {
    const double dx = point[0] - x_, dy = point[1] - y_;
    const double distance = std::hypot(dx, dy);
    if (distance < farthest_ - tolerance_) return false;  // it turns back: the tip has to stay
    farthest_ = std::max(farthest_, distance);
    if (distance <= tolerance_) return true;
    const double angle = std::atan2(dy, dx);
    const double spread = std::asin(tolerance_ / distance);
    if (!open_) {
      open_ = true;
      middle_ = angle;
      low_ = -spread;
      high_ = spread;
      return true;
    }
    const double off = turned(angle - middle_);
    if (off < low_ || off > high_) return false;
    low_ = std::max(low_, off - spread);
    high_ = std::min(high_, off + spread);
    return true;
  }

 private:
  double x_, y_, tolerance_;
  double farthest_ = 0;
  bool open_ = false;
  double middle_ = 0, low_ = 0, high_ = 0;
};

}  // namespace

std::vector<double> fewer_points(std::span<const double> ring, double tolerance) {
  std::vector<double> out(ring.begin(), ring.begin() + 2);
  Cone cone(&ring[0], tolerance);
  for (std::size_t i = 2; i + 1 < ring.size(); i += 2) {
    if (cone.take(&ring[i])) continue;
    out.insert(out.end(), {ring[i - 2], ring[i - 1]});
    cone = Cone(&ring[i - 2], tolerance);
    cone.take(&ring[i]);
  }
  if (!cone.take(&ring[0])) out.insert(out.end(), {ring[ring.size() - 2], ring[ring.size() - 1]});
  return out;
}

}  // namespace visionops::annotations
