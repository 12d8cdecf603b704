#include "worker/dataset/formats/yolo/joined_rings.h"

#include <limits>
#include <utility>

namespace visionops::annotations {

namespace {

using Ring = std::span<const double>;

/// The points of two rings that are nearest to each other.
std::pair<std::size_t, std::size_t> nearest_points(Ring a, Ring b) {
  std::pair<std::size_t, std::size_t> best{0, 0};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < a.size(); i += 2) {
    for (std::size_t j = 0; j < b.size(); j += 2) {
      const double dx = a[i] - b[j];
      const double dy = a[i + 1] - b[j + 1];
      if (dx * dx + dy * dy < least) {
        least = dx * dx + dy * dy;
        best = {i, j};
      }
    }
  }
  return best;
}

/// Walks once around `ring` from the point at `start` back to it.
void append_tour(std::vector<double>& out, Ring ring, std::size_t start) {
  for (std::size_t step = 0; step <= ring.size(); step += 2) {
    const std::size_t at = (start + step) % ring.size();
    out.push_back(ring[at]);
    out.push_back(ring[at + 1]);
  }
}

struct Cost {
  std::uint64_t points = 0;
  std::uint64_t pairs = 0;
};

/// Of the shortest bridges; a part that was joined adds two points to the ring.
Cost cost_of(std::span<const Ring> parts) {
  Cost cost;
  std::uint64_t ring = parts[0].size() / 2;
  cost.points = ring;
  for (const Ring part : parts.subspan(1)) {
    const std::uint64_t points = part.size() / 2;
    cost.points += points;
    cost.pairs += ring * points;
    ring += points + 2;
  }
  return cost;
}

std::vector<double> joined_by_shortest(std::span<const Ring> parts) {
  std::vector<double> ring(parts[0].begin(), parts[0].end());
  for (const Ring part : parts.subspan(1)) {
    const auto [from, to] = nearest_points(ring, part);
    std::vector<double> tour;
    append_tour(tour, part, to);
    tour.push_back(ring[from]);
    tour.push_back(ring[from + 1]);
    ring.insert(ring.begin() + static_cast<std::ptrdiff_t>(from) + 2, tour.begin(), tour.end());
  }
  return ring;
}

std::vector<double> joined_by_first(std::span<const Ring> parts) {
  const Ring first = parts[0];
  std::vector<double> ring{first[0], first[1]};
  for (const Ring part : parts.subspan(1)) {
    append_tour(ring, part, 0);
    ring.push_back(first[0]);
    ring.push_back(first[1]);
  }
  ring.insert(ring.end(), first.begin() + 2, first.end());
  return ring;
}

}  // namespace

JoinedRings join_rings(std::span<const std::span<const double>> parts) {
  const Cost cost = cost_of(parts);
  if (cost.pairs > kMaxPairsPerPoint * cost.points) return {joined_by_first(parts), 0};
  return {joined_by_shortest(parts), cost.pairs};
}

}  // namespace visionops::annotations
