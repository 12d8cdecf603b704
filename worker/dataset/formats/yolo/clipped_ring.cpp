#include "worker/dataset/formats/yolo/clipped_ring.h"

namespace visionops::annotations {

namespace {

/// A half plane: what lies beyond `limit` on `axis` (0: x, 1: y) goes.
struct Edge {
  std::size_t axis;
  double limit;
  bool keeps_lower;
  [[nodiscard]] bool holds(const double* point) const {
    return keeps_lower ? point[axis] <= limit : point[axis] >= limit;
  }
};

/// Where the line from `a` to `b` crosses the edge.
void append_crossing(std::vector<double>& out, const double* a, const double* b, const Edge& edge) {
  const std::size_t other = 1 - edge.axis;
  const double share = (edge.limit - a[edge.axis]) / (b[edge.axis] - a[edge.axis]);
  const double across = a[other] + share * (b[other] - a[other]);
  out.push_back(edge.axis == 0 ? edge.limit : across);
  out.push_back(edge.axis == 0 ? across : edge.limit);
}

std::vector<double> cut(std::span<const double> ring, const Edge& edge) {
  std::vector<double> out;
  out.reserve(ring.size());
  for (std::size_t i = 0; i + 1 < ring.size(); i += 2) {
    const double* from = &ring[i == 0 ? ring.size() - 2 : i - 2];
    const double* to = &ring[i];
    if (edge.holds(from) != edge.holds(to)) append_crossing(out, from, to, edge);
    if (edge.holds(to)) out.insert(out.end(), to, to + 2);
  }
  return out;
}

}  // namespace

std::vector<double> clip_ring(std::span<const double> ring, double width, double height) {
  std::vector<double> out(ring.begin(), ring.end());
  for (const Edge& edge : {Edge{0, 0, false}, Edge{0, width, true}, Edge{1, 0, false}, Edge{1, height, true}}) {
    out = cut(out, edge);
  }
  if (doubled_area(out) == 0) out.clear();
  return out;
}

double doubled_area(std::span<const double> ring) {
  double sum = 0;
  for (std::size_t i = 0; i < ring.size(); i += 2) {
    const std::size_t next = i + 2 == ring.size() ? 0 : i + 2;
    sum += ring[i] * ring[next + 1] - ring[next] * ring[i + 1];
  }
  return sum;
}

}  // namespace visionops::annotations
