#include "worker/dataset/formats/coco/coco_mask.h"

#include <algorithm>

#include "worker/dataset/formats/coco/coco_member.h"
#include "worker/dataset/formats/coco/coco_rle.h"
#include "worker/dataset/formats/coco/python_bytes.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {

namespace {

namespace dom = simdjson::dom;

constexpr int kDeepest = 3;  // lists inside the segmentation

bool is_list(dom::element value) { return value.is_array(); }

/// [x, y] or {"x": x, "y": y}
std::optional<std::vector<double>> point_in(dom::element value, bool& quoted) {
  if (auto named = numbers_of(value, {"x", "y"}, quoted)) return named;
  auto pair = numbers_in(value, quoted);
  return pair && pair->size() == 2 ? pair : std::nullopt;
}

std::optional<std::array<std::int32_t, 2>> size_in(dom::element value, bool& quoted) {
  const auto sides = numbers_in(value, quoted);
  if (!sides || sides->size() != 2) return std::nullopt;
  std::array<std::int32_t, 2> out{};
  for (std::size_t i = 0; i < 2; ++i) {
    out[i] = static_cast<std::int32_t>(std::clamp((*sides)[i], 0.0, 1e9));
    if (out[i] != (*sides)[i]) return std::nullopt;
  }
  return out;
}

/// Pixels that are in one of the masks. Both cover the same size.
std::vector<std::int64_t> united(const std::vector<std::int64_t>& x, const std::vector<std::int64_t>& y) {
  std::vector<std::int64_t> out{0};
  bool inside = false;
  std::size_t i = 0;
  std::size_t j = 0;
  std::int64_t left = x.empty() ? 0 : x[0];
  std::int64_t right = y.empty() ? 0 : y[0];
  while (i < x.size() && j < y.size()) {
    const bool now = i % 2 == 1 || j % 2 == 1;
    const std::int64_t step = std::min(left, right);
    if (step > 0 && now != inside) {
      out.push_back(0);
      inside = now;
    }
    out.back() += step;
    left -= step;
    right -= step;
    if (left == 0 && ++i < x.size()) left = x[i];
    if (right == 0 && ++j < y.size()) right = y[j];
  }
  return out;
}

std::string wrong_ring(std::size_t numbers) {
  return "has " + std::to_string(numbers) + " numbers; a polygon needs an even number of at least 6";
}

}  // namespace

void CocoMaskReader::odd(const char* what) {
  if (std::ranges::find(oddities_, std::string_view(what)) == oddities_.end()) oddities_.push_back(what);
}

void CocoMaskReader::lost(FindingKind kind, const std::string& field, std::string message) {
  remarks_.push_back({kind, field, std::move(message)});
}

void CocoMaskReader::read(dom::element segmentation, Object& out) {
  collect(segmentation, "segmentation", 0);
  if (!rles_.empty() && !rings_.empty()) {
    lost("BadRle", "segmentation", "a run-length mask stands among polygons");
    rles_.clear();
  }
  if (!rles_.empty()) keep_rles(out);
  if (!rings_.empty() || emptied_) keep_rings(out);
  std::string words;
  for (const char* what : oddities_) words += (words.empty() ? "" : ", ") + std::string(what);
  if (out.shape_kind != Shape::None && !words.empty()) remarks_.push_back({"RepairedMask", "segmentation", words});
}

void CocoMaskReader::collect(dom::element part, const std::string& field, int depth) {
  if (part.is_object()) return collect_rle(part, field);
  if (!is_list(part) || depth > kDeepest) return lost("BadPolygon", field, "expected a list of numbers");
  bool quoted = false;
  if (auto numbers = numbers_in(part, quoted)) {
    if (quoted) odd("numbers stand in quotes");
    if (depth == 0 && !numbers->empty()) odd("is one flat list");
    if (depth > 1) odd("lists are nested too deeply");
    return collect_ring(*std::move(numbers), field);
  }
  if (collect_points(part)) return;
  const auto is_part = [](dom::element item) { return is_list(item) || item.is_object(); };
  const dom::array items(part);
  const auto parts = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), is_part));
  if (parts == 0 || (depth > 0 && parts < items.size())) return lost("BadPolygon", field, "expected numbers");
  std::size_t index = 0;
  for (const dom::element item : items) {
    const std::string at = depth == 0 ? field + "[" + std::to_string(index++) + "]" : field;
    collect(item, at, depth + 1);
  }
}

/// [[x, y], [x, y], [x, y]]: no polygon has two numbers.
bool CocoMaskReader::collect_points(dom::element part) {
  bool quoted = false;
  std::vector<double> points;
  for (const dom::element item : dom::array(part)) {
    const auto point = point_in(item, quoted);
    if (!point) return false;
    points.insert(points.end(), point->begin(), point->end());
  }
  if (!is_ring(points.size())) return false;
  odd("points are pairs");
  rings_.push_back(std::move(points));
  return true;
}

void CocoMaskReader::collect_ring(std::vector<double> points, const std::string& field) {
  if (points.empty()) {
    emptied_ = true;
    if (field != "segmentation") odd("a polygon has no points");
    return;
  }
  if (!is_ring(points.size())) return lost("BadPolygon", field, wrong_ring(points.size()));
  rings_.push_back(std::move(points));
}

void CocoMaskReader::collect_rle(dom::element part, const std::string& field) {
  dom::element size, counts;
  const dom::object object(part);
  if (object.at_key("size").get(size) != simdjson::SUCCESS ||
      object.at_key("counts").get(counts) != simdjson::SUCCESS) {
    return lost("BadRle", field, "needs size and counts");
  }
  Object rle;
  bool quoted = false;
  std::string_view text;
  const auto sides = size_in(size, quoted);
  if (!sides) return lost("BadRle", field + ".size", "expected [height, width]");
  rle.rle_size = *sides;
  if (counts.get_string().get(text) == simdjson::SUCCESS) {
    const auto bytes = python_bytes(text);
    if (bytes) odd("counts is the text of Python's bytes");
    rle.shape = a_.add_text(bytes.value_or(std::string(text)));
    rle.shape_kind = Shape::RleCompressed;
  } else if (const auto runs = numbers_in(counts, quoted)) {
    rle.shape = a_.add_numbers(*runs);
    rle.shape_kind = Shape::RleCounts;
  } else {
    return lost("BadRle", field + ".counts", "expected runs or their text");
  }
  if (const auto problem = rle_problem(a_, rle)) return lost("BadRle", field, *problem);
  if (quoted) odd("numbers stand in quotes");
  if (object.size() > 2) odd("has more members than size and counts");
  if (field != "segmentation") listed_ = true;
  rles_.push_back(rle);
}

void CocoMaskReader::keep_rles(Object& out) {
  if (listed_) odd("is a list of run-length masks");
  const Object& first = rles_.front();
  out.rle_size = first.rle_size;
  out.shape = first.shape;
  out.shape_kind = first.shape_kind;
  if (rles_.size() == 1) return;
  auto runs = rle_runs(a_, first);
  for (std::size_t i = 1; i < rles_.size(); ++i) {
    if (rles_[i].rle_size != first.rle_size) {
      lost("BadRle", "segmentation[" + std::to_string(i) + "].size", "is not that of the first mask of the list");
    } else {
      runs = united(runs, rle_runs(a_, rles_[i]));
    }
  }
  out.shape = a_.add_text(encode_rle(runs));
  out.shape_kind = Shape::RleCompressed;
}

void CocoMaskReader::keep_rings(Object& out) {
  std::vector<Slice> slices;
  for (const auto& ring : rings_) slices.push_back(a_.add_numbers(ring));
  out.shape = a_.add_rings(slices);
  out.shape_kind = Shape::Polygons;
}

}  // namespace visionops::annotations
