// The run-length form of an annotation's segmentation, and what it shares with polygons. Internal to the COCO reader.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// How far the arenas were filled: an element that cannot be used takes back what it has put there.
class ArenaMark {
 public:
  explicit ArenaMark(const Annotations& a) : numbers_(a.numbers.size()), rings_(a.rings.size()), text_(a.text.size()) {}
  void take_back(Annotations& a) const {
    a.numbers.resize(numbers_);
    a.rings.resize(rings_);
    a.text.resize(text_);
  }

 private:
  std::size_t numbers_, rings_, text_;
};

/// Whether so many numbers can be the points of a polygon.
constexpr bool is_ring(std::size_t numbers) { return numbers >= 6 && numbers % 2 == 0; }

/// {"size": [height, width], "counts": ...} and nothing else; false for anything else, or runs that do not cover the
/// size.
bool read_rle(simdjson::ondemand::value& value, Annotations& a, Object& out);

/// What is wrong with the mask of `object`, which is a run-length one.
std::optional<std::string> rle_problem(const Annotations& a, const Object& object);
/// Its runs; empty when rle_problem says something.
std::vector<std::int64_t> rle_runs(const Annotations& a, const Object& object);
/// x, y, width, height of the pixels inside; nothing when there are none.
std::optional<std::array<double, 4>> rle_bounds(std::span<const std::int64_t> runs, std::int64_t height);

}  // namespace visionops::annotations
